# SPDX-License-Identifier: GPL-2.0
#
# Names of the memory policy selftests and of what they are made of, for the
# Makefile of this directory and for mempolicy.mk.

MEMPOLICY_DIR := $(dir $(lastword $(MAKEFILE_LIST)))

# What all of them share.
MEMPOLICY_SHARED := $(foreach part,nodes modes calls files settings machine model requests \
		    policy pages maps run process harness group object scene,\
		    $(notdir $(wildcard $(MEMPOLICY_DIR)mempolicy_$(part).[ch])))

# Of one of them.
MEMPOLICY_STRESS := mempolicy_stress_calls.c mempolicy_stress.h
MEMPOLICY_FUZZ := mempolicy_fuzz_calls.c mempolicy_fuzz_get.c mempolicy_fuzz_model.c \
		  mempolicy_fuzz_pages.c mempolicy_fuzz.h
MEMPOLICY_PARTS := $(MEMPOLICY_STRESS) $(MEMPOLICY_FUZZ)

MEMPOLICY_PROGS := $(basename $(filter-out $(MEMPOLICY_SHARED) $(MEMPOLICY_PARTS),\
		   $(notdir $(wildcard $(MEMPOLICY_DIR)mempolicy_*.c))))
