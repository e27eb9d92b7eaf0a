#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Check every patch of the series.

Always: the patches apply to the pristine base with git am, and end in the tree
that "make" builds; they are numbered, not too long and have their tests, and
every hunk is as "make hunk" writes it.  --objects: the objects under mm/ that a patch can have
changed build after it, with NUMA and without, so do its selftests, and tests of
the host pass.  --boot: the kernel builds and
boots after each patch, and the selftests that are there by then run.

Prints KTAP.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.dirname(HERE)
sys.path.insert(0, SCRIPTS)
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True

import hunk  # noqa: E402
import interrupt  # noqa: E402
import kbuild  # noqa: E402
import overlay  # noqa: E402
import rules  # noqa: E402
import series  # noqa: E402

TOPOLOGY = "two-socket"
SELFTESTS = "tools/testing/selftests"
HOST = "tools/testing/mempolicy"
VARIANTS = {"numa": (), "no-numa": ("NUMA",)}
WHO = ("none", "none@localhost")

# What the kernel is not built from.
OUTSIDE = re.compile(r"(Documentation|tools)/|MAINTAINERS$")
OURS = "mm/mempolicy/"

# What only adds objects, in that directory.
ADDED = (OURS, "mm/Makefile", "mm/Kconfig")

# What is no program by itself is a part of the one whose name it begins with,
# or of all of them.
MAIN = re.compile(r"^(TEST_HARNESS_MAIN|int main\()", re.M)

# 4 is how a kselftest says that it skipped everything.
RUN = "echo {0}; {0}; case $? in 0 | 4) ;; *) exit 1 ;; esac\n"

# Of a guest's thousands of lines these tell what is wrong.
TELLING = re.compile(r"not ok |\(\d+\) !?=+ |[Ee]xpected|BUG|WARNING|anic")


class Skip(Exception):
    """There is nothing to check; the text says why."""


class Report:
    """KTAP as results come in."""

    def __init__(self, planned):
        self.number = 0
        self.failures = 0
        print("KTAP version 1\n1..%d" % planned, flush=True)

    @staticmethod
    def notes(*lines):
        for line in lines:
            print("# " + line)

    def result(self, name, trouble):
        self.number += 1
        self.failures += bool(trouble)
        self.notes(*(trouble or "").splitlines())
        print("%sok %d %s" % ("not " if trouble else "", self.number, name),
              flush=True)

    def attempt(self, name, function, *arguments):
        try:
            self.result(name, function(*arguments))
        except Skip as reason:
            self.result("%s # SKIP %s" % (name, reason), None)
        except (series.SeriesError, overlay.OverlayError,
                kbuild.BuildError) as error:
            self.result(name, str(error))


def commit_steps(options):
    series.build(options.top, options.base, options.repo, WHO)


def apply_mails(options):
    """git am on the base's files gives the same tree."""
    mails, again = (os.path.join(options.work, name)
                    for name in ("mails", "am"))
    series.write_patches(options.top, options.base, options.repo, mails, WHO)
    tree = series.Tree(options.top, options.base, again, WHO)
    first = series.git(options.repo, "rev-list", "--max-parents=0",
                       "HEAD").strip()
    tree.begin(series.git(options.repo, "ls-tree", "-r", "--name-only",
                          first).split())
    series.git(again, "am", "-q", *sorted(
        glob.glob(os.path.join(mails, "0*.patch")))[1:])
    series.compare(options.top, options.base, again)


def as_written(options):
    return "\n".join(hunk.not_minimal(options.top, options.base))


def as_ruled(options):
    return "\n".join(rules.broken(options.top, options.repo))


class Sources:
    """The kernel tree, moved from patch to patch."""

    def __init__(self, base, repo, src):
        self.repo = repo
        self.src = src
        kbuild.pristine_copy(base, src)
        first, *self.commits = series.git(repo, "rev-list", "--reverse",
                                          "HEAD").split()
        self._renew(first)

    def _renew(self, commit):
        """What is built from the last patch's files is older than these."""
        for name in series.git(self.repo, "ls-tree", "-r", "--name-only",
                               commit).split():
            path = os.path.join(self.src, name)
            overlay.write(path, overlay.read(path), series.Tree.mode(path))

    def go(self, commit):
        """Bring the tree from the patch before to this one; files of it."""
        names = series.git(self.repo, "diff-tree", "-r", "--name-only",
                           "--no-commit-id", commit).split()
        for name in names:
            listing = series.git(self.repo, "ls-tree", commit, name).split()
            if not listing:
                os.remove(os.path.join(self.src, name))
                continue
            data = subprocess.run(["git", "-C", self.repo, "cat-file", "blob",
                                   listing[2]], stdout=subprocess.PIPE,
                                  check=True).stdout
            overlay.update(self.src, name, data, int(listing[0], 8) & 0o777)
        return names


def stems_of(src):
    """Programs by their path without .c; the others' sources."""
    sources = sorted(glob.glob(os.path.join(src, SELFTESTS,
                                            "mm/mempolicy_*.c")))
    stems = [source[:-len(".c")] for source in sources
             if MAIN.search(series.text(source))]
    return stems, [source for source in sources
                   if source[:-len(".c")] not in stems]


