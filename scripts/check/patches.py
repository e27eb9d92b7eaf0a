# SPDX-License-Identifier: GPL-2.0
"""The series of patches: checkpatch --strict on each, as it is mailed."""

import glob
import os
import sys

import context
import results

sys.path += [context.SCRIPTS, os.path.join(context.SCRIPTS, "series")]
import series  # noqa: E402
import steps  # noqa: E402

# The first patch has all files of the series in MAINTAINERS, by folders and
# globs.
IGNORED = "FILE_PATH_CHANGES"


def mails():
    """Paths of the patches."""
    work = os.path.join(context.path("work"), "patches")
    repo, out = os.path.join(work, "repo"), os.path.join(work, "mails")
    base = context.run([os.path.join(context.SCRIPTS, "base.sh")])
    series.build(context.TOP, base.stdout.strip(), repo, steps.WHO)
    series.write_patches(context.TOP, base.stdout.strip(), repo, out,
                         steps.WHO)
    return sorted(glob.glob(os.path.join(out, "*.patch")))[1:]


def check(path):
    """One result."""
    checkpatch = os.path.join(context.path("src"), "scripts/checkpatch.pl")
    result = context.run([checkpatch, "--no-tree", "--strict", "--quiet",
                          "--show-types", "--ignore", IGNORED, path])
    label = "patches/" + os.path.basename(path)[:-len(".patch")]
    return (results.failed(label, result.stdout) if result.returncode
            else results.passed(label))


def suite():
    return [check(path) for path in mails()]
