# SPDX-License-Identifier: GPL-2.0
"""What is misspelt is refused at once, with the list of what there is."""

import os
import re
import sys
import tempfile
import types
import unittest
import unittest.mock

import context
import overlay
import topology

for part in ("series", "mutate"):
    sys.path.append(os.path.join(context.SCRIPTS, part))
import configs  # noqa: E402
import mutants  # noqa: E402

SECONDS = 1
WRONG = (
    ("check", "TEST=nosuch", "mempolicy_place"),
    ("check", "TEST=mempolicy_model", "mempolicy_place"),
    ("check", "TOPO=nosuch", "four-node"),
    ("check", "TOPO=./nosuch.ini", "four-node"),
    ("all", "TOPO=nosuch", "four-node"),
    ("shell", "TOPO=nosuch", "four-node"),
    ("coverage", "TOPO=nosuch", "four-node"),
    ("explain", "Q=nosuch", "3 "),
    ("explain", "Q=99", "page-cache"),
    ("explain", "Q=.*", "page-cache"),
    ("config-check", "CONFIG=nosuch", "riscv64"),
    ("rebase-check", "BASE=6.11", r"6\.12\."),
    ("mutate", "MUTANTS=nosuch", "modes.c:mpol_modes:drop-flag"),
    ("mutate", "MUTANTS=mpol_remap ranges", "modes.c:mpol_modes:drop-flag"),
    ("mutate", "MUTANTS=all-of:mm/nosuch.c", "modes.c:mpol_modes:drop-flag"),
    ("bench", "NODES=eight", "from 1 to 1024"),
    ("bench", "NODES=8 2000", "from 1 to 1024"),
    ("bench", "ROWS=nosuch/*", "fault/"),
    ("fuzz", "FUZZ_SECONDS=1m", "number"),
    ("debian-check", "RELEASE=nosuch", "trixie"),
    ("debian-check", "GOALS=chekc", "check"),
    ("debian-check", "MIRROR=nosuch", "URI"),
    ("hunk", "NAME=50-shmen", "50-shmem"),
    ("hunk", "NAME=50-shmem.diff", "50-shmem"),
    ("hunk", "NAMES=50-shmem", "is NAME meant"),
    ("kernel", "JOBS=0", "number"),
    ("kernel", "ARCH=nosuch", "arm64"),
    ("kernel", "KDIR=/nosuch", "no such directory"),
    ("kernel", "KDIR=/usr", "not a kernel source tree"),
    ("check", "TESTS=mempolicy_place", "is TEST meant"),
    ("check", "topo=ring", "is TOPO meant"),
    ("mutate", "MUTANT=mpol_remap", "is MUTANTS meant"),
)
RIGHT = (
    ("check", "TEST=mempolicy_place"), ("check", "TEST=mempolicy_abi_32"),
    ("check", "TEST=lint"), ("check", "TOPO=ring"),
    ("check", "TOPO=" + os.path.join(topology.DIRECTORY, "ring.ini")),
    ("explain", "Q=3"), ("explain", "Q=page-cache"),
    ("config-check", "CONFIG=no-cpusets arm64"), ("bench", "NODES=8 64"),
    ("mutate", "MUTANTS=mpol_remap mm/mempolicy/modes.c ranges.?:*:border"),
    ("mutate", "MUTANTS=all-of:mm/mempolicy/modes.c:mpol_spec_check"),
    ("bench", "ROWS=fault/4k/* */x"), ("bench", "ROWS=*"),
    ("hunk", "NAME=50-shmem"), ("hunk", "NAME="),
    ("kernel", "ARCH=arm64"), ("kernel", "JOBS=3"), ("kernel", "V=1"),
    ("debian-check", "RELEASE=trixie"), ("debian-check", "GOALS=all"),
    # Another goal's; it may be in the environment for another reason.
    ("kernel", "TEST=nosuch"),
)


def make(*words):
    """
    Exit status and output of make, and what it took of a CPU in seconds: others
    may keep it busy, and have children of this process themselves.  What made
    this test run is no matter.
    """
    environment = {name: value for name, value in os.environ.items()
                   if name in ("PATH", "HOME", "XDG_CACHE_HOME")}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        words = ["make", "-C", context.TOP, *words]
        child = os.posix_spawnp(words[0], words, environment, file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 1),
            (os.POSIX_SPAWN_DUP2, output.fileno(), 2)])
        _, status, used = os.wait4(child, 0)
        output.seek(0)
        return (os.waitstatus_to_exitcode(status), output.read(),
                used.ru_utime + used.ru_stime)


