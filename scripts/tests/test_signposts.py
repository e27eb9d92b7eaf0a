# SPDX-License-Identifier: GPL-2.0
"""What comments and documents may not say."""

import unittest

import signposts

HEADER = """\
/* Objects: mm/mempolicy/object.c */
void made(struct object *object);
struct object *
lost(int number);

/* task.c: tasks */
int kept(void);
"""
SOURCES = {
    "mm/mempolicy/object.c": "/* lost(int) { */\nvoid made(void)\n{\n}\n",
    "mm/mempolicy/task.c": "int kept(void)\n{\n\treturn made();\n}\n",
}


class Signposts(unittest.TestCase):
    def test_functions(self):
        told = {"a.c": signposts.prose("a.c", "/* see made(),\n * gone_() */")}
        self.assertEqual(signposts.unknown_functions(told, {"made"}),
                         ["a.c: gone_()"])
        told = {"a.c": signposts.prose("a.c", "/* mbind(), kmalloc() */")}
        self.assertEqual(signposts.unknown_functions(told, set()), [])
        script = "stack gone act map a 1\n\tcalls made 'x=%di' act\n"
        self.assertEqual(signposts.probed(script), "gone() made()")

    def test_files(self):
        told = {"x/README.rst": "task.c, mm/mempolicy/task.c, ring/task.c"}
        self.assertEqual(signposts.unknown_files(told, list(SOURCES)),
                         ["x/README.rst: ring/task.c"])

    def test_what_the_patches_do_not_have(self):
        goals = signposts.goals_of("x := a\ngoals := all bench \\\n\t lint\n"
                                   "y := b\n")
        self.assertEqual(goals, {"all", "bench", "lint"})
        text = ("``make bench`` or \"make lint A=1\", ``make htmldocs``; "
                "scripts/checkpatch.pl, scripts/nosuch.sh, series/base and "
                "tools/series/base; Kconfig.fragment")
        self.assertEqual(signposts.unpatched("a", text, goals), [
            "a: make bench", "a: make lint", "a: scripts/nosuch.sh",
            "a: series/base", "a: Kconfig.fragment"])

    def test_places(self):
        homes = signposts.by_base(SOURCES)
        self.assertEqual(
            signposts.wrong_places({"a": "made() in task.c, kept() is in "
                                         "mm/mempolicy/task.c"}, homes),
            ["a: made() in task.c"])
        self.assertEqual(signposts.wrong_headings("h", HEADER, homes),
                         ["h: lost() below mm/mempolicy/object.c"])

    def test_order(self):
        line = "obj-y += %s.o\n"
        self.assertEqual(signposts.wrong_order(
            line % "object" + line % "task", SOURCES), [])
        self.assertEqual(signposts.wrong_order(
            line % "task" + line % "object", SOURCES),
            ["mm/mempolicy/Makefile: task.c uses made of object.c"])
        self.assertEqual(signposts.wrong_order(
            line % "task.o object", SOURCES), [])
