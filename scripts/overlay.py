#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Lay this repository over a base kernel.

The work tree is the base plus every file of the overlay plus the hunks in
series/hunks.  Only files whose content changes are written, so make rebuilds
what it must and no more; what the overlay no longer has goes back to what
the base has.  The base itself is never written to, and what somebody edited in
the work tree is not overwritten.
"""

import argparse
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import edits  # noqa: E402
import interrupt  # noqa: E402
from edits import digest, read  # noqa: E402

OVERLAY = ("mm", "include", "kernel", "fs", "Documentation",
           "tools/testing/selftests", "tools/testing/mempolicy")
HUNKS = "series/hunks"


class OverlayError(Exception):
    """The overlay does not fit the base; the text says where and why."""


def tracked(top, folders=OVERLAY):
    """Files of the overlay, or of other folders: known to git or new, but not
    ignored.
    """
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", top, "ls-files", "-z",
         "--cached", "--others", "--exclude-standard", "--"] + list(folders),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if listing.returncode:
        raise OverlayError("cannot list the overlay's files: "
                           + listing.stderr.decode(errors="replace").strip())
    names = {os.fsdecode(name) for name in listing.stdout.split(b"\0") if name}
    return sorted(name for name in names
                  if os.path.isfile(os.path.join(top, name)))


def targets(hunk_file):
    """The files that a diff changes, in the order of the diff."""
    text = read(hunk_file).decode(errors="replace")
    return re.findall(r"^\+\+\+ b/(\S+)", text, re.MULTILINE)


def stage(base, scratch, name, hunk):
    """Copy @name from the base to the scratch tree, once."""
    destination = os.path.join(scratch, name)
    if os.path.exists(destination):
        return
    source = os.path.join(base, name)
    if not os.path.exists(source):
        raise OverlayError("%s: the base has no file %s" % (hunk, name))
    os.makedirs(os.path.dirname(destination), exist_ok=True)
    shutil.copyfile(source, destination)


def apply_hunk(scratch, path, label):
    """Run patch; its words and the file become the error.  A hunk that is to
    be written has no diff yet.
    """
    if not re.search(rb"^(---|\+\+\+|@@)", read(path), re.MULTILINE):
        return
    result = subprocess.run(
        ["patch", "-p1", "--force", "--fuzz=0", "--no-backup-if-mismatch",
         "--reject-file=-", "-d", scratch, "-i", path],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        universal_newlines=True, check=False)
    if not result.returncode:
        return
    current, failures = "", []
    for line in result.stdout.splitlines():
        match = re.match(r"(?:checking|patching) file (.*)", line)
        current = match.group(1) if match else current
        if re.search(r"^Hunk.*FAILED|malformed|can't find|Reversed", line):
            failures.append("%s does not apply to %s: %s"
                            % (label, current or "the base", line.strip()))
    raise OverlayError("\n".join(failures) or "%s: patch says: %s"
                       % (label, result.stdout.strip()))


def patched(top, base, owned):
    """Contents of the base's files after all hunks, by name."""
    errors, names = [], []
    with tempfile.TemporaryDirectory(prefix="overlay-") as scratch:
        for path in hunks(top):
            label = os.path.relpath(path, top)
            try:
                for name in targets(path):
                    if name in owned:
                        raise OverlayError(
                            "%s changes %s, which the overlay holds as a "
                            "whole file" % (label, name))
                    stage(base, scratch, name, label)
                    names.append(name)
                apply_hunk(scratch, path, label)
            except OverlayError as error:
                errors.append(str(error))
        if errors:
            raise OverlayError("\n".join(errors))
        return {name: read(os.path.join(scratch, name)) for name in names}


def write(path, data, mode):
    """Replace a file; never write through a hard link into the base."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = path + ".overlay"
    with open(temporary, "wb") as stream:
        stream.write(data)
    os.chmod(temporary, mode)
    os.replace(temporary, path)


def update(src, name, data, mode):
    """Make one file what it should be; True if it had to be written."""
    path = os.path.join(src, name)
    if os.path.isfile(path) and read(path) == data:
        return False
    write(path, data, mode)
    return True


def restore(base, src, name):
    """The overlay no longer concerns itself with @name."""
    original = os.path.join(base, name)
    if os.path.exists(original):
        update(src, name, read(original), os.stat(original).st_mode & 0o777)
    elif os.path.exists(os.path.join(src, name)):
        os.remove(os.path.join(src, name))


def hunks(top):
    """Paths of all hunks, in the order in which they are applied."""
    return sorted(glob.glob(os.path.join(top, HUNKS, "*.diff")))


def owners(top):
    """Names of the hunks that change a file, by file."""
    found = {}
    for path in hunks(top):
        for name in targets(path):
            found.setdefault(name, []).append(
                os.path.basename(path)[:-len(".diff")])
    return found


def wanted_files(top, base):
    """Contents and modes of all that is laid over, by name."""
    wanted = {name: read(os.path.join(top, name)) for name in tracked(top)}
    modes = {name: os.stat(os.path.join(top, name)).st_mode & 0o777
             for name in wanted}
    for name, data in patched(top, base, set(wanted)).items():
        wanted[name] = data
        modes[name] = os.stat(os.path.join(base, name)).st_mode & 0o777
    return wanted, modes


def save(path, manifest):
    write(path, json.dumps(manifest, indent=0, sort_keys=True).encode(), 0o644)


def lay(top, base, src, manifest_path, stamp):
    """Bring @src up to date; the names that were written or went away."""
    wanted, modes = wanted_files(top, base)
    edits.refuse(base, src, edits.find(base, src, manifest_path, wanted,
                                       stamp), owners(top))
    manifest = {name: digest(data) for name, data in wanted.items()}
    gone = sorted(set(edits.known(manifest_path)) - set(wanted))
    pending = edits.pending(manifest_path)
    if manifest != edits.load(manifest_path):
        possible = edits.known(manifest_path)
        for name, value in manifest.items():
            possible.setdefault(name, set()).add(value)
        save(pending, {name: sorted(values)
                       for name, values in possible.items()})
    for name in gone:
        restore(base, src, name)
    changed = [name for name in sorted(wanted)
               if update(src, name, wanted[name], modes[name])]
    save(manifest_path, manifest)
    if os.path.exists(pending):
        os.remove(pending)
    return changed + gone


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--top", required=True, help="this repository")
    parser.add_argument("--base", required=True, help="the pristine kernel")
    parser.add_argument("--src", required=True, help="the tree to update")
    parser.add_argument("--manifest", required=True,
                        help="where to remember what was laid over")
    parser.add_argument("--stamp", required=True,
                        help="a file that is as old as the tree")
    parser.add_argument("--edits", action="store_true",
                        help="only refuse what is edited in the tree")
    options = parser.parse_args()
    places = options.base, options.src
    try:
        if options.edits:
            edits.refuse(*places, edits.find(*places, options.manifest, {},
                                             options.stamp),
                         owners(options.top))
            return 0
        changed = lay(options.top, *places, options.manifest, options.stamp)
    except (OverlayError, edits.EditsError, OSError) as error:
        for line in str(error).splitlines():
            print("overlay: " + line, file=sys.stderr)
        return 1
    if changed:
        shown = ", ".join(changed[:4]) + (", ..." if len(changed) > 4 else "")
        print("overlay: %d file%s changed: %s"
              % (len(changed), "s"[:len(changed) != 1], shown))
    return 0


if __name__ == "__main__":
    interrupt.command("overlay", main)
