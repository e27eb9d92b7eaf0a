# SPDX-License-Identifier: GPL-2.0
"""Kernel builds in folders of their own, for steps and configurations."""

import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import interrupt  # noqa: E402
import overlay  # noqa: E402


# What a failed build's log has to tell, of all its lines.
TELLING = re.compile(r"error|undefined|\*\*\*|No such file|No space")


class BuildError(Exception):
    """A build failed; the text is the end of its log."""


def pristine_copy(base, src):
    """A tree that shares the base's files until they differ."""
    shutil.rmtree(src, ignore_errors=True)
    linked = subprocess.run(["cp", "-al", base, src], check=False,
                            stderr=subprocess.DEVNULL)
    if linked.returncode:
        shutil.rmtree(src, ignore_errors=True)
        subprocess.run(["cp", "-a", base, src], check=True)


def without(fragment, options):
    """A configuration fragment with options switched off."""
    off = {"CONFIG_" + option for option in options}
    lines = [line for line in fragment.splitlines()
             if line.partition("=")[0] not in off]
    return "\n".join(lines + ["# %s is not set" % option
                              for option in sorted(off)]) + "\n"


class Build:
    """One output folder: what is not different is not built again."""

    def __init__(self, src, out, cache, arguments=()):
        self.src = src
        self.out = out
        self.log = os.path.join(out, "build.log")
        self.arguments = list(arguments) or ["CC=ccache gcc",
                                             "HOSTCC=ccache gcc"]
        self.environment = {
            **os.environ, "CCACHE_DIR": os.path.join(cache, "ccache"),
            "CCACHE_BASEDIR": cache, "CCACHE_NOHASHDIR": "1",
            "CCACHE_DEPEND": "1",
            "KBUILD_BUILD_TIMESTAMP": "1970-01-01 00:00:00 UTC",
            "KBUILD_BUILD_USER": "mempolicy",
            "KBUILD_BUILD_HOST": "mempolicy", "KBUILD_BUILD_VERSION": "1",
            "LOCALVERSION": ""}
        os.makedirs(out, exist_ok=True)

    def make(self, *targets):
        """Run make; raises BuildError with the end of the log."""
        jobs = os.environ.get("JOBS") or str(os.cpu_count())
        with open(self.log, "a", encoding="utf-8") as log:
            result = interrupt.run(
                ["make", "-C", self.src, "O=" + self.out, "-j", jobs,
                 *self.arguments, *targets], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)
        if result.returncode:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                lines = log.readlines()
            # Other jobs go on for a while after the one that failed.
            raise BuildError("".join(
                [line for line in lines[:-10] if TELLING.search(line)]
                + lines[-10:]))

    def configure(self, fragment, again=False):
        """Lay @fragment over allnoconfig, if it is not what is there, or
        @again since there may be options that there were not.
        """
        path = os.path.join(self.out, "fragment")
        open(self.log, "w", encoding="utf-8").close()
        if overlay.update(self.out, "fragment", fragment.encode(), 0o644) \
                or again or not os.path.exists(os.path.join(self.out,
                                                            ".config")):
            self.make("KCONFIG_ALLCONFIG=" + path, "allnoconfig")

    def has(self, option):
        """Whether an option is on."""
        with open(os.path.join(self.out, ".config"),
                  encoding="utf-8") as stream:
            return "CONFIG_%s=y\n" % option in stream.read()

    def warnings(self):
        """What the compiler had to say of memory policy."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return [line.strip() for line in log
                    if "mempolicy" in line
                    and ("warning:" in line or "error:" in line)]
