# SPDX-License-Identifier: GPL-2.0
#
# Test and demonstration programs of the guest, static. guest.sh calls this
# with the folders as variables: bin, obj, and src, the kernel's source; cross is
# the prefix of the compiler.

tests := tools/testing/selftests/mm
demo := laboratory/demo
explain := laboratory/explain
lib := laboratory/lib

# Sources that all test programs share, and those that belong to the program that
# their name begins with.
include $(tests)/mempolicy_programs.mk
shared := $(basename $(filter %.c,$(MEMPOLICY_SHARED)))
parts := $(basename $(filter %.c,$(MEMPOLICY_PARTS)))

# Programs that are also built for 32-bit system calls, for which the headers
# come with the packages of "make check".  arm64 has other 32-bit programs, and a
# compiler of its own for them.
compat := $(if $(cross),,mempolicy_abi)
ifeq ($(wildcard /usr/include/x86_64-linux-gnu/gnu/stubs-32.h \
		 /usr/include/gnu/stubs-32.h),)
compat :=
endif

programs := $(MEMPOLICY_PROGS)
part_of = $(filter $(1)_%,$(parts))

CC := ccache $(cross)gcc
# The harness's own macros need no warnings here; clang takes the parameters that
# they leave unused for the tests'.
CFLAGS = -O2 -Wall -Wextra $(if $(findstring clang,$(CC)),-Wno-unused-parameter) \
	 -isystem $(src)/tools/testing/selftests -MMD -MT $@
# -m32 finds asm/ by itself only with gcc-multilib, which does not go together
# with the compilers for other machines.
headers_for_32 := -idirafter /usr/include/$(shell gcc -print-multiarch)

wanted := $(programs) $(compat:=_32) memplace act

all: $(addprefix $(bin)/,$(wanted)) stale

$(obj)/%.o: $(tests)/%.c
	@$(CC) $(CFLAGS) -c -o $@ $<
$(obj)/%.32.o: $(tests)/%.c
	@$(CC) $(CFLAGS) -m32 $(headers_for_32) -c -o $@ $<
$(obj)/demo-%.o: $(demo)/%.c
	@$(CC) $(CFLAGS) -I$(tests) -c -o $@ $<
$(obj)/lib-%.o: $(lib)/%.c
	@$(CC) $(CFLAGS) -I$(tests) -c -o $@ $<
$(obj)/explain-%.o: $(explain)/%.c
	@$(CC) $(CFLAGS) -I$(tests) -c -o $@ $<

link = @$(cross)gcc -static -s $(1) -o $@ $^

define program
$(bin)/$(1): $(patsubst %,$(obj)/%.o,$(1) $(shared) $(call part_of,$(1)))
	$$(call link)
endef
$(foreach name,$(programs),$(eval $(call program,$(name))))

$(addprefix $(bin)/,$(compat:=_32)): $(bin)/%_32: \
		$(obj)/%.32.o $(patsubst %,$(obj)/%.32.o,$(shared))
	$(call link,-m32)

# Of the files of the tests, those that need none of the others.
common := $(addprefix $(obj)/,lib-policy.o mempolicy_nodes.o mempolicy_modes.o)

$(bin)/memplace: $(patsubst $(demo)/%.c,$(obj)/demo-%.o,$(wildcard $(demo)/*.c)) $(common)
	$(call link)

$(bin)/act: $(patsubst $(explain)/%.c,$(obj)/explain-%.o,\
		$(wildcard $(explain)/*.c)) $(common)
	$(call link)

# Only compiled, to see what another compiler says.
objects: $(patsubst %,$(obj)/%.o,$(programs) $(shared) $(parts)) \
	 $(patsubst %,$(obj)/%.32.o,$(if $(compat),$(compat) $(shared))) \
	 $(common) $(patsubst $(demo)/%.c,$(obj)/demo-%.o,$(wildcard $(demo)/*.c)) \
	 $(patsubst $(explain)/%.c,$(obj)/explain-%.o,$(wildcard $(explain)/*.c))

# What the sources no longer have must not linger in the image.
stale:
	@rm -f $(filter-out $(addprefix $(bin)/,$(wanted)),\
		$(wildcard $(bin)/mempolicy_*))

.PHONY: all objects stale
.DELETE_ON_ERROR:

# A source or header that went away since is no error: what came of it is made
# again.
%.c %.h: ;

-include $(wildcard $(obj)/*.d)