def programs(src, out, known, changed=None):
    """The selftests that a step has, or only those that it has @changed,
    compiled; @known are names of programs.
    """
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    stems, others = stems_of(src)
    parts_of = {stem: [] for stem in stems}
    for source in others:
        whole = [name for name in known
                 if os.path.basename(source).startswith(name + "_")]
        for stem, parts in parts_of.items():
            if not whole or os.path.basename(stem) in whole:
                parts.append(source)
    for stem, parts in parts_of.items():
        if changed is not None and os.path.relpath(
                stem + ".c", src) not in changed:
            continue
        name = os.path.basename(stem)
        result = subprocess.run(
            ["gcc", "-static", "-s", "-O2", "-isystem",
             os.path.join(src, SELFTESTS), "-o", os.path.join(out, name),
             stem + ".c", *parts], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        if result.returncode:
            raise kbuild.BuildError(result.stdout)
    return sorted(os.listdir(out))


def troubles(said):
    """What a guest that failed had to say, without what went well."""
    lines = said.splitlines()
    return "\n".join([line for line in lines[:-15] if TELLING.search(line)]
                     + lines[-15:])


def boot(build, guest, options):
    """Run a step's selftests; None, or what went wrong."""
    names = programs(build.src, guest, known_programs(options))
    image = guest + ".cpio"
    subprocess.run([os.path.join(SCRIPTS, "guest-image.sh"),
                    options.gen_init_cpio, image, guest], check=True)
    result = interrupt.run(
        [os.path.join(SCRIPTS, "qemu-numa/qemu-numa"), "run", "--topo",
         TOPOLOGY, "--timeout", "900", "--kernel",
         os.path.join(build.out, "arch/x86/boot/bzImage"), "--initrd", image,
         "--", "sh", "-c", "".join(map(RUN.format, names)) + "true"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    return troubles(result.stdout) if result.returncode else None


def target(variant, names, options):
    """What to make after a patch that changed @names, or None."""
    of_kernel = [name for name in names if not OUTSIDE.match(name)]
    if options.boot:
        return "bzImage" if of_kernel else None
    if any(not name.startswith(ADDED) for name in of_kernel):
        return "mm/"
    # Without NUMA that directory is not looked into.
    return OURS if of_kernel and variant == "numa" else None


def host(src):
    """Run the tests of the host; None, or what went wrong."""
    result = interrupt.run(
        ["make", "-s", "-C", os.path.join(src, HOST),
         "VARIANTS=gcc-64-nodes64", "check"], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        errors="replace")
    return troubles(result.stdout) if result.returncode else None


def known_programs(options):
    return [os.path.basename(stem) for stem in stems_of(options.top)[0]]


def step(build, variant, names, options):
    """Build one variant of one step, and boot it; what went wrong."""
    wanted = target(variant, names, options)
    if wanted:
        with open(options.fragment, encoding="utf-8") as stream:
            build.configure(kbuild.without(stream.read(), VARIANTS[variant]),
                            any("Kconfig" in name for name in names))
        build.make(wanted)
        warnings = build.warnings()
        if warnings:
            return "\n".join(warnings)
    guest = os.path.join(options.work, "guest")
    if variant != "numa":
        return None
    if options.boot:
        return boot(build, guest, options)
    programs(build.src, guest, known_programs(options), names)
    if any(name.startswith(HOST) for name in names):
        return host(build.src)
    return None


def build_steps(report, options):
    repo = options.repo
    sources = Sources(options.base, repo, os.path.join(options.work, "src"))
    builds = {variant: kbuild.Build(sources.src, os.path.join(
        options.work, variant), options.cache) for variant in VARIANTS}
    for number, commit in enumerate(sources.commits, 1):
        names = sources.go(commit)
        subject = series.git(repo, "log", "-1", "--format=%s", commit).strip()
        for variant, build in builds.items():
            report.attempt("%02d %s: %s" % (number, variant, subject),
                           step, build, variant, names, options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("top", "base", "cache", "work", "fragment"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--gen-init-cpio")
    parser.add_argument("--objects", action="store_true")
    parser.add_argument("--boot", action="store_true")
    options = parser.parse_args()
    options.repo = os.path.join(options.work, "repo")
    built = options.objects or options.boot
    count = len(series.load_steps(options.top)) if built else 0
    report = Report(4 + count * len(VARIANTS))
    report.attempt("the patches end in the tree that is built", commit_steps,
                   options)
    if not report.failures:
        report.attempt("numbers, lengths and tests of the steps", as_ruled,
                       options)
    report.attempt("hunks are as they are written from edits", as_written,
                   options)
    if not report.failures:
        report.attempt("git am gives the same tree", apply_mails, options)
    if built and not report.failures:
        build_steps(report, options)
    return 1 if report.failures else 0


if __name__ == "__main__":
    interrupt.command("series", main)
