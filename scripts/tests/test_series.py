# SPDX-License-Identifier: GPL-2.0
"""The series of patches: what steps may and may not say."""

import argparse
import os
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "series"))

import archive  # noqa: E402
import rebase  # noqa: E402
import recorded  # noqa: E402
import rules  # noqa: E402
import series  # noqa: E402
import steps  # noqa: E402


def step(name, *globs):
    return series.Step(name, "message", list(globs), [], [], [], [])


class Globs(unittest.TestCase):
    def matches(self, glob, name):
        return bool(series.matcher(glob)(name))

    def test_star_stays_in_its_directory(self):
        self.assertTrue(self.matches("a/*.c", "a/b.c"))
        self.assertFalse(self.matches("a/*.c", "a/b/c.c"))

    def test_two_stars_do_not(self):
        self.assertTrue(self.matches("a/**", "a/b/c.c"))

    def test_letters(self):
        self.assertTrue(self.matches("a/b.[ch]", "a/b.h"))
        self.assertFalse(self.matches("a/b.[ch]", "a/b.o"))

    def test_other_characters_mean_themselves(self):
        self.assertFalse(self.matches("a/b.c", "a/bxc"))


class Steps(unittest.TestCase):
    def test_each_file_has_one_step(self):
        steps = [step("01-a", "a/*.c"), step("02-b", "b.h")]
        self.assertEqual(series.final_paths(steps, ["a/x.c", "b.h"]),
                         {"01-a": ["a/x.c"], "02-b": ["b.h"]})

    def test_file_without_a_step(self):
        with self.assertRaisesRegex(series.SeriesError, "c.c: .*no step"):
            series.final_paths([step("01-a", "a.c")], ["a.c", "c.c"])

    def test_file_with_two_steps(self):
        steps = [step("01-a", "a.c"), step("02-b", "*.c")]
        with self.assertRaisesRegex(series.SeriesError, "01-a and 02-b"):
            series.final_paths(steps, ["a.c"])

    def test_glob_that_matches_nothing(self):
        with self.assertRaisesRegex(series.SeriesError, "called b.c"):
            series.final_paths([step("01-a", "a.c", "b.c")], ["a.c"])


class Heads(unittest.TestCase):
    """The first lines of a program, for an earlier patch."""

    WHOLE = "a\n\nTEST(one)\n{\n}\n\n/* Two */\nTEST(two)\n{\n}\n\n"

    def test_lines_above(self):
        self.assertEqual(series.head(self.WHOLE, "TEST(two)", "a.c"),
                         "a\n\nTEST(one)\n{\n}\n")

    def test_program_has_its_end(self):
        for end in ("TEST_HARNESS_MAIN\n", "int main(void)\n{\n\tf();\n}\n"):
            self.assertEqual(
                series.head(self.WHOLE + end, "TEST(one)", "a.c"),
                "a\n\n" + end)
        start = "int main(void)\n{\n}\n\n"
        self.assertEqual(series.head(start + self.WHOLE, "TEST(one)", "a.c"),
                         start + "a\n")

    def test_line_that_is_not_there_or_twice(self):
        for mark in ("TEST(three)", "TEST(", "EST(one)"):
            with self.assertRaisesRegex(series.SeriesError, "a.c: [02] lines"):
                series.head(self.WHOLE, mark, "a.c")

    def test_words_of_a_step(self):
        with tempfile.TemporaryDirectory() as directory:
            for name, text in (("message", "a\n"), (
                    "paths", "b.c\nhunk 10-a\nuntil TEST(x: c.c\n"
                    "# a remark\ntested by mempolicy_a\n")):
                with open(os.path.join(directory, name), "w",
                          encoding="ascii") as stream:
                    stream.write(text)
            found = series.load_step(directory)
        self.assertEqual(found[2:], (["b.c"], ["10-a"], [],
                                     [("TEST(x", "c.c")], ["mempolicy_a"]))


