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


def installed(path=None):
    """Names of compilers, each compiler once, by its longest name."""
    found = {}
    for folder in (path or os.environ["PATH"]).split(os.pathsep):
        for file in glob.glob(os.path.join(folder, "*")):
            name = os.path.basename(file)
            if COMPILER.fullmatch(name) and os.access(file, os.X_OK):
                found.setdefault(os.path.realpath(file), set()).add(name)
    return sorted(max(names, key=len) for names in found.values())


def make(directory, compiler, *words):
    """Build with all warnings as errors; what there was to say."""
    work = os.path.join(context.path("work"), "compilers", compiler)
    os.makedirs(work, exist_ok=True)
    cache = context.path("cache")
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("MAKE", "MFLAGS"))}
    environment.update(CCACHE_DIR=os.path.join(cache, "ccache"),
                       CCACHE_BASEDIR=cache, CCACHE_NOHASHDIR="1")
    result = context.run(
        ["make", "-s", "-k", "-j%d" % (os.cpu_count() or 1),
         "-C", os.path.join(context.path("top"), directory), "O=" + work,
         "TREE=" + context.path("src"),
         *(word.replace("WORK", work) for word in words)], env=environment)
    return result.stdout if result.returncode else ""


def guest_programs(compiler):
    """Tests, demonstration and questions, as the guest has them."""
    return make(".", compiler, "-f", "scripts/guest.mk", "obj=WORK",
                "bin=WORK", "src=" + context.path("src"),
                "CC=ccache %s -Werror" % compiler, "objects")


def benchmark(compiler):
    return make(TESTING + "/bench", compiler,
                "CC=ccache %s -Werror" % compiler)


def host_programs(compiler):
    """They say what they have to say in a file; "host" links and runs them."""
    variant = compiler + "-64-nodes64"
    said = make(TESTING, compiler, "VARIANTS=" + variant,
                "CFLAGS=-O1 -Werror -fsyntax-only", "WORK/" + variant)
    log = os.path.join(context.path("work"), "compilers", compiler,
                       variant + ".log")
    return said and context.read(log) + said


PROGRAMS = {"guest": guest_programs, "bench": benchmark,
            "host": host_programs}


def suite(prefix):
    """One result for each compiler and each kind of program."""
    found = [(prefix + "%s programs with %s" % (kind, compiler),
              build(compiler))
             for compiler in installed() for kind, build in PROGRAMS.items()]
    if not found:
        return [results.failed(prefix + "compilers", "there is none")]
    return [results.failed(label, said) if said else results.passed(label)
            for label, said in found]
