# SPDX-License-Identifier: GPL-2.0
#
# The memory policy selftests, as static programs for a guest:
#
#	make -f mempolicy.mk SELFTESTS=/path/to/linux/tools/testing/selftests OUTPUT=dir
#
# mempolicy_abi_32 is the same test as a 32-bit program and needs a compiler
# that takes -m32 (gcc-multilib); "make ... MEMPOLICY_PROGS_32=" leaves it out.

SELFTESTS ?= $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)
OUTPUT ?= .
VPATH := $(dir $(lastword $(MAKEFILE_LIST)))

include $(VPATH)mempolicy_programs.mk
MEMPOLICY_PROGS_32 ?= mempolicy_abi_32

CFLAGS ?= -O2
# The harness itself leaves parameters unused, and longjmp()s around fork().
MEMPOLICY_CFLAGS := -static -Wall -Wextra -Wno-unused-parameter -Wno-clobbered -I$(SELFTESTS)

all: $(addprefix $(OUTPUT)/,$(MEMPOLICY_PROGS) $(MEMPOLICY_PROGS_32))

$(OUTPUT)/%_32: %.c $(MEMPOLICY_SHARED)
	$(CC) -m32 $(CFLAGS) $(MEMPOLICY_CFLAGS) -o $@ $(filter %.c,$^)

$(OUTPUT)/mempolicy_stress: $(MEMPOLICY_STRESS)
$(OUTPUT)/mempolicy_fuzz: $(MEMPOLICY_FUZZ)

$(OUTPUT)/%: %.c $(MEMPOLICY_SHARED)
	$(CC) $(CFLAGS) $(MEMPOLICY_CFLAGS) -o $@ $(filter %.c,$^)

clean:
	$(RM) $(addprefix $(OUTPUT)/,$(MEMPOLICY_PROGS) $(MEMPOLICY_PROGS_32))

.PHONY: all clean
