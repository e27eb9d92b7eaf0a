#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make a series of patches out of this repository.

Every directory series/NN-slug is one patch:

  message   subject, empty line, body
  paths     what appears in this patch, a line each: a path or a glob of the
            overlay, "hunk NAME" for series/hunks/NAME.diff, "until TEXT: PATH"
            for a program's lines above the one that begins with TEXT, or
            "tested by NAME" for a selftest of another patch
  stage/    files that have another text in this patch than in the end

After the last patch the tree is the one that "make" builds; a file or a hunk
that no patch brings is an error.
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

import interrupt  # noqa: E402
import overlay  # noqa: E402
import recorded  # noqa: E402

Step = collections.namedtuple("Step", "name message globs hunks staged until "
                              "tests")

HUNK = "hunk "
UNTIL = "until "
TESTED = "tested by "

# How a program of tests ends, which all of its earlier forms need.
MAIN = re.compile(r"^(?:TEST_HARNESS_MAIN|int main\(.*?^\})\n\Z", re.M | re.S)

# An identity for what is not shown to anybody.
NOBODY = {"GIT_AUTHOR_NAME": "none", "GIT_AUTHOR_EMAIL": "none",
          "GIT_COMMITTER_NAME": "none", "GIT_COMMITTER_EMAIL": "none"}


# Where the cover letter has its figures from, and for which nodes.
DOCUMENT = "Documentation/mm/mempolicy/cost.rst"
COST_NODES = ("1", "8", "64", "128")

# As many errors are shown at most.
SHOWN = 20


class SeriesError(Exception):
    """The steps do not make up the tree; the text says where and why."""

    @classmethod
    def of(cls, errors):
        rest = len(errors) - SHOWN
        return cls("\n".join(errors[:SHOWN] + (
            ["and %d more" % rest] if rest > 0 else [])))


def text(path):
    return overlay.read(path).decode()


def staged_files(directory):
    """Paths below stage/, relative to the tree."""
    stage = os.path.join(directory, "stage")
    return sorted(os.path.relpath(os.path.join(folder, name), stage)
                  for folder, _, names in os.walk(stage) for name in names)


def load_step(directory):
    lines = [line.strip() for line in
             text(os.path.join(directory, "paths")).splitlines()
             if line.strip() and not line.startswith("#")]
    hunks, until, tests = ([line[len(word):] for line in lines
                            if line.startswith(word)]
                           for word in (HUNK, UNTIL, TESTED))
    return Step(os.path.basename(directory),
                text(os.path.join(directory, "message")),
                [line for line in lines
                 if not line.startswith((HUNK, UNTIL, TESTED))],
                hunks, staged_files(directory),
                [tuple(line.split(": ")) for line in until], tests)


def load_steps(top):
    root = os.path.join(top, "series")
    names = sorted(name for name in os.listdir(root)
                   if re.match(r"\d\d", name))
    return [load_step(os.path.join(root, name)) for name in names]


def matcher(glob):
    """A glob: "**" is anything, "*" stays within one directory, and [ch]
    is one of two letters.
    """
    words = re.split(r"(\*\*|\*|\[\w+\])", glob)
    meaning = {"**": ".*", "*": "[^/]*"}
    return re.compile("".join(
        meaning.get(word, word if word.startswith("[") else re.escape(word))
        for word in words) + r"\Z").match


def final_paths(steps, names):
    """Which step brings which file in its final text: {step: [path]}."""
    where, errors = {}, []
    for name in names:
        found = [step.name for step in steps
                 if any(matcher(glob)(name) for glob in step.globs)]
        if len(found) == 1:
            where.setdefault(found[0], []).append(name)
        else:
            errors.append("%s: brought by %s" % (
                name, " and ".join(found) or "no step of series/"))
    for step in steps:
        errors += ["%s/paths: nothing is called %s" % (step.name, glob)
                   for glob in step.globs
                   if not any(map(matcher(glob), names))]
    if errors:
        raise SeriesError.of(errors)
    return where


def check_hunks(top, steps):
    have = {name[:-len(".diff")]
            for name in os.listdir(os.path.join(top, overlay.HUNKS))
            if name.endswith(".diff")}
    used = [hunk for step in steps for hunk in step.hunks]
    errors = ["series/hunks/%s.diff: used by %d steps" % (hunk,
                                                          used.count(hunk))
              for hunk in sorted(have | set(used))
              if used.count(hunk) != 1 or hunk not in have]
    if errors:
        raise SeriesError.of(errors)


