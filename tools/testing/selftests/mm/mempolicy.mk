# SPDX-License-Identifier: GPL-2.0
#
# The memory policy selftests, as static programs for a guest:
#
#	make -f mempolicy.mk SELFTESTS=/path/to/linux/tools/testing/selftests OUTPUT=dir
#
# mempolicy_abi_32 is the same test as a 32-bit program and needs a compiler
# that takes -m32 (gcc-multilib); "make ... MEMPOLICY_PROGS_32=" leaves it out.

MEMPOLICY_PROGS := mempolicy_abi mempolicy_place mempolicy_inherit mempolicy_shared \
		   mempolicy_migrate mempolicy_weights mempolicy_numa_maps
MEMPOLICY_PROGS_32 ?= mempolicy_abi_32

SELFTESTS ?= $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)
OUTPUT ?= .
VPATH := $(dir $(lastword $(MAKEFILE_LIST)))

CFLAGS ?= -O2
# The harness itself leaves parameters unused, and longjmp()s around fork().
MEMPOLICY_CFLAGS := -static -Wall -Wextra -Wno-unused-parameter -Wno-clobbered -I$(SELFTESTS)

all: $(addprefix $(OUTPUT)/,$(MEMPOLICY_PROGS) $(MEMPOLICY_PROGS_32))

$(OUTPUT)/%_32: %.c mempolicy_util.c mempolicy_util.h
	$(CC) -m32 $(CFLAGS) $(MEMPOLICY_CFLAGS) -o $@ $(filter %.c,$^)

$(OUTPUT)/%: %.c mempolicy_util.c mempolicy_util.h
	$(CC) $(CFLAGS) $(MEMPOLICY_CFLAGS) -o $@ $(filter %.c,$^)

clean:
	$(RM) $(addprefix $(OUTPUT)/,$(MEMPOLICY_PROGS) $(MEMPOLICY_PROGS_32))

.PHONY: all clean
