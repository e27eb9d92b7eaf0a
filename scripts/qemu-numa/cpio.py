# SPDX-License-Identifier: GPL-2.0
"""A second initramfs with the files given by --add.

The kernel unpacks several archives that follow each other in the initrd,
so the prepared guest image never needs to be rebuilt for one more file.
"""

import os
import stat

TRAILER = "TRAILER!!!"


def _entry(name, mode, data, inode):
    encoded = name.encode() + b"\0"
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(encoded), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields)
    return _padded(head + encoded) + _padded(data)


def _padded(data):
    return data + b"\0" * (-len(data) % 4)


def _parents(path):
    parts = path.strip("/").split("/")[:-1]
    return ["/".join(parts[:i + 1]) for i in range(len(parts))]


def archive(files):
    """A newc archive of @files, pairs of host path and guest path."""
    entries, directories = [], set()
    for host, guest in files:
        for parent in _parents(guest):
            if parent not in directories:
                directories.add(parent)
                entries.append((parent, stat.S_IFDIR | 0o755, b""))
        with open(host, "rb") as stream:
            data = stream.read()
        mode = stat.S_IFREG | stat.S_IMODE(os.stat(host).st_mode)
        entries.append((guest.strip("/"), mode, data))
    entries.append((TRAILER, 0, b""))
    return b"".join(_entry(*entry, inode)
                    for inode, entry in enumerate(entries, 1))
