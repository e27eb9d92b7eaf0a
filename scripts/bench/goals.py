# SPDX-License-Identifier: GPL-2.0
"""What is to be reached, row by row."""

import fnmatch

# What is counted of instructions differs by less from run to run.
STEADY = 0.5


def stock(factor=1, more=0, row="{row}"):
    """At most @factor times what a row costs in stock, and so much @more;
    without a name it is the same row.
    """
    return "stock", row, factor, more


def ours(row, factor=1, more=0):
    """The same of another row of ours."""
    return "ours", row, factor, more


def at_most(limit):
    return "ours", "{row}", 0, limit


def above_default(more):
    """Above a fault without any policy in stock."""
    return stock(1, more, "{kind}/default")


# Of the patterns that match a row the first one counts, with all its goals.
GOALS = (
    ("fault/4k/*/default", stock()),
    ("fault/4k/shared/bind", above_default(50)),
    ("fault/4k/shared/interleave", above_default(60)),
    ("fault/4k/shared/weighted-interleave", above_default(70)),
    ("fault/4k/*/bind", above_default(20)),
    ("fault/4k/*/prefer-many", above_default(5)),
    ("fault/4k/*/interleave", above_default(25)),
    ("fault/4k/*/weighted-interleave", above_default(40)),
    ("call/set_mempolicy/*", stock()),
    ("call/get_mempolicy", stock()),
    ("call/mbind/split", stock(1, -1)),
    ("move/one-page-in-place", ours("move/bind-one-page", 2)),
    ("task/fork/policy", ours("task/fork/no-policy", 1, 30)),
    ("cpuset/200-threads", stock(0.02)),
    ("bytes/4096-mbinds-of-one-policy/system", at_most(16384)),
    ("bytes/range-*/charged", at_most(64)),
    # However many there are, hardly more than for the smallest number.
    ("growth/mappings/*", stock(), ours("{kind}/500", 1.1)),
    ("growth/objects/*", stock(), ours("{kind}/2000", 1.1)),
    ("growth/ranges/*", stock(1.5)),
    # n log n in sum: log 16000 is 1.4 times log 1000.
    ("growth/ranges-made/*", ours("{kind}/1000", 1.4)),
    # Strangers' objects decide whether a slab is freed to in the fast path.
    ("strangers/new-policy/*", ours("{kind}/0", 1.1)),
    ("limit/*", at_most(100)),
    # Rounds that are longer than a table of slots may be.
    ("views/weights-prime/*", ours("views/interleave/{last}", 1, 10)),
    ("views/*", ours("views/interleave/1", 1, 10)),
    ("weights/first-fault/same-written",
     ours("weights/first-fault/no-write", 1, 10)),
    ("wait/fault/*", at_most(120)),
    ("wait/mbind/*", at_most(200)),
    # What is counted of lists of slabs and pages varies a little.
    ("lines/fault/policy/*", ours("lines/fault/no-policy/all", 1, 0.2)),
    ("lines/fork+exit/policy/*",
     ours("lines/fork+exit/no-policy/all", 1, 0.2)),
    ("lines/mbind/*/in-policy", at_most(0)),
)


def verdict(goal, row, values):
    """(limit, kept), or None if the goal is about a row that is not there."""
    kernel, pattern, factor, more = goal
    kind, _, last = row.rpartition("/")
    other = pattern.format(row=row, kind=kind, last=last)
    own = kernel == "ours" and other == row
    if other not in values[kernel] or own and factor:
        return None
    if not factor:
        return "<= %g" % more, values["ours"][row] <= more
    limit = factor * values[kernel][other] + more
    name = "" if other == row else " " + other.replace(kind + "/", "../")
    return ("%s%s%s%s" % ("%g * " % factor if factor != 1 else "", kernel,
                          name, " %+g" % more if more else ""),
            values["ours"][row] <= limit + STEADY * (kernel == "stock"))


def judge(row, on_stock, on_ours):
    """(limit, kept) of a row, for the first goal that is missed if there are
    several, or None if there is none.
    """
    for pattern, *goals in GOALS:
        if fnmatch.fnmatch(row, pattern):
            found = [verdict(goal, row, {"stock": on_stock, "ours": on_ours})
                     for goal in goals]
            return min(filter(None, found), key=lambda goal: goal[1],
                       default=None)
    return None