def head(whole, mark, name):
    """A program's lines above the one that begins with @mark: what stands in one
    piece above that, comments included, goes with it.
    """
    parts = re.split("^" + re.escape(mark), whole, flags=re.M)
    if len(parts) != 2:
        raise SeriesError("%s: %d lines begin with %s" % (
            name, len(parts) - 1, mark))
    end = MAIN.search(whole)
    return parts[0].rpartition("\n\n")[0] + "\n" + (
        "\n" + end.group() if end else "")


def git(repo, *arguments, **environment):
    result = interrupt.run(
        ["git", "-C", repo, "-c", "core.hooksPath=/dev/null",
         "-c", "commit.gpgsign=false", "-c", "gc.auto=0", *arguments],
        env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
        errors="replace")
    if result.returncode:
        raise SeriesError("git %s: %s" % (arguments[0], result.stdout))
    return result.stdout


def identity(repo):
    """The user's name and address for git, or None."""
    found = [subprocess.run(["git", "-C", repo, "config", key],
                            stdout=subprocess.PIPE, encoding="utf-8",
                            check=False).stdout.strip()
             for key in ("user.name", "user.email")]
    return tuple(found) if all(found) else None


class Tree:
    """A git repository that holds the base's files that the series changes."""

    def __init__(self, top, base, repo, who):
        self.top = top
        self.base = base
        self.repo = repo
        self.environment = NOBODY if not who else {}
        self.who = who
        shutil.rmtree(repo, ignore_errors=True)
        os.makedirs(repo)
        git(repo, "init", "-q", "-b", "series")
        if who:
            git(repo, "config", "user.name", who[0])
            git(repo, "config", "user.email", who[1])

    def begin(self, names):
        """Commit the base's text of @names, as far as the base has them."""
        for name in names:
            source = os.path.join(self.base, name)
            if os.path.exists(source):
                overlay.write(os.path.join(self.repo, name),
                              overlay.read(source), self.mode(source))
        self.commit("base", empty=True)

    @staticmethod
    def mode(path):
        return os.stat(path).st_mode & 0o777

    def put(self, name, source):
        overlay.write(os.path.join(self.repo, name), overlay.read(source),
                      self.mode(source))

    def hunk(self, name):
        overlay.apply_hunk(self.repo, os.path.join(
            self.top, overlay.HUNKS, name + ".diff"), "hunk " + name)

    def commit(self, message, empty=False):
        git(self.repo, "add", "-A", "-f")
        options = ["--allow-empty"] if empty else []
        if self.who and not empty:
            options.append("-s")
        git(self.repo, "commit", "-q", *options, "-m", message,
            **self.environment)

    def apply(self, step, paths):
        stage = os.path.join(self.top, "series", step.name, "stage")
        for name in step.staged:
            self.put(name, os.path.join(stage, name))
        for mark, name in step.until:
            source = os.path.join(self.top, name)
            overlay.write(os.path.join(self.repo, name),
                          head(text(source), mark, name).encode(),
                          self.mode(source))
        for name in paths:
            self.put(name, os.path.join(self.top, name))
        for hunk in step.hunks:
            self.hunk(hunk)
        self.commit(step.message)


def changed_files(top):
    """Files of the base that hunks change."""
    directory = os.path.join(top, overlay.HUNKS)
    return sorted({name for hunk in os.listdir(directory)
                   for name in overlay.targets(os.path.join(directory, hunk))})


def compare(top, base, repo):
    """The last step's tree against the tree that make builds."""
    wanted = {name: overlay.read(os.path.join(top, name))
              for name in overlay.tracked(top)}
    wanted.update(overlay.patched(top, base, set(wanted)))
    have = set(git(repo, "ls-files", "-z").split("\0")) - {""}
    errors = ["%s is in %s only" % (name, "the series" if name in have
                                    else "the tree")
              for name in sorted(have ^ set(wanted))]
    errors += ["%s differs" % name for name in sorted(have & set(wanted))
               if overlay.read(os.path.join(repo, name)) != wanted[name]]
    if errors:
        raise SeriesError.of(["the series does not end in the tree that is "
                              "built:"] + errors)


def build(top, base, repo, who):
    """Commit all steps; returns them."""
    steps, names = load_steps(top), overlay.tracked(top)
    where = final_paths(steps, names)
    check_hunks(top, steps)
    tree = Tree(top, base, repo, who)
    tree.begin(sorted(set(names) | set(changed_files(top))))
    for step in steps:
        try:
            tree.apply(step, where.get(step.name, []))
        except (SeriesError, overlay.OverlayError) as error:
            raise SeriesError("%s: %s" % (step.name, error)) from error
    compare(top, base, repo)
    return steps


