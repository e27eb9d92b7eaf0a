# SPDX-License-Identifier: GPL-2.0
"""How long a task waits for strangers, on two CPUs.

Time in an emulator says little, but the ratio of two times of one run does:
each row is in percent of what the same task needs alone.
"""

import place
import report

NODES = 4
CPUS = 2


def measure():
    values = {kernel: place.run(kernel, NODES, ["wait/*"], cpus=CPUS)
              for kernel in place.KERNELS}
    text, missed = report.table("percent of the time alone, %d CPUs" % CPUS,
                                values)
    return {"rows": values, "missed": missed, "text": text}
