# SPDX-License-Identifier: GPL-2.0
"""Documents: what they name exists, their C examples compile."""

import glob
import os
import re
import shutil
import tempfile
import textwrap

import context
import results
import signposts
import stock

FOLDER = "Documentation/mm/mempolicy/"
GUIDE = "Documentation/admin-guide/mm/numa_memory_policy.rst"
DIFFERENCES = FOLDER + "differences.rst"
# Documents that name tests or questions, and all that are ours.
NAMING = (GUIDE, DIFFERENCES, FOLDER + "questions.rst",
          "Documentation/translations/zh_CN/mm/mempolicy/questions.rst")
DOCUMENTS = sorted({*NAMING, *signposts.files((
    FOLDER + "*.rst", "scripts/*.rst", "laboratory/*.rst"))})
# How many C programs documents have at least.
EXAMPLES = {GUIDE: 2}
PICTURES = FOLDER + "*.svg"
SELFTESTS = "tools/testing/selftests/mm/mempolicy_*.c"
QUESTIONS = "laboratory/explain/explain-*"

TEST = re.compile(r"^TEST(?:_F|_F_TIMEOUT|_SIGNAL)?\((\w+)(?:, (\w+))?", re.M)
LISTED = re.compile(r"\b(mempolicy_\w+): ([\w.]+(?:,\s+[\w.]+)*)")
ROW = re.compile(r"^ +- (mempolicy_\w+(?:, \w+)*)$", re.M)
DIFFERENCE = re.compile(r"^   \* - (.*(?:\n     .*)*)", re.M)
NAMED = re.compile(r"(?<![\w/.-])([a-z_]+)\.(?!c\b|h\b)([a-z_0-9]+)\b(?!\.)")
QUESTION = re.compile(r"(?<![\w/-])explain-[a-z-]*[a-z]")
LITERAL = re.compile(r"``[^`]*``", re.S)
BLOCK = re.compile(r"^\.\. code-block:: c\n\n((?:[ \t]+\S.*\n|\n)+)", re.M)


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


def examples(text):
    """The C programs of a document."""
    return BLOCK.findall(text)


def tests():
    """What there is: {program: {"fixture.test" or "test", ...}}."""
    found = {}
    for path in glob.glob(os.path.join(context.TOP, SELFTESTS)):
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
    lost |= {name for row in ROW.findall(text) for name in row.split(", ")
             if name not in {*known, "KUnit"}}
    questions = {os.path.basename(path) for path in glob.glob(
        os.path.join(context.TOP, QUESTIONS))}
    return sorted(lost | (set(QUESTION.findall(text)) - questions
                          - {"explain-name"}))


def names_any(text, known):
    """Whether @text names a test or a question: else nothing was compared."""
    everything = set().union(*known.values())
    named = {"%s.%s" % match for match in NAMED.findall(text)}
    return bool(LISTED.search(text) or QUESTION.search(text)
                or ROW.search(text) or named & everything)


def untested(text):
    """Rows of the table of differences without a test, below its head."""
    rows = DIFFERENCE.findall(text)[1:]
    return ([" ".join(row.split("\n")[:2]) for row in rows
             if not ROW.search(row)] if rows else ["no row is found"])


def unpaired(text, lines):
    """Names that only the table of differences has, or only the list of what
    stock does: they are the first cells of the one, and begin lines of the
    other.
    """
    cells = [row.partition("\n")[0] for row in DIFFERENCE.findall(text)[1:]]
    rows = {name for cell in cells for name in cell.split(", ")}
    names = {line.row for line in lines}
    return (["%s: no row explains it" % name for name in names - rows]
            + ["%s: no line of %s has it" % (name, stock.LIST)
               for name in rows - names])


def compiles(source):
    """What the compiler says against an example."""
    with tempfile.NamedTemporaryFile("w", suffix=".c") as stream:
        stream.write(textwrap.dedent(source))
        stream.flush()
        result = context.run(["gcc", "-Wall", "-Wextra", "-Werror",
                              "-fsyntax-only", stream.name])
    return result.stdout if result.returncode else ""


def render(names):
    """What Sphinx says of documents, with the kernel's extensions."""
    src = context.path("src")
    # The pages of a folder are in the folder's own table of contents.
    index = ["x", "=", "", ".. toctree::", ""] + [
        "   " + name.removeprefix("Documentation/") for name in names
        if os.path.basename(name) == "index.rst" or os.path.join(
            os.path.dirname(name), "index.rst") not in names]
    with tempfile.TemporaryDirectory() as work:
        for name in [*names, *signposts.files((PICTURES,))]:
            place = os.path.join(work, name.removeprefix("Documentation/"))
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.copy(os.path.join(context.TOP, name), place)
        for name, text in (("index.rst", "\n".join(index) + "\n"),
                           ("conf.py", SPHINX % (src, src))):
            with open(os.path.join(work, name), "w",
                      encoding="utf-8") as stream:
                stream.write(text)
        result = context.run(["sphinx-build", "-q", "-b", "html", work,
                              os.path.join(work, "out")], cwd=src)
    return result.stdout or (result.returncode and
                             "sphinx-build ended with %d" % result.returncode)


def rendering(names):
    label = "docs/render"
    if not shutil.which("sphinx-build"):
        return results.skipped(label, "needs sphinx-build")
    said = render(names)
    return results.failed(label, said) if said else results.passed(label)


def suite():
    found, known = [], tests()
    for name in DOCUMENTS:
        text = context.text(name)
        trouble = {"names of tests": "\n".join(
            missing(LITERAL.sub("", text), known))
            or (name in NAMING and not names_any(text, known)
                and "it names none at all")}
        if name == DIFFERENCES:
            trouble["rows without a test"] = "\n".join(untested(text))
            trouble["names of differences"] = "\n".join(
                sorted(unpaired(text, stock.load())))
        sources = examples(text)
        if len(sources) < EXAMPLES.get(name, 0):
            trouble["examples"] = "%d C programs are found, not %d" % (
                len(sources), EXAMPLES[name])
        for number, source in enumerate(sources, 1):
            trouble["example %d" % number] = compiles(source)
        for what, said in trouble.items():
            label = "docs/%s: %s" % (name, what)
            found.append(results.failed(label, said) if said
                         else results.passed(label))
    return found + signposts.suite() + [rendering(DOCUMENTS)]
