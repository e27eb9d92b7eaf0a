#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write build/report.html: one file with all pictures, for a browser.

Boots guests with the kernel that "make" has built; takes the results of the
last "make check" and "make bench" if there are any.  Pictures that documents
show are also kept beside it: placement.svg, cost-interleave.svg and
cost-weighted.svg.
"""

import html
import json
import math
import os
import sys
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUNNER = os.path.join(SCRIPTS, "qemu-numa")
sys.path += [SCRIPTS, RUNNER]

import interrupt  # noqa: E402
import topology  # noqa: E402

BUILD = os.path.join(os.path.dirname(SCRIPTS), "build")
WEIGHTS = "/sys/kernel/mm/mempolicy/weighted_interleave"
# Told apart by those who do not see all colours.
COLOURS = ("#3b82c4", "#e09f2c", "#2a9d6f", "#c8639c", "#8a63d2", "#d1603d",
           "#5aa9a3", "#8b8b3a")
KERNELS = {"stock": "#d1603d", "ours": "#3b82c4"}
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

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>NUMA memory policy</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { margin: 0 auto; padding: 1rem; max-width: 1080px; background: #fff;
  color: #1d2025; font: 16px/1.5 sans-serif; }
nav a { margin-right: 1rem; }
svg { max-width: 100%%; height: auto; }
table { border-collapse: collapse; font-size: .9rem; display: block;
  overflow-x: auto; }
td, th { padding: .1rem .8rem .1rem 0; text-align: left; }
td i { display: inline-block; height: .7em; margin-right: .4em; }
</style></head><body><h1>NUMA memory policy, seen in guests</h1>
<p>Every figure is from a run of this kernel.</p><nav>%s</nav>%s</body></html>
"""
SECTION = '<section id="%s"><h2>%s</h2><p>%s</p>%s</section>'
SVG = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
       'width="%d" font-family="sans-serif" font-size="13" fill="#1d2025">'
       '<rect width="100%%" height="100%%" fill="#fff"/>%s</svg>\n')
RECT = '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>\n'
TEXT = '<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>\n'
LINE = ('<polyline fill="none" stroke="%s" stroke-width="%.1f" '
        'points="%s"/>\n')
CIRCLE = ('<circle cx="%.1f" cy="%.1f" r="%.1f" fill="%s" stroke="#1d2025"'
          '%s/>\n')


def save(name, content):
    os.makedirs(BUILD, exist_ok=True)
    with open(os.path.join(BUILD, name), "w", encoding="utf-8") as stream:
        stream.write(content)
    return content


def guest(place, script):
    """Lines that a shell script prints on a machine."""
    result = interrupt.run(
        [os.path.join(RUNNER, "qemu-numa"), "run", "--topo", place,
         "--timeout", "300", "--", "sh"], script, stdin=-1, stdout=-1,
        encoding="utf-8")
    if result.returncode:
        sys.exit("report: a guest on %s ended with %d"
                 % (place, result.returncode))
    return result.stdout.splitlines()


def bar(value, most, colour):
    """A number with a bar before it, for a cell of a table."""
    return '<i style="width:%.1frem;background:%s"></i>%s' % (
        8 * max(value, 0) / (most or 1), colour, html.escape(str(value)))


def table(head, rows):
    return "<table><tr>%s</tr>%s</table>" % (
        "".join("<th>%s</th>" % word for word in head),
        "".join("<tr>%s</tr>" % "".join("<td>%s</td>" % word for word in row)
                for row in rows))


def strips(rows, width):
    """Memory from left to right: rows of (title, [pages by node] of each
    piece), beside each other, a piece @width wide with what is between.
    """
    left, parts = 340, []
    most = max(sum(piece) for _, pieces in rows for piece in pieces)
    for y, (title, pieces) in zip(range(16, 9999, 24), rows):
        parts.append(TEXT % (16, y + 11, "start", html.escape(title)))
        for number, counts in enumerate(pieces):
            top = y
            for node, count in enumerate(counts):
                tall = 14 * count / most
                if count:
                    parts.append(RECT % (
                        left + number * width, top,
                        width - (width > 8) * 2, tall, COLOURS[node]))
                top += tall
    y = 24 + 24 * len(rows)
    for node in range(4):
        parts.append(RECT % (left + node * 90, y, 12, 12, COLOURS[node]))
        parts.append(TEXT % (left + node * 90 + 18, y + 11, "start",
                             "node %d" % node))
    wide = left + width * max(len(pieces) for _, pieces in rows) + 16
    return SVG % (wide, y + 24, wide, "".join(parts))


