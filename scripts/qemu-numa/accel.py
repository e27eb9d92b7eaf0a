# SPDX-License-Identifier: GPL-2.0
"""Whether KVM works here: found out by booting, and remembered.

An accessible /dev/kvm says little: inside some virtual machines QEMU aborts
or the guest hangs.  So a guest is booted under KVM until init speaks.
"""

import json
import os
import subprocess
import sys

import boards
import interrupt
import machine
import topology

PROBE_SECONDS = 6
MARKER = b"qemu-numa: guest is up"


def cache_file():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "mempolicy", "accel.json")


def _key(board):
    """The answer holds for one host kernel and one QEMU."""
    return "%s, %s" % (" ".join(os.uname()), machine.version(board))


def _remembered(board):
    try:
        with open(cache_file(), encoding="utf-8") as stream:
            record = json.load(stream)
    except (OSError, ValueError):
        return None
    return record.get("accel") if record.get("key") == _key(board) else None


def _remember(board, answer):
    os.makedirs(os.path.dirname(cache_file()), exist_ok=True)
    with open(cache_file(), "w", encoding="utf-8") as stream:
        json.dump({"key": _key(board), "accel": answer}, stream)


def _boots_with_kvm(board, kernel, initrd):
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    command = machine.command(board, topology.load("uma"), kernel, initrd,
                              "kvm", append="qemu-numa.probe")
    try:
        result = subprocess.run(command + ["-serial", "stdio"],
                                stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL,
                                timeout=PROBE_SECONDS, check=False,
                                preexec_fn=interrupt.tie())
    except subprocess.TimeoutExpired:
        return False
    return MARKER in result.stdout


def choose(board, wanted, kernel, initrd):
    """Resolve "auto" to "kvm" or "tcg"."""
    if wanted != "auto":
        return wanted
    if not boards.has_kvm(board):
        return "tcg"
    answer = _remembered(board)
    if not answer:
        answer = "kvm" if _boots_with_kvm(board, kernel, initrd) else "tcg"
        _remember(board, answer)
        if answer == "tcg":
            print("qemu-numa: KVM does not work here, using TCG (remembered "
                  "in %s)" % cache_file(), file=sys.stderr)
    return answer
