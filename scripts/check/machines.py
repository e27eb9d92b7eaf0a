# SPDX-License-Identifier: GPL-2.0
"""Which test programs run on which machine: the one place that says so.

Machines are the runner's topologies.  Programs are globs without the leading
"mempolicy_"; "!" leaves out.  What needs more than a machine has says so
itself, by skipping with a reason.
"""

import fnmatch
import re

# All but what needs a small node to fill up, memory to unplug, many nodes, or a
# failure, or takes as long on each machine.  A new program is among them.
ALL = "* !oom !hotplug !balance !sysfs !views !isolation !failing"

MACHINES = {
    # Nodes that are alike, where most can be told apart.
    "four-node": ALL.replace(" !isolation", ""),
    # As many as the kernel is built for, most of them small.
    "sixty-four": ALL.replace(" !oom", "").replace(" !views", ""),
    # Nodes that a policy asks for in vain, or where nobody runs.
    "memoryless": ALL,
    "cpuless": ALL,
    "two-socket": ALL + " !fuzz",
    # Memory that goes and comes back.
    "hotplug": "hotplug place weights stress",
    # Firmware tells how fast memory is, and weights follow that.
    "hmat-dram-cxl": "weights",
    "hmat-sixteen": "weights",
    # Nodes that fill up before others.
    "unequal": "oom place shared hugetlb home_node weights droppable",
    # The nearest node is not the next one.
    "ring": "place migrate home_node threads",
    # A kernel that moves pages to the CPUs that use them.
    "balancing": "balance",
    # No memory while the kernel boots.
    "failing-files": "sysfs",
    "failing-directory": "sysfs",
    "failing-notifier": "sysfs",
    # Nothing to choose: calls, texts and rights are the same as elsewhere.
    "uma": "abi numa_maps permissions threads inherit shared",
}

# For another architecture than x86-64.
FOREIGN = {"four-node": ALL}


def bare(program):
    """The name that a program goes by here: abi for mempolicy_abi_32."""
    return re.sub(r"^mempolicy_|_32$", "", program)


def runs(program, globs):
    """Whether @globs, words, take the program."""
    name = bare(program)

    def hit(glob):
        return fnmatch.fnmatchcase(name, glob.lstrip("!"))
    taken = [glob for glob in globs.split() if hit(glob)]
    return bool(taken) and not any(glob.startswith("!") for glob in taken)


def plan(programs, only=None, topology=None, places=None):
    """{topology: [program, ...]}, in the order to start them.

    @only: run this program alone; @topology: everything on this machine,
    which need not be one of the list; @places: another list of machines.
    """
    chosen = [name for name in programs
              if not only or only in (name, re.sub(r"_32$", "", name))]
    if topology:
        return {topology: chosen} if chosen else {}
    wanted = {place: [name for name in chosen if runs(name, globs)]
              for place, globs in (places or MACHINES).items()}
    return {place: names for place, names in wanted.items() if names}
