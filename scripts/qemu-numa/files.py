# SPDX-License-Identifier: GPL-2.0
"""Files for QEMU that have no name, so that none of them can be left over."""

import os
import tempfile


class Files:
    """What QEMU inherits, and opens by the paths that are given here."""

    def __init__(self):
        self.descriptors = []

    def add(self, data):
        """A file in memory that holds @data; its path, the same in QEMU."""
        descriptor = os.memfd_create("qemu-numa")
        with open(descriptor, "wb", closefd=False) as stream:
            stream.write(data)
        return self._path(descriptor)

    def disk(self, size):
        """A file that takes room on disk only for what is written."""
        with tempfile.TemporaryFile() as stream:
            stream.truncate(size)
            return self._path(os.dup(stream.fileno()))

    def _path(self, descriptor):
        self.descriptors.append(descriptor)
        return "/proc/self/fd/%d" % descriptor
