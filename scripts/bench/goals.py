# SPDX-License-Identifier: GPL-2.0
"""What is to be reached, row by row.

A goal is a function of the rows of both kernels; it tells the limit for ours,
and whether it is kept.
"""

import fnmatch


def above_default(limit):
    """At most so much more than a fault without any policy costs in stock."""
    def judge(row, stock, ours):
        scope = row.rsplit("/", 1)[0]
        base = stock.get(scope + "/default")
        if base is None:
            return None
        return "+%d" % limit, round(ours[row] - base) <= limit
    return judge


def not_above_stock(row, stock, ours):
    return "<= stock", round(ours[row]) <= round(stock[row])


def below_stock(row, stock, ours):
    return "< stock", ours[row] < stock[row]


def share_of_stock(share):
    def judge(row, stock, ours):
        return "stock / %d" % share, ours[row] <= stock[row] / share
    return judge


def times(factor, other):
    """So many times another row of ours."""
    def judge(row, _stock, ours):
        if other not in ours:
            return None
        return ("%g * %s" % (factor, other),
                ours[row] <= factor * ours[other])
    return judge


def more_than(limit, other):
    """At most so much more than another row of ours."""
    def judge(row, _stock, ours):
        if other not in ours:
            return None
        return ("%s + %g" % (other, limit),
                ours[row] - ours[other] <= limit)
    return judge


def times_stock(factor):
    def judge(row, stock, ours):
        return "%g * stock" % factor, ours[row] <= factor * stock[row]
    return judge


def both(*others):
    """Several goals; the text is that of the first one that is missed."""
    def judge(row, stock, ours):
        found = [goal for goal in (other(row, stock, ours)
                                   for other in others) if goal]
        if not found:
            return None
        missed = [goal for goal in found if not goal[1]]
        return missed[0] if missed else found[0]
    return judge


def flat(smallest, share=0.1):
    """Hardly more than the smallest row of the same kind costs."""
    def judge(row, _stock, ours):
        other = row.rsplit("/", 1)[0] + "/%d" % smallest
        if other not in ours or other == row:
            return None
        return ("%g * /%d" % (1 + share, smallest),
                ours[row] <= (1 + share) * ours[other])
    return judge


def at_most(limit):
    def judge(row, _stock, ours):
        return "<= %g" % limit, ours[row] <= limit
    return judge


GOALS = (
    ("fault/4k/*/default", not_above_stock),
    ("fault/4k/shared/bind", above_default(50)),
    ("fault/4k/shared/interleave", above_default(60)),
    ("fault/4k/shared/weighted", above_default(70)),
    ("fault/4k/*/bind", above_default(20)),
    ("fault/4k/*/preferred-many", above_default(5)),
    ("fault/4k/*/interleave", above_default(25)),
    ("fault/4k/*/weighted", above_default(40)),
    ("call/set_mempolicy/*", not_above_stock),
    ("call/get_mempolicy", not_above_stock),
    ("call/mbind/split", below_stock),
    ("move/one-page-in-place", times(2, "move/bind-one-page")),
    ("task/fork/policy", more_than(30, "task/fork/no-policy")),
    ("cpuset/200-threads", share_of_stock(50)),
    ("bytes/4096-mbinds-of-one-policy/system", at_most(16384)),
    ("bytes/range-*/charged", at_most(64)),
    ("growth/mappings/*", both(not_above_stock, flat(500))),
    ("growth/objects/*", both(not_above_stock, flat(2000))),
    ("growth/ranges/*", times_stock(1.5)),
    # n log n in sum: log 16000 is 1.4 times log 1000.
    ("growth/ranges-made/*", flat(1000, 0.4)),
    # Strangers' objects decide whether a slab is freed to in the fast path.
    ("strangers/new-policy/*", flat(0)),
    ("limit/*", at_most(100)),
    # Rounds that are longer than a table of slots may be.
    *[("views/weights-prime/%d" % tasks,
       more_than(10, "views/interleave/%d" % tasks))
      for tasks in (1, 2, 4, 5, 16, 64)],
    ("views/*", more_than(10, "views/interleave/1")),
    ("weights/first-fault/same-written",
     more_than(10, "weights/first-fault/no-write")),
    ("wait/fault/*", at_most(120)),
    ("wait/mbind/*", at_most(200)),
    # What is counted of lists of slabs and pages varies a little.
    ("lines/fault/policy/*", more_than(0.2, "lines/fault/no-policy/all")),
    ("lines/fork+exit/policy/*",
     more_than(0.2, "lines/fork+exit/no-policy/all")),
    ("lines/mbind/*/in-policy", at_most(0)),
)


def judge(row, stock, ours):
    """(limit, kept) for a row, or None if there is no goal."""
    for pattern, goal in GOALS:
        if fnmatch.fnmatch(row, pattern):
            return goal(row, stock, ours)
    return None
