# SPDX-License-Identifier: GPL-2.0
"""The results as text."""

import goals

# Runs that differ by less are the same.
STEADY = 0.5


def value(runs):
    return runs[0]


def steady(runs):
    return max(runs) - min(runs) < STEADY


def number(amount):
    return "%d" % round(amount)


def values(machine, kernel):
    return {name: value(runs) for name, runs in machine[kernel].items()}


def machine_table(nodes, machine):
    """All rows of one machine, and how many goals were missed."""
    stock, ours = values(machine, "stock"), values(machine, "ours")
    lines = ["%s node%s" % (nodes, "" if nodes == "1" else "s"), "",
             "%-42s %11s %11s %11s  %s" % ("instructions for", "stock",
                                           "ours", "difference", "goal")]
    missed = 0
    for row in stock:
        if row not in ours:
            continue
        mark = "" if all(steady(machine[kernel][row])
                         for kernel in ("stock", "ours")) else " ~"
        goal = goals.judge(row, stock, ours)
        verdict = ""
        if goal:
            verdict = "%-9s %s" % (goal[0], "met" if goal[1] else "NOT MET")
            missed += not goal[1]
        lines.append("%-42s %11s %11s %+11d  %s%s" % (
            row, number(stock[row]), number(ours[row]),
            round(ours[row]) - round(stock[row]), verdict, mark))
    return lines + [""], missed


def full(results):
    """Everything, and the number of goals that were missed."""
    lines, missed = [], 0
    for nodes in sorted(results["machines"], key=int):
        table, count = machine_table(nodes, results["machines"][nodes])
        lines += table
        missed += count
    for section in ("locks", "sizes", "stack"):
        lines += results.get(section, {}).get("text", [])
    lines.append("~ the two runs differ by more than half an instruction")
    lines.append("goals that are missed: %d" % missed)
    return "\n".join(lines), missed
