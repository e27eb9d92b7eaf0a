# SPDX-License-Identifier: GPL-2.0
"""series/base: the base that the series was verified on.

The first line is its version, the others are the blob hashes of the base's
files that the series changes or replaces.
"""

import hashlib
import os
import re

PATH = "series/base"


def version(base):
    """The version of a kernel tree, "6.12.117"."""
    with open(os.path.join(base, "Makefile"), encoding="utf-8") as stream:
        head = stream.read(400)
    return ".".join(re.search(r"^%s = (\d+)" % key, head, re.M).group(1)
                    for key in ("VERSION", "PATCHLEVEL", "SUBLEVEL"))


def blob(path):
    """What git calls a file's content."""
    with open(path, "rb") as stream:
        data = stream.read()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def blobs(base, names):
    return {name: blob(os.path.join(base, name)) for name in names
            if os.path.exists(os.path.join(base, name))}


def write(top, base, names):
    with open(os.path.join(top, PATH), "w", encoding="utf-8") as stream:
        stream.write("%s\n" % version(base))
        for name, value in sorted(blobs(base, names).items()):
            stream.write("%s %s\n" % (value, name))


def load(top):
    with open(os.path.join(top, PATH), encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    return lines[0], {name: value for value, name in
                      (line.split() for line in lines[1:])}


def changed(top, base, names):
    """Files that are not as they were recorded."""
    known, have = load(top)[1], blobs(base, names)
    return sorted(name for name in set(known) | set(have)
                  if known.get(name) != have.get(name))


def differences(top, base, names):
    """What is not as it was recorded, in words."""
    was, found = load(top)[0], changed(top, base, names)
    if was != version(base) and not found:
        yield ("the base is %s, the series was verified on %s; none of its "
               "files has changed" % (version(base), was))
    for name in found:
        yield "%s is not as in %s, which the series was verified on" % (name,
                                                                        was)
