# SPDX-License-Identifier: GPL-2.0
"""The QEMU command line of a topology."""

import json
import subprocess

import boards
import plug

# norandmaps: addresses, and with them interleave positions, repeat from run
# to run.  panic=-1 turns a panic into a reset, which -no-reboot turns into
# the end of QEMU.
KERNEL_ARGUMENTS = "panic=-1 norandmaps printk.devkmsg=on"

# Memory that is to be unplugged must not hold what cannot be moved.
DIMM_ARGUMENTS = "memhp_default_state=online_movable"

# QEMU wants addresses for this much more than there is.
DIMM_REGION = 1 << 30


def version(board):
    """QEMU's version line; raises OSError when there is no QEMU."""
    output = subprocess.run([board.qemu, "--version"], stdout=subprocess.PIPE,
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
        if topology.has_bandwidths():
            option += ",initiator=%d" % topology.initiator(number)
        arguments += ["-numa", option]
    return arguments + _distances(topology) + _bandwidths(topology)


def _distances(topology):
    matrix = topology.distances() or []
    return [word for i, row in enumerate(matrix) for j, value in enumerate(row)
            for word in ("-numa", "dist,src=%d,dst=%d,val=%d" % (i, j, value))]


def _bandwidths(topology):
    """Entries of ACPI's HMAT."""
    entry = ("hmat-lb,initiator=%d,target=%d,hierarchy=memory,"
             "data-type=%s-bandwidth,bandwidth=%dM")
    return [word for number, node in enumerate(topology.nodes)
            for kind, rate in zip(("read", "write"), node.bandwidth or ())
            for word in ("-numa", entry % (topology.initiator(number), number,
                                           kind, rate))]


def memory(topology):
    """The size, and modules in slots of their own."""
    dimms = topology.dimms()
    if not dimms:
        return ["-m", "%dB" % topology.mem]
    arguments = ["-m", "size=%dB,slots=%d,maxmem=%dB"
                 % (topology.mem, len(dimms), topology.mem + sum(
                     max(size, DIMM_REGION) for size in dimms.values()))]
    for number, size in dimms.items():
        name, module = plug.device(number)
        arguments += ["-object", "memory-backend-ram,id=%s,size=%d"
                      % (module, size), "-device",
                      "pc-dimm,id=%s,memdev=%s,node=%d"
                      % (name, module, number)]
    return arguments


def disks(paths):
    """Raw disks: /dev/vda is the first."""
    return [word for number, path in enumerate(paths) for word in (
        "-blockdev", json.dumps({
            "driver": "raw", "node-name": "disk%d" % number,
            "cache": {"no-flush": True},
            "file": {"driver": "file", "filename": path}}),
        "-device", "virtio-blk-pci,drive=disk%d" % number)]


def accelerator(board, name, icount):
    """How instructions are executed."""
    if icount:
        return ["-accel", "tcg,thread=single", "-icount",
                "shift=0,sleep=off", "-cpu", board.tcg]
    if name == "kvm":
        return ["-accel", "kvm", "-cpu", "host"]
    return ["-accel", "tcg", "-cpu", board.tcg]


def check(board, topology):
    """Refuse what a board does not have."""
    if not board.all and (topology.dimms() or topology.has_bandwidths()
                          or topology.fault):
        raise boards.BoardError(
            "topology '%s' is not for %s: memory modules, bandwidths and "
            "failures are not there" % (topology.name, board.arch))


def command(board, topology, kernel, initrd, accel, icount=False, append=""):
    """Everything but consoles and ports, which belong to the session."""
    # One socket per CPU: a socket that spans nodes makes the scheduler warn.
    kernel_arguments = [board.arguments, KERNEL_ARGUMENTS, topology.append,
                        append]
    if topology.dimms():
        kernel_arguments.insert(2, DIMM_ARGUMENTS)
    smp = "%d,sockets=%d,cores=1,threads=1" % (topology.cpus, topology.cpus)
    machine = board.machine + (",hmat=on" if topology.has_bandwidths() else "")
    return ([board.qemu, "-M", machine, "-nodefaults", "-no-user-config",
             "-display", "none", "-no-reboot", "-smp", smp]
            + memory(topology) + accelerator(board, accel, icount)
            + numa(topology)
            + ["-kernel", kernel, "-initrd", initrd,
               "-append", " ".join(filter(None, kernel_arguments))])
