# SPDX-License-Identifier: GPL-2.0
"""Pictures as SVG, without a library."""

import html
import math

# Told apart by those who do not see all colours, on light and on dark.
NODE_COLOURS = ("#3b82c4", "#e09f2c", "#2a9d6f", "#c8639c", "#8a63d2",
                "#d1603d", "#5aa9a3", "#8b8b3a")
FREE = "var(--empty)"


def colour(node):
    return NODE_COLOURS[node % len(NODE_COLOURS)]


def escape(text):
    return html.escape(str(text))


def svg(width, height, parts, label):
    return ('<svg viewBox="0 0 %d %d" role="img" aria-label="%s" '
            'style="max-width:%dpx">%s</svg>'
            % (width, height, escape(label), width, "".join(parts)))


def rect(x, y, width, height, fill, title=""):
    return ('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1.5" '
            'fill="%s">%s</rect>'
            % (x, y, width, height, fill,
               "<title>%s</title>" % escape(title) if title else ""))


def text(x, y, words, anchor="middle", kind="t", size=12):
    return ('<text x="%.1f" y="%.1f" text-anchor="%s" class="%s" '
            'font-size="%d">%s</text>'
            % (x, y, anchor, kind, size, escape(words)))


def legend(count):
    """One coloured mark for each node."""
    return '<p class="legend">%s</p>' % "".join(
        '<span><i style="background:%s"></i>node %d</span>'
        % (colour(node), node) for node in range(count))


def page_map(digits, columns=32):
    """A square for each page, in the order of addresses."""
    size, gap = 15, 2
    rows = math.ceil(len(digits) / columns)
    parts = []
    for number, digit in enumerate(digits):
        x = number % columns * (size + gap)
        y = number // columns * (size + gap)
        fill = colour(int(digit)) if digit.isdigit() else FREE
        parts.append(rect(x, y, size, size, fill,
                          "page %d: node %s" % (number, digit)))
    return svg(columns * (size + gap), rows * (size + gap), parts,
               "nodes of %d pages" % len(digits))


def sheet(rows):
    """Page maps with their titles as one picture that needs no page."""
    size, gap, left, high = 9, 2, 330, 24
    width = left + 64 * (size + gap) + 16
    parts = ['<rect width="100%" height="100%" rx="8" fill="#fff"/>']
    for line, (title, digits) in enumerate(rows):
        y = 16 + line * high
        parts.append('<text x="16" y="%d" font-family="sans-serif" '
                     'font-size="13" fill="#1d2025">%s</text>'
                     % (y + 10, escape(title)))
        parts += [rect(left + i * (size + gap), y, size, size + 4,
                       colour(int(digit)))
                  for i, digit in enumerate(digits) if digit.isdigit()]
    for node in range(4):
        x, y = left + node * 90, 22 + len(rows) * high
        parts.append(rect(x, y, 12, 12, colour(node)))
        parts.append('<text x="%d" y="%d" font-family="sans-serif" '
                     'font-size="13" fill="#1d2025">node %d</text>'
                     % (x + 18, y + 11, node))
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" '
            'width="%d">%s</svg>\n' % (width, 48 + len(rows) * high, width,
                                       "\n".join(parts)))


def piece(parts, x, width, height, counts, size):
    """One upright bar, divided by nodes; what is missing is empty."""
    top = 0.0
    for node, count in enumerate(counts):
        part = height * count / size
        if part:
            parts.append('<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" '
                         'fill="%s" shape-rendering="crispEdges"/>'
                         % (x, top, width, part, colour(node)))
        top += part


def filling(rows):
    """Memory in the order of touching, left to right, by node."""
    width, height = 640, 26
    parts = [rect(0, 0, width, height, FREE)]
    size = max(sum(counts) for counts in rows)
    step = width / len(rows)
    for number, counts in enumerate(rows):
        piece(parts, number * step, step, height, counts, size)
    return svg(width, height, parts, "nodes in the order of touching")


def memory(node):
    """With what is in modules."""
    return node.mem + node.dimm


def machine(topo):
    """Nodes on a circle, as large as their memory; lines where it is near."""
    count = len(topo.nodes)
    radius, middle = (95, 150) if count > 1 else (0, 150)
    most = max(map(memory, topo.nodes)) or 1
    places = [(middle + radius * math.sin(2 * math.pi * i / count),
               middle - radius * math.cos(2 * math.pi * i / count))
              for i in range(count)]
    parts = edges(topo, places)
    limit = 40 if count <= 6 else 17
    for number, node in enumerate(topo.nodes):
        parts += blob(number, node, places[number],
                      limit * (0.45 + 0.55 * math.sqrt(memory(node) / most)))
    return svg(300, 300, parts, topo.description)


