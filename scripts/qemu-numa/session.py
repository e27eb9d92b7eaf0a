# SPDX-License-Identifier: GPL-2.0
"""One guest that runs one command: streams, status, death and time-out."""

import collections
import os
import select
import shlex
import socket
import subprocess
import sys
import tempfile
import time

import failure
import files
import interrupt
import plug

DEAD = 255
TAIL_LINES = 40
POWER_OFF_SECONDS = 10
CHUNK = 65536


class Port:
    """One socket pair: our end, and the end that QEMU inherits."""

    def __init__(self, name):
        self.name = name
        self.ours, self.theirs = socket.socketpair()

    def chardev(self):
        return ["-chardev", "socket,id=%s,fd=%d"
                % (self.name, self.theirs.fileno())]


class ConsolePort:
    """A pipe.  The serial port writes byte by byte and forgets what finds no
    room; a pipe holds 64 KB of that, a socket some hundred bytes.
    """

    def __init__(self, name):
        self.name = name
        ours, theirs = os.pipe()
        self.ours = open(ours, "rb", buffering=0)
        self.theirs = open(theirs, "wb", buffering=0)

    def chardev(self):
        return ["-add-fd", "fd=%d,set=1" % self.theirs.fileno(),
                "-chardev", "file,id=%s,append=on,path=/dev/fdset/1"
                % self.name]


class Stream:
    """Guest output up to the end marker, which shows that all has arrived."""

    def __init__(self, marker, target):
        self.marker = marker
        self.target = target
        self.held = b""
        self.ended = False

    def feed(self, data):
        if self.ended:
            return
        self.held += data
        body, found, _ = self.held.partition(self.marker)
        self.ended = bool(found)
        # Only a possible beginning of the marker is kept back.
        keep = 0 if found else self._partial(body)
        self.held = body[len(body) - keep:]
        self._write(body[:len(body) - keep])

    def flush(self):
        """Give out what was held back: the guest died, no marker follows."""
        if not self.ended:
            self._write(self.held)
            self.held = b""

    def _partial(self, body):
        for size in range(min(len(self.marker) - 1, len(body)), 0, -1):
            if self.marker.startswith(body[-size:]):
                return size
        return 0

    def _write(self, data):
        while data:
            data = data[os.write(self.target, data):]


class Console:
    """The kernel's console: last lines for a post-mortem, log, live view."""

    def __init__(self, log, show):
        self.lines = collections.deque(maxlen=TAIL_LINES)
        self.partial = b""
        self.log = open(log, "wb") if log else None
        self.show = show

    def feed(self, data):
        if self.log:
            self.log.write(data)
            self.log.flush()
        if self.show:
            sys.stderr.buffer.write(data)
            sys.stderr.buffer.flush()
        lines = (self.partial + data).split(b"\n")
        self.partial = lines.pop()
        self.lines.extend(lines)

    def tail(self):
        lines = list(self.lines) + ([self.partial] if self.partial else [])
        return "\n".join(line.decode(errors="replace").rstrip("\r")
                         for line in lines)

    def close(self):
        if self.log:
            self.log.close()


