# SPDX-License-Identifier: GPL-2.0
"""The kselftests: one boot per topology runs all programs."""

import glob
import os

import context
import klog
import ktap
import results

PROGRAM_SECONDS = 600
GUEST_SECONDS = 60

# Output of a program stands between two lines that carry its name.
BEGIN, END = "=== begin %s", "=== end %s "
RUN = """\
for name in %s; do
	echo "check: running $name" >/dev/kmsg
	echo "=== begin $name"
	timeout -s KILL %d $name 2>&1
	printf '\\n=== end %%s %%d\\n' $name $?
done
"""


def programs():
    """Names of the test programs in the guest image."""
    directory = os.path.join(context.path("guest"), "bin")
    return sorted(os.path.basename(name) for name in
                  glob.glob(os.path.join(directory, "mempolicy_*")))


def section(output, program):
    """Text and exit status of one program; status None if it has no end."""
    _, begun, rest = output.partition((BEGIN % program) + "\n")
    if not begun:
        return None, None
    text, ended, rest = rest.partition("\n" + END % program)
    return text, int(rest.split()[0]) if ended else None


def judge(label, program, output):
    """Results of one program; the label tells machine (and kernel)."""
    prefix = "%s/%s/" % (label, program)
    text, status = section(output, program)
    if text is None:
        return [results.failed(prefix + "run", output[-2000:]
                               + "\nnot run: the guest died before")]
    context.save("%s.%s.tap" % (label.replace("/", "."), program), text)
    if status is None:
        return [results.failed(prefix + "run", text[-2000:]
                               + "\nthe guest died or hung in this program")]
    if status == 137:
        return [results.failed(prefix + "run", text[-2000:]
                               + "\nkilled, by its time limit of %d s or by "
                               "the kernel" % PROGRAM_SECONDS)]
    return ktap.parse(text, prefix, status)


def boot(label, topology, names, kernel=""):
    """Run programs in one guest: all results, how it ended, its console."""
    log = context.result_file(label.replace("/", ".") + ".log")
    result = context.guest(topology, log,
                           RUN % (" ".join(names), PROGRAM_SECONDS),
                           GUEST_SECONDS + PROGRAM_SECONDS * len(names),
                           kernel=kernel)
    found = []
    for name in names:
        found += judge(label, name, result.stdout)
    return found, result, log


def suite(topology, names):
    """All results of one guest with our kernel."""
    found, result, log = boot(topology, topology, names)
    if result.returncode:
        found.append(results.failed(topology + "/guest",
                                    result.stdout[-3000:]))
    return found + klog.scan(context.read(log), topology + "/")


def demonstration():
    """The tables of the demonstration judge themselves."""
    log = context.result_file("demo.log")
    result = context.guest("four-node", log, "mempolicy-demo", GUEST_SECONDS)
    context.save("demo.txt", result.stdout)
    name = "demo/four-node"
    found = ([results.failed(name, result.stdout)] if result.returncode
             else [results.passed(name)])
    return found + klog.scan(context.read(log), "demo/")
