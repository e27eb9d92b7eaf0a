# SPDX-License-Identifier: GPL-2.0
"""Results as a JUnit file, for machines that show them."""

import collections
import re
import time
import xml.etree.ElementTree as xml

import context
import results

# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(raw):
    return UNWRITABLE.sub("?", raw)


def add(parent, result):
    """One test: the last part of its name is the test, the rest its class."""
    group, _, name = result.name.rpartition("/")
    test = xml.SubElement(parent, "testcase", classname=text(group),
                          name=text(name))
    if result.status == results.FAIL:
        lines = result.detail.splitlines() or ["failed"]
        xml.SubElement(test, "failure", message=text(lines[-1])
                       ).text = text(result.detail)
    elif result.status == results.SKIP:
        xml.SubElement(test, "skipped", message=text(result.detail))


def document(suites):
    """@suites: (title, results, seconds) of each."""
    top = xml.Element("testsuites", name="mempolicy",
                      timestamp=time.strftime("%Y-%m-%dT%H:%M:%S"))
    for title, found, seconds in suites:
        count = collections.Counter(result.status for result in found)
        suite = xml.SubElement(
            top, "testsuite", name=title, tests=str(len(found)),
            failures=str(count[results.FAIL]), errors="0",
            skipped=str(count[results.SKIP]), time="%.1f" % seconds)
        for result in found:
            add(suite, result)
    return xml.tostring(top, encoding="unicode")


def save(suites):
    context.save("junit.xml", '<?xml version="1.0" encoding="UTF-8"?>\n'
                 + document(suites) + "\n")
