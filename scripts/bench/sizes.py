# SPDX-License-Identifier: GPL-2.0
"""Code size."""

import glob
import os
import re
import subprocess

import place
import traced

SECTIONS = ("text", "data", "bss")
HEADERS = ("include/linux/mempolicy.h", "include/linux/mempolicy_types.h",
           "include/uapi/linux/mempolicy.h")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def object_sizes(build):
    listing = subprocess.run(["size"] + traced.policy_objects(build),
                             check=True, stdout=subprocess.PIPE,
                             universal_newlines=True).stdout
    rows = [line.split()[:3] for line in listing.splitlines()[1:]]
    return {name: sum(int(row[i]) for row in rows)
            for i, name in enumerate(SECTIONS)}


def code_lines(tree):
    """Lines that are neither empty nor comment."""
    names = [os.path.join(tree, name) for name in
             ("mm/mempolicy.c",) + HEADERS]
    names += glob.glob(os.path.join(tree, "mm/mempolicy/*.[ch]"))
    total = 0
    for name in names:
        if os.path.exists(name):
            with open(name, encoding="utf-8") as stream:
                code = COMMENT.sub("", stream.read())
            total += sum(1 for line in code.splitlines() if line.strip())
    return total


def measure():
    found = {
        "stock": object_sizes(place.build_directory("stock")),
        "ours": object_sizes(place.build_directory("ours")),
    }
    found["stock"]["lines"] = code_lines(subprocess.run(
        [os.path.join(place.SCRIPTS, "base.sh")], check=True,
        stdout=subprocess.PIPE, encoding="utf-8").stdout.strip())
    found["ours"]["lines"] = code_lines(place.path("top"))
    lines = ["%-42s %11s %11s" % ("size", "stock", "ours")]
    lines += ["%-42s %11d %11d" % (name, found["stock"][name],
                                   found["ours"][name])
              for name in SECTIONS + ("lines",)]
    found["text"] = lines + [""]
    return found
