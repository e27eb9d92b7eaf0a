# SPDX-License-Identifier: GPL-2.0
"""Locked instructions on cache lines that strangers share, on two CPUs.

Two tasks that have nothing in common do the same, each on a CPU of its own. A
line that both of them lock is a line that all tasks of a large machine would
fight for.
"""

import collections
import os

import place
import report
import traced

NODES = 4
CPUS = 2

Touch = collections.namedtuple("Touch", "address line count")


def read(path):
    with open(path, encoding="utf-8") as stream:
        for text in stream:
            address, line, count = text.split()
            yield Touch(int(address, 16), int(line, 16), int(count))


def shared(first, second):
    """What the second one did to lines of the first one."""
    lines = {touch.line for touch in first}
    return [touch for touch in second if touch.line in lines]


def of_kernel(kernel):
    """{deed: {function: locked instructions on shared lines, per unit}}"""
    trace = os.path.join(place.tools(), "lines-" + kernel)
    deeds = place.run(kernel, NODES, ["--lines"], trace=trace, cpus=CPUS)
    symbols = traced.Symbols(os.path.join(place.build_directory(kernel),
                                          "vmlinux"))
    found = {}
    for number, (deed, units) in enumerate(deeds.items()):
        first, second = (list(read("%s.%d.lines" % (trace, 2 * number + who)))
                         for who in range(2))
        functions = collections.Counter()
        for touch in shared(first, second):
            functions[symbols.name(touch.address)] += touch.count / units[0]
        found[deed] = dict(functions)
    return found


def rows(found, policy):
    """By deed: all of them, and those in functions of memory policy."""
    result = {}
    for deed, functions in found.items():
        result["lines/%s/all" % deed] = [sum(functions.values())]
        result["lines/%s/in-policy" % deed] = [
            sum(count for name, count in functions.items() if name in policy)]
    return result


def functions_text(found):
    """Where they are, if at least one of ten units has one."""
    lines = []
    for deed in found["stock"]:
        stock, ours = found["stock"][deed], found["ours"][deed]
        for name in sorted(set(stock) | set(ours)):
            pair = stock.get(name, 0), ours.get(name, 0)
            if max(pair) >= 0.1:
                what = "%s: %s" % (deed, name)
                lines.append("%-42s %11.2f %11.2f" % (what[:42], *pair))
    return lines


def measure():
    found = {kernel: of_kernel(kernel) for kernel in place.KERNELS}
    values = {kernel: rows(found[kernel], traced.policy_functions(
        place.build_directory(kernel))) for kernel in place.KERNELS}
    text, missed = report.table(
        "locked instructions on lines that strangers share, %d CPUs" % CPUS,
        values, form="%.2f")
    return {"functions": found, "rows": values, "missed": missed,
            "text": text + functions_text(found) + [""]}
