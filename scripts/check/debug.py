# SPDX-License-Identifier: GPL-2.0
"""The kernel that checks itself: all programs, the stress, what is left."""

import context
import guests
import klog
import machines
import results

TOPOLOGY = "debug"
ARGUMENTS = "kunit.enable=1 slub_debug=FZPU,numa_policy"
SECONDS = 2400

# How many times slower than the other kernel; the harness gives tests as much
# more time.
SLOW = 10

# What takes long and comes to no lock and no object that others do not, or goes
# by the time that a kernel without these checks takes.
LEFT_OUT = ("!abi !cpuset !fuzz !isolation !kernel !oom !place !reclaim "
            "!sysctl !views")

# KUnit ran at boot.
SUITES = ("mempolicy-objects", "mempolicy-resolved", "mempolicy-weights",
          "mempolicy-nearest", "mempolicy-bulk", "mempolicy-context",
          "mempolicy-shared")

# The stress once more, with allocations that fail.
FAILING = "mempolicy_stress -f -s 2 -n 300"

# And about objects that processes share, thousands of times.
SHARING = "mempolicy_stress -o -s 3 -n 900"

SCRIPT = """\
debug=/sys/kernel/debug
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
left() {
	# Younger objects may still be on their way to where they are kept.
	sleep 6
	echo scan >$debug/kmemleak
	cat $debug/kmemleak
	grep debug_locks: /proc/lockdep_stats
}
for suite in SUITES; do
	begin $suite
	cat $debug/kunit/$suite/results
	end $suite
done
mkswap /dev/vdb >/dev/null && swapon /dev/vdb
begin failing
FAILING 2>&1
end failing
begin sharing
SHARING 2>&1
end sharing
PROGRAMS
begin left
left
end left
"""


def script(names):
    text = SCRIPT.replace("SUITES", " ".join(SUITES))
    text = text.replace("FAILING", FAILING).replace("SHARING", SHARING)
    return text.replace("PROGRAMS", "export MEMPOLICY_TEST_SLOW=%d\n" % SLOW
                        + guests.RUN % (" ".join(names), SECONDS))


def judge_left(output):
    """Leaked memory, and whether lockdep watched to the end."""
    text = guests.section(output, "left")[0]
    leaks, told, lockdep = (text or "").partition("debug_locks:")
    if not told:
        leaks = "the guest did not come to the end"
    watched = lockdep.split()[:1] == ["1"]
    return [results.failed("debug/kmemleak", leaks[:4000]) if leaks.strip()
            else results.passed("debug/kmemleak"),
            results.passed("debug/lockdep") if watched
            else results.failed("debug/lockdep", "it ended early, or the "
                                "guest did")]


def suite():
    names = [name for name in guests.programs()
             if machines.runs(name, "* " + LEFT_OUT)]
    log = context.result_file("debug.log")
    result = context.guest(TOPOLOGY, log, script(names),
                           SECONDS, ARGUMENTS, context.path("debug"))
    found = []
    for name in [*SUITES, *names, "failing", "sharing"]:
        found += guests.judge("debug", name, result.stdout)
    if result.returncode:
        found.append(results.failed("debug/guest", result.stdout[-3000:]))
    return (found + judge_left(result.stdout)
            + klog.scan(context.read(log), "debug/"))
