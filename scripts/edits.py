# SPDX-License-Identifier: GPL-2.0
"""Edits that somebody made in the work tree, where make puts files.

A file that was laid over is edited if its content is none that was put there,
which the manifest tells by hashes.  Any other file is edited if it is newer
than the tree and not what the base has.
"""

import hashlib
import json
import os
import subprocess

# As many edits are told of at most.
SHOWN = 5

# What a hunk of no name may be called, where a sentence needs one.
SOME = "NN-NAME"


class EditsError(Exception):
    """The next overlay would overwrite edits; the text says what to do."""


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def content(path):
    """What a file has, None if there is none."""
    return read(path) if os.path.isfile(path) else None


def digest(data):
    return hashlib.sha256(data).hexdigest()


def load(path):
    """A manifest, {name: hash}; empty if there is none."""
    try:
        return json.loads(read(path))
    except (OSError, ValueError):
        return {}


def pending(manifest):
    """Where the hashes stand of what is being laid over: after an
    interruption a file may be what it was or what it should be.
    """
    return manifest + ".pending"


def known(manifest):
    """{name: hashes} of all that may have been laid over."""
    found = {name: {value} for name, value in load(manifest).items()}
    for name, values in load(pending(manifest)).items():
        found.setdefault(name, set()).update(values)
    return found


def newer(src, stamp):
    """Names of files that were written since the tree was made."""
    listing = subprocess.run(
        ["find", src, "-type", "f", "-newer", stamp, "-printf", "%P\\0"],
        stdout=subprocess.PIPE, check=True).stdout
    return sorted(os.fsdecode(name) for name in listing.split(b"\0") if name)


def is_through(base, src, name):
    """Whether an edit of a file that the tree shares with the base has
    changed that, too.
    """
    return os.path.samefile(os.path.join(base, name), os.path.join(src, name))


def laid(base, src, laid_over, wanted):
    """Edited files of those that are laid over."""
    for name in sorted(set(laid_over) | set(wanted)):
        have = content(os.path.join(src, name))
        if have is None:
            continue
        original = content(os.path.join(base, name))
        fine = {wanted.get(name, original)}
        if name not in laid_over:
            fine.add(original)
        if have not in fine and digest(have) not in laid_over.get(name, ()):
            yield name


def of_base(base, src, names):
    """Edited files of those that nobody lays over."""
    for name in names:
        original = os.path.join(base, name)
        if os.path.isfile(original) and (
                is_through(base, src, name)
                or read(original) != read(os.path.join(src, name))):
            yield name


def find(base, src, manifest, wanted, stamp):
    """Names of edited files: laid over, and of the base."""
    laid_over = known(manifest)
    others = [name for name in newer(src, stamp)
              if name not in laid_over and name not in wanted]
    return (list(laid(base, src, laid_over, wanted)),
            list(of_base(base, src, others)))


def advice(name, place, owners):
    """What to do about an edit of a file that is laid over."""
    if owners:
        return ("%s: edited in the work tree; \"make hunk NAME=%s\" records "
                "the edit%s, \"rm %s\" drops it" % (
                    name, owners[-1], " (or NAME=%s)" % " or ".join(
                        owners[:-1]) if owners[1:] else "", place))
    return ("%s: edited in the work tree, where make puts the file of this "
            "repository; take the edit over from %s into that, then "
            "\"rm %s\", which drops it there" % (name, place, place))


def advice_of_base(name, place, base, src):
    """What to do about an edit of a file of the base."""
    if is_through(base, src, name):
        return ("%s: edited in the work tree, which shares the file with the "
                "unpacked kernel, so that this has the edit as well; after "
                "\"rm -r %s\" make unpacks it again, and the edit is in the "
                "work tree alone" % (name, base))
    return ("%s: edited in the work tree, and no hunk has the file; \"make "
            "hunk NAME=%s\" takes it into that hunk, \"cp %s %s\" drops the "
            "edit" % (name, SOME, os.path.join(base, name), place))


def refuse(base, src, found, owners):
    """Raise an error if anything is edited; @owners are hunks by file."""
    places = {name: os.path.join(src, name) for part in found
              for name in part}
    lines = [advice(name, places[name], owners.get(name)) for name in found[0]]
    lines += [advice_of_base(name, places[name], base, src)
              for name in found[1]]
    if len(lines) > SHOWN:
        lines[SHOWN:] = ["and %d more" % (len(lines) - SHOWN)]
    if lines:
        raise EditsError("\n".join(lines))
