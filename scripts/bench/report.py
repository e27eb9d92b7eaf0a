# SPDX-License-Identifier: GPL-2.0
"""The results as text."""

import goals

DIGITS = 2


def steady(runs):
    return max(runs) - min(runs) < goals.STEADY


def table(title, machine, form="%d"):
    """All rows that both kernels have, and how many goals were missed."""
    stock, ours = ({name: runs[0] for name, runs in machine[kernel].items()}
                   for kernel in ("stock", "ours"))
    lines = [title, "",
             "%-42s %11s %11s %11s  %s" % ("row", "stock", "ours",
                                           "difference", "goal")]
    missed = 0
    for row in filter(ours.__contains__, stock):
        mark = "" if all(steady(machine[kernel][row])
                         for kernel in ("stock", "ours")) else " ~"
        goal = goals.judge(row, stock, ours)
        missed += bool(goal and not goal[1])
        pair = [form % round(number, DIGITS if "." in form else None)
                for number in (stock[row], ours[row])]
        lines.append("%-42s %11s %11s %+11g  %s%s" % (
            row, *pair, round(float(pair[1]) - float(pair[0]), DIGITS),
            "%-9s %s" % (goal[0], "met" if goal[1] else "NOT MET") if goal
            else "", mark))
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
    for section in ("waits", "lines", "locks", "sizes"):
        lines += results.get(section, {}).get("text", [])
        missed += results.get(section, {}).get("missed", 0)
    lines.append("~ the two runs differ by more than half an instruction")
    lines.append("goals that are missed: %d" % missed)
    return "\n".join(lines), missed
