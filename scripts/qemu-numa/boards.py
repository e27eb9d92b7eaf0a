# SPDX-License-Identifier: GPL-2.0
"""What differs between architectures, for QEMU and for the kernel."""

import collections
import os

# @tcg: the CPU when QEMU translates.  @all: all that topologies can describe is
# there; memory modules and bandwidths take ACPI, failures know the registers.
Board = collections.namedtuple("Board", "arch qemu machine tcg all arguments")

BOARDS = {
    # String instructions with erms/fsrm are slower than plain moves there.
    # no_timer_check: on a busy host an emulated timer can miss its boot-time
    # test.
    "x86": Board("x86", "qemu-system-x86_64", "q35", "max,-erms,-fsrm", True,
                 "console=ttyS0 no_timer_check"),
    # With the other interrupt controllers there are eight CPUs at most.
    "arm64": Board("arm64", "qemu-system-aarch64", "virt,gic-version=3",
                   "max,pauth=off", False, "console=ttyAMA0"),
}

# What a host calls itself where KVM can run a board.
HOSTS = {"x86": "x86_64", "arm64": "aarch64"}


class BoardError(Exception):
    """An architecture or a machine that is not to be had."""


def board(name=None):
    """The board of an architecture; ARCH in the environment is the default."""
    name = name or os.environ.get("ARCH") or "x86"
    name = {"x86_64": "x86"}.get(name, name)
    if name not in BOARDS:
        raise BoardError("no architecture '%s'; there are: %s"
                         % (name, ", ".join(BOARDS)))
    return BOARDS[name]


def has_kvm(chosen):
    """Whether this host's KVM is for that architecture."""
    return HOSTS[chosen.arch] == os.uname().machine
