#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make a hunk of series/hunks from what is edited in the work tree.

The files of the hunk, and those files of the base that are edited and that no
hunk has, are compared with the base.  What other hunks change in them is taken
back first, so it stays with those.

Without a name: all hunks, and the files of each.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
sys.dont_write_bytecode = True

import edits  # noqa: E402
import interrupt  # noqa: E402
import overlay  # noqa: E402

CODE = (".c", ".h", ".S")


def path_of(top, hunk):
    return os.path.join(top, overlay.HUNKS, hunk + ".diff")


def parts(path):
    """The text above a hunk's first file, and {file: diff}."""
    head, *rest = re.split(r"^(?=--- a/\S+\n\+\+\+ )",
                           overlay.read(path).decode(), flags=re.M)
    return head, {re.search(r"^\+\+\+ b/(\S+)", part, re.M).group(1): part
                  for part in rest}


def difference(old, new, name):
    """The diff of a file; of C code it names functions."""
    with tempfile.TemporaryDirectory() as scratch:
        paths = [os.path.join(scratch, letter) for letter in "ab"]
        for path, data in zip(paths, (old, new)):
            overlay.write(path, data, 0o644)
        result = subprocess.run(
            ["diff", "-up" if name.endswith(CODE) else "-u",
             "--label", "a/" + name, "--label", "b/" + name, *paths],
            stdout=subprocess.PIPE, check=False)
    if result.returncode > 1:
        raise overlay.OverlayError("cannot compare %s" % name)
    return result.stdout.decode()


def without_others(top, hunk, name, data):
    """@name as it were if there were no other hunk than @hunk."""
    others = [other for other in overlay.owners(top).get(name, ())
              if other != hunk]
    with tempfile.TemporaryDirectory() as scratch:
        place = os.path.join(scratch, name)
        overlay.write(place, data, 0o644)
        for other in reversed(others):
            patch = os.path.join(scratch, "patch")
            overlay.write(patch, parts(path_of(top, other))[1][name].encode(),
                          0o644)
            result = subprocess.run(
                ["patch", "-p1", "-R", "--force", "--fuzz=0",
                 "--no-backup-if-mismatch", "--reject-file=-", "-d", scratch,
                 "-i", patch], stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, check=False)
            if result.returncode:
                raise overlay.OverlayError(
                    "%s: an edit meets what hunk %s changes; record it there, "
                    "or keep three lines away from it" % (name, other))
        return overlay.read(place)


def make(top, base, hunk, files):
    """The text of a hunk for @files, {name: content in the work tree}."""
    head, _ = parts(path_of(top, hunk))
    return head + "".join(
        difference(overlay.read(os.path.join(base, name)),
                   without_others(top, hunk, name, data), name)
        for name, data in files.items())


def check(top, base, hunk, text, files):
    """With the new text all hunks have to make up the work tree."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = os.path.join(scratch, overlay.HUNKS)
        shutil.copytree(os.path.join(top, overlay.HUNKS), folder)
        overlay.write(path_of(scratch, hunk), text.encode(), 0o644)
        made = overlay.patched(scratch, base, set())
    for name, data in files.items():
        if made.get(name, overlay.read(os.path.join(base, name))) != data:
            raise overlay.OverlayError(
                "%s: hunk %s and the others do not make up what is in the "
                "work tree: their edits meet" % (name, hunk))


def stale(options, names):
    """What is edited, although what was laid over is not the last text."""
    wanted, _ = overlay.wanted_files(options.top, options.base)
    laid, before = edits.known(options.manifest), wanted.keys()
    return [name for name in names if name in laid and name in before
            and edits.digest(wanted[name]) not in laid[name]]


def record(options):
    """Write the hunk; what there is to say."""
    path = path_of(options.top, options.name)
    before = overlay.targets(path)
    laid, others = edits.find(options.base, options.src, options.manifest, {},
                              options.stamp)
    for name in stale(options, set(laid) & set(before)):
        raise overlay.OverlayError(
            "%s: edited in the work tree, and its hunk has changed as well "
            "since make put it there; keep the edit elsewhere, rm %s, make, "
            "and edit it again" % (name, os.path.join(options.src, name)))
    for name in others:
        if edits.is_through(options.base, options.src, name):
            raise overlay.OverlayError(edits.advice_of_base(
                name, os.path.join(options.src, name), options.base,
                options.src))
    files = {name: edits.content(os.path.join(options.src, name))
             for name in [*before, *others]}
    gone = [name for name, data in files.items() if data is None]
    if gone:
        raise overlay.OverlayError("%s: not in the work tree; make puts it "
                                   "there" % gone[0])
    text = make(options.top, options.base, options.name, files)
    check(options.top, options.base, options.name, text, files)
    changed = text.encode() != overlay.read(path)
    if changed:
        overlay.write(path, text.encode(), 0o644)
    noted = edits.load(options.manifest)
    noted.update((name, edits.digest(data)) for name, data in files.items())
    overlay.save(options.manifest, noted)
    after = overlay.targets(path)
    yield "%s: %s" % (os.path.relpath(path, options.top),
                      "written" if changed else "nothing is edited")
    if set(after) != set(before):
        yield ("its files are now %s; \"scripts/series.sh make --record\" "
               "notes them in series/base" % (" ".join(after) or "none"))


def listing(options):
    """A line for each hunk."""
    for path in overlay.hunks(options.top):
        yield "%-16s %s" % (os.path.basename(path)[:-len(".diff")],
                            " ".join(overlay.targets(path)))


def not_minimal(top, base):
    """Hunks that are not what this would write, in words."""
    made = overlay.patched(top, base, set())
    for path in sorted(glob.glob(os.path.join(top, overlay.HUNKS, "*.diff"))):
        hunk = os.path.basename(path)[:-len(".diff")]
        files = {name: made[name] for name in overlay.targets(path)}
        if make(top, base, hunk, files).encode() != overlay.read(path):
            yield "%s.diff is not what \"make hunk NAME=%s\" writes" % (hunk,
                                                                       hunk)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("top", "base", "src", "manifest", "stamp"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("name", nargs="?", help="the hunk")
    options = parser.parse_args()
    try:
        if options.name and not os.path.isfile(path_of(options.top,
                                                       options.name)):
            raise overlay.OverlayError("there is no hunk %s" % options.name)
        for line in (record if options.name else listing)(options):
            print(line)
    except (overlay.OverlayError, OSError) as error:
        for line in str(error).splitlines():
            print("hunk: " + line, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    interrupt.command("hunk", main)
