# SPDX-License-Identifier: GPL-2.0
"""The pure parts under libFuzzer, each target for a few seconds."""

import os

import context
import ktap

SECONDS = "3"


def suite():
    result = context.run(
        ["make", "-s", "-C",
         os.path.join(context.path("top"), "tools/testing/mempolicy/fuzz"),
         "O=" + os.path.join(context.path("work"), "fuzz"),
         "FUZZ_SECONDS=" + os.environ.get("FUZZ_SECONDS", SECONDS),
         "TREE=" + context.path("src"), "check"])
    context.save("fuzz.tap", result.stdout)
    return ktap.parse(result.stdout, "fuzz/", result.returncode)
