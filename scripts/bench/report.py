# SPDX-License-Identifier: GPL-2.0
"""The results as text."""

import goals

# Runs that differ by less are the same.
STEADY = 0.5

DIGITS = 2


def value(runs):
    return runs[0]


def steady(runs):
    return max(runs) - min(runs) < STEADY


def values(machine, kernel):
    return {name: value(runs) for name, runs in machine[kernel].items()}


def verdict(row, stock, ours):
    """The goal of a row as text, and whether it is missed."""
    goal = goals.judge(row, stock, ours)
    if not goal:
        return "", False
    return "%-9s %s" % (goal[0], "met" if goal[1] else "NOT MET"), not goal[1]


def table(title, machine, form="%d"):
    """All rows that both kernels have, and how many goals were missed."""
    stock, ours = values(machine, "stock"), values(machine, "ours")
    lines = [title, "",
             "%-42s %11s %11s %11s  %s" % ("row", "stock", "ours",
                                           "difference", "goal")]
    missed = 0
    for row in stock:
        if row not in ours:
            continue
        mark = "" if all(steady(machine[kernel][row])
                         for kernel in ("stock", "ours")) else " ~"
        goal, miss = verdict(row, stock, ours)
        missed += miss
        pair = [form % round(number, DIGITS if "." in form else None)
                for number in (stock[row], ours[row])]
        lines.append("%-42s %11s %11s %11s  %s%s" % (
            row, pair[0], pair[1], "%+g" % round(float(pair[1]) -
                                                 float(pair[0]), DIGITS),
            goal, mark))
    return lines + [""], missed


def full(results):
    """Everything, and the number of goals that were missed."""
    lines, missed = [], 0
    for nodes in sorted(results["machines"], key=int):
        text, count = table("instructions, %s node%s"
                            % (nodes, "" if nodes == "1" else "s"),
                            results["machines"][nodes])
        lines += text
        missed += count
    for section in ("waits", "lines", "locks", "sizes", "stack"):
        lines += results.get(section, {}).get("text", [])
        missed += results.get(section, {}).get("missed", 0)
    lines.append("~ the two runs differ by more than half an instruction")
    lines.append("goals that are missed: %d" % missed)
    return "\n".join(lines), missed
