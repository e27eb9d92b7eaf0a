# SPDX-License-Identifier: GPL-2.0
"""Where things are, and guests to run the benchmark in."""

import os
import subprocess
import sys

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, SCRIPTS)

import interrupt  # noqa: E402

KERNELS = ("stock", "ours")
SECONDS = 1800

AGAIN = 'for i in $(seq %d); do /root/mempolicy-bench "$@"; done'


class BenchError(Exception):
    """Something that the user has to know."""


def path(name, nodes=1):
    """A path from paths.sh; more than 64 nodes take kernels of their own."""
    environment = dict(os.environ)
    if nodes > 64:
        environment["NODES_SHIFT"] = "10"
    return subprocess.run([os.path.join(SCRIPTS, "paths.sh"), name],
                          stdout=subprocess.PIPE, check=True, env=environment,
                          universal_newlines=True).stdout.strip()


def build_directory(kernel):
    return path("build" if kernel == "ours" else "stock_build")


def image(kernel, nodes):
    name = path("kernel" if kernel == "ours" else "stock", nodes)
    if not os.path.exists(name):
        raise BenchError("%s is not built" % name)
    return name


def tools():
    return os.path.join(path("work"), "bench")


def build_tools():
    """The benchmark and the tracer."""
    subprocess.run(["make", "-s", "-C", os.path.join(
        path("top"), "laboratory/bench"), "O=" + tools()],
                   check=True)


def topology(nodes, cpus):
    """A machine with @nodes nodes, all CPUs on the first one."""
    text = ("[topology]\ndescription = %d nodes\n"
            "[node 0]\nmem = 256M\ncpus = %d\n" % (nodes, cpus))
    if nodes > 1:
        text += "[nodes 1-%d]\nmem = %s\ncpus = 0\n" % (
            nodes - 1, "64M" if nodes <= 8 else "32M")
    name = os.path.join(tools(), "%d-nodes-%d-cpus.ini" % (nodes, cpus))
    with open(name, "w", encoding="utf-8") as stream:
        stream.write(text)
    return name


def run(kernel, nodes, arguments, trace=None, cpus=0, runs=1):
    """Run the benchmark in one guest; {name: [value of each run]}.

    With one CPU every instruction counts as one tick; with more of them
    (@cpus) they run side by side, and only a trace counts.
    """
    options = ["--cpus", str(cpus), "--accel", "tcg"] if cpus else ["--icount"]
    if trace:
        options += ["--qemu", "-plugin %s,out=%s"
                    % (os.path.join(tools(), "tracer.so"), trace)]
    result = interrupt.run(
        [os.path.join(SCRIPTS, "qemu-numa", "qemu-numa"), "run",
         "--topo", topology(nodes, cpus or 1), "--kernel", image(kernel, nodes),
         "--timeout", str(SECONDS), "--add",
         os.path.join(tools(), "mempolicy-bench"), *options,
         "--", "sh", "-ec", AGAIN % runs, "sh", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True)
    if result.returncode:
        raise BenchError("the benchmark failed on the %s kernel with %d nodes:"
                         "\n%s" % (kernel, nodes,
                                   (result.stdout + result.stderr)[-2000:]))
    rows = {}
    for line in result.stdout.splitlines():
        name, value = line.split()
        rows.setdefault(name, []).append(float(value))
    return rows