def edges(topo, places):
    matrix = topo.distances()
    if not matrix or len(matrix) > 8:
        return []
    steps = sorted({d for row in matrix for d in row} - {10})
    parts = []
    for i, (x1, y1) in enumerate(places):
        for j, (x2, y2) in enumerate(places[:i]):
            rank = steps.index(matrix[i][j])
            parts.append('<line x1="%.0f" y1="%.0f" x2="%.0f" y2="%.0f" '
                         'class="edge" stroke-width="%.1f"/>'
                         % (x1, y1, x2, y2, max(1, 6 - 2.5 * rank)))
    return parts


def blob(number, node, place, radius):
    x, y = place
    top = y - 6 if node.bandwidth and radius > 22 else y
    style = "" if node.cpus else ' stroke-dasharray="4 3"'
    parts = ['<circle cx="%.0f" cy="%.0f" r="%.0f" fill="%s" class="node"%s/>'
             % (x, y, radius, colour(number), style)]
    parts.append(text(x, top + 4, number, kind="on", size=14))
    if radius > 22:
        parts.append(text(x, top + 16, "%d MB" % (memory(node) >> 20),
                          kind="on", size=10))
    if radius > 22 and node.bandwidth:
        parts.append(text(x, top + 28, "%g GB/s" % (min(node.bandwidth) / 1000),
                          kind="on", size=10))
    return parts


def bars(groups, names, unit, series, height=170):
    """Groups of bars: [(label, [value, ...])], a colour for each name."""
    most = max([value for _, values in groups for value in values] + [1])
    bar = 20 if len(groups) <= 8 else 7
    wide = max(bar * len(names) + bar // 2 + 4,
               7 * max(len(str(label)) for label, _ in groups) + 8)
    parts, bottom = [], height + 16
    for i, (label, values) in enumerate(groups):
        for j, value in enumerate(values):
            tall = height * value / most
            x = 8 + i * wide + (wide - bar * len(names)) / 2 + j * bar
            parts.append(rect(x, bottom - tall, bar - 2, tall, series[j],
                              "%s, %s: %s %s" % (label, names[j], value,
                                                 unit)))
            if bar >= 20:
                parts.append(text(x + 9, bottom - tall - 3, round(value),
                                  size=11))
        parts.append(text(8 + (i + 0.5) * wide, bottom + 15, label, size=11))
    return svg(len(groups) * wide + 16, bottom + 24, parts, unit)


def levels(groups, names, unit, series):
    """Bars to the right and left of zero: [(label, [value, ...])]."""
    values = [value for _, group in groups for value in group]
    low, high = min(values + [0]), max(values + [1])
    left, width, room, thick = 114, 376, 44, 13
    scale = (width - left - 2 * room) / (high - low)
    zero, y, parts = left + room - low * scale, 4, []
    for label, group in groups:
        parts.append(text(left - 4, y + thick * len(group) / 2 + 4, label,
                          "end", size=12))
        for j, value in enumerate(group):
            end = zero + value * scale
            parts.append(rect(min(zero, end), y, abs(end - zero), thick - 2,
                              series[j], "%s, %s: %d %s"
                              % (label, names[j], value, unit)))
            parts.append(text(end + (4 if value >= 0 else -4), y + 10,
                              "%+d" % value, "start" if value >= 0 else "end",
                              size=11))
            y += thick
        y += 8
    parts.append(line(zero, 0, zero, y - 4))
    return svg(width, y, parts, unit)


def line(x1, y1, x2, y2):
    return ('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="edge"/>'
            % (x1, y1, x2, y2))


def curves(points, names, unit, series):
    """Values along steps of the same width: [(step, [value, ...])]."""
    values = [value for _, group in points for value in group]
    low, high = min(values + [0]), max(values + [1])
    left, width, top, height = 30, 376, 30, 170
    step = (width - 2 * left) / max(len(points) - 1, 1)

    def place(i, value):
        return left + i * step, top + height * (high - value) / (high - low)

    zero = place(0, 0)[1]
    parts = [line(left, zero, width - left, zero)]
    parts += [text(left + i * step, top + height + 18, label)
              for i, (label, _) in enumerate(points)]
    for j, name in enumerate(names):
        places = [place(i, group[j]) for i, (_, group) in enumerate(points)]
        parts.append('<polyline fill="none" stroke="%s" stroke-width="2" '
                     'points="%s"/>' % (series[j], " ".join(
                         "%.1f,%.1f" % xy for xy in places)))
        for (x, y), (label, group) in zip(places, points):
            parts.append('<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s">'
                         "<title>%s nodes, %s: %+d %s</title></circle>"
                         % (x, y, series[j], label, name, group[j], unit))
        parts.append(text(width - 2, places[-1][1] - 8,
                          "%s %+d" % (name, points[-1][1][j]), "end"))
    return svg(width, top + height + 24, parts, unit)
