# SPDX-License-Identifier: GPL-2.0
"""KUnit: built into the kernel, run at boot."""

import context
import klog
import ktap
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


def guest(topology, arguments):
    label = "kunit/" + topology
    log = context.result_file("kunit.%s.log" % topology)
    result = context.guest(topology, log, COMMAND, TIMEOUT, arguments)
    context.save("kunit.%s.tap" % topology, result.stdout)
    ran = result.stdout.split(MARK)[1:]
    if result.returncode or not ran:
        return [results.failed(label + "/guest", result.stdout
                               or "the kernel ran no KUnit test")]
    return ([found for text in ran for found in ktap.parse(text, label + "/")]
            + klog.scan(context.read(log), label + "/"))


def suite():
    return [found for topology, arguments in MACHINES.items()
            for found in guest(topology, arguments)]
