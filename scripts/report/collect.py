# SPDX-License-Identifier: GPL-2.0
"""What the report shows: seen in guests, read from results."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)
RUNNER = os.path.join(SCRIPTS, "qemu-numa", "qemu-numa")
sys.path.insert(0, os.path.join(SCRIPTS, "qemu-numa"))
import topology  # noqa: E402

WEIGHTS = "/sys/kernel/mm/mempolicy/weighted_interleave"
PAGES = 64
PIECES = 96

# What is done on the machine of four equal nodes, by CPU 0: title, acts.
PLACEMENTS = (
    ("default", "map a 64 touch a"),
    ("prefer 2", "task prefer:2 map a 64 touch a"),
    ("prefer-many 1,2", "task prefer-many:1,2 map a 64 touch a"),
    ("bind 3", "task bind:3 map a 64 touch a"),
    ("interleave 0-3", "task interleave:0-3 map a 64 touch a"),
    ("interleave 1,3", "task interleave:1,3 map a 64 touch a"),
    ("weighted interleave 0-3, weights 4 1 2 1",
     "task weighted-interleave:0-3 map a 64 touch a"),
    ("local, touched by each CPU in turn",
     "task local map a 64 cpu 0 touch a:0-15 cpu 1 touch a:16-31 "
     "cpu 2 touch a:32-47 cpu 3 touch a:48-63"),
    ("mbind: 0-15 bind 3, 32-63 interleave 1-2",
     "map a 64 bind a:0-15 bind:3 bind a:32-63 interleave:1-2 touch a"),
    ("shared, 0-31 bind 3; by a task bound to 1",
     "shared a 64 bind a:0-31 bind:3 fork task bind:1 touch a"),
    ("on node 0, then mbind(MOVE) to interleave 0-3",
     "map a 64 touch a move a interleave:0-3"),
)

# More memory than the policy's nodes have, on nodes of unequal size.
FILLED = (
    ("default, CPU on node 1", "cpu 1"),
    ("prefer 3", "cpu 0 task prefer:3"),
    ("prefer-many 1,3", "cpu 0 task prefer-many:1,3"),
    ("interleave 0-3", "cpu 0 task interleave:0-3"),
)
FILL_PAGES = 730 * PIECES
KILLED = "bind 1,3: killed, though nodes 0 and 2 are free"
# What is killed cannot tell where its pages were, so it tells just before.
KILL = """\
free() { sed -n 's/.*MemFree: *\\([0-9]*\\) kB/\\1/p' \
	/sys/devices/system/node/node$1/meminfo; }
last=$((($(free 1) + $(free 3)) / 4 - 5000))
act fork victim cpu 0 task bind:1,3 map a %d touch a:0-$last profile a %d touch a
"""


def guest(place, script):
    """Lines that a shell script prints on a machine."""
    result = subprocess.run(
        [RUNNER, "run", "--topo", place, "--timeout", "300", "--", "sh"],
        input=script, stdout=subprocess.PIPE, check=False,
        universal_newlines=True)
    if result.returncode:
        sys.exit("report: a guest on %s ended with %d"
                 % (place, result.returncode))
    return result.stdout.splitlines()


def placements():
    """[(title, nodes as digits)] of what PLACEMENTS says."""
    script = "".join("echo %s >%s/node%d\n" % (weight, WEIGHTS, node)
                     for node, weight in enumerate((4, 1, 2, 1)))
    script += "".join("act cpu 0 %s where a\n" % acts
                      for _, acts in PLACEMENTS)
    lines = [line for line in guest("four-node", script)
             if line.startswith("a: ")]
    return [(title, line[3:]) for (title, _), line in zip(PLACEMENTS, lines)]


def filled():
    """[(title, [[pages by node] of each piece])], and KB free by node."""
    script = "grep -h MemFree /sys/devices/system/node/node*/meminfo\n"
    script += "".join("act cpu 0 %s map a %d touch a profile a %d\n"
                      % (acts, FILL_PAGES, PIECES) for _, acts in FILLED)
    lines = guest("unequal", script + KILL % (FILL_PAGES, PIECES))
    free = [int(line.split()[3]) for line in lines if "MemFree" in line]
    titles = [title for title, _ in FILLED]
    if "killed by SIGKILL" in lines:
        titles.append(KILLED)
    rows = [[[int(n) for n in word.split("/")] for word in line.split()[1:]]
            for line in lines if line.startswith("a:")]
    return list(zip(titles, rows)), free


def weights():
    """[(topology, {node: (MB/s, weight, pages)})] where bandwidth is known."""
    found = []
    for name in topology.names():
        machine = topology.load(name)
        if not any(getattr(node, "bandwidth", None)
                   for node in machine.nodes):
            continue
        count = len(machine.nodes)
        lines = guest(name, "cat %s\nact map a 4000 bind a "
                      "weighted-interleave:0-%d touch a count a\n"
                      % (" ".join("%s/node%d" % (WEIGHTS, n)
                                  for n in range(count)), count - 1))
        pages = [int(n) for n in lines[-1].split(" ")[1].split("/")]
        found.append((machine, {
            n: (min(machine.nodes[n].bandwidth), int(lines[n]), pages[n])
            for n in range(count)}))
    return found


def machines():
    """All machines that can be drawn; what fails is not in a drawing."""
    found = [topology.load(name) for name in topology.names()]
    return [machine for machine in found
            if len(machine.nodes) <= 16 and not machine.fault]


def costs(build):
    """{nodes: {"stock" or "ours": {row: instructions}}} of "make bench"."""
    path = os.path.join(build, "bench", "bench.json")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as stream:
        machines = json.load(stream)["machines"]
    return {nodes: {kernel: {row: runs[0] for row, runs in rows.items()}
                    for kernel, rows in machines[nodes].items()}
            for nodes in sorted(machines, key=int)}


def tests(build):
    """When the last whole "make check" ended, and [(suite, passed, failed,
    skipped)] of it.

    Suites without tests of their own only carry logs.
    """
    path = os.path.join(build, "results", "junit.xml")
    if not os.path.exists(path):
        return "", []
    found, top = [], xml.parse(path).getroot()
    for suite in top:
        total, failed, skipped = (int(suite.get(name, "0")) for name in
                                  ("tests", "failures", "skipped"))
        found.append((suite.get("name"), total - failed - skipped, failed,
                      skipped))
    return (top.get("timestamp", "").replace("T", " "),
            sorted(suite for suite in found if any(suite[1:])))
