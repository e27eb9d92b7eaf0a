# SPDX-License-Identifier: GPL-2.0
"""Where this machine gets Debian from, as apt is told."""

import os
import shlex
import subprocess
import tempfile
import unittest

import context

FIELDS = """\
# a comment
Types: deb
URIs: http://near.example/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /keys/debian.gpg

Types: deb deb-src
URIs: http://near.example/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 /keys/debian.gpg
"""
LINES = """\
deb [arch=amd64 signed-by=/keys/other.gpg] https://other.example/linux trixie main
# deb http://off.example/debian trixie main
deb-src http://source.example/debian trixie main
deb http://near.example/debian trixie main contrib
deb http://near.example/debian trixie-updates main
deb http://safe.example/security trixie-security main
"""
OFF = """\
Types: deb
URIs: http://off.example/debian
Suites: trixie
Enabled: no
"""
INLINE = """\
Types: deb
URIs: http://near.example/debian
Suites: stable
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQ==
 -----END PGP PUBLIC KEY BLOCK-----
"""


class Mirror(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def said(self, override="", **files):
        """What mirror.sh prints, where apt has only these sources."""
        parts = os.path.join(self.folder, "parts")
        os.makedirs(parts, exist_ok=True)
        for name, text in files.items():
            with open(os.path.join(parts, name.replace("_", ".")), "w",
                      encoding="utf-8") as stream:
                stream.write(text)
        settings = os.path.join(self.folder, "apt.conf")
        with open(settings, "w", encoding="utf-8") as stream:
            stream.write('Dir::Etc::sourcelist "/dev/null"; '
                         'Dir::Etc::sourceparts "%s"; Dir::State::lists "%s"; '
                         'Acquire::http::Proxy "http://proxy.example:1";'
                         % (parts, self.folder))
        return context.run(
            [os.path.join(context.SCRIPTS, "mirror.sh")],
            env={**os.environ, "APT_CONFIG": settings, "MIRROR": override})

    def found(self, override="", **files):
        result = self.said(override, **files)
        self.assertEqual(result.returncode, 0, result.stdout)
        values = dict(word.split("=", 1) for word in shlex.split(result.stdout))
        self.assertEqual(values.pop("proxy"), "http://proxy.example:1")
        return values

    def test_fields(self):
        self.assertEqual(self.found(a_sources=FIELDS), {
            "mirror": "http://near.example/debian",
            "security": "http://near.example/debian-security",
            "keyring": "/keys/debian.gpg"})

    def test_lines_and_somebody_else_before(self):
        self.assertEqual(self.found(a_list=LINES), {
            "mirror": "http://near.example/debian",
            "security": "http://safe.example/security", "keyring": ""})

    def test_override_keeps_the_keys(self):
        self.assertEqual(
            self.found("http://mine.example/debian/", a_sources=FIELDS), {
                "mirror": "http://mine.example/debian",
                "security": "http://mine.example/debian-security",
                "keyring": "/keys/debian.gpg"})

    def test_what_is_switched_off_is_none(self):
        for files in ({}, {"a_sources": OFF}):
            result = self.said(**files)
            self.assertEqual(result.returncode, 1)
            self.assertIn("no Debian archive; name one", result.stdout)

    def test_a_key_that_is_no_file(self):
        self.assertEqual(self.found(a_sources=INLINE), {
            "mirror": "http://near.example/debian", "security": "",
            "keyring": ""})

    def test_no_host_of_debian_is_named_here(self):
        top = context.TOP
        listing = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", top, "grep", "-lE",
             r"(deb|ftp|security|archive)[.]debian[.]org"],
            stdout=subprocess.PIPE, encoding="utf-8", check=False)
        self.assertEqual(listing.stdout, "")
