# SPDX-License-Identifier: GPL-2.0
"""Memory modules that the guest has unplugged and plugged while it runs."""

import json

# What QEMU says when the guest has refused to let go of a module.
REFUSALS = ("MEM_UNPLUG_ERROR", "DEVICE_UNPLUG_GUEST_ERROR")


def device(node):
    """The name of a node's module, and the name of its memory."""
    return "dimm%d" % node, "module%d" % node


class Plug:
    """Turns lines of the guest into commands of QEMU's monitor (QMP).

    The guest writes "unplug N" or "plug N", N being a node, and gets "done"
    when QEMU has done it, or "failed" and why. One request at a time.
    """

    def __init__(self, nodes, guest, monitor):
        self.nodes = nodes
        self.guest = guest
        self.monitor = monitor
        self.ready = False
        self.lines = b""
        self.messages = b""
        self.awaited = None

    def from_guest(self, data):
        """Take what the guest has written."""
        self.lines += data
        self._next()

    def from_monitor(self, data):
        """Take what QEMU has written."""
        *messages, self.messages = (self.messages + data).split(b"\n")
        for message in messages:
            if message.strip():
                self._message(json.loads(message))

    def _next(self):
        line, found, rest = self.lines.partition(b"\n")
        if not (self.ready and found):
            return
        self.lines = rest
        verb, _, number = line.decode(errors="replace").partition(" ")
        if not number.isdigit() or int(number) not in self.nodes:
            self._answer("failed no such module")
        elif verb == "unplug":
            name = device(int(number))[0]
            self.awaited = name
            self._command("device_del", id=name)
        elif verb == "plug":
            name, memory = device(int(number))
            self.awaited = None
            self._command("device_add", driver="pc-dimm", id=name,
                          memdev=memory, node=int(number))
        else:
            self._answer("failed no such request")

    def _command(self, name, **arguments):
        text = json.dumps({"execute": name, "arguments": arguments})
        self.monitor.sendall(text.encode() + b"\n")

    def _answer(self, text):
        self.guest.sendall(text.encode() + b"\n")
        self._next()

    def _message(self, message):
        if "QMP" in message:
            self._command("qmp_capabilities")
        elif "error" in message:
            self._answer("failed " + message["error"]["desc"])
        elif "event" in message:
            self._event(message["event"], message.get("data", {}))
        elif not self.ready:
            self.ready = True
            self._next()
        elif self.awaited is None:
            self._answer("done")

    def _event(self, name, data):
        if self.awaited is None or data.get("device") != self.awaited:
            return
        if name == "DEVICE_DELETED":
            answer = "done"
        elif name in REFUSALS:
            answer = "failed the guest has refused"
        else:
            return
        # A refusal may be told twice.
        self.awaited = ""
        self._answer(answer)
