# SPDX-License-Identifier: GPL-2.0
"""The kernel that checks itself: all programs, the stress, what is left.

Two guests share the work, as it takes long.
"""

import context
import guests
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

# What runs beside KUnit and the stress; the other guest has the rest.
WITH_STRESS = "balance borders droppable home_node hotplug hugetlb migrate"

# KUnit ran at boot.
SUITES = ("mempolicy-objects", "mempolicy-resolved", "mempolicy-weights",
          "mempolicy-nearest", "mempolicy-bulk", "mempolicy-context",
          "mempolicy-ranges", "mempolicy-shared")

# The stress once more, with allocations that fail.
FAILING = "mempolicy_stress -f -s 2 -n 300"

# And about objects that processes share, thousands of times.
SHARING = "mempolicy_stress -o -s 3 -n 900"

SCRIPT = guests.FUNCTIONS + """\
debug=/sys/kernel/debug
left() {
	# Younger objects may still be on their way to where they are kept.
	sleep 6
	echo scan >$debug/kmemleak
	cat $debug/kmemleak
	grep debug_locks: /proc/lockdep_stats
}
mkswap /dev/vdb >/dev/null && swapon /dev/vdb
STRESS
PROGRAMS
begin left
left
end left
"""

STRESS = """\
for suite in SUITES; do
	begin $suite
	cat $debug/kunit/$suite/results
	end $suite
done
begin failing
FAILING 2>&1
end failing
begin sharing
SHARING 2>&1
end sharing
"""


def script(names, stress):
    """Runs the programs @names, with @stress KUnit and the stress first."""
    text = SCRIPT.replace("STRESS", STRESS if stress else "")
    text = text.replace("SUITES", " ".join(SUITES))
    text = text.replace("FAILING", FAILING).replace("SHARING", SHARING)
    return text.replace("PROGRAMS", "export MEMPOLICY_TEST_SLOW=%d\n" % SLOW
                        + guests.RUN % (" ".join(names), SECONDS))


def judge_left(output, title="debug"):
    """Leaked memory, and whether lockdep watched to the end."""
    text = guests.section(output, "left")[0]
    leaks, told, lockdep = (text or "").partition("debug_locks:")
    if not told:
        leaks = "the guest did not come to the end"
    watched = lockdep.split()[:1] == ["1"]
    kmemleak, lockdep = title + "/kmemleak", title + "/lockdep"
    return [results.failed(kmemleak, leaks[:4000]) if leaks.strip()
            else results.passed(kmemleak),
            results.passed(lockdep) if watched
            else results.failed(lockdep, "it ended early, or the guest did")]


def run(title, stress):
    """What a guest finds that runs the stress, or does not, and its programs."""
    names = [name for name in guests.programs()
             if machines.runs(name, "* " + LEFT_OUT)
             and machines.runs(name, WITH_STRESS) == stress]
    output, ended = guests.run(title, TOPOLOGY, script(names, stress),
                               SECONDS, append=ARGUMENTS,
                               kernel=context.path("debug"))
    return [result for name in [*(SUITES if stress else ()), *names,
                                *(("failing", "sharing") if stress else ())]
            for result in guests.judge("debug", name, output)
            ] + judge_left(output, title) + ended


def stress_suite():
    return run("debug-stress", True)


def programs_suite():
    return run("debug-programs", False)
