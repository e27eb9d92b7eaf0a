# SPDX-License-Identifier: GPL-2.0
"""Documents: what they name exists, their C examples compile."""

import glob
import os
import re
import shutil
import tempfile

import context
import results
import signposts

GUIDE = "Documentation/admin-guide/mm/numa_memory_policy.rst"
DOCUMENTS = (GUIDE, "Documentation/mm/mempolicy.rst",
             "Documentation/mm/mempolicy-questions.rst",
             "Documentation/translations/zh_CN/mm/mempolicy-questions.rst")
PICTURES = "Documentation/mm/mempolicy-*.svg"
SELFTESTS = "tools/testing/selftests/mm/mempolicy_*.c"
QUESTIONS = "tools/testing/mempolicy/explain/explain-*"

TEST = re.compile(r"^TEST(?:_F|_F_TIMEOUT|_SIGNAL)?\((\w+)(?:, (\w+))?", re.M)
LISTED = re.compile(r"\b(mempolicy_\w+): ([\w.]+(?:,\s+[\w.]+)*)")
NAMED = re.compile(r"(?<![\w/.-])([a-z_]+)\.(?!c\b|h\b)([a-z_0-9]+)\b(?!\.)")
QUESTION = re.compile(r"(?<![\w/-])explain-[a-z-]*[a-z]")
LITERAL = re.compile(r"``[^`]*``", re.S)
BLOCK = re.compile(r"^\.\. code-block:: c\n\n((?:    .*\n|\n)+)", re.M)


# The part of the kernel's configuration that these documents need.
SPHINX = """\
import sys
sys.path.insert(0, "%s/Documentation/sphinx")
extensions = ["kerneldoc", "automarkup"]
kerneldoc_bin = "./scripts/kernel-doc"
kerneldoc_srctree = "%s"
primary_domain = "c"
c_id_attributes = ["__user", "__init", "noinline", "__always_inline"]
"""


def tests():
    """What there is: {program: {"fixture.test" or "test", ...}}."""
    found = {}
    for path in glob.glob(os.path.join(context.path("top"), SELFTESTS)):
        program = os.path.splitext(os.path.basename(path))[0]
        found[program] = {".".join(part for part in match if part)
                          for match in TEST.findall(context.read(path))}
    return found


def missing(text, known):
    """Tests and questions that @text names and nobody has."""
    everything = set().union(*known.values())
    fixtures = {name.split(".")[0] for name in everything if "." in name}
    lost = {"%s: %s" % (program, name)
            for program, names in LISTED.findall(text)
            for name in re.split(r",\s+", names)
            if name not in known.get(program, ())}
    lost |= {"%s.%s" % match for match in NAMED.findall(text)
             if match[0] in fixtures and ".".join(match) not in everything}
    questions = {os.path.basename(path) for path in glob.glob(
        os.path.join(context.path("top"), QUESTIONS))}
    return sorted(lost | (set(QUESTION.findall(text)) - questions
                          - {"explain-name"}))


def compiles(source):
    """What the compiler says against an example."""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as stream:
        stream.write("".join(line[4:] + "\n" for line in source.splitlines()))
        stream.flush()
        result = context.run(["gcc", "-Wall", "-Wextra", "-Werror",
                              "-fsyntax-only", stream.name])
    return result.stdout if result.returncode else ""


def render(names):
    """What Sphinx says of documents, with the kernel's extensions."""
    src = context.path("src")
    with tempfile.TemporaryDirectory() as work:
        index = ["x", "=", "", ".. toctree::", ""]
        for number, name in enumerate(names):
            shutil.copy(os.path.join(context.path("top"), name),
                        os.path.join(work, "%d.rst" % number))
            index.append("   %d" % number)
        for picture in glob.glob(os.path.join(context.path("top"), PICTURES)):
            shutil.copy(picture, work)
        for name, text in (("index.rst", "\n".join(index) + "\n"),
                           ("conf.py", SPHINX % (src, src))):
            with open(os.path.join(work, name), "w",
                      encoding="utf-8") as stream:
                stream.write(text)
        result = context.run(["sphinx-build", "-q", "-b", "html", work,
                              os.path.join(work, "out")], cwd=src)
    return result.stdout


def rendering(names):
    label = "docs/render"
    if not shutil.which("sphinx-build"):
        return results.skipped(label, "needs sphinx-build")
    said = render(names)
    return (results.failed(label, said) if said.strip()
            else results.passed(label))


def suite():
    found, known = [], tests()
    for name in DOCUMENTS:
        path = os.path.join(context.path("top"), name)
        text = context.read(path)
        trouble = {"names of tests": "\n".join(
            missing(LITERAL.sub("", text), known))}
        for number, source in enumerate(BLOCK.findall(text), 1):
            trouble["example %d" % number] = compiles(source)
        for what, said in trouble.items():
            label = "docs/%s: %s" % (name, what)
            found.append(results.failed(label, said) if said
                         else results.passed(label))
    return found + signposts.suite() + [rendering(DOCUMENTS)]
