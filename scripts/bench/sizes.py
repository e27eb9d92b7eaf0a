# SPDX-License-Identifier: GPL-2.0
"""Code size, and the stack that functions use with 1024 nodes."""

import glob
import os
import re
import subprocess

import place
import traced

STACK_LIMIT = 512
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


def base():
    return subprocess.run([os.path.join(place.SCRIPTS, "base.sh")],
                          check=True, stdout=subprocess.PIPE,
                          universal_newlines=True).stdout.strip()


def measure():
    found = {
        "stock": object_sizes(place.build_directory("stock")),
        "ours": object_sizes(place.build_directory("ours")),
    }
    found["stock"]["lines"] = code_lines(base())
    found["ours"]["lines"] = code_lines(place.path("top"))
    lines = ["%-42s %11s %11s" % ("size", "stock", "ours")]
    lines += ["%-42s %11d %11d" % (name, found["stock"][name],
                                   found["ours"][name])
              for name in SECTIONS + ("lines",)]
    found["text"] = lines + [""]
    return found


def stack():
    """Compiles for 1024 nodes and tells the greediest functions."""
    script = os.path.join(place.HERE, "stack.sh")
    listing = subprocess.run([script], check=True, stdout=subprocess.PIPE,
                             universal_newlines=True).stdout
    rows = [line.split() for line in listing.splitlines()]
    use = {name: int(size) for size, name in rows}
    most = sorted(use, key=use.get, reverse=True)[:5]
    over = [name for name in use if use[name] >= STACK_LIMIT]
    lines = ["stack of functions with 1024 nodes, in bytes"]
    lines += ["%-42s %11s %11d" % (name, "", use[name]) for name in most]
    lines.append("%d functions, %s of %d bytes or more"
                 % (len(use), len(over) or "none", STACK_LIMIT))
    return {"functions": use, "missed": len(over), "text": lines + [""]}
