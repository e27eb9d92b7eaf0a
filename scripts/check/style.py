# SPDX-License-Identifier: GPL-2.0
"""What checkpatch --strict says of every C file and header of the overlay, and
what compiler, sparse and kernel-doc say of the kernel's; every program, with
every compiler.
"""

import os
import sys

import compilers
import context
import ktap
import results

sys.path.insert(0, context.SCRIPTS)
import overlay  # noqa: E402


def suite():
    checkpatch = os.path.join(context.path("src"), "scripts/checkpatch.pl")
    top, found = context.path("top"), []
    for name in overlay.tracked(top):
        if not name.endswith((".c", ".h")):
            continue
        result = context.run([checkpatch, "--no-tree", "--strict", "--quiet",
                              "--terse", "-f", name], cwd=top)
        label = "style/" + name
        found.append(results.failed(label, result.stdout)
                     if result.returncode else results.passed(label))
    return found + compilers.suite("style/")


def objects_suite():
    result = context.run([os.path.join(context.SCRIPTS, "lint.sh")])
    context.save("objects.tap", result.stdout)
    return ktap.parse(result.stdout, "objects/", result.returncode)
