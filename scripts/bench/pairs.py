# SPDX-License-Identifier: GPL-2.0
"""What tasks on two CPUs do to each other.

Wall time says little in an emulator, but the ratio of two times of one run does;
and how often a CPU locks the bus, and where, is exact.
"""

import collections
import os

import place
import report
import traced

NODES = 4
CPUS = 2

Touch = collections.namedtuple("Touch", "address line count")


def waits():
    """How long a task waits for strangers, in percent of what it needs alone."""
    values = {kernel: place.run(kernel, NODES, ["wait/*"], cpus=CPUS)
              for kernel in place.KERNELS}
    text, missed = report.table("percent of the time alone, %d CPUs" % CPUS,
                                values)
    return {"rows": values, "missed": missed, "text": text}


def trace_of(kernel, words):
    """What the benchmark prints, the tracer's files, and a kernel's symbols."""
    trace = os.path.join(place.tools(), "trace-" + kernel)
    printed = place.run(kernel, NODES, words, trace=trace, cpus=CPUS)
    return printed, trace, traced.Symbols(os.path.join(
        place.build_directory(kernel), "vmlinux"))


def in_shared_mapping(kernel):
    """{"fault": {function: locked instructions of each}} of faults there."""
    printed, trace, symbols = trace_of(kernel, ["--threads", str(CPUS)])
    found = traced.locked(trace + ".0", symbols)
    return {"fault": {name: count / printed["faults"][0]
                      for name, count in found.items()}}


def touches(path):
    with open(path, encoding="utf-8") as stream:
        for text in stream:
            address, line, count = text.split()
            yield Touch(int(address, 16), int(line, 16), int(count))


def shared(first, second):
    """What the second one did to lines of the first one."""
    lines = {touch.line for touch in first}
    return [touch for touch in second if touch.line in lines]


def on_shared_lines(kernel):
    """{deed: {function: locked instructions per unit}}, of two tasks that have
    nothing in common, on cache lines that both of them lock: all tasks of a
    large machine would fight for these.
    """
    deeds, trace, symbols = trace_of(kernel, ["--lines"])
    found = {}
    for number, (deed, units) in enumerate(deeds.items()):
        first, second = (list(touches("%s.%d.lines" % (trace, 2 * number + who)))
                         for who in range(2))
        functions = collections.Counter()
        for touch in shared(first, second):
            functions[symbols.name(touch.address)] += touch.count / units[0]
        found[deed] = dict(functions)
    return found


def rows(prefix, found, policy):
    """By deed: all of them, and those in functions of memory policy."""
    result = {}
    for deed, functions in found.items():
        result["%s/%s/all" % (prefix, deed)] = [sum(functions.values())]
        result["%s/%s/in-policy" % (prefix, deed)] = [
            sum(count for name, count in functions.items() if name in policy)]
    return result


def functions_text(found):
    """Where they are, if at least one of ten units has one."""
    text = []
    for deed in found["stock"]:
        stock, ours = found["stock"][deed], found["ours"][deed]
        for name in sorted(set(stock) | set(ours)):
            pair = stock.get(name, 0), ours.get(name, 0)
            if max(pair) >= 0.1:
                what = "%s: %s" % (deed, name)
                text.append("%-42s %11.2f %11.2f" % (what[:42], *pair))
    return text


def locked(prefix, title, of_kernel):
    found = {kernel: of_kernel(kernel) for kernel in place.KERNELS}
    values = {kernel: rows(prefix, found[kernel], traced.policy_functions(
        place.build_directory(kernel))) for kernel in place.KERNELS}
    text, missed = report.table("locked instructions %s, %d CPUs"
                                % (title, CPUS), values, form="%.2f")
    return {"functions": found, "rows": values, "missed": missed,
            "text": text + functions_text(found) + [""]}


def lines():
    return locked("lines", "on lines that strangers share", on_shared_lines)


def locks():
    return locked("locks", "per fault of a shared mapping", in_shared_mapping)