def drawn(topo):
    """Nodes on a circle, as large as their memory; lines where it is near."""
    sizes = [node.mem + node.dimm for node in topo.nodes]
    angles = [2 * math.pi * i / len(sizes) for i in range(len(sizes))]
    places = [(150 + 100 * math.sin(angle), 150 - 100 * math.cos(angle))
              for angle in angles]
    matrix, parts = topo.distances() or [], []
    for i, row in enumerate(matrix if len(matrix) <= 8 else []):
        for j, distance in enumerate(row[:i]):
            parts.append(LINE % ("#b9bec6", max(1, 60 / distance), "%d,%d %d,%d"
                                 % (places[i] + places[j])))
    for number, (node, size, (x, y)) in enumerate(
            zip(topo.nodes, sizes, places)):
        radius = (40 if len(sizes) <= 6 else 17) * (
            0.45 + 0.55 * math.sqrt(size / max(sizes)))
        parts.append(CIRCLE % (x, y, radius, COLOURS[number % len(COLOURS)],
                               "" if node.cpus else ' stroke-dasharray="4 3"'))
        parts.append(TEXT % (x, y + 4, "middle", number))
    return SVG % (300, 300, 300, "".join(parts))


def machines():
    """All machines that can be drawn; what fails is not in a drawing."""
    parts = []
    for topo in map(topology.load, topology.names()):
        if len(topo.nodes) <= 16 and not topo.fault:
            matrix = topo.distances() or [[""]] * len(topo.nodes)
            parts.append("<h3>%s</h3><p>%s</p>" % (
                topo.name, html.escape(topo.description)) + drawn(topo) + table(
                    ["node", "MB", "CPUs", "MB/s", "distances"],
                    [[number, (node.mem + node.dimm) >> 20, node.cpus,
                      min(node.bandwidth or [""]), " ".join(map(str, row))]
                     for number, (node, row) in enumerate(
                         zip(topo.nodes, matrix))]))
    return "".join(parts)


def placement():
    script = "".join("echo %s >%s/node%d\n" % (weight, WEIGHTS, node)
                     for node, weight in enumerate((4, 1, 2, 1)))
    script += "".join("act cpu 0 %s where a\n" % acts
                      for _, acts in PLACEMENTS)
    rows = [[[digit == str(node) for node in range(4)] for digit in line[3:]]
            for line in guest("four-node", script) if line.startswith("a: ")]
    return save("placement.svg", strips(
        [(title, row) for (title, _), row in zip(PLACEMENTS, rows)], 11))


