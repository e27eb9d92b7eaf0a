# SPDX-License-Identifier: GPL-2.0
"""Kernel sources out of Debian's archive: files of other versions than the
installed one.
"""

import os
import re
import shutil
import subprocess
import tempfile

import series

PACKAGE = "linux-source-6.12"
DEBS = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "debs.sh")
MISSING = re.compile(r"Not found in archive$|Exiting with failure status")


def debs(*words):
    """What debs.sh says, or a SeriesError with its complaint."""
    result = subprocess.run([DEBS, "suites", *words], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, encoding="utf-8",
                            stdin=subprocess.DEVNULL, check=False)
    if result.returncode:
        raise series.SeriesError(result.stderr.strip())
    return result.stdout


def upstream(version):
    """"6.12.117" of "6.12.117-1~deb12u1"."""
    return version.partition("-")[0]


def newest(versions):
    """{upstream version: package version}, of sorted package versions the
    last one of each.
    """
    return {upstream(version): version for version in versions}


def offered():
    """What newest() makes of all that Debian offers."""
    debs("update")
    return newest(debs("versions", PACKAGE).split())


def extract(tarball, names, directory):
    """Unpack files by name, without the first part of their path; what the
    tarball does not have is left out.
    """
    root = os.path.basename(tarball).partition(".tar.")[0]
    result = subprocess.run(
        ["tar", "-x", "-f", tarball, "-C", directory, "--strip-components=1",
         "-T", "-"], input="".join("%s/%s\n" % (root, name)
                                   for name in names),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "LC_ALL": "C"}, check=False)
    wrong = [line for line in result.stderr.splitlines()
             if not MISSING.search(line)]
    if wrong or not os.path.exists(os.path.join(directory, "Makefile")):
        raise series.SeriesError("cannot unpack %s: %s" % (
            tarball, "\n".join(wrong) or "it has no Makefile"))


class Store:
    """Files of versions, kept in the user's cache."""

    def __init__(self, cache, base, names):
        self.directory = os.path.join(cache, "versions")
        self.names = sorted({*names, "Makefile"})
        # A new file of ours is no reason to fetch everything once more.
        self.needed = {name for name in self.names
                       if os.path.exists(os.path.join(base, name))}
        os.makedirs(self.directory, exist_ok=True)

    def tree(self, version):
        """A directory with the files of a package's version."""
        path = os.path.join(self.directory, version)
        listing = path + ".names"
        if not os.path.exists(listing) or self.needed - set(
                series.text(listing).split()):
            self._fetch(version, path)
            series.overlay.write(listing, "\n".join(self.names).encode(),
                                 0o644)
        return path

    def _fetch(self, version, path):
        with tempfile.TemporaryDirectory(dir=self.directory) as scratch:
            debs("unpack", scratch, "%s=%s" % (PACKAGE, version))
            files = os.path.join(scratch, "files")
            os.mkdir(files)
            extract(os.path.join(scratch, "usr/src", PACKAGE + ".tar.xz"),
                    self.names, files)
            shutil.rmtree(path, ignore_errors=True)
            os.rename(files, path)
