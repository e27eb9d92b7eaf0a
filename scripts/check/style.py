# SPDX-License-Identifier: GPL-2.0
"""checkpatch --strict on every C file and header of the overlay."""

import os
import sys

import context
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
    return found
