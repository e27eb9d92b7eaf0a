# SPDX-License-Identifier: GPL-2.0
"""Results as a JUnit file, for machines that show them."""

import re
import time
import xml.etree.ElementTree as xml

import context
import results

FILE = "junit.xml"

# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(raw):
    return UNWRITABLE.sub("?", raw)


def case(result):
    """One test: the last part of its name is the test, the rest its class."""
    group, _, name = result.name.rpartition("/")
    element = xml.Element("testcase", classname=text(group), name=text(name))
    if result.status == results.FAIL:
        lines = result.detail.splitlines() or ["failed"]
        failure = xml.SubElement(element, "failure", message=text(lines[-1]))
        failure.text = text(result.detail)
    elif result.status == results.SKIP:
        xml.SubElement(element, "skipped", message=text(result.detail))
    return element


def suite(title, found, seconds):
    def number(status):
        return str(sum(result.status == status for result in found))
    element = xml.Element("testsuite", name=title, tests=str(len(found)),
                          failures=number(results.FAIL), errors="0",
                          skipped=number(results.SKIP),
                          time="%.1f" % seconds)
    element.extend(map(case, found))
    return element


def document(suites):
    """@suites: (title, results, seconds) of each."""
    top = xml.Element("testsuites", name="mempolicy",
                      timestamp=time.strftime("%Y-%m-%dT%H:%M:%S"))
    top.extend(suite(*item) for item in suites)
    return xml.tostring(top, encoding="unicode")


def save(suites):
    context.save(FILE, '<?xml version="1.0" encoding="UTF-8"?>\n'
                 + document(suites) + "\n")
