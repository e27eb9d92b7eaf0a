# SPDX-License-Identifier: GPL-2.0
"""Locked instructions of faults in a shared mapping, on two CPUs.

Wall time says little about contention in an emulator; how often a CPU locks
the bus, and where, is exact.
"""

import os

import place
import traced

THREADS = 2
NODES = 4


def of_kernel(kernel):
    """Locked instructions per fault: by function, and those of the policy."""
    build = place.build_directory(kernel)
    trace = os.path.join(place.tools(), "locks-" + kernel)
    faults = place.run(kernel, NODES, ["--threads", str(THREADS)],
                       trace=trace, cpus=THREADS)["faults"][0]
    symbols = traced.Symbols(os.path.join(build, "vmlinux"))
    found = traced.by_function(traced.locked(traced.read(trace + ".0")),
                               symbols)
    policy = traced.policy_functions(build)
    return {
        "functions": {name: count / faults for name, count in found.items()},
        "policy": sum(count for name, count in found.items()
                      if name in policy) / faults,
    }


def text(found):
    """Those functions that lock at about every fault in one of the kernels."""
    stock, ours = found["stock"]["functions"], found["ours"]["functions"]
    lines = ["locked instructions per fault of a shared mapping, %d CPUs"
             % THREADS, "", "%-42s %11s %11s" % ("function", "stock", "ours")]
    for name in sorted(set(stock) | set(ours)):
        pair = stock.get(name, 0), ours.get(name, 0)
        if max(pair) >= 0.5:
            lines.append("%-42s %11.2f %11.2f" % ((name,) + pair))
    lines.append("%-42s %11.2f %11.2f" % (
        "all", sum(stock.values()), sum(ours.values())))
    lines.append("%-42s %11.2f %11.2f" % (
        "in functions of memory policy", found["stock"]["policy"],
        found["ours"]["policy"]))
    return lines + [""]


def measure():
    found = {kernel: of_kernel(kernel) for kernel in place.KERNELS}
    found["text"] = text(found)
    return found
