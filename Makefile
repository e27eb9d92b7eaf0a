# SPDX-License-Identifier: GPL-2.0
#
# NUMA memory policy for Linux 6.12: from a clone to a running guest.
# "make help" tells what there is; the work is done in scripts/.

SHELL := /bin/bash
TOPO ?= four-node
TEST ?=
KDIR ?=
export KDIR

goals := all kernel stock debug guest demo shell check host-check fuzz explain report bench mutate coverage \
	 lint hunk series series-check bisect-check config-check rebase-check debian-check
paths := scripts/paths.sh
qemu-numa := scripts/qemu-numa/qemu-numa

include tools/testing/selftests/mm/mempolicy_programs.mk

.PHONY: $(goals) names help clean distclean kernel-path stock-path debug-path
.DEFAULT_GOAL := all

# Another architecture than x86-64, and the goals that know of it.
foreign := $(filter-out x86 x86_64,$(ARCH))
ported := all kernel stock guest demo shell check help clean distclean kernel-path stock-path
ifneq ($(if $(foreign),$(filter-out $(ported),$(MAKECMDGOALS))),)
$(error ARCH=$(ARCH) is for: $(ported))
endif

# What is misspelt is refused before anything begins.
$(goals): names
names: export programs = $(MEMPOLICY_PROGS) mempolicy_abi_32
names: export given = $(foreach name,$(.VARIABLES),$(if $(filter \
	command line,$(origin $(name))),$(name)))
names:
	@scripts/names.sh $(MAKECMDGOALS)

all: demo

kernel:
	@scripts/deps.sh build
	@scripts/build.sh kernel

stock:
	@scripts/deps.sh build
	@scripts/build.sh stock

debug:
	@scripts/deps.sh build
	@scripts/build.sh debug

guest: kernel
	@scripts/guest.sh

demo: guest
	@scripts/demo.sh $(TOPO) mempolicy-demo
	@$(if $(foreign)$(filter command line environment,$(origin TOPO)),:,\
		scripts/demo.sh hmat-dram-cxl mempolicy-demo-weights)

shell: guest
	@$(qemu-numa) shell --topo $(TOPO)

check:
	@scripts/deps.sh $(if $(foreign),build,check)
	@scripts/build.sh kernel
	@$(if $(foreign)$(filter-out stock,$(TEST)),:,scripts/build.sh stock)
	@$(if $(foreign)$(filter-out debug debug-%,$(TEST)),:,scripts/build.sh debug)
	@scripts/guest.sh
	@scripts/check/check $(if $(TEST),--test $(TEST)) \
		$(if $(filter command line environment,$(origin TOPO)),--topo $(TOPO))

host-check:
	@scripts/deps.sh check
	@scripts/build.sh source
	@scripts/check/check --host-only

fuzz:
	@scripts/deps.sh check
	@FUZZ_SECONDS=$(or $(FUZZ_SECONDS),60) scripts/check/check --test fuzz

# Kbuild has a Q of its own, which this one must not reach.
explain: Q ?=
explain:
	@scripts/deps.sh build
	@unset Q MAKEFLAGS && scripts/build.sh trace && scripts/guest.sh
	@scripts/explain.sh $(Q)

report: guest
	@scripts/report/report.py

# A machine of more than 64 nodes takes kernels of its own.
bench:
	@scripts/deps.sh build
	@scripts/build.sh kernel
	@scripts/build.sh stock
	@$(if $(filter-out 1 2 4 8 64,$(or $(NODES),128)), \
		NODES_SHIFT=10 scripts/build.sh kernel && \
		NODES_SHIFT=10 scripts/build.sh stock)
	@scripts/guest.sh
	@set -f; scripts/bench/bench $(if $(NODES),--nodes $(NODES) --) $(ROWS)

mutate:
	@scripts/deps.sh check
	@set -f; scripts/mutate/mutate $(MUTANTS)

coverage:
	@scripts/deps.sh check
	@scripts/coverage/coverage \
		$(if $(filter command line environment,$(origin TOPO)),--topo $(TOPO))

lint:
	@scripts/deps.sh check
	@scripts/build.sh kernel
	@scripts/check/check --test lint

# Some systems have a NAME in the environment, which is another one.
hunk:
	@scripts/deps.sh build
	@scripts/build.sh hunk $(if $(filter command line,$(origin NAME)),$(NAME))

series:
	@scripts/deps.sh build
	@scripts/series.sh make

series-check:
	@scripts/deps.sh build
	@scripts/series.sh objects

bisect-check: guest
	@scripts/series.sh bisect

config-check: guest
	@scripts/deps.sh cross
	@scripts/series.sh configs $(CONFIG)

rebase-check:
	@scripts/deps.sh build
	@scripts/series.sh rebase $(BASE)

debian-check:
	@scripts/deps.sh debian
	@GOALS="$(GOALS)" scripts/debian-check.sh $(RELEASE)

kernel-path:
	@$(paths) kernel

stock-path:
	@$(paths) stock

debug-path:
	@$(paths) debug

help:
	@cat scripts/help.txt

clean:
	@eval "$$($(paths))" && rm -rf "$$build"* "$$stock_build"* "$$debug_build" "$$trace_build" \
		"$$guest"* "$$results"*
	@$(MAKE) -s -C tools/testing/mempolicy clean

# Copies of this checkout, as for mutate, have work folders of their own.
distclean: clean
	@for copy in "$$($(paths) work)"/*/tree; do \
		[ ! -f "$$copy/Makefile" ] || $(MAKE) -s -C "$$copy" distclean; \
	done
	@eval "$$($(paths))" && rm -rf "$$work" "$$top/build"
