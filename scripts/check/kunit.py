# SPDX-License-Identifier: GPL-2.0
"""KUnit: built into the kernel, run at boot, read with the kernel's parser."""

import json
import os
import sys

import context
import klog
import results

# All suites where one of the nodes has no memory, and distances differ; views
# and weights also where there are many nodes.  What to tell the kernel:
MACHINES = {"memoryless": "kunit.enable=1", "sixty-four":
            "kunit.enable=1 kunit.filter_glob=mempolicy-[vw]*"}
TIMEOUT = 300

# A busy host loses characters of the console: the kernel also keeps results.
MARK = "=== suite "
COMMAND = """\
cd /sys/kernel/debug/kunit
for name in *; do
	echo "%s$name"
	cat $name/results
done
""" % MARK
STATUS = {"PASS": results.PASS, "SKIP": results.SKIP}


def parse(log):
    """What the kernel's own tool makes of @log, as a dictionary."""
    tool = os.path.join(context.path("src"), "tools/testing/kunit/kunit.py")
    result = context.run([sys.executable, "-B", tool, "parse", "--json", log])
    start = result.stdout.find("{")
    try:
        return json.JSONDecoder().raw_decode(result.stdout[start:])[0], ""
    except ValueError:
        return {}, result.stdout


def leaves(group, prefix):
    """All cases of a group and its sub-groups."""
    for case in group.get("test_cases", []):
        status = STATUS.get(case["status"], results.FAIL)
        yield results.Result("%s/%s" % (prefix, case["name"]), status,
                             "" if status == results.PASS else
                             "%s; see kunit.log" % case["status"])
    for sub in group.get("sub_groups", []):
        yield from leaves(sub, "%s/%s" % (prefix, sub["name"]))


def judge(label, text):
    """Results of one suite, whose name is the first line."""
    name, _, lines = text.partition("\n")
    kept = "%s.%s.tap" % (label.replace("/", "."), name)
    context.save(kept, lines)
    parsed, complaint = parse(context.result_file(kept))
    return list(leaves(parsed, label)) or [
        results.failed("%s/%s" % (label, name),
                       complaint or "it has no results")]


def guest(topology, arguments):
    label = "kunit/" + topology
    log = context.result_file("kunit.%s.log" % topology)
    result = context.guest(topology, log, COMMAND, TIMEOUT, arguments)
    ran = result.stdout.split(MARK)[1:]
    if result.returncode or not ran:
        return [results.failed(label + "/guest", result.stdout
                               or "the kernel ran no KUnit test")]
    return ([found for text in ran for found in judge(label, text)]
            + klog.scan(context.read(log), label + "/"))


def suite():
    return [found for topology, arguments in MACHINES.items()
            for found in guest(topology, arguments)]
