# SPDX-License-Identifier: GPL-2.0
"""Comments and documents send the reader to what is there.

A function that is named with its parentheses exists, and so does a file; a
function that is said to be in a file is defined there; in the Makefile of the
policy code no file uses those of a later line.  What is a part of the patches
names nothing that they do not have.
"""

import collections
import glob
import os
import re

import context
import overlay
import results

CODE = ("mm/mempolicy.c", "mm/mempolicy/**/*.[ch]",
        "include/linux/mempolicy*.h", "include/uapi/linux/mempolicy.h",
        "tools/testing/mempolicy/**/*.[ch]", "laboratory/**/*.[ch]",
        "tools/testing/selftests/mm/mempolicy*.[ch]")
TEXTS = ("README.md", "Documentation/**/*.rst", "scripts/**/*.rst",
         "mm/mempolicy/Makefile", "series/*/message",
         "laboratory/*.rst")
EVERYTHING = ("*", "mm/**", "include/**", "Documentation/**", "tools/**",
              "scripts/**", "series/**", "laboratory/**")
HEADERS = ("include/linux/mempolicy.h", "mm/mempolicy/internal.h")
MAKEFILE = "mm/mempolicy/Makefile"

# Scripts that have the kernel's tracing look at functions, and how they name them.
QUESTIONS = ("laboratory/explain/explain-*",)
PROBED = re.compile(r"^\s*(?:stack|calls) (\w+) ", re.M)

# Where functions of others are looked for.
KERNEL = ("mm", "include", "kernel", "fs", "ipc", "lib", "init", "block",
          "drivers/base", "drivers/acpi", "arch/x86", "tools/include",
          "tools/testing/selftests")
LIBRARY = "/usr/include"
# What text calls a function and is none of C: libnuma's, Python's, a program's.
OTHERS = {"numa_alloc_onnode", "numa_interleave_memory", "main"}

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')
WORD = re.compile(r"\b[A-Za-z_]\w*\b")
CALL = re.compile(r"(?<![\w.>/*-])([A-Za-z_]\w*)\(\)")
FILE = re.compile(r"(?<![\w*.<>{}$-])((?:\.\./)?(?:[\w-]+/)*[\w-]+"
                  r"\.(?:c|h|py|rst))(?![\w(*]|\.\w|-\w)")
PLACED = re.compile(r"\b(\w+)\(\)(?:,? (?:is|are|stands))? in "
                    r"`{0,2}((?:[\w-]+/)*[\w-]+\.[ch])\b")
DEFINED = re.compile(
    r"^(?!static\b|typedef\b|return\b|else\b|extern\b)"
    r"(?:[A-Za-z_][\w \t*]*[\s*])(\w+)\((?:[^;{}()]|\([^()]*\))*\)\s*"
    r"(?:__\w+\(\w+\)\s*)*\{", re.M)
VARIABLE = re.compile(r"^(?!static\b|extern\b|typedef\b|return\b|goto\b)"
                      r"[A-Za-z_][\w \t*]*[ *](\w+)(?:\[\w*\])?(?: __\w+)?"
                      r"(?: =|;)", re.M)
# A heading, "/* object.c: create, find, count */" or "/* Objects: .../object.c */",
# and the prototypes up to the next.
HEADING = re.compile(r"^/\* (?:[\w ]+: )?([\w./]+\.c)(?::[^*]*)? \*/\n", re.M)
PROTOTYPE = re.compile(r"^(?!#|static\b|extern\b)[A-Za-z][^;{]*?\b(\w+)\("
                       r"[^;{]*;", re.M)
OBJECT = re.compile(r"(?<![\w/])([\w/]+)\.o\b")
# Folders and commands that this repository has and the kernel has not.
OUTSIDE = re.compile(r"(?<![\w/.-])((?:scripts|laboratory|series|\.ci)/"
                     r"[\w./-]*\w|Kconfig\.fragment)|(?:``|\")(make ([\w-]+))")
GOALS = re.compile(r"^goals := ((?:.*\\\n)*.*)", re.M)


SRC = context.path("src")


def files(patterns):
    """Names of files of the overlay."""
    return sorted({os.path.relpath(path, context.TOP) for pattern in patterns
                   for path in glob.glob(os.path.join(context.TOP, pattern),
                                         recursive=True)})


def bare(text):
    """Code without comments and strings."""
    return STRING.sub('""', COMMENT.sub(" ", text))


def prose(name, text):
    """What a reader is told, without line breaks and their decoration."""
    if name.endswith((".c", ".h")):
        return "\n".join(re.sub(r"\n\s*\*?[ \t]*", " ", found)
                         for found in COMMENT.findall(text))
    return re.sub(r"\n(?!\n)#?[ \t]*", " ", text)


def probed(script):
    """The functions that a script looks at, as text would name them."""
    return " ".join(name + "()" for name in PROBED.findall(script))


def definitions(text):
    """Functions and variables that a file has for others."""
    code = bare(text)
    return set(DEFINED.findall(code)) | set(VARIABLE.findall(code))