def judged(goal, variable):
    """The same of what every goal begins with."""
    return make("names", "MAKECMDGOALS=" + goal, variable)


def listed(goal, variable):
    """The words of the list that a wrong name is answered with."""
    said = judged(goal, variable)[1]
    return set(re.sub(r"^make.*", "", said, flags=re.M).split())


class Names(unittest.TestCase):
    def test_wrong_names(self):
        for goal, variable, there in WRONG:
            with self.subTest(variable):
                status, said, seconds = judged(goal, variable)
                self.assertLess(seconds, SECONDS)
                self.assertEqual(status, 2, said)
                self.assertRegex(said, there)
                self.assertNotIn("Traceback", said)

    def test_right_names(self):
        for goal, variable in RIGHT:
            with self.subTest(variable):
                status, said, _ = judged(goal, variable)
                self.assertEqual(status, 0, said)

    def test_versions_that_were_offered(self):
        with tempfile.TemporaryDirectory() as cache:
            state = os.path.join(cache, "mempolicy", "apt-suites")
            os.makedirs(state)
            with open(os.path.join(state, "versions-linux-source-6.12"), "w",
                      encoding="ascii") as stream:
                stream.write("6.12.7-1~deb12u1\n6.12.7-1\n6.12.9-1\n")
            with unittest.mock.patch.dict(os.environ,
                                          {"XDG_CACHE_HOME": cache}):
                self.assertEqual(judged("rebase-check", "BASE=6.12.9")[0], 0)
                self.assertEqual(listed("rebase-check", "BASE=6.12.8"),
                                 {"6.12.7", "6.12.9"})
                self.assertLess(judged("rebase-check", "BASE=6.12.8")[2],
                                SECONDS)

    def test_every_goal_begins_with_it(self):
        for goal in ("all", "kernel", "guest", "shell", "check", "explain",
                     "bench", "mutate", "coverage", "rebase-check",
                     "config-check", "debian-check", "fuzz", "host-check",
                     "hunk"):
            with self.subTest(goal):
                lines = [line for line in make("-n", goal)[1].splitlines()
                         if line.startswith(("scripts/", "unset"))]
                self.assertEqual(lines[0], "scripts/names.sh " + goal)

    def test_lists_are_those_of_the_tools(self):
        self.assertEqual(listed("check", "TOPO=nosuch"),
                         set(topology.names()))
        self.assertEqual(listed("config-check", "CONFIG=nosuch"),
                         {row.name for row in configs.ROWS})
        self.assertEqual(listed("mutate", "MUTANTS=nosuch"),
                         {mutant.name for mutant in mutants.load().values()})
        self.assertEqual(listed("hunk", "NAME=nosuch"), {
            os.path.basename(path)[:-len(".diff")]
            for path in overlay.hunks(context.path("top"))})

    def test_tests_are_those_of_check(self):
        check = types.ModuleType("check_program")
        with open(os.path.join(context.HERE, "check"),
                  encoding="utf-8") as stream:
            exec(stream.read(), check.__dict__)  # pylint: disable=exec-used
        programs = {os.path.basename(name)
                    for name in listed("check", "TEST=nosuch")
                    if name.startswith("mempolicy_")}
        self.assertEqual(
            listed("check", "TEST=nosuch") - programs,
            {*check.GUESTS, *check.HOST, *check.BUILDS, *check.GROUPS,
             "stock"})
        self.assertIn("mempolicy_place_kinds", programs)

    def test_tools_refuse_by_themselves(self):
        for tool, words, there in (
                ("coverage/coverage", ("--topo", "debug"), "four-node"),
                ("mutate/mutate", ("nosuch",), "mpol_remap"),
                ("debian-check.sh", ("nosuch",), "trixie")):
            with self.subTest(tool):
                result = context.run([os.path.join(context.SCRIPTS, tool),
                                      *words])
                self.assertIn(result.returncode, (1, 2))
                self.assertIn(there, result.stdout)
                self.assertNotIn("Traceback", result.stdout)
