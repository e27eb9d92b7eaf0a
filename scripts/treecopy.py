# SPDX-License-Identifier: GPL-2.0
"""A copy of this checkout, to be changed and built beside it.

It has a work folder of its own, as every checkout has, and shares the unpacked
base and the compiler cache.
"""

import os
import shutil
import subprocess

import interrupt

SCRIPTS = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(SCRIPTS)


def path(name, top=TOP):
    """A path from paths.sh of the checkout at @top."""
    return subprocess.run([os.path.join(top, "scripts/paths.sh"), name],
                          stdout=subprocess.PIPE, check=True,
                          encoding="utf-8").stdout.strip()


def read(name):
    with open(name, "rb") as stream:
        return stream.read()


def files(top):
    """All files of a checkout: known to git or new, but not ignored."""
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", top, "ls-files", "-z",
         "--cached", "--others", "--exclude-standard"],
        stdout=subprocess.PIPE, check=True).stdout
    names = {os.fsdecode(name) for name in listing.split(b"\0") if name}
    return {name for name in names if os.path.isfile(os.path.join(top, name))}


class Copy:
    """The copy called @name, brought up to date."""

    def __init__(self, name):
        self.top = os.path.join(path("work"), name, "tree")
        if not os.path.isdir(os.path.join(self.top, ".git")):
            os.makedirs(self.top, exist_ok=True)
            subprocess.run(["git", "init", "-q", self.top], check=True)
        wanted = files(TOP)
        for stale in files(self.top) - wanted:
            os.remove(os.path.join(self.top, stale))
        for name in wanted:
            self.restore(name)

    def path(self, name):
        return path(name, self.top)

    def restore(self, name):
        """What is the same already is not written, so not built again."""
        source, target = (os.path.join(top, name) for top in (TOP, self.top))
        if not os.path.isfile(target) or read(source) != read(target):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copyfile(source, target)
        shutil.copymode(source, target)

    def write(self, name, text):
        target = os.path.join(self.top, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "w", encoding="utf-8") as stream:
            stream.write(text)

    def run(self, command, timeout=None):
        """A command in the copy: exit status and all that it said."""
        try:
            result = interrupt.run(
                command, timeout=timeout, cwd=self.top,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
        except subprocess.TimeoutExpired as error:
            return -1, "%s\ntook more than %d s" % (error.stdout or "",
                                                   timeout)
        return result.returncode, result.stdout

    def build(self):
        """The kernel and the guest image; exit status and what was said."""
        status, said = self.run(["scripts/build.sh", "kernel"])
        if status:
            return status, said
        return self.run(["scripts/guest.sh"])
