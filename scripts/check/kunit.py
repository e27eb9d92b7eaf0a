# SPDX-License-Identifier: GPL-2.0
"""KUnit: built into the kernel, run at boot."""

import context
import guests
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
    output, ended = guests.run(label, topology, COMMAND, TIMEOUT,
                               append=arguments)
    context.save("kunit.%s.tap" % topology, output)
    ran = output.split(MARK)[1:]
    if not ran:
        ended.append(results.failed(label, "the kernel ran no KUnit test"))
    return [found for text in ran
            for found in ktap.parse(text, label + "/")] + ended


def suite():
    return [found for topology, arguments in MACHINES.items()
            for found in guest(topology, arguments)]
