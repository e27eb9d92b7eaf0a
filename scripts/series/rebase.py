#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Try the series on every Linux 6.12.y that Debian's archive offers.

For each version: which of the files that the series changes or replaces are
not what they were when the series was verified, and whether all of it applies.
It need not apply to what is older than that.  What has changed is kept as
VERSION.diff.  Prints KTAP.
"""

import argparse
import difflib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)
sys.path.insert(0, SCRIPTS)
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import archive  # noqa: E402
import interrupt  # noqa: E402
import overlay  # noqa: E402
import recorded  # noqa: E402
import series  # noqa: E402
import steps  # noqa: E402


def lines(path):
    """A file's lines; none if there is no such file."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as stream:
        return stream.read().splitlines(keepends=True)


def difference(base, tree, name):
    return list(difflib.unified_diff(
        lines(os.path.join(base, name)), lines(os.path.join(tree, name)),
        "a/" + name, "b/" + name))


def count(diff, sign):
    """Lines of a diff that begin with @sign, without the head."""
    return sum(line.startswith(sign) for line in diff[2:])


def note(name, replaced, diff):
    """One line about a file that has changed."""
    return "%s: +%d -%d, %s" % (
        name, count(diff, "+"), count(diff, "-"), "which the series replaces: "
        "to be looked at" if replaced else "which the series changes in part")


def chosen(wanted, offers):
    """Versions to try, {upstream: package's}; SeriesError for others."""
    if not wanted:
        return offers
    if archive.upstream(wanted) in offers:
        return {archive.upstream(wanted): offers[archive.upstream(wanted)]}
    raise series.SeriesError("Debian offers no %s; there are: %s" % (
        wanted, " ".join(offers) or "none"))


def older(version, than):
    return ([int(number) for number in version.split(".")]
            < [int(number) for number in than.split(".")])


class Trial:
    """The series on other versions than the base."""

    def __init__(self, options):
        self.options = options
        self.owned = set(overlay.tracked(options.top))
        names = self.owned | set(series.changed_files(options.top))
        self.names = sorted(names)
        self.verified = recorded.load(options.top)[0]
        self.store = archive.Store(options.cache, options.base,
                                   names)

    def run(self, report, version, package):
        """Raises steps.Skip, or what series.build() does."""
        tree = self.store.tree(package)
        self._tell(report, version, package, tree)
        try:
            series.build(self.options.top, tree, self.options.repo, steps.WHO)
        except series.SeriesError as error:
            if not older(version, self.verified):
                raise
            report.notes(*str(error).splitlines())
            raise steps.Skip("does not apply, but is older than " +
                             self.verified) from error

    def _tell(self, report, version, package, tree):
        changed = recorded.changed(self.options.top, tree, self.names)
        diffs = {name: difference(self.options.base, tree, name)
                 for name in changed}
        self._keep(version, diffs)
        report.notes("%s: %d files are not as in %s" % (
            package, len(changed), self.verified))
        report.notes(*(note(name, name in self.owned, diff)
                       for name, diff in diffs.items()))

    def _keep(self, version, diffs):
        text = "".join(line for diff in diffs.values() for line in diff)
        overlay.write(os.path.join(self.options.out, version + ".diff"),
                      text.encode(), 0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", required=True, help="this repository")
    parser.add_argument("--base", required=True, help="the pristine kernel")
    parser.add_argument("--cache", required=True, help="for what is fetched")
    parser.add_argument("--repo", required=True, help="git repository to make")
    parser.add_argument("--out", required=True, help="for what has changed")
    parser.add_argument("version", nargs="?", help="only this one")
    options = parser.parse_args()
    try:
        versions = chosen(options.version, archive.offered())
    except series.SeriesError as error:
        print("rebase: %s" % error, file=sys.stderr)
        return 2
    trial = Trial(options)
    report = steps.Report(len(versions))
    for version, package in versions.items():
        report.attempt("the series applies to " + version, trial.run, report,
                       version, package)
    return 1 if report.failures else 0


if __name__ == "__main__":
    interrupt.command("rebase", main)