def known_elsewhere(names):
    """Those of @names that the kernel or the C library has."""
    if not names:
        return set()
    replaced = ["--exclude-dir=mempolicy", "--exclude=mempolicy*"]
    places = [os.path.join(SRC, name) for name in KERNEL]
    # A system call is sys_NAME there, an allocator NAME_noprof.
    variants = collections.defaultdict(set)
    for name in names:
        for form in ("%s", "sys_%s", "__NR_%s", "%s_noprof"):
            variants[form % name].add(name)
    result = context.run(
        ["env", "LC_ALL=C", "grep", "-rhowF", "--include=*.[chS]", *replaced,
         "-e", "\n".join(sorted(variants)), *places, LIBRARY])
    return {name for word in set(result.stdout.split()) & set(variants)
            for name in variants[word]}


def unknown_functions(told, own):
    """Lines about functions that are named and are nowhere."""
    named = {name: set(CALL.findall(text)) - own - OTHERS
             for name, text in told.items()}
    everywhere = known_elsewhere(set().union(*named.values()))
    return ["%s: %s()" % (name, call) for name, calls in named.items()
            for call in sorted(calls - everywhere)]


def unknown_files(told, names):
    """Files that are named and neither ours, by the end of their path, nor
    the kernel's."""
    ends = {"/".join(parts[at:]) for parts in (n.split("/") for n in names)
            for at in range(len(parts))}
    places = [SRC + below for below in ("", "/include", "/include/linux", "/mm")]
    return ["%s: %s" % (name, path) for name, text in told.items()
            for path in sorted(set(FILE.findall(text)))
            if re.sub(r"^\.\./", "", path) not in ends
            and not any(os.path.exists(os.path.join(place, path))
                        for place in places + [LIBRARY])]


def by_base(sources):
    """Definitions by the name of the file, without its folder."""
    found = {}
    for name, text in sources.items():
        found.setdefault(os.path.basename(name), set()).update(
            WORD.findall(bare(text)) if name.endswith(".h")
            else definitions(text) | set(re.findall(
                r"^static [^;{}]*?\b(\w+)\(", bare(text), re.M)))
    return found


def wrong_places(told, homes):
    """Lines about functions that are not in the file where they should be."""
    return ["%s: %s() in %s" % (name, call, path)
            for name, text in told.items()
            for call, path in PLACED.findall(text)
            if os.path.basename(path) in homes
            and call not in homes[os.path.basename(path)]]


def wrong_headings(name, header, homes):
    """Prototypes below the heading of a file that does not define them."""
    parts = HEADING.split(header.partition("\n#else /* !CONFIG_NUMA")[0])
    return ["%s: %s() below %s" % (name, call, path)
            for path, block in zip(parts[1::2], parts[2::2])
            for call in PROTOTYPE.findall(bare(block))
            if call not in homes.get(os.path.basename(path), ())]


def layers(makefile):
    """Sources by line, from bottom to top; tests are no part of the order."""
    return [[name + ".c" for name in OBJECT.findall(line)]
            for line in makefile.splitlines()
            if line.startswith("obj-") and "tests/" not in line]


def wrong_order(makefile, sources):
    """Files that use what one of a later line has, by who calls whom."""
    order = layers(makefile)
    codes = {name: bare(sources["mm/mempolicy/" + name])
             for layer in order for name in layer}
    used = {name: set(WORD.findall(code)) for name, code in codes.items()}
    offers = {name: definitions(code) for name, code in codes.items()}
    return ["%s: %s uses %s of %s" % (MAKEFILE, name, ", ".join(sorted(
        used[name] & offers[later])), later)
            for at, layer in enumerate(order) for name in layer
            for above in order[at + 1:] for later in above
            if used[name] & offers[later]]


def unpatched(name, text, goals):
    """Lines about what is only in this repository, not in the patched tree."""
    return ["%s: %s" % (name, path or command)
            for path, command, goal in OUTSIDE.findall(text)
            if goal in goals or path and not os.path.exists(
                os.path.join(SRC, path))]


def goals_of(makefile):
    """Goals of the repository's Makefile."""
    return set(GOALS.search(makefile).group(1).replace("\\", " ").split())


def of_patches():
    """Texts of the files that the patches bring."""
    return {name: context.read(os.path.join(context.TOP, name))
            for name in overlay.tracked(context.TOP)}


def suite():
    sources = {name: context.text(name) for name in files(CODE)}
    told = {name: prose(name, context.text(name))
            for name in files(CODE + TEXTS)}
    told.update((name, probed(context.text(name)))
                for name in files(QUESTIONS))
    own = {word for text in sources.values() for word in WORD.findall(
        bare(text))}
    homes = by_base(sources)
    goals = goals_of(context.read(os.path.join(context.TOP, "Makefile")))
    patched = of_patches()
    trouble = {
        "what the patches do not have": [
            line for name, text in patched.items()
            for line in unpatched(name, text, goals)] + unknown_files(
                {name: prose(name, text) for name, text in patched.items()
                 if name in told}, list(patched)),
        "functions that are nowhere": unknown_functions(told, own),
        "files that are nowhere": unknown_files(told, files(EVERYTHING)),
        "functions that are elsewhere": wrong_places(told, homes)
        + [line for name in HEADERS
           for line in wrong_headings(name, sources[name], homes)],
        "order of " + MAKEFILE: wrong_order(context.text(MAKEFILE), sources),
    }
    return [results.failed("docs/" + what, "\n".join(said)) if said
            else results.passed("docs/" + what)
            for what, said in trouble.items()]
