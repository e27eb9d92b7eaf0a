# SPDX-License-Identifier: GPL-2.0
"""Debian's NUMA tools, as they are, with our kernel."""

import context
import klog
import ktap

TOPOLOGY = "four-node"
TIMEOUT = 300


def suite():
    log = context.result_file("debian-tools.log")
    result = context.guest(TOPOLOGY, log, "debian-tools 2>&1", TIMEOUT)
    context.save("debian-tools.tap", result.stdout)
    return (ktap.parse(result.stdout, "debian-tools/", result.returncode)
            + klog.scan(context.read(log), "debian-tools/"))
