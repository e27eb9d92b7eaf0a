# SPDX-License-Identifier: GPL-2.0
"""The questions of "make explain": the facts that their answers rest on."""

import collections
import glob
import os
import re

import context
import guests
import klog
import results

QUESTIONS = "tools/testing/mempolicy/explain/explain-*"
SECONDS = 240


def boots():
    """Questions by what they boot: {(topology, arguments): [name, ...]}."""
    found = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(context.path("top"),
                                              QUESTIONS))):
        head = dict(re.findall(r"^# (\w+): (.*)$", context.read(path), re.M))
        # Arguments for tracing are of no use to this kernel.
        boot = head.get("Boot", "")
        if "kprobe_event" in boot:
            boot = ""
        if "Topology" not in head and "Question" in head:
            raise ValueError("%s names no topology" % path)
        if "Topology" in head:
            found[head["Topology"], boot].append(os.path.basename(path))
    return found


def suite():
    found = []
    for (topology, arguments), names in boots().items():
        label = "explain." + topology + (".more" if arguments else "")
        log = context.result_file(label + ".log")
        result = context.guest(
            topology, log, guests.RUN % (" ".join(names), SECONDS),
            guests.GUEST_SECONDS + SECONDS * len(names), append=arguments)
        for name in names:
            found += guests.judge("explain", name, result.stdout)
        if result.returncode:
            found.append(results.failed(label, result.stdout[-3000:]))
        found += klog.scan(context.read(log), label + "/")
    return found
