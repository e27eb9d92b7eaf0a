# SPDX-License-Identifier: GPL-2.0
"""Tests of the list of mutants, and of what operators do."""

import os
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(SCRIPTS, "mutate"))

import mutants  # noqa: E402
import source  # noqa: E402

SELFTESTS = "tools/testing/selftests/mm"
TOPOLOGIES = "qemu-numa/topologies"
TEXT = """\
/* static bool small(int a) { if (a < 1) } */
#define small(a)	({ if (a) \\
	b(); })
static struct table table[MAX] = {
	[ONE] = { .name = "a = 1, {", .flags = 1 },
};

SYSCALL_DEFINE1(call, int, a)
{
	int err = a ?: 1;

	return err;
}

static __always_inline bool
small(struct s *s, int a)
{
	int b = min(a, s->max ? s->max : 2), flags = F_ONE | __F_TWO;

	if (a < b && (a == 1 || !s)) /* if (a) */
		s->last = "}";
	else
		return true;
	for_each(a, s)
		b += a;
	do {
		b++;
	} while (a >= b);
	return a != b;
}
"""
MUTANTS = (
    ("border", "if (a <= b && (a == 1", "} while (a > b);"),
    ("equal", "(a != 1 || !s)", "return a == b;"),
    ("and-or", "a < b || (a == 1 || !s)", "a < b && (a == 1 && !s)"),
    ("min-max", "max(a, s->max ? s->max : 2)"),
    ("negate", "min(a, !(s->max) ? s->max : 2)",
     "if (!(a < b && (a == 1 || !s)))", "return !(true)", "while (!(a >= b))",
     "return !(a != b)"),
    ("never", "0 && (s->max) ? s", "if (0 && (a < b && (a == 1 || !s)))",
     "while (0 && (a >= b))", "return 0 && (a != b)"),
    ("always", "1 || (s->max) ? s", "if (1 || (a < b && (a == 1 || !s)))",
     "while (1 || (a >= b))", "return 1 || (a != b)"),
    ("drop-line", "/* if (a) */\n\t\t;\n\telse", "for_each(a, s)\n\t\t;",
     "do {\n\t\t;\n"),
    ("drop-flag", "flags =  __F_TWO;", "flags = F_ONE ;"),
    ("drop-left", "if ( (a == 1 || !s))", "a < b && ( !s)"),
    ("drop-right", "if (a < b )", "a < b && (a == 1 ))"),
    ("constant", "s->max : (2 + 1))", "(a == (1 + 1) ||"),
)


def mutated(*words):
    return mutants.mutate(mutants.Mutant("mm/a.c", *words, ["host"]), TEXT)


class Source(unittest.TestCase):
    def test_functions(self):
        found = source.functions(TEXT)
        self.assertEqual(list(found), ["table", "call", "small"])
        self.assertEqual([each.is_bool for each in found.values()],
                         [False, False, True])
        for each in found.values():
            self.assertEqual(TEXT[each.end], "}")
        self.assertTrue(TEXT[found["small"].start:].startswith("\tint b"))


class Operators(unittest.TestCase):
    def test_each(self):
        self.assertEqual([row[0] for row in MUTANTS], [*mutants.OPERATORS])
        for operator, *places in MUTANTS:
            for number, text in enumerate(places, 1):
                with self.subTest(operator, number=number):
                    self.assertNotIn(text, TEXT)
                    self.assertIn(text, mutated("small", operator, number)[0])
            with self.assertRaisesRegex(ValueError, "%d such" % len(places)):
                mutated("small", operator, len(places) + 1)

    def test_table(self):
        self.assertIn("{  .flags = 1 }", mutated("table", "drop-flag", 1)[0])
        self.assertIn('"a = 1, {",  }', mutated("table", "drop-flag", 2)[0])

    def test_either_or(self):
        self.assertIn("err =  1;", mutated("call", "drop-left", 1)[0])
        self.assertIn("err = a ;", mutated("call", "drop-right", 1)[0])

    def test_line(self):
        self.assertEqual(mutated("call", "constant", 1)[1], 10)

    def test_no_function(self):
        with self.assertRaisesRegex(ValueError, "no such function"):
            mutated("large", "border", 1)

    def test_all_of(self):
        found = [each[1:4] for each in mutants.all_of("mm/a.c", TEXT, "", [])]
        for operator, *places in MUTANTS:
            for number in range(len(places)):
                self.assertIn(("small", operator, number + 1), found)
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(
            {each.function for each in mutants.all_of("", TEXT, "call", [])},
            {"call"})


