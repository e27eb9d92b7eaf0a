# SPDX-License-Identifier: GPL-2.0
"""KUnit: built into the kernel, run at boot, read with the kernel's parser."""

import json
import os
import sys

import context
import klog
import results

# One of its nodes has no memory, and distances differ.
TOPOLOGY = "memoryless"
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


def judge(text):
    """Results of one suite, whose name is the first line."""
    name, _, lines = text.partition("\n")
    context.save("kunit.%s.tap" % name, lines)
    parsed, complaint = parse(context.result_file("kunit.%s.tap" % name))
    return list(leaves(parsed, "kunit")) or [
        results.failed("kunit/" + name, complaint or "it has no results")]


def suite():
    log = context.result_file("kunit.log")
    result = context.guest(TOPOLOGY, log, COMMAND, TIMEOUT, "kunit.enable=1")
    suites = result.stdout.split(MARK)[1:]
    if result.returncode or not suites:
        return [results.failed("kunit/guest", result.stdout
                               or "the kernel ran no KUnit test")]
    return ([found for text in suites for found in judge(text)]
            + klog.scan(context.read(log), "kunit/"))
