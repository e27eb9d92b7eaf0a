#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Build memory policy and its users under other configurations.

One row is one configuration, compiler or architecture: the objects that know
memory policy are built without a warning of ours.  Where a row boots, the
whole kernel is, and a guest runs its test programs.  Prints KTAP.
"""

import argparse
import collections
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)
sys.path.insert(0, SCRIPTS)
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import interrupt  # noqa: E402
import kbuild  # noqa: E402
import steps  # noqa: E402

# @off, @on: options without CONFIG_.  @arguments: for make.
# @run: what a guest runs, or None to build only the objects.
Row = collections.namedtuple("Row", "name off on arguments run")


def options(*off, run=None):
    return Row("no-" + off[0].lower().replace("_", "-"), off, (), (), run)


def machine(name, arch, prefix, *on):
    return Row(name, (), on, ("ARCH=" + arch, "CROSS_COMPILE=" + prefix,
                              "CC=ccache %sgcc" % prefix,
                              "HOSTCC=ccache gcc"), None)


ABI = ("mempolicy_abi",)
PLACE = ("mempolicy_abi", "mempolicy_place")

ROWS = (
    options("NUMA", run=()),
    options("MIGRATION", "COMPACTION", "MEMORY_HOTREMOVE",
            "TRANSPARENT_HUGEPAGE", run=ABI),
    options("CPUSETS", run=PLACE),
    options("SYSFS"),
    options("TMPFS", run=ABI),
    options("SHMEM", "TMPFS"),
    options("HUGETLBFS", run=PLACE),
    options("NUMA_BALANCING", run=PLACE),
    options("IA32_EMULATION"),
    options("MEMCG"),
    options("TRANSPARENT_HUGEPAGE"),
    options("MEMORY_HOTPLUG", "MEMORY_HOTREMOVE"),
    options("ACPI_HMAT"),
    Row("clang", (), (), ("CC=ccache clang", "HOSTCC=ccache gcc"), None),
    Row("i386", ("64BIT",), ("HIGHMEM64G", "X86_BIGSMP"),
        ("ARCH=i386", "CC=ccache gcc", "HOSTCC=ccache gcc"), None),
    machine("arm64", "arm64", "aarch64-linux-gnu-"),
    machine("riscv64", "riscv", "riscv64-linux-gnu-", "MMU"),
)

OBJECTS = ("mm/", "ipc/", "fs/proc/", "fs/hugetlbfs/", "kernel/fork.o",
           "kernel/exit.o", "kernel/cgroup/", "kernel/sched/", "init/main.o",
           "drivers/base/", "drivers/acpi/numa/")


def fragment_of(row, fragment):
    return (kbuild.without(fragment, row.off)
            + "".join("CONFIG_%s=y\n" % option for option in row.on))


def wrong_options(build, row):
    """Options that are not as the row says, after Kconfig had its word."""
    return ([option + " is on" for option in row.off if build.has(option)]
            + [option + " is off" for option in row.on
               if not build.has(option)])


def guest(build, row, topology):
    """Boot a row's kernel; None, or what went wrong."""
    result = interrupt.run(
        [os.path.join(SCRIPTS, "qemu-numa/qemu-numa"), "run", "--topo",
         topology, "--timeout", "600", "--kernel",
         os.path.join(build.out, "arch/x86/boot/bzImage"), "--", "sh", "-c",
         "".join(map(steps.RUN.format, row.run)) + "true"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    return steps.troubles(result.stdout) if result.returncode else None


def check(row, parameters):
    """Build a row, and boot it if it asks for that."""
    with open(parameters.fragment, encoding="utf-8") as stream:
        fragment = fragment_of(row, stream.read())
    folder = row.name if row.arguments else "options"
    # Beside the tree's own build, with which ccache then has much in common.
    build = kbuild.Build(parameters.src, parameters.work + "-" + folder,
                         parameters.cache, row.arguments)
    build.configure(fragment)
    wrong = wrong_options(build, row)
    if wrong:
        return "\n".join(wrong)
    if row.run is None:
        build.make("prepare")
        build.make(*[name for name in OBJECTS if not name.startswith(
            "fs/hugetlbfs") or build.has("HUGETLBFS")])
    else:
        build.make("bzImage")
    if build.warnings():
        return "\n".join(build.warnings())
    return None if row.run is None else guest(build, row,
                                              parameters.topo)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("src", "cache", "work", "fragment"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--topo", default="two-socket")
    parser.add_argument("rows", nargs="*", help="only these")
    parameters = parser.parse_args()
    unknown = set(parameters.rows) - {row.name for row in ROWS}
    if unknown:
        parser.error("no row is called %s; there are: %s" % (
            " ".join(sorted(unknown)), " ".join(row.name for row in ROWS)))
    chosen = [row for row in ROWS
              if not parameters.rows or row.name in parameters.rows]
    report = steps.Report(len(chosen))
    for row in chosen:
        report.attempt(row.name, check, row, parameters)
    return 1 if report.failures else 0


if __name__ == "__main__":
    interrupt.command("configs", main)
