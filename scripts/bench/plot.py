#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""plot.py BENCH.JSON DIRECTORY: draw how the cost grows with the nodes.

Makes cost-interleave.svg and cost-weighted.svg: what a first touch costs more
than under the default policy of the unmodified kernel.
Twice as many nodes are one step to the right.
"""

import json
import math
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import interrupt  # noqa: E402

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 44, 52
COLOURS = {"stock": "#b3532b", "ours": "#1f6f8b"}
NAMES = {"stock": "before", "ours": "now"}
MODES = {"interleave": "Interleave", "weighted": "Weighted interleave"}


def costs(machines, kernel, mode):
    """(nodes, instructions above the old default) in ascending order."""
    return [(int(nodes), machine[kernel]["fault/4k/vma/" + mode][0]
             - machine["stock"]["fault/4k/vma/default"][0])
            for nodes, machine in sorted(machines.items(),
                                         key=lambda item: int(item[0]))]


class Scale:
    """Places of values on the picture."""

    def __init__(self, nodes, low, high):
        self.nodes = nodes
        self.low = low
        self.high = high

    def x(self, nodes):
        first, last = math.log2(self.nodes[0]), math.log2(self.nodes[-1])
        share = (math.log2(nodes) - first) / (last - first)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value):
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def grid_step(high):
    step = 50
    while high / step > 6:
        step *= 2
    return step


def text(x, y, words, anchor="middle", size=12, colour="#333"):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s" font-size="%d" '
            'fill="%s">%s</text>' % (x, y, anchor, size, colour, words))


def axes(scale, step):
    lines = []
    value = scale.low
    while value <= scale.high:
        y = scale.y(value)
        lines.append('<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" '
                     'stroke="%s"/>' % (LEFT, y, WIDTH - RIGHT, y,
                                        "#888" if value == 0 else "#ddd"))
        lines.append(text(LEFT - 8, y + 4, "%+d" % value, "end"))
        value += step
    for nodes in scale.nodes:
        lines.append(text(scale.x(nodes), HEIGHT - BOTTOM + 18, nodes))
    lines.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "nodes"))
    return lines


def curve(scale, points, kernel):
    colour = COLOURS[kernel]
    places = [(scale.x(nodes), scale.y(value)) for nodes, value in points]
    lines = ['<polyline fill="none" stroke="%s" stroke-width="2" '
             'points="%s"/>' % (colour, " ".join("%.1f,%.1f" % place
                                                 for place in places))]
    lines += ['<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>'
              % (place + (colour,)) for place in places]
    x, y = places[-1]
    lines.append(text(x, y - 8, "%s %+d" % (NAMES[kernel], round(points[-1][1])),
                      "end", colour=colour))
    return lines


def picture(machines, mode):
    curves = {kernel: costs(machines, kernel, mode) for kernel in COLOURS}
    found = [value for points in curves.values() for _, value in points]
    step = grid_step(max(found) - min(min(found), 0))
    low = step * int(min(min(found) // step, 0))
    high = step * int(max(found) // step + 1)
    scale = Scale([nodes for nodes, _ in curves["ours"]], low, high)
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
             'font-family="sans-serif">' % (WIDTH, HEIGHT),
             '<rect width="100%" height="100%" fill="#fff"/>',
             text(LEFT, 22, "%s: instructions of a fault above the default "
                  "policy before" % MODES[mode], "start", 14)]
    lines += axes(scale, step)
    for kernel, points in curves.items():
        lines += curve(scale, points, kernel)
    return "\n".join(lines + ["</svg>"]) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as stream:
        machines = json.load(stream)["machines"]
    for mode in MODES:
        name = os.path.join(sys.argv[2], "cost-%s.svg" % mode)
        with open(name, "w", encoding="utf-8") as stream:
            stream.write(picture(machines, mode))
    return 0


if __name__ == "__main__":
    interrupt.command("plot", main)
