# SPDX-License-Identifier: GPL-2.0
"""What checkpatch --strict says of every C file and header of the overlay, and
what compiler, sparse and kernel-doc say of the kernel's; every program, with
every compiler.
"""

import hashlib
import os
import sys
import time

import compilers
import context
import ktap
import results

sys.path.insert(0, context.SCRIPTS)
import interrupt  # noqa: E402
import overlay  # noqa: E402

OPTIONS = ("--no-tree", "--strict", "--quiet", "--terse", "-f")
SECONDS_BETWEEN_LINES = 20


class Checkpatch:
    """Remembers what it had nothing to say of, by content."""

    def __init__(self):
        self.top = context.path("top")
        scripts = os.path.join(context.path("src"), "scripts")
        self.program = os.path.join(scripts, "checkpatch.pl")
        self.folder = os.path.join(context.path("work"), "checkpatch")
        self.base = hashlib.sha256(repr(OPTIONS).encode())
        for name in ("checkpatch.pl", "spelling.txt",
                     "const_structs.checkpatch"):
            self.base.update(overlay.read(os.path.join(scripts, name)))
        os.makedirs(self.folder, exist_ok=True)

    def mark(self, name):
        """Where it is remembered; the file's name counts, as it is judged."""
        key = self.base.copy()
        key.update(os.fsencode(name) + b"\0")
        key.update(overlay.read(os.path.join(self.top, name)))
        return os.path.join(self.folder, key.hexdigest())

    def check(self, name):
        """One result."""
        label, mark = "style/" + name, self.mark(name)
        if not os.path.exists(mark):
            result = context.run([self.program, *OPTIONS, name], cwd=self.top)
            if result.returncode:
                return results.failed(label, result.stdout)
            with open(mark, "w", encoding="utf-8"):
                pass
        return results.passed(label)


def suite():
    checkpatch, last, found = Checkpatch(), time.monotonic(), []
    names = [name for name in overlay.tracked(checkpatch.top)
             if name.endswith((".c", ".h"))]
    with interrupt.Pool(os.cpu_count() or 1) as pool:
        for result in pool.map(checkpatch.check, names):
            found.append(result)
            if time.monotonic() - last > SECONDS_BETWEEN_LINES:
                last = time.monotonic()
                print("        style: %d of %d files" % (len(found),
                                                         len(names)),
                      flush=True)
    return found + compilers.suite("style/")


def objects_suite():
    result = context.run([os.path.join(context.SCRIPTS, "lint.sh")])
    context.save("objects.tap", result.stdout)
    return ktap.parse(result.stdout, "objects/", result.returncode)
