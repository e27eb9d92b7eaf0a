# SPDX-License-Identifier: GPL-2.0
"""KUnit: built into the kernel, run at boot, read with the kernel's parser."""

import json
import os
import subprocess
import sys

import context
import klog
import results

# One of its nodes has no memory, and distances differ.
TOPOLOGY = "memoryless"
TIMEOUT = 300
STATUS = {"PASS": results.PASS, "SKIP": results.SKIP}


def parse(log):
    """What the kernel's own tool makes of @log, as a dictionary."""
    tool = os.path.join(context.path("src"), "tools/testing/kunit/kunit.py")
    result = subprocess.run([sys.executable, "-B", tool, "parse", "--json",
                             log], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            encoding="utf-8", check=False)
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


def suite():
    log = context.result_file("kunit.log")
    result = context.guest(TOPOLOGY, log, "true", TIMEOUT, "kunit.enable=1")
    if result.returncode:
        return [results.failed("kunit/guest", result.stdout)]
    parsed, complaint = parse(log)
    found = list(leaves(parsed, "kunit"))
    if not found:
        found = [results.failed("kunit/results", complaint
                                or "the kernel ran no KUnit test")]
    return found + klog.scan(context.read(log), "kunit/")