def costs(document):
    """The document's table, of the columns that a mail has room for."""
    rows = [[cell.strip() for cell in re.split(r"  +", line.strip())]
            for line in document.partition("\npolicy, mapping")[2]
            .partition("\n\n")[0].splitlines()]
    head, body = rows[0], [row for row in rows[1:] if row[0].strip("=")]
    if len(head) + 1 != len(body[0]):
        raise SeriesError("%s: its table of costs is not understood"
                          % DOCUMENT)
    lines = [["", *head], *body]
    taken = [0] + [number for number, name in enumerate(lines[0])
                   if name.split(" ")[0] in COST_NODES]
    return "\n".join("".join(
        "%-28s" % row[number] if not number else "%13s" % row[number]
        for number in taken).rstrip() for row in lines)


def size(document):
    """The document's sentence on the size of the code."""
    found = re.search(r"^(The code is [^.]*\.)\n", document, re.M)
    if not found:
        raise SeriesError("%s says nothing of the code's size" % DOCUMENT)
    return found.group(1)


def origin(top, base):
    """What the patches are for."""
    name = os.path.basename(base)
    return "Base: Linux %s%s" % (recorded.load(top)[0], (
        ", as in Debian's linux-source-6.12 " + name[len("base-"):])
        if name.startswith("base-") else "")


def cover(out, top, base):
    """Put our words into the cover letter that git made."""
    path = os.path.join(out, "0000-cover-letter.patch")
    document = text(os.path.join(top, DOCUMENT))
    subject, _, body = text(os.path.join(top, "series/cover")).partition("\n")
    for mark, words in (("@COST@", costs(document)), ("@SIZE@",
                        size(document)), ("@BASE@", origin(top, base))):
        body = body.replace(mark, words)
    letter = text(path).replace("*** SUBJECT HERE ***", subject)
    letter = letter.replace("*** BLURB HERE ***", body.strip())
    overlay.write(path, letter.encode(), 0o644)


def drop_nobody(out):
    """Without an identity the patches name no author."""
    for name in os.listdir(out):
        path = os.path.join(out, name)
        lines = text(path).splitlines(keepends=True)
        overlay.write(path, "".join(
            line for number, line in enumerate(lines)
            if number > 5 or not line.startswith("From: ")).encode(), 0o644)


def write_patches(top, base, repo, out, who):
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    first = git(repo, "rev-list", "--max-parents=0", "HEAD").strip()
    git(repo, "format-patch", "-q", "--cover-letter", "--no-signature", "-M", "-B",
        "-o", out, first + "..HEAD", **({} if who else NOBODY))
    cover(out, top, base)
    if not who:
        drop_nobody(out)


def statistics(repo, steps):
    """A line per patch: lines added and removed."""
    log = git(repo, "log", "--reverse", "--shortstat", "--format=%x00%s")
    for number, entry in enumerate(log.split("\0")[2:], 1):
        subject, _, rest = entry.partition("\n")
        added = re.search(r"(\d+) insertion", rest)
        removed = re.search(r"(\d+) deletion", rest)
        yield "%2d/%d  %6s %6s  %s" % (
            number, len(steps), "+" + (added.group(1) if added else "0"),
            "-" + (removed.group(1) if removed else "0"), subject)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", required=True, help="this repository")
    parser.add_argument("--base", required=True, help="the pristine kernel")
    parser.add_argument("--repo", required=True,
                        help="git repository to make, a commit per patch")
    parser.add_argument("--out", help="write the patches there")
    parser.add_argument("--record", action="store_true",
                        help="record the base as verified, in series/base")
    options = parser.parse_args()
    who = identity(options.top)
    try:
        names = sorted(set(changed_files(options.top))
                       | set(overlay.tracked(options.top)))
        if options.record:
            recorded.write(options.top, options.base, names)
        for line in recorded.differences(options.top, options.base, names):
            print("series: " + line)
        steps = build(options.top, options.base, options.repo, who)
        if options.out:
            write_patches(options.top, options.base, options.repo,
                          options.out, who)
    except (SeriesError, overlay.OverlayError, OSError) as error:
        for line in str(error).splitlines():
            print("series: " + line, file=sys.stderr)
        return 1
    print("\n".join(statistics(options.repo, steps)))
    if options.out:
        print("series: %d patches in %s" % (len(steps), options.out))
        print("series: git am --empty=drop %s/*.patch applies them" %
              options.out)
        print("series: signed off by %s <%s>, as git is configured" % who
              if who else "series: git knows no user.name and user.email: "
              "the patches name no author, which git am wants; author and "
              "sign-off are the submitter's to add")
    return 0


if __name__ == "__main__":
    interrupt.command("series", main)
