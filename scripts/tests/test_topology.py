# SPDX-License-Identifier: GPL-2.0
"""Topology files and the QEMU options made of them."""

import os
import tempfile
import unittest

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
             "memoryless", "unequal", "sixty-four"})
        for name in topology.names():
            self.assertTrue(topology.load(name).description, name)

    def test_options(self):
        options = machine.numa(self.load(GOOD))
        self.assertIn("node,nodeid=0,cpus=0-1,memdev=mem0", options)
        self.assertIn("node,nodeid=1,cpus=2-2", options)
        self.assertIn("dist,src=0,dst=1,val=17", options)

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

    def test_unknown_name_lists_the_known(self):
        with self.assertRaisesRegex(topology.TopologyError, "four-node"):
            topology.load("five-node")
        with self.assertRaisesRegex(topology.TopologyError, "cannot read"):
            topology.load(os.path.join(os.sep, "nowhere", "x.ini"))
