# SPDX-License-Identifier: GPL-2.0
"""The kselftests: one boot per topology runs all programs."""

import glob
import os
import re

import context
import klog
import ktap
import results

PROGRAM_SECONDS = 600
DEMONSTRATIONS = {"four-node": "mempolicy-demo",
                  "hmat-dram-cxl": "mempolicy-demo-weights"}
# What a machine with ACPI is needed for.
BANDWIDTHS = ("hmat-dram-cxl",)
GUEST_SECONDS = 60

# Output of a program stands between two lines that carry its name.  The
# second one tells its exit status, and the uptime when it began and ended.
BEGIN, END = "=== begin %s", "=== end %s "
FUNCTIONS = """\
begin() {
	echo "check: running $1" >/dev/kmsg
	echo "=== begin $1"
	read -r begun rest </proc/uptime
}
end() {
	status=$?
	read -r ended rest </proc/uptime
	printf '\\n=== end %s %d %s %s\\n' $1 $status $begun $ended
}
"""
RUN = FUNCTIONS.replace("%", "%%") + """\
for name in %s; do
	begin $name
	timeout -s KILL %d $name 2>&1
	end $name
done
"""

# What the demonstrations end with.
VERDICT = re.compile(r"^([1-9]\d*) of \1 (?:placements|shares) are what was "
                     r"asked for\.$", re.M)

# Each runs twice: for 80 columns without UTF-8, and for a wide terminal with it.
WIDTHS = (80, 120)
TWICE = "%s && echo === && COLUMNS=120 CHARSET=UTF-8 %s"
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")

# How long each program took: {"label/program": seconds}.
seconds = {}


def programs():
    """Names of the test programs in the guest image."""
    directory = os.path.join(context.path("guest"), "bin")
    found = sorted(os.path.basename(name) for name in
                   glob.glob(os.path.join(directory, "mempolicy_*")))
    if not found:
        raise ValueError("no test programs in %s; scripts/guest.sh makes them"
                         % directory)
    return found


def section(output, program):
    """Text, exit status and seconds of one program.

    Without a beginning there is no text, without an end no status.
    """
    _, begun, rest = output.partition((BEGIN % program) + "\n")
    if not begun:
        return None, None, 0
    text, ended, rest = rest.partition("\n" + END % program)
    if not ended:
        return text, None, 0
    status, start, end = rest.split()[:3]
    return text, int(status), float(end) - float(start)


def judge(label, program, output):
    """Results of one program; the label tells machine (and kernel)."""
    prefix = "%s/%s/" % (label, program)
    text, status, seconds[label + "/" + program] = section(output, program)
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


def run(label, topology, script, limit, append="", kernel=""):
    """What a shell script prints in a guest, and how that ended: whether it
    did, and what its kernel's log complains of.
    """
    log = context.result_file(label.replace("/", ".") + ".log")
    result = context.run(
        [context.RUNNER, "run", "--topo", topology, "--log", log,
         "--timeout", str(limit), "--append", append,
         *(["--kernel", kernel] if kernel else []), "--", "sh", "-c", script])
    ended = [results.failed(label + "/guest", result.stdout[-3000:])
             ] if result.returncode else []
    return result.stdout, ended + klog.scan(context.read(log), label + "/")


def boot(label, topology, names, limit=PROGRAM_SECONDS, judged=None,
         **options):
    """Run programs in one guest: their results, and how it ended.  They are
    named after @label, or what is @judged.
    """
    output, ended = run(label, topology, RUN % (" ".join(names), limit),
                        GUEST_SECONDS + limit * len(names), **options)
    return [result for name in names
            for result in judge(judged or label, name, output)], ended


def slowest(number):
    """One line that names the programs that took longest."""
    order = sorted(seconds, key=seconds.get, reverse=True)
    context.save("seconds.txt", "".join("%6.1f %s\n" % (seconds[name], name)
                                        for name in order))
    return "slowest: " + ", ".join("%s %.0f s" % (name, seconds[name])
                                   for name in order[:number])


def suite(topology, names):
    """All results of one guest with our kernel."""
    return sum(boot(topology, topology, names), [])


def debian():
    """Debian's NUMA tools, as they are, with our kernel."""
    output, ended = run("debian-tools", "four-node",
                        "debian-tools 2>&1", 5 * GUEST_SECONDS)
    context.save("debian-tools.tap", output)
    return ktap.parse(output, "debian-tools/") + ended


def unfit(output):
    """What is wrong with the form of a demonstration that ran twice."""
    parts = output.split("===\n")
    if len(parts) != len(WIDTHS):
        return "it did not run twice"
    widest = [max(map(len, part.splitlines())) for part in parts]
    troubles = ["a line of %d columns, of %d" % pair
                for pair in zip(widest, WIDTHS) if pair[0] > pair[1]]
    if not parts[0].isascii():
        troubles.append("more than ASCII without UTF-8")
    if parts[1].isascii() or widest[1] <= WIDTHS[0]:
        troubles.append("a wide terminal is not made use of")
    if CONTROL.search(output):
        troubles.append("control characters")
    return "\n".join(troubles)


def demonstration():
    """The tables of the demonstration judge themselves."""
    found = []
    for topology, command in DEMONSTRATIONS.items():
        if topology in BANDWIDTHS and context.foreign():
            found.append(results.skipped(
                "demo/" + topology, "no firmware of this architecture's "
                "machines tells of bandwidths"))
            continue
        name = "demo/" + topology
        output, ended = run(name, topology, TWICE % (command, command),
                            5 * GUEST_SECONDS)
        context.save("demo.%s.txt" % topology, output)
        right = len(VERDICT.findall(output)) == len(WIDTHS)
        found.append(results.passed(name) if right
                     else results.failed(name, output))
        wrong = unfit(output)
        found.append(results.failed(name + " in its terminal", wrong) if wrong
                     else results.passed(name + " in its terminal"))
        found += ended
    return found
