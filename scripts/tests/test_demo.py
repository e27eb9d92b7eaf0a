# SPDX-License-Identifier: GPL-2.0
"""Which rows of the demonstration a machine has the nodes for."""

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import tempfile
import termios
import unittest

import context
import topology

SCRIPT = "laboratory/demo/mempolicy-demo"
TOOLS = {"memplace": 'case "$*" in *"${WRONG:-nothing}"*) exit 1; esac',
         "numactl": 'case "$*" in *memhog*) exec sleep 9; esac',
         "memhog": "", "taskset": "", "uname": ""}


class Demonstration(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name
        for name, script in TOOLS.items():
            self.put("bin/" + name, "#!/bin/sh\n%s\n" % script, 0o755)
        self.put("cgroup/demo/cgroup.procs", "")
        text = context.text(SCRIPT)
        for there, here in (("/sys/devices/system/node", "/nodes"),
                            ("/sys/fs/cgroup", "/cgroup"),
                            ("/sys/kernel/mm", "/mm")):
            self.assertIn(there, text)
            text = text.replace(there, self.folder + here)
        self.put("demo", text)

    def put(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(path, mode)

    def run_on(self, machine, **environment):
        cpu = 0
        shutil.rmtree(os.path.join(self.folder, "nodes"), True)
        for number, node in enumerate(topology.load(machine).nodes):
            self.put("nodes/node%d/meminfo" % number,
                     "Node %d MemTotal: %d kB\n" % (number, node.mem >> 10))
            self.put("nodes/node%d/cpulist" % number,
                     "%d\n" % cpu if node.cpus else "\n")
            cpu += node.cpus
        result = subprocess.run(
            ["sh", os.path.join(self.folder, "demo")],
            env={**os.environ, **environment,
                 "PATH": self.folder + "/bin:" + os.environ["PATH"]},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        return result.returncode, result.stdout

    def shown(self, machine, rows, left_out):
        status, said = self.run_on(machine)
        self.assertEqual(status, 0, said)
        self.assertIn("%d of %d placements" % (rows, rows), said)
        if left_out:
            self.assertIn("%d more need memory, or a CPU" % left_out, said)
        else:
            self.assertNotIn("more need", said)

    def test_all_rows(self):
        self.shown("four-node", 25, 0)

    def test_nodes_without_cpu(self):
        self.shown("cpuless", 22, 3)

    def test_a_node_without_memory(self):
        self.shown("memoryless", 15, 10)

    def test_fewer_nodes(self):
        self.shown("two-socket", 4, 21)
        self.shown("uma", 2, 23)

    def test_a_wrong_row_is_told(self):
        status, said = self.run_on("cpuless", WRONG="bind:2-3")
        self.assertEqual(status, 1)
        self.assertIn("21 of 22 placements", said)


class Terminal(unittest.TestCase):
    """What demo.sh tells the guest of the terminal."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.program = os.path.join(scratch.name, "demo.sh")
        shutil.copy(os.path.join(context.SCRIPTS, "demo.sh"), self.program)
        runner = os.path.join(scratch.name, "qemu-numa", "qemu-numa")
        os.mkdir(os.path.dirname(runner))
        with open(runner, "w", encoding="utf-8") as stream:
            stream.write("#!/bin/sh\necho \"$@\"\n")
        os.chmod(runner, 0o755)

    def run_in(self, locale, **options):
        return subprocess.run([self.program, "ring", "demo"], check=True,
                              env={**os.environ, "LC_ALL": locale}, **options)

    def test_width_of_a_terminal(self):
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 30, 117, 0, 0))
        self.run_in("C.UTF-8", stdout=theirs)
        self.assertEqual(os.read(ours, 999),
                         b"run --topo ring -- env COLUMNS=117 CHARSET=UTF-8 "
                         b"demo\r\n")
        os.close(ours)
        os.close(theirs)

    def test_pipe(self):
        said = self.run_in("C", stdout=subprocess.PIPE).stdout
        self.assertIn(b" COLUMNS=80 ", said)
        self.assertNotIn(b"UTF-8", said)