class Parse(unittest.TestCase):
    def parse(self, text):
        with tempfile.NamedTemporaryFile("w+") as stream:
            stream.write(text)
            stream.flush()
            return mutants.load(stream.name)

    def test_line(self):
        found = self.parse("# a comment\n\nmm/a.c small border 2 host a@b\n"
                           "mm/a.c small border fuzz:x-64\n")
        self.assertEqual(list(found), [3, 4])
        self.assertEqual(found[3].killers, ["host", "a@b"])
        self.assertEqual(found[3].name, "mm/a.c:small:border:2")
        self.assertEqual(found[4].name, "mm/a.c:small:border")

    def test_wrong(self):
        for line in ("mm/a.c small border 2", "mm/a.c small edge host",
                     "mm/a.c border host"):
            with self.assertRaisesRegex(ValueError, ":2: not 'file"):
                self.parse("#\n" + line)

    def test_patterns(self):
        mutant = mutants.Mutant("mm/a.c", "small", "border", 2, ["host"])
        for pattern in ("mm/a.c", "a.c", "small", "a.c:small:border:2",
                        "small:border", "*", "mm/*", "sm*:border"):
            self.assertTrue(mutant.is_meant(pattern), pattern)
        for pattern in ("a", "mal", "large", "mm/a", "border:3", "m*:2:3"):
            self.assertFalse(mutant.is_meant(pattern), pattern)


class Program(unittest.TestCase):
    def listed(self, *words):
        found = subprocess.run(
            [os.path.join(SCRIPTS, "mutate", "mutate"), "--list", *words],
            stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
        return [line.split(": ", 2) for line in found.splitlines()]

    def test_all(self):
        self.assertEqual([row[0] for row in self.listed()],
                         [each.name for each in mutants.load().values()])

    def test_some(self):
        rows = self.listed("mpol_remap", "remap.c:mpol_relative")
        self.assertEqual({row[0].split(":")[1] for row in rows},
                         {"mpol_remap", "mpol_relative"})

    def test_all_of(self):
        name = "mm/mempolicy/modes.c:mpol_spec_check"
        rows = {row[0]: row[2] for row in self.listed("all-of:" + name)}
        self.assertEqual(rows[name + ":never:5"],
                         "if (0 && (spec->flags))")
        self.assertGreater(len(rows), 20)


class List(unittest.TestCase):
    def test_fits_the_sources(self):
        """A source that changes takes its mutants along."""
        everyone = mutants.load()
        self.assertGreaterEqual(len(everyone), 40)
        self.assertEqual(len({each.name for each in everyone.values()}),
                         len(everyone))
        for number, mutant in everyone.items():
            with self.subTest("mutants:%d: %s" % (number, mutant.name)):
                with open(os.path.join(mutants.TOP, mutant.file),
                          encoding="utf-8") as stream:
                    text = stream.read()
                self.assertNotEqual(mutants.mutate(mutant, text)[0], text)
                for name, _, place in (test.partition("@")
                                       for test in mutant.killers):
                    self.assertTrue(not place or (os.path.exists(os.path.join(
                        mutants.TOP, SELFTESTS, name + ".c")) and
                        os.path.exists(os.path.join(
                            SCRIPTS, TOPOLOGIES, place + ".ini"))), name)


if __name__ == "__main__":
    unittest.main()