class Rules(unittest.TestCase):
    CODE = "mm/mempolicy/a.c"
    TEST = "mm/mempolicy/tests/a_kunit.c"

    def untested(self, where, *tests):
        steps = [step(name)._replace(tests=list(tests)) for name in where]
        names = {name for have in where.values() for name in have}
        return list(rules.untested(steps, where, names | {
            "tools/testing/selftests/mm/mempolicy_a.c"}))

    def test_numbers(self):
        self.assertEqual(rules.numbers([step("01-a"), step("02-b-c1")]), [])
        for name in ("02a-b", "03-b", "02-B", "02", "02-"):
            self.assertEqual(rules.numbers([step("01-a"), step(name)]),
                             [name + ": this is step 02"])

    def test_code_with_its_test(self):
        self.assertEqual(self.untested({"01-a": [self.CODE, self.TEST]}), [])
        self.assertEqual(self.untested({"01-a": [self.CODE]},
                                       "mempolicy_a"), [])
        self.assertEqual(self.untested({"01-a": ["mm/mempolicy/a.h"]}), [])

    def test_code_without_a_test(self):
        for code in (self.CODE, "mm/mempolicy.c"):
            self.assertRegex(self.untested({"01-a": [code]})[0],
                             "01-a: no test of " + code)

    def test_code_and_its_test_apart(self):
        found = self.untested({"01-a": [self.CODE], "02-b": [self.TEST]},
                              "mempolicy_a")
        self.assertEqual(found, ["01-a: %s is in another step" % self.TEST])

    def test_selftest_that_is_not_there(self):
        self.assertEqual(self.untested({"01-a": []}, "mempolicy_b"),
                         ["01-a: there is no selftest mempolicy_b"])

    def test_lines_are_counted(self):
        self.assertEqual(rules.added("\n3\t1\ta.c\n2\t0\tb.c\n-\t-\tc\n"
                                     "9\t0\td.svg\n"), 5)

    def test_long_step(self):
        long, short = rules.MOST + 1, rules.MOST
        log = "\0\n0\t0\ta\n\0\n%d\t0\ta\n\0\n%d\t0\tb\n" % (short, long)
        with mock.patch("series.git", return_value=log):
            found = list(rules.long_steps("", [step("01-a"), step("02-b")]))
        self.assertEqual(found, ["02-b: adds 1201 lines, 1200 are the most"])


class Programs(unittest.TestCase):
    """Which sources make up a step's selftests."""

    def test_part_before_its_program(self):
        with tempfile.TemporaryDirectory() as src:
            folder = os.path.join(src, steps.SELFTESTS, "mm")
            os.makedirs(folder)
            for name, text in (("util", "int two(void) { return 2; }\n"),
                               ("b_part", "int two(void) { return 3; }\n"),
                               ("a", "int two(void);\n"
                                "int main(void) { return two() - 2; }\n")):
                with open(os.path.join(folder, "mempolicy_%s.c" % name), "w",
                          encoding="ascii") as stream:
                    stream.write(text)
            out = os.path.join(src, "out")
            self.assertEqual(steps.programs(src, out, ["mempolicy_a",
                                                       "mempolicy_b"]),
                             ["mempolicy_a"])
            self.assertEqual(subprocess.run([os.path.join(
                out, "mempolicy_a")], check=False).returncode, 0)


class Targets(unittest.TestCase):
    def target(self, variant, *names, boot=False):
        return steps.target(variant, names, argparse.Namespace(boot=boot))

    def test_new_objects_only(self):
        names = ("mm/mempolicy/a.c", "mm/Makefile", "tools/testing/a.c")
        self.assertEqual(self.target("numa", *names), "mm/mempolicy/")
        self.assertIsNone(self.target("no-numa", *names))

    def test_a_header_concerns_everybody(self):
        names = ("mm/mempolicy/a.c", "include/linux/a.h")
        for variant in ("numa", "no-numa"):
            self.assertEqual(self.target(variant, *names), "mm/")

    def test_what_is_no_part_of_the_kernel(self):
        for boot in (False, True):
            self.assertIsNone(self.target("numa", "tools/a.c", "MAINTAINERS",
                                          "Documentation/mm/a.rst",
                                          boot=boot))

    def test_whole_kernels_to_boot(self):
        self.assertEqual(self.target("no-numa", "mm/mempolicy/a.c",
                                     boot=True), "bzImage")