def full():
    script = "grep -h MemFree /sys/devices/system/node/node*/meminfo\n"
    script += "".join("act cpu 0 %s map a %d touch a profile a %d\n"
                      % (acts, FILL_PAGES, PIECES) for _, acts in FILLED)
    lines = guest("unequal", script + KILL % (FILL_PAGES, PIECES))
    titles = [title for title, _ in FILLED]
    if "killed by SIGKILL" in lines:
        titles.append(KILLED)
    rows = [[[int(n) for n in word.split("/")] for word in line.split()[1:]]
            for line in lines if line.startswith("a:")]
    return "<p>free before: %s MB on nodes 0 to 3</p>" % ", ".join(
        str(int(line.split()[3]) // 1024) for line in lines
        if "MemFree" in line) + strips(list(zip(titles, rows)), 7)


def weights():
    """Bandwidths, weights and pages, where firmware tells of bandwidths."""
    parts = []
    for topo in map(topology.load, topology.names()):
        if not any(node.bandwidth for node in topo.nodes):
            continue
        count = len(topo.nodes)
        lines = guest(topo.name, "cat %s\nact map a 4000 bind a "
                      "weighted-interleave:0-%d touch a count a\n"
                      % (" ".join("%s/node%d" % (WEIGHTS, n)
                                  for n in range(count)), count - 1))
        columns = ([min(node.bandwidth) for node in topo.nodes],
                   [int(line) for line in lines[:count]],
                   [int(n) for n in lines[-1].split(" ")[1].split("/")])
        parts.append("<h3>%s</h3>" % topo.name + table(
            ["node", "MB/s", "weight", "pages of 4000"],
            [[n] + [bar(column[n], max(column), COLOURS[i])
                    for i, column in enumerate(columns)]
             for n in range(count)]))
    return "".join(parts)


def curves(title, points):
    """Costs by the number of nodes: [(nodes, {kernel: instructions})]."""
    values = [value for _, pair in points for value in pair.values()]
    low, high = min(values + [0]), max(values + [1])
    step = 540 / max(len(points) - 1, 1)

    def place(i, value):
        return 50 + i * step, 50 + 240 * (high - value) / (high - low)

    parts = [TEXT % (50, 22, "start", title),
             LINE % ("#888", 1, "50,%.1f 590,%.1f"
                     % (place(0, 0)[1], place(0, 0)[1]))]
    parts += [TEXT % (50 + i * step, 315, "middle", nodes)
              for i, (nodes, _) in enumerate(points)]
    for name, colour in KERNELS.items():
        found = [place(i, pair[name]) for i, (_, pair) in enumerate(points)]
        parts.append(LINE % (colour, 2, " ".join("%.1f,%.1f" % xy
                                                 for xy in found)))
        parts += [TEXT % (x, y - 8, "middle", "%+d" % pair[name])
                  for (x, y), (_, pair) in zip(found, points)]
        parts.append(TEXT % (found[-1][0] + 30, found[-1][1] + 14, "end", name))
    return SVG % (640, 340, 640, "".join(parts))


def cost():
    name = os.path.join(BUILD, "bench", "bench.json")
    if not os.path.exists(name):
        return ("<p>Not measured yet: <code>make bench</code> leaves figures "
                "that are shown here.</p>")
    with open(name, encoding="utf-8") as stream:
        found = json.load(stream)["machines"]
    tables, growth = [], {}
    for nodes in sorted(found, key=int):
        stock, ours = ({row: round(runs[0]) for row, runs in
                        found[nodes].get(kernel, {}).items()}
                       for kernel in KERNELS)
        rows = [row for row in stock if row in ours]
        tables.append("<h3>%s node%s</h3>" % (nodes, "s"[:nodes != "1"])
                      + table(["instructions for", *KERNELS, "difference"], [
                          [row] + [bar(value, max(stock[row], ours[row]),
                                       colour) for value, colour in zip(
                                           (stock[row], ours[row]),
                                           KERNELS.values())]
                          + ["%+d" % (ours[row] - stock[row])]
                          for row in rows]))
        base = stock.get("fault/4k/vma/default")
        for mode in ("interleave", "weighted"):
            row = "fault/4k/vma/" + mode
            if row in rows and base is not None:
                growth.setdefault(mode, []).append((nodes, {
                    "stock": stock[row] - base, "ours": ours[row] - base}))
    return "".join(save("cost-%s.svg" % mode, curves(
        "instructions of a first touch under %s, above stock's default "
        "policy, by nodes" % mode, points))
                   for mode, points in growth.items()) + "".join(tables)


def tests():
    name = os.path.join(BUILD, "results", "junit.xml")
    if not os.path.exists(name):
        return "<p>No results: run <code>make check</code> first.</p>"
    top = xml.parse(name).getroot()
    found = sorted((suite.get("name"), *(int(suite.get(key)) for key in (
        "tests", "failures", "skipped"))) for suite in top)
    found = [(suite, total - bad - out, bad, out)
             for suite, total, bad, out in found if total]
    return "<p><b>%d passed, %d failed, %d skipped</b> on %s</p>" % (
        *(sum(row[i] for row in found) for i in (1, 2, 3)),
        top.get("timestamp", "").replace("T", " ")) + table(
            ["suite", "passed", "failed", "skipped"],
            [[suite, bar(good, good + bad + out, COLOURS[2]),
              bar(bad, good + bad + out, COLOURS[5]), out]
             for suite, good, bad, out in found])


SECTIONS = (
    (machines, "Machines", "The topologies that guests boot with. A circle is "
     "a node, as large as its memory, dashed if it has no CPU; thick lines are "
     "short distances. Machines of more than 16 nodes, and those on which "
     "something fails at boot, are not drawn."),
    (placement, "Where each mode puts pages", "64 pages, touched by CPU 0 on "
     "the machine of four equal nodes unless it says otherwise, a square for "
     "each."),
    (full, "When nodes fill", "%d pages on nodes of 512, 64, 256 and 128 MB, "
     "touched by CPU 0 unless it says otherwise. From left to right the memory "
     "in the order in which it is touched; what is empty was never had."
     % FILL_PAGES),
    (weights, "Weights and bandwidth", "What firmware reports, the weights "
     "that the kernel made of it, and where 4000 pages went."),
    (cost, "Cost", "Executed instructions, counted by the emulator: this "
     "kernel (ours) beside the unmodified one (stock)."),
    (tests, "Tests", "The last whole make check, by suite; suites of test "
     "programs carry the name of the machine that they ran on."),
)


def main():
    body = []
    for content, title, lead in SECTIONS:
        print("report: %s" % title, flush=True)
        body.append(SECTION % (content.__name__, title, lead, content()))
    save("report.html", PAGE % ("".join(
        '<a href="#%s">%s</a>' % (content.__name__, title)
        for content, title, _ in SECTIONS), "".join(body)))
    print("report: " + os.path.join(BUILD, "report.html"))
    return 0


if __name__ == "__main__":
    interrupt.command("report", main)
