# SPDX-License-Identifier: GPL-2.0
"""Every program of the overlay, with every compiler that is installed.

What one C library's headers or one compiler lets pass, another refuses: no
warning stands.
"""

import glob
import os
import re

import context
import results

# "gcc-14", but not "gcc-ar-14".
COMPILER = re.compile(r"(?:gcc|clang)(?:-\d+)?")
TESTING = "tools/testing/mempolicy"

# Where make is run, and with what.  The programs of the host have a file for what
# there is to say; "host" links and runs them.
PROGRAMS = {
    "guest": (".", "-f", "scripts/guest.mk", "obj={work}", "bin={work}",
              "src={src}", "CC=ccache {compiler} -Werror", "objects"),
    "bench": ("laboratory/bench", "CC=ccache {compiler} -Werror"),
    "host": (TESTING, "VARIANTS={compiler}-64-nodes64",
             "CFLAGS=-O1 -Werror -fsyntax-only",
             "{work}/{compiler}-64-nodes64"),
}


def installed(path=None):
    """Names of compilers, each compiler once, by its longest name."""
    found = {}
    for folder in (path or os.environ["PATH"]).split(os.pathsep):
        for file in glob.glob(os.path.join(folder, "*")):
            name = os.path.basename(file)
            if COMPILER.fullmatch(name) and os.access(file, os.X_OK):
                found.setdefault(os.path.realpath(file), set()).add(name)
    return sorted(max(names, key=len) for names in found.values())


def build(kind, compiler):
    """With all warnings as errors; what there was to say."""
    work = os.path.join(context.path("work"), "compilers", compiler)
    src, cache = context.path("src"), context.path("cache")
    os.makedirs(work, exist_ok=True)
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("MAKE", "MFLAGS"))}
    environment.update(CCACHE_DIR=os.path.join(cache, "ccache"),
                       CCACHE_BASEDIR=cache, CCACHE_NOHASHDIR="1")
    folder, *words = PROGRAMS[kind]
    result = context.run(
        ["make", "-s", "-k", "-j%d" % (os.cpu_count() or 1),
         "-C", os.path.join(context.TOP, folder), "O=" + work,
         "TREE=" + src, *(word.format(work=work, src=src, compiler=compiler)
                          for word in words)], env=environment)
    if not result.returncode:
        return ""
    return "".join([context.read(log) for log in glob.glob(
        os.path.join(work, "*.log")) if kind == "host"] + [result.stdout])


def suite(prefix):
    """One result for each compiler and each kind of program."""
    found = [(prefix + "%s programs with %s" % (kind, compiler),
              build(kind, compiler))
             for compiler in installed() for kind in PROGRAMS]
    if not found:
        return [results.failed(prefix + "compilers", "there is none")]
    return [results.failed(label, said) if said else results.passed(label)
            for label, said in found]