class Recorded(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = os.path.join(directory.name, "base")
        self.top = os.path.join(directory.name, "top")
        os.makedirs(self.base)
        os.makedirs(os.path.join(self.top, "series"))
        self.put("Makefile", "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 9\n")
        self.put("a.c", "a\n")
        recorded.write(self.top, self.base, ["a.c", "new.c"])

    def put(self, name, text):
        path = os.path.join(self.base, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    def differences(self):
        return list(recorded.differences(self.top, self.base,
                                         ["a.c", "new.c"]))

    def test_blob_is_what_git_says(self):
        self.assertEqual(recorded.blob(os.path.join(self.base, "a.c")),
                         "78981922613b2afb6025042ff6bd878ac1994e85")

    def test_nothing_changed(self):
        self.assertEqual(self.differences(), [])

    def test_changed_file_is_named(self):
        self.put("a.c", "b\n")
        self.assertRegex(self.differences()[0], "^a.c is not as in 6.12.9")

    def test_another_version_with_the_same_files(self):
        self.put("Makefile", "VERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 10\n")
        self.assertRegex(self.differences()[0], "base is 6.12.10")

    def test_change_is_counted(self):
        self.put("b/a.c", "b\nc\n")
        diff = rebase.difference(self.base, os.path.join(self.base, "b"),
                                 "a.c")
        self.assertEqual((rebase.count(diff, "+"), rebase.count(diff, "-")),
                         (2, 1))
        self.assertIn("+2 -1", rebase.note("a.c", False, diff))


class Archive(unittest.TestCase):
    def test_the_last_package_of_each_version(self):
        self.assertEqual(archive.newest(["6.12.9-1~bpo12+1", "6.12.9-1",
                                         "6.12.10-1"]),
                         {"6.12.9": "6.12.9-1", "6.12.10": "6.12.10-1"})

    def test_version_that_is_not_offered(self):
        offers = {"6.12.9": "6.12.9-1"}
        self.assertEqual(rebase.chosen("6.12.9-1", offers), offers)
        with self.assertRaisesRegex(series.SeriesError, "no 6.12.8; .*6.12.9"):
            rebase.chosen("6.12.8", offers)

    def test_older_is_a_matter_of_numbers(self):
        self.assertTrue(rebase.older("6.12.9", "6.12.10"))
        self.assertFalse(rebase.older("6.12.10", "6.12.10"))

    def test_what_a_tarball_lacks_is_left_out(self):
        with tempfile.TemporaryDirectory() as directory:
            for name in ("linux/Makefile", "linux/mm/a.c", "linux/mm/b.c"):
                path = os.path.join(directory, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                open(path, "w", encoding="utf-8").close()
            tarball = os.path.join(directory, "linux.tar.gz")
            subprocess.run(["tar", "-czf", tarball, "-C", directory, "linux"],
                           check=True)
            files = os.path.join(directory, "files")
            os.mkdir(files)
            archive.extract(tarball, ["Makefile", "mm/a.c", "mm/c.c"], files)
            self.assertEqual(os.listdir(os.path.join(files, "mm")), ["a.c"])
            with self.assertRaisesRegex(series.SeriesError, "no Makefile"):
                archive.extract(tarball, ["mm/c.c"], tempfile.mkdtemp(
                    dir=directory))


if __name__ == "__main__":
    unittest.main()


class Cover(unittest.TestCase):
    """What the cover letter has from elsewhere."""

    def document(self):
        return series.text(os.path.join(os.path.dirname(os.path.dirname(HERE)),
                                        series.DOCUMENT))

    def test_costs_are_those_of_the_document(self):
        document = self.document()
        head, *rows = series.costs(document).splitlines()
        self.assertEqual(head.split(), "1 node 8 nodes 64 nodes 128 nodes"
                         .split())
        self.assertGreaterEqual(len(rows), 10)
        for row in rows:
            self.assertLessEqual(len(row), 82)
            for figure in row[28:].split("  "):
                self.assertIn(figure.strip(), document)

    def test_no_table(self):
        self.assertRaises((series.SeriesError, IndexError), series.costs, "")

    def test_size(self):
        self.assertIn("KB of text", series.size(self.document()))
        self.assertRaises(series.SeriesError, series.size, "")

    def test_base(self):
        top = os.path.dirname(os.path.dirname(HERE))
        version = recorded.load(top)[0]
        self.assertEqual(series.origin(top, "/cache/base-6.12.1-2"),
                         "Base: Linux %s, as in Debian's linux-source-6.12 "
                         "6.12.1-2" % version)
        self.assertEqual(series.origin(top, "/cache/base"),
                         "Base: Linux " + version)
