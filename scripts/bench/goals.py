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
        return ("%s + %d" % (other, limit),
                ours[row] - ours[other] <= limit)
    return judge


def at_most(limit):
    def judge(row, _stock, ours):
        return "<= %d" % limit, ours[row] <= limit
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
)


def judge(row, stock, ours):
    """(limit, kept) for a row, or None if there is no goal."""
    for pattern, goal in GOALS:
        if fnmatch.fnmatch(row, pattern):
            return goal(row, stock, ours)
    return None
