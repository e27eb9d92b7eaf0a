#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Print, as shell assignments, where this machine gets Debian from:

mirror    the archive, or MIRROR if that is set
security  the archive of security updates; beside MIRROR if that is set
keyring   the file with the keys for both, as apt has it; empty if apt's own
          serve
proxy     what apt goes through, or nothing

What apt is told in sources.list and its folder decides.
"""

import glob
import os
import re
import shlex
import subprocess
import sys

sys.dont_write_bytecode = True

import interrupt  # noqa: E402

SUITE = re.compile(r"(?:bookworm|trixie|forky|sid|unstable|testing|"
                   r"(?:old)*stable)$")
LINE = re.compile(r"^deb\s+(?:\[(.*?)\]\s*)?(\S+)\s+(\S+)")


def lines(text):
    """(URI, suite, keyring) of the one-line format."""
    for line in text.splitlines():
        match = LINE.match(line.strip())
        if match:
            options = dict(word.split("=", 1)
                           for word in (match.group(1) or "").split()
                           if "=" in word)
            yield match.group(2), match.group(3), options.get("signed-by", "")


def fields(stanza):
    """{field: words} of a stanza; lines that go on belong to their field."""
    text = "\n".join(line for line in stanza.splitlines()
                     if not line.startswith("#"))
    return {name.lower(): value.split() for name, value in re.findall(
        r"^([\w-]+):((?:.*(?:\n[ \t].*)*))", text, re.M)}


def stanzas(text):
    """The same of the format with fields."""
    for stanza in re.split(r"\n\s*\n", text):
        found = fields(stanza)
        if "deb" in found.get("types", ()) and \
                found.get("enabled", ["yes"])[0].lower() != "no":
            keyring = " ".join(found.get("signed-by", ()))
            for uri in found.get("uris", ()):
                for suite in found.get("suites", ()):
                    # A key may also stand there itself.
                    yield uri, suite, keyring if keyring.startswith("/") \
                        else ""


def sources(files):
    """All that apt is told."""
    found = []
    for name in files:
        with open(name, encoding="utf-8", errors="replace") as stream:
            text = stream.read()
        found += (stanzas if name.endswith(".sources") else lines)(text)
    return [(uri.rstrip("/"), suite, keyring) for uri, suite, keyring in found]


def archive(known):
    """(URI, keyring) of Debian itself.

    Others name suites after Debian's, but only Debian has updates of them.
    """
    suites = {(uri, suite) for uri, suite, _ in known}
    found = [(uri, keyring) for uri, suite, keyring in known
             if SUITE.match(suite)]
    sure = [(uri, keyring) for uri, suite, keyring in known
            if (uri, suite + "-updates") in suites]
    return (sure + found + [("", "")])[0]


def security(known):
    return ([uri for uri, suite, _ in known if suite.endswith("-security")]
            + [""])[0]


def chosen(known, mirror=""):
    """What to print, without the proxy; an empty mirror: apt names none."""
    own, keyring = archive(known)
    if mirror:
        mirror = mirror.rstrip("/")
        return {"mirror": mirror, "security": mirror + "-security",
                "keyring": keyring}
    return {"mirror": own, "security": security(known), "keyring": keyring}


def configured(name, default=""):
    """A value of apt's configuration, a path if it ends with /f or /d."""
    try:
        result = subprocess.run(["apt-config", "shell", "value", name],
                                stdout=subprocess.PIPE, encoding="utf-8",
                                check=False)
    except FileNotFoundError:
        return default
    words = shlex.split(result.stdout)
    return words[0].partition("=")[2] if words else default


def main():
    parts = configured("Dir::Etc::sourceparts/d", "/etc/apt/sources.list.d")
    files = [configured("Dir::Etc::sourcelist/f", "/etc/apt/sources.list")]
    files += sorted(glob.glob(os.path.join(parts, "*.list"))
                    + glob.glob(os.path.join(parts, "*.sources")))
    found = chosen(sources(filter(os.path.isfile, files)),
                   os.environ.get("MIRROR", ""))
    if not found["mirror"]:
        print("mirror: apt is told of no Debian archive; name one: "
              "MIRROR=http://HOST/debian", file=sys.stderr)
        return 1
    found["proxy"] = configured("Acquire::http::Proxy")
    for name, value in found.items():
        print("%s=%s" % (name, shlex.quote(value)))
    return 0


if __name__ == "__main__":
    interrupt.command("mirror", main)
