#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write build/report.html: one file with all pictures, for a browser.

Boots guests with the kernel that "make" has built; takes the results of the
last "make check" and "make bench" if there are any.
"""

import os
import platform
import sys

sys.dont_write_bytecode = True
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import collect  # noqa: E402
import draw  # noqa: E402
import interrupt  # noqa: E402
import page  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(TOP, "build")
KERNELS = ("#d1603d", "#3b82c4")
SHARES = ("#8a8f98", "#3b82c4", "#2a9d6f")


def machine_cards():
    cards = []
    for machine in collect.machines():
        nodes = page.table(
            ["node", "memory", "CPUs"]
            + (["MB/s"] if has_bandwidth(machine) else []),
            [[number, "%d MB" % (draw.memory(node) >> 20),
              node.cpus or "none"]
             + ([min(node.bandwidth) if node.bandwidth else "?"]
                if has_bandwidth(machine) else [])
             for number, node in enumerate(machine.nodes)])
        cards.append(page.card(machine.name, machine.description,
                               draw.machine(machine)
                               + page.details("nodes", nodes)
                               + distances(machine)))
    return page.cards(cards)


def has_bandwidth(machine):
    return any(getattr(node, "bandwidth", None) for node in machine.nodes)


def distances(machine):
    matrix = machine.distances()
    if len(machine.nodes) == 1:
        return ""
    if not matrix:
        return "<p class='note'>every other node at 20</p>"
    if len(matrix) > 8:
        return ""
    return page.details("distances", page.table(
        [""] + list(range(len(matrix))),
        [[number] + row for number, row in enumerate(matrix)]))


def placement_rows():
    rows, found = [], collect.placements()
    save("placement.svg", draw.sheet(found))
    for title, digits in found:
        counts = [digits.count(str(node)) for node in range(4)]
        rows.append(page.row(title, draw.page_map(digits),
                             " / ".join(map(str, counts))))
    return draw.legend(4) + page.rows(rows)


def filling_rows():
    found, free = collect.filled()
    rows = [page.row(title, draw.filling(pieces), " / ".join(
        str(sum(counts[node] for counts in pieces)) for node in range(4)))
            for title, pieces in found]
    note = "free before: %s MB on nodes 0 to 3" % ", ".join(
        str(kb // 1024) for kb in free)
    return "<p class='note'>%s</p>" % note + draw.legend(4) + page.rows(rows)


def weight_charts():
    parts = []
    for machine, nodes in collect.weights():
        total, heavy, pages = (sum(values[i] for values in nodes.values())
                               for i in range(3))
        groups = [("node %d" % number if len(nodes) < 9 else number,
                   [round(100 * rate / total, 1),
                    round(100 * weight / heavy, 1),
                    round(100 * count / pages, 1)])
                  for number, (rate, weight, count) in nodes.items()]
        names = ("bandwidth", "weight", "pages")
        parts.append(page.card(
            machine.name, machine.description,
            page.scroll(draw.bars(groups, names, "% of all", SHARES))
            + page.marks(names, SHARES)
            + page.details("numbers", page.table(
                ["node", "MB/s", "weight", "pages of 4000"],
                [[number, *values] for number, values in nodes.items()]))))
    if not parts:
        return "<p class='note'>No machine here tells its bandwidths.</p>"
    return page.cards(parts, "wide")


def above_default(kernels):
    """What each mode costs in a fault, above the default policy of stock."""
    prefix = "fault/4k/vma/"
    default = kernels["stock"].get(prefix + "default")
    return [(row[len(prefix):], [round(kernels[kernel][row] - default)
                                 for kernel in ("stock", "ours")])
            for row in kernels["stock"] if default is not None
            and row.startswith(prefix) and row in kernels["ours"]]


def growth_cards(found):
    """How that grows with the number of nodes."""
    parts = []
    for mode, title in (("interleave", "Interleave"),
                        ("weighted", "Weighted interleave")):
        points = [(nodes, dict(above_default(kernels)).get(mode))
                  for nodes, kernels in found.items()]
        points = [point for point in points if point[1]]
        if len(points) > 1:
            parts.append(page.card(
                title + ", by the number of nodes",
                "a first touch, above stock's default policy",
                draw.curves(points, ("stock", "ours"), "instructions", KERNELS)
                + page.marks(("stock", "ours"), KERNELS)))
    return parts


def cost_tables():
    found = collect.costs(BUILD)
    if not found:
        return ("<p class='note'>Not measured yet: <code>make bench</code> "
                "leaves figures that are shown here.</p>")
    parts = growth_cards(found)
    for nodes, kernels in found.items():
        groups = above_default(kernels)
        rows = [[row, round(kernels["stock"][row]), round(count),
                 round(count) - round(kernels["stock"][row])]
                for row, count in kernels["ours"].items()
                if row in kernels["stock"]]
        parts.append(page.card(
            "%s node%s" % (nodes, "" if nodes == "1" else "s"),
            "a first touch, above stock's default policy",
            (draw.levels(groups, ("stock", "ours"), "instructions", KERNELS)
             if groups else "")
            + page.marks(("stock", "ours"), KERNELS)
            + page.details("all rows", page.table(
                ["instructions for", "stock", "ours", "difference"], rows))))
    return page.cards(parts, "wide")


def test_table():
    when, suites = collect.tests(BUILD)
    if not suites:
        return ("<p class='note'>No results: run <code>make check</code> "
                "first.</p>")
    passed, failed, skipped = (sum(suite[i] for suite in suites)
                               for i in (1, 2, 3))
    return ("<p><b>%d passed, %d failed, %d skipped</b> on %s</p>"
            % (passed, failed, skipped, when)
            + page.table(["suite", "passed", "failed", "skipped", ""],
                         [[name, ok, bad, out, page.Raw(
                             page.stripe(ok, bad, out))]
                          for name, ok, bad, out in suites]))


SECTIONS = (
    ("machines", "Machines", "The topologies that guests boot with. A circle is"
     " a node, as large as its memory, dashed if it has no CPU; thick lines are"
     " short distances. Machines of more than 16 nodes, and those on which"
     " something fails at boot, are not drawn.", machine_cards),
    ("placement", "Where each mode puts pages", "64 pages, touched by CPU 0 on"
     " the machine of four equal nodes unless it says otherwise. A square is a"
     " page; the numbers are pages on nodes 0 to 3.", placement_rows),
    ("full", "When nodes fill", "%d pages on nodes of 512, 64, 256 and 128 MB,"
     " touched by CPU 0 unless it says otherwise. From left to right the memory in the order in which it is touched; grey"
     " is what was never had." % collect.FILL_PAGES, filling_rows),
    ("weights", "Weights and bandwidth", "What firmware reports, the weights"
     " that the kernel made of it, and where 4000 pages went. As shares of"
     " all.", weight_charts),
    ("cost", "Cost", "Executed instructions, counted by the emulator: this"
     " kernel (ours) beside the unmodified one (stock).",
     cost_tables),
    ("tests", "Tests", "The last whole make check, by suite; suites of test programs"
     " carry the name of the machine that they ran on.", test_table),
)


def save(name, content):
    os.makedirs(BUILD, exist_ok=True)
    path = os.path.join(BUILD, name)
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(content)
    return path


def main():
    body = []
    for name, title, lead, content in SECTIONS:
        print("report: %s" % title, flush=True)
        body.append(page.section(name, title, lead, content()))
    print("report: " + save("report.html", page.document(
        [(name, title) for name, title, _, _ in SECTIONS], "".join(body),
        platform.machine())))
    return 0


if __name__ == "__main__":
    interrupt.command("report", main)
