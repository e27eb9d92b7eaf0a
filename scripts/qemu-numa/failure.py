# SPDX-License-Identifier: GPL-2.0
"""A function of the kernel that fails once, by QEMU's debugger.

The kernel is not changed for that, and need not be able to inject failures.
x86-64 only.
"""

import collections
import os
import struct

# QEMU numbers registers as gdb does.
RAX, RSP, RIP = 0, 7, 16

# @within: names of a function, the first that the kernel has is meant;
# @function: what it calls, directly or not; @call: which call of that fails,
# the first is 1; @result: what it returns.
Fault = collections.namedtuple("Fault", "within function call result")


class FailureError(Exception):
    """A kernel that cannot be made to fail."""


def symbols(kernel):
    """Addresses by name, of the build that made the image @kernel."""
    path = os.path.normpath(os.path.join(
        os.path.dirname(kernel), "..", "..", "..", "System.map"))
    if not os.path.exists(path):
        raise FailureError("no %s, which tells where functions are" % path)
    with open(path, encoding="ascii") as stream:
        lines = [line.split() for line in stream]
    return {words[2]: int(words[0], 16) for words in lines}


def address(names, known):
    for name in names:
        if name in known:
            return known[name]
    raise FailureError("this kernel has no function %s" % " or ".join(names))


def packet(text):
    return b"$%s#%02x" % (text.encode(), sum(text.encode()) % 256)


def word(text):
    """A number of the machine, as the debugger writes it."""
    return struct.unpack("<Q", bytes.fromhex(text))[0]


def text_of(number):
    return struct.pack("<Q", number % (1 << 64)).hex()


class Failure:
    """Talks to QEMU's debugger until the call has failed."""

    def __init__(self, fault, known, debugger):
        self.fault = fault
        self.begin = address(fault.within.split(), known)
        self.function = address([fault.function], known)
        self.debugger = debugger
        self.held = b""
        self.done = False
        self.steps = self._steps()

    def start(self):
        self._ask(next(self.steps))

    def receive(self, data):
        """Take what QEMU has written."""
        self.held += data
        while not self.done:
            text, found, rest = self.held.partition(b"#")
            if not found or len(rest) < 2:
                return
            self.held = rest[2:]
            self._answered(text.partition(b"$")[2].decode())

    def _answered(self, text):
        try:
            self.debugger.sendall(b"+")
            self._ask(self.steps.send(text))
        except StopIteration:
            self.done = True
        except OSError:
            # QEMU is gone; what it left on the other ports tells why.
            pass

    def _ask(self, text):
        self.debugger.sendall(packet(text))

    def _steps(self):
        """Yields requests, and is sent the answers."""
        # QEMU gives single registers to those who ask for their description.
        yield "qXfer:features:read:target.xml:0,80"
        yield from self._run_to(self.begin)
        for _ in range(self.fault.call - 1):
            yield from self._run_to(self.function)
            # Off the breakpoint, which would be hit again.
            yield "s"
        yield from self._run_to(self.function)
        yield from self._return()
        yield "D"

    @staticmethod
    def _run_to(where):
        yield "Z1,%x,1" % where
        yield "c"
        yield "z1,%x,1" % where

    def _return(self):
        """Nothing of the function has run: the return address is on top."""
        top = word((yield "p%x" % RSP))
        back = word((yield "m%x,8" % top))
        for register, value in ((RAX, self.fault.result), (RSP, top + 8),
                                (RIP, back)):
            yield "P%x=%s" % (register, text_of(value))
