# SPDX-License-Identifier: GPL-2.0
"""The QEMU command line of a topology."""

import subprocess

QEMU = "qemu-system-x86_64"

# Under TCG string instructions with erms/fsrm are slower than plain moves.
TCG_CPU = "max,-erms,-fsrm"

# norandmaps: addresses, and with them interleave positions, repeat from run
# to run.  panic=-1 turns a panic into a reset, which -no-reboot turns into
# the end of QEMU.
# no_timer_check: on a busy host an emulated timer can miss its boot-time test.
KERNEL_ARGUMENTS = ("console=ttyS0 panic=-1 norandmaps no_timer_check "
                    "printk.devkmsg=on")


def version():
    """QEMU's version line; raises OSError when there is no QEMU."""
    output = subprocess.run([QEMU, "--version"], stdout=subprocess.PIPE,
                            check=True, universal_newlines=True).stdout
    return output.splitlines()[0]


def numa(topology):
    """Nodes, their memory, CPUs and distances."""
    arguments, cpu = [], 0
    for number, node in enumerate(topology.nodes):
        option = "node,nodeid=%d" % number
        if node.cpus:
            option += ",cpus=%d-%d" % (cpu, cpu + node.cpus - 1)
            cpu += node.cpus
        if node.mem:
            backend = "mem%d" % number
            arguments += ["-object", "memory-backend-ram,id=%s,size=%d"
                          % (backend, node.mem)]
            option += ",memdev=" + backend
        arguments += ["-numa", option]
    return arguments + _distances(topology)


def _distances(topology):
    matrix = topology.distances() or []
    return [word for i, row in enumerate(matrix) for j, value in enumerate(row)
            for word in ("-numa", "dist,src=%d,dst=%d,val=%d" % (i, j, value))]


def accelerator(name, icount):
    """How instructions are executed."""
    if icount:
        return ["-accel", "tcg,thread=single", "-icount",
                "shift=0,sleep=off", "-cpu", TCG_CPU]
    if name == "kvm":
        return ["-accel", "kvm", "-cpu", "host"]
    return ["-accel", "tcg", "-cpu", TCG_CPU]


def command(topology, kernel, initrd, accel, icount=False, append=""):
    """Everything but consoles and ports, which belong to the session."""
    # One socket per CPU: a socket that spans nodes makes the scheduler warn.
    smp = "%d,sockets=%d,cores=1,threads=1" % (topology.cpus, topology.cpus)
    return ([QEMU, "-M", "q35", "-nodefaults", "-no-user-config",
             "-display", "none", "-no-reboot", "-m", "%dB" % topology.mem,
             "-smp", smp]
            + accelerator(accel, icount) + numa(topology)
            + ["-kernel", kernel, "-initrd", initrd,
               "-append", (KERNEL_ARGUMENTS + " " + append).strip()])
