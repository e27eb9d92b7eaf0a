# SPDX-License-Identifier: GPL-2.0
"""What the guest asks for, what QEMU is told, and what the guest gets."""

import json
import socket
import unittest

import machine
import plug
import topology


class Plug(unittest.TestCase):
    def setUp(self):
        self.guest, ours = socket.socketpair()
        self.monitor, theirs = socket.socketpair()
        self.sockets = [self.guest, ours, self.monitor, theirs]
        for end in (self.guest, self.monitor):
            end.settimeout(5)
        self.plug = plug.Plug([2, 3], ours, theirs)

    def tearDown(self):
        for end in self.sockets:
            end.close()

    def say(self, **message):
        self.plug.from_monitor(json.dumps(message).encode() + b"\r\n")

    def start(self):
        self.say(QMP={})
        self.expect_command("qmp_capabilities", {})
        self.say(**{"return": {}})

    def expect_command(self, name, arguments):
        self.assertEqual(json.loads(self.monitor.recv(4096)),
                         {"execute": name, "arguments": arguments})

    def expect_answer(self, text):
        self.assertEqual(self.guest.recv(4096).decode(), text + "\n")

    def test_unplug_is_done_when_the_module_is_gone(self):
        self.start()
        self.plug.from_guest(b"unplug 3\n")
        self.expect_command("device_del", {"id": "dimm3"})
        self.say(**{"return": {}})
        self.say(event="DEVICE_DELETED", data={"device": "dimm2"})
        self.guest.setblocking(False)
        self.assertRaises(BlockingIOError, self.guest.recv, 1)
        self.guest.settimeout(5)
        self.say(event="DEVICE_DELETED", data={"device": "dimm3"})
        self.expect_answer("done")

    def test_plug(self):
        self.start()
        self.plug.from_guest(b"plug 2\n")
        self.expect_command("device_add", {"driver": "pc-dimm", "node": 2,
                                           "id": "dimm2",
                                           "memdev": "module2"})
        self.say(**{"return": {}})
        self.expect_answer("done")

    def test_a_request_in_pieces_before_the_monitor_is_there(self):
        self.plug.from_guest(b"plug")
        self.plug.from_guest(b" 2\n")
        self.start()
        self.assertIn(b"device_add", self.monitor.recv(4096))

    def test_refusals(self):
        self.start()
        self.plug.from_guest(b"unplug 2\n")
        self.say(event="MEM_UNPLUG_ERROR", data={"device": "dimm2"})
        self.say(event="DEVICE_UNPLUG_GUEST_ERROR", data={"device": "dimm2"})
        self.expect_answer("failed the guest has refused")
        self.plug.from_guest(b"plug 2\n")
        self.say(error={"desc": "in use"})
        self.expect_answer("failed in use")

    def test_nothing_else_can_be_asked_for(self):
        for line in (b"unplug 0\n", b"plug x\n", b"plug 2 3\n", b"\n"):
            self.plug.from_guest(line)
        self.start()
        self.assertEqual(self.guest.recv(4096),
                         b"failed no such module\n" * 4)
        self.plug.from_guest(b"quit 2\n")
        self.expect_answer("failed no such request")


class Modules(unittest.TestCase):
    def test_only_machines_with_modules_have_slots(self):
        self.assertEqual(machine.memory(topology.load("four-node")),
                         ["-m", "1073741824B"])
        options = machine.memory(topology.load("hotplug"))
        self.assertIn("slots=2", options[1])
        self.assertIn("pc-dimm,id=dimm3,memdev=module3,node=3", options)
