# SPDX-License-Identifier: GPL-2.0
"""What QEMU's debugger is asked, and what becomes of its answers."""

import os
import socket
import tempfile
import unittest

import failure
import topology

KNOWN = {"old_init": 0x1000, "create": 0x2000}
STACK, BACK = 0xffffc90000013e58, 0xffffffff81234567
MACHINE = """\
[node 0]
mem = 64M
cpus = 1
[failure]
within = f g
function = h
result = -12
"""


class Debugger(unittest.TestCase):
    def setUp(self):
        self.qemu, self.ours = socket.socketpair()
        self.qemu.settimeout(5)

    def tearDown(self):
        for end in self.qemu, self.ours:
            end.close()

    def failing(self, call):
        return failure.Failure(failure.Fault("new_init old_init", "create",
                                             call, -12), KNOWN, self.ours)

    def answer(self, text):
        """What QEMU says to a request."""
        if text[0] == "p":
            return failure.text_of(STACK)
        if text[0] == "m":
            self.assertEqual(text, "m%x,8" % STACK)
            return failure.text_of(BACK)
        return "T05thread:01;" if text[0] in "cs" else "OK"

    def talk(self, fails):
        """All requests, to the end."""
        asked = []
        fails.start()
        while not fails.done:
            text = self.qemu.recv(4096).lstrip(b"+")
            self.assertEqual(text, failure.packet(text[1:-3].decode()))
            asked.append(text[1:-3].decode())
            fails.receive(b"+" + failure.packet(self.answer(asked[-1])))
        return asked

    def test_the_second_call_returns_at_once(self):
        asked = self.talk(self.failing(2))
        self.assertEqual([text for text in asked if text[0] in "Zzcs"],
                         ["Z1,1000,1", "c", "z1,1000,1", "Z1,2000,1", "c",
                          "z1,2000,1", "s", "Z1,2000,1", "c", "z1,2000,1"])
        self.assertEqual([text for text in asked if text[0] == "P"],
                         ["P0=f4ffffffffffffff",
                          "P7=" + failure.text_of(STACK + 8),
                          "P10=" + failure.text_of(BACK)])
        self.assertEqual(asked[-1], "D")

    def test_answers_in_pieces_and_after_the_end(self):
        fails = self.failing(1)
        fails.start()
        self.assertIn(b"qXfer", self.qemu.recv(4096))
        self.qemu.setblocking(False)
        for byte in b"+" + failure.packet("l"):
            fails.receive(bytes([byte]))
        self.assertEqual(self.qemu.recv(4096),
                         b"+" + failure.packet("Z1,1000,1"))
        fails.done = True
        fails.receive(failure.packet("W00"))
        self.assertRaises(BlockingIOError, self.qemu.recv, 1)

    def test_qemu_that_is_gone(self):
        fails = self.failing(1)
        fails.start()
        self.qemu.close()
        fails.receive(failure.packet("OK"))
        self.assertFalse(fails.done)

    def test_kernel_without_the_function(self):
        with self.assertRaisesRegex(failure.FailureError, "f or g"):
            failure.address(["f", "g"], KNOWN)

    def test_symbols_of_a_build(self):
        with tempfile.TemporaryDirectory() as build:
            kernel = os.path.join(build, "arch", "x86", "boot", "bzImage")
            with self.assertRaisesRegex(failure.FailureError, "System.map"):
                failure.symbols(kernel)
            with open(os.path.join(build, "System.map"), "w",
                      encoding="ascii") as stream:
                stream.write("0000000000001000 t f\n")
            self.assertEqual(failure.symbols(kernel), {"f": 0x1000})


class Machines(unittest.TestCase):
    def load(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".ini") as stream:
            stream.write(text)
            stream.flush()
            return topology.load(stream.name).fault

    def refuse(self, text, why):
        with self.assertRaisesRegex(topology.TopologyError, why):
            self.load(text)

    def test_what_is_to_fail(self):
        self.assertEqual(self.load(MACHINE), ("f g", "h", 1, -12))
        self.assertIsNone(topology.load("four-node").fault)

    def test_errors_name_the_place(self):
        self.refuse(MACHINE.replace("result", "returns"), "result")
        self.refuse(MACHINE + "calls = 3", "unknown key.*calls")
        self.refuse(MACHINE + "call = 0", "no call: 0")
