# SPDX-License-Identifier: GPL-2.0
"""The questions of "make explain": the facts that their answers rest on."""

import collections
import glob
import os
import re

import context
import guests

QUESTIONS = "laboratory/explain/explain-*"
SECONDS = 240


def boots():
    """Questions by what they boot: {(topology, arguments): [name, ...]}."""
    found = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(context.TOP, QUESTIONS))):
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
        found += sum(guests.boot(
            "explain." + topology + (".more" if arguments else ""), topology,
            names, SECONDS, "explain", append=arguments), [])
    return found
