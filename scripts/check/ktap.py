# SPDX-License-Identifier: GPL-2.0
"""(K)TAP, read with the kernel's own parser: what is missing is a failure.

The parser keeps no reason of a skip, takes no plan of nothing with a reason, does
not mind results beyond the plan or a test that fails though its subtests pass,
and looks for results without end where there is no plan: that is seen to here.
"""

import io
import os
import re
import sys
import threading

import context
import results

sys.path.append(os.path.join(context.path("src"), "tools/testing/kunit"))
import kunit_parser  # noqa: E402
import kunit_printer  # noqa: E402

# The first header, and a plan before any result.
PLAN = re.compile(r"\A(?:(?! *K?TAP version).*\n)* *K?TAP version \d+\n"
                  r"(?:(?! *(?:not )?ok ).*\n)*? *1\.\.\d")
NOTHING = re.compile(r"^1\.\.0 *# *SKIP *(.*)$", re.M)
SKIP = re.compile(r"^( *)(ok \d+ .* # SKIP *(.*))$", re.M)
FINE = {kunit_parser.TestStatus.SUCCESS: results.PASS,
        kunit_parser.TestStatus.SKIPPED: results.SKIP}

# The parser prints what it finds wrong.
_printing = threading.Lock()


def leaves(test, prefix):
    """All results of a test and its subtests."""
    status = FINE.get(test.status, results.FAIL)
    found = [result for sub in test.subtests
             for result in leaves(sub, "%s/%s" % (prefix, sub.name))]
    if not found or status == results.FAIL and results.FAIL not in {
            result.status for result in found}:
        said = [line.strip() for line in test.log if line.strip()]
        detail = {results.PASS: "", results.SKIP: "".join(said[-1:]),
                  results.FAIL: "\n".join(said[-30:])}
        found.append(results.Result(prefix, status, detail[status]))
    return found


def read(text, prefix):
    nothing = NOTHING.search(text)
    if nothing:
        return [results.skipped(prefix + "all", nothing.group(1))]
    if not PLAN.match(text):
        return [results.failed(prefix + "plan", "no test plan (1..N) in its "
                               "output, which ends:\n" + text[-2000:])]
    lines = kunit_parser.extract_tap_lines(
        SKIP.sub(r"\1\3\n\1\2", text).splitlines())
    with _printing:
        said = io.StringIO()
        kunit_parser.stdout = kunit_printer.Printer(said)
        try:
            whole = kunit_parser.parse_test(lines, 0, [], False)
        except ValueError as error:
            # There is no result of a test with subtests.
            return [results.failed(prefix + "plan", "%s\n%s" % (
                text[-2000:], error))]
    found = [result for test in whole.subtests
             for result in leaves(test, prefix + test.name)]
    beyond = [line for line in lines if kunit_parser.TEST_RESULT.match(line)]
    if whole.counts.errors or beyond or not found:
        found.append(results.failed(prefix + "plan", "\n".join(
            [line for line in said.getvalue().splitlines() if "ERROR" in line]
            + ["beyond the plan: " + line for line in beyond]
            + ([] if found else ["it has no tests"]))))
    return found


def parse(text, prefix, status=0):
    """Results of a program's output and exit status."""
    found = read(text, prefix)
    fine = not any(result.status == results.FAIL for result in found)
    # 4 is how a kselftest says that it skipped everything.
    if status not in (0, 4) and fine:
        tail = "\n".join(text.splitlines()[-15:])
        found.append(results.failed(prefix + "exit", tail
                                    + "\nended with status %d" % status))
    return found
