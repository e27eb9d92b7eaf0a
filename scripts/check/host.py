# SPDX-License-Identifier: GPL-2.0
"""The pure parts, compiled and tested on the host."""

import os

import context
import ktap


def suite():
    result = context.run(
        ["make", "-s", "-C",
         os.path.join(context.path("top"), "tools/testing/mempolicy"),
         "O=" + os.path.join(context.path("work"), "host-tests"),
         "TREE=" + context.path("src"), "check"])
    context.save("host.tap", result.stdout)
    return ktap.parse(result.stdout, "host/", result.returncode)