class Session:
    """Runs a command in a guest and finds out how it ended."""

    PORTS = ("stdout", "stderr", "status", "stdin")

    def __init__(self, command, timeout, log=None, show_console=False,
                 dimms=(), fault=None):
        self.command = command
        self.timeout = timeout
        self.marker = b"\0" + os.urandom(16).hex().encode()
        self.console = Console(log, show_console)
        self.status = b""
        self.files = files.Files()
        self.ports = {name: Port(name) for name in self.PORTS}
        self.ports["console"] = ConsolePort("console")
        self.plug = None
        if dimms:
            self.ports.update(plug=Port("plug"), monitor=Port("monitor"))
            self.plug = plug.Plug(dimms, self.ports["plug"].ours,
                                  self.ports["monitor"].ours)
        self.failure = None
        if fault:
            self.ports["failure"] = Port("failure")
            self.failure = failure.Failure(*fault,
                                           self.ports["failure"].ours)
        self.streams = {"stdout": Stream(self.marker, 1),
                        "stderr": Stream(self.marker, 2)}
        self.stdin_buffer = b"start\n"
        self.stdin_open = True

    def arguments(self):
        """QEMU options for the console, the ports and the command."""
        options = self.ports["console"].chardev()
        options += ["-serial", "chardev:console", "-device",
                    "virtio-serial-pci"]
        guest_ports = list(self.PORTS)
        if self.plug:
            options += self.ports["monitor"].chardev()
            options += ["-mon", "chardev=monitor,mode=control"]
            guest_ports.append("plug")
        if self.failure:
            options += self.ports["failure"].chardev()
            options += ["-S", "-gdb", "chardev:failure"]
        for name in guest_ports:
            options += self.ports[name].chardev()
            options += ["-device", "virtserialport,chardev=%s,"
                        "name=qemu-numa.%s" % (name, name)]
        for name, text in (("command", self._script()),
                           ("marker", self.marker[1:].decode())):
            path = self.files.add(text.encode("utf-8", "surrogateescape"))
            options += ["-fw_cfg", "name=opt/qemu-numa/%s,file=%s"
                        % (name, path)]
        return options

    def _script(self):
        return " ".join(shlex.quote(word) for word in self.command) + "\n"

    def run(self, qemu):
        """Boot, serve the guest until it ends, return the exit status."""
        errors = tempfile.TemporaryFile()
        process = subprocess.Popen(
            qemu, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
            pass_fds=[port.theirs.fileno() for port in self.ports.values()]
            + self.files.descriptors, preexec_fn=interrupt.tie())
        try:
            for port in self.ports.values():
                port.theirs.close()
            if self.failure:
                self.failure.start()
            reason = self._serve(process)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            self.console.close()
        if reason is None and self.failure and not self.failure.done:
            reason = "what was to fail was never called"
        if reason is None:
            return int(self.status)
        self._post_mortem(reason, errors)
        return DEAD

    def _serve(self, process):
        """Move data until the guest is gone; None or what went wrong."""
        deadline = time.monotonic() + self.timeout
        open_ports = {name for name in self.ports if name != "stdin"}
        while open_ports:
            left = deadline - time.monotonic()
            if left <= 0:
                return None if self._complete() else (
                    "no end after %g s (see --timeout)" % self.timeout)
            for name in self._ready(open_ports, min(left, 1)):
                if not self._receive(name):
                    open_ports.discard(name)
            if self._complete():
                deadline = min(deadline,
                               time.monotonic() + POWER_OFF_SECONDS)
                self._close_stdin()
        process.wait()
        return None if self._complete() else "the guest died"

    def _complete(self):
        return self.status.endswith(b"\n") and all(
            stream.ended for stream in self.streams.values())

    def _ready(self, names, seconds):
        """Names of ports with data; feeds standard input on the way."""
        readers = {self.ports[name].ours: name for name in names}
        inputs, outputs = list(readers), []
        if self.stdin_buffer:
            outputs = [self.ports["stdin"].ours]
        elif self.stdin_open:
            inputs.append(0)
        readable, writable, _ = select.select(inputs, outputs, [], seconds)
        if writable:
            self._send_stdin()
        if 0 in readable:
            self.stdin_buffer = os.read(0, CHUNK)
            if not self.stdin_buffer:
                self._close_stdin()
        return [readers[item] for item in readable if item != 0]

    def _send_stdin(self):
        try:
            sent = self.ports["stdin"].ours.send(self.stdin_buffer,
                                                 socket.MSG_DONTWAIT)
            self.stdin_buffer = self.stdin_buffer[sent:]
        except BlockingIOError:
            pass
        except OSError:
            # QEMU is gone; what it left on the other ports tells why.
            self.stdin_buffer, self.stdin_open = b"", False

    def _close_stdin(self):
        if self.stdin_open:
            self.stdin_open = False
            try:
                # Half a close: a full one would lose what is under way.
                self.ports["stdin"].ours.shutdown(socket.SHUT_WR)
            except OSError:
                pass

    def _receive(self, name):
        """Take what a port has; False at its end."""
        try:
            data = os.read(self.ports[name].ours.fileno(), CHUNK)
        except ConnectionResetError:
            return False
        if name == "console":
            self.console.feed(data)
        elif name == "status":
            self.status += data
        elif name == "plug":
            self.plug.from_guest(data)
        elif name == "monitor":
            self.plug.from_monitor(data)
        elif name == "failure":
            self.failure.receive(data)
        else:
            self.streams[name].feed(data)
        return bool(data)

    def _post_mortem(self, reason, errors):
        for stream in self.streams.values():
            stream.flush()
        errors.seek(0)
        message = errors.read().decode(errors="replace").strip()
        tail = self.console.tail()
        print("qemu-numa: %s; last console lines:" % reason if tail
              else "qemu-numa: %s; its console is empty" % reason,
              file=sys.stderr)
        for text in (tail, message and "QEMU said: " + message):
            if text:
                print(text, file=sys.stderr)
