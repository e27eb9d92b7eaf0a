# SPDX-License-Identifier: GPL-2.0
"""Topology files and the QEMU options made of them."""

import json
import os
import tempfile
import unittest

import boards
import machine
import topology

GOOD = """\
[topology]
description = two nodes
[node 0]
mem = 64M
cpus = 2
distance = 10 17
[node 1]
mem = 0
cpus = 1
distance = 17 10
"""


class Topology(unittest.TestCase):
    def load(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as stream:
            stream.write(text)
            stream.flush()
            return topology.load(stream.name)

    def refuse(self, text, why):
        with self.assertRaisesRegex(topology.TopologyError, why):
            self.load(text)

    def test_all_that_come_with_the_runner(self):
        self.assertGreaterEqual(
            set(topology.names()),
            {"uma", "two-socket", "four-node", "ring", "cpuless",
             "memoryless", "unequal", "sixty-four", "hmat-dram-cxl",
             "hmat-sixteen"})
        for name in topology.names():
            self.assertTrue(topology.load(name).description, name)

    def test_options(self):
        options = machine.numa(self.load(GOOD))
        self.assertIn("node,nodeid=0,cpus=0-1,memdev=mem0", options)
        self.assertIn("node,nodeid=1,cpus=2-2", options)
        self.assertIn("dist,src=0,dst=1,val=17", options)

    def test_disks(self):
        topo = self.load(GOOD.replace("[node 0]", "disks = 8M 512\n[node 0]"))
        self.assertEqual(topo.disks, [8 << 20, 512])
        words = machine.disks(["/a,b", "/c"])
        self.assertEqual(json.loads(words[1])["file"]["filename"], "/a,b")
        self.assertIn("virtio-blk-pci,drive=disk1", words)
        self.assertEqual(machine.disks([]), [])

    def test_bandwidth(self):
        text = GOOD.replace("cpus = 1", "cpus = 0").replace(
            "mem = 0", "mem = 64M\nbandwidth = 300 200")
        options = machine.numa(self.load(text.replace(
            "cpus = 2", "cpus = 2\nbandwidth = 900")))
        entry = "hmat-lb,initiator=0,target=%d,hierarchy=memory,data-type=%s"
        for node, kind, rate in ((0, "read", 900), (0, "write", 900),
                                 (1, "read", 300), (1, "write", 200)):
            self.assertIn((entry + "-bandwidth,bandwidth=%dM")
                          % (node, kind, rate), options)
        self.assertIn("node,nodeid=1,memdev=mem1,initiator=0", options)

    def test_hmat_only_where_it_is_asked_for(self):
        for name, expected in (("four-node", "q35"),
                               ("hmat-sixteen", "q35,hmat=on")):
            words = machine.command(boards.board("x86"), topology.load(name),
                                    "k", "i", "tcg")
            self.assertEqual(words[words.index("-M") + 1], expected)

    def test_boards(self):
        arm64 = boards.board("arm64")
        words = machine.command(arm64, topology.load("ring"), "k", "i", "tcg")
        self.assertEqual(words[0], "qemu-system-aarch64")
        self.assertIn("console=ttyAMA0", words[-1])
        for name in ("hotplug", "hmat-sixteen"):
            with self.assertRaisesRegex(boards.BoardError, name):
                machine.check(arm64, topology.load(name))
        with self.assertRaisesRegex(boards.BoardError, "no architecture"):
            boards.board("vax")

    def test_initiator_is_the_nearest_with_cpus(self):
        topo = topology.load("hmat-dram-cxl")
        self.assertEqual([topo.initiator(n) for n in range(4)], [0, 1, 0, 1])

    def test_number_of_cpus(self):
        topo = topology.load("four-node")
        topo.set_cpus(6)
        self.assertEqual([node.cpus for node in topo.nodes], [2, 2, 1, 1])
        topo.set_cpus(1)
        self.assertEqual([node.cpus for node in topo.nodes], [1, 0, 0, 0])

    def test_errors_name_the_place(self):
        self.refuse(GOOD.replace("64M", "64X"), r"\[node 0\].*64X")
        self.refuse(GOOD.replace("mem = 64M", "memory = 64M"), "unknown key")
        self.refuse(GOOD.replace("node 1", "node 2"), "without gaps")
        self.refuse(GOOD.replace("10 17", "10"), "distance row needs 2")
        self.refuse(GOOD.replace("64M", "0"), "node 0 needs memory")
        self.refuse(GOOD.replace("[node 1]", "[nude 1]"), r"\[nude 1\]")
        for disks in "0", "8M big", "700":
            self.refuse(GOOD.replace("[node 0]", "disks = %s\n[node 0]"
                                     % disks), r"\[topology\].*of a disk|big")
        for rates in "0", "1 2 3", "fast":
            self.refuse(GOOD + "bandwidth = " + rates, r"\[node 1\]")

    def test_unknown_name_lists_the_known(self):
        with self.assertRaisesRegex(topology.TopologyError, "four-node"):
            topology.load("five-node")
        with self.assertRaisesRegex(topology.TopologyError, "cannot read"):
            topology.load(os.path.join(os.sep, "nowhere", "x.ini"))
