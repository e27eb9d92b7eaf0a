# SPDX-License-Identifier: GPL-2.0
"""What checkpatch --strict says of every C file and header of the overlay and of
the laboratory; every program, with every compiler.
"""

import hashlib
import os
import sys

import compilers
import context
import results

sys.path.insert(0, context.SCRIPTS)
import interrupt  # noqa: E402
import overlay  # noqa: E402

CHECKPATCH = os.path.join(context.path("src"), "scripts/checkpatch.pl")
WORDS = ("--no-tree", "--strict", "--quiet", "--terse", "-f")
# What judges, besides the options.
JUDGES = [os.path.join(os.path.dirname(CHECKPATCH), name) for name in
          ("checkpatch.pl", "spelling.txt", "const_structs.checkpatch")]


def check(name):
    """One result; what it had nothing to say of is remembered by content."""
    mark = hashlib.sha256(repr((WORDS, name)).encode())
    for path in (*JUDGES, os.path.join(context.TOP, name)):
        mark.update(overlay.read(path))
    fine = os.path.join(context.path("work"), "checkpatch", mark.hexdigest())
    if not os.path.exists(fine):
        result = context.run([CHECKPATCH, *WORDS, name], cwd=context.TOP)
        if result.returncode:
            return results.failed("style/" + name, result.stdout)
        os.makedirs(os.path.dirname(fine), exist_ok=True)
        with open(fine, "w", encoding="utf-8"):
            pass
    return results.passed("style/" + name)


def suite():
    with interrupt.Pool(os.cpu_count() or 1) as pool:
        found = list(pool.map(check, [
            name for name in overlay.tracked(
                context.TOP, (*overlay.OVERLAY, "laboratory"))
            if name.endswith((".c", ".h"))]))
    return found + compilers.suite("style/")
