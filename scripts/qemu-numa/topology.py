# SPDX-License-Identifier: GPL-2.0
"""Machine topologies: read from small INI files, checked, printed."""

import configparser
import os
import re

import failure

HERE = os.path.dirname(os.path.abspath(__file__))
DIRECTORY = os.path.join(HERE, "topologies")
LOCAL_DISTANCE = 10
REMOTE_DISTANCE = 20
SECTOR = 512
KEYS = {"mem", "cpus", "distance", "dimm", "bandwidth"}
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class TopologyError(Exception):
    """A topology that does not exist or makes no sense."""


class Node:
    """One node: its memory in bytes and how many CPUs it has.

    @dimm is memory in a module that can be unplugged; @bandwidth is what the
    nearest CPU reads and writes in MB/s, a pair.
    """

    def __init__(self, mem, cpus, distance=None, dimm=0, bandwidth=None):
        self.mem = mem
        self.cpus = cpus
        self.distance = distance
        self.dimm = dimm
        self.bandwidth = bandwidth


class Topology:
    """A list of nodes; node number is the position in the list.

    @append are arguments for the kernel, of a machine that is about them;
    @fault is what fails while it boots, or None; @disks are sizes in bytes.
    """

    def __init__(self, name, description, nodes, append="", fault=None,
                 disks=()):
        self.name = name
        self.description = description
        self.nodes = nodes
        self.append = append
        self.fault = fault
        self.disks = list(disks)

    @property
    def cpus(self):
        return sum(node.cpus for node in self.nodes)

    @property
    def mem(self):
        return sum(node.mem for node in self.nodes)

    def dimms(self):
        """Sizes of memory modules by node."""
        return {number: node.dimm for number, node in enumerate(self.nodes)
                if node.dimm}

    def distances(self):
        """The full matrix, or None when the firmware's default will do."""
        if all(node.distance is None for node in self.nodes):
            return None
        return [node.distance or self._default_row(i)
                for i, node in enumerate(self.nodes)]

    def has_bandwidths(self):
        return any(node.bandwidth for node in self.nodes)

    def initiator(self, number):
        """The node whose CPUs are nearest to a node's memory."""
        if self.nodes[number].cpus:
            return number
        matrix = self.distances()
        row = matrix[number] if matrix else self._default_row(number)
        return min((i for i, node in enumerate(self.nodes) if node.cpus),
                   key=lambda i: row[i])

    def _default_row(self, i):
        return [LOCAL_DISTANCE if j == i else REMOTE_DISTANCE
                for j in range(len(self.nodes))]

    def set_cpus(self, count):
        """Keep the first CPUs, or add more round robin where CPUs are."""
        homes = [node for node in self.nodes if node.cpus]
        for node in homes:
            kept = min(node.cpus, count)
            node.cpus, count = kept, count - kept
        for i in range(count):
            homes[i % len(homes)].cpus += 1


def names():
    """All topologies that come with the runner, in a stable order."""
    return sorted(entry[:-4] for entry in os.listdir(DIRECTORY)
                  if entry.endswith(".ini"))


def load(name):
    """Read the topology called @name, or the file at that path."""
    path = os.path.join(DIRECTORY, name + ".ini")
    if os.sep in name or name.endswith(".ini"):
        path, name = name, os.path.basename(name)
    elif not os.path.exists(path):
        raise TopologyError("no topology '%s'; there are: %s"
                            % (name, ", ".join(names())))
    parser = configparser.ConfigParser(inline_comment_prefixes=("#", ";"))
    try:
        with open(path, encoding="utf-8") as stream:
            parser.read_file(stream)
    except (OSError, configparser.Error) as error:
        raise TopologyError("cannot read topology %s: %s" % (path, error))
    topology = Topology(name, parser.get("topology", "description",
                                         fallback=""), _nodes(path, parser),
                        parser.get("topology", "append", fallback=""),
                        _fault(path, parser), _disks(path, parser))
    _check(path, topology)
    return topology


def _nodes(path, parser):
    nodes = {}
    for section in parser.sections():
        if section in ("topology", "failure"):
            continue
        for number in _numbers(path, section):
            if number in nodes:
                raise TopologyError("%s: node %d is described twice"
                                    % (path, number))
            nodes[number] = _node(path, section, parser[section])
    if sorted(nodes) != list(range(len(nodes))):
        raise TopologyError("%s: node numbers must run from 0 without gaps"
                            % path)
    return [nodes[number] for number in sorted(nodes)]


def _numbers(path, section):
    match = re.fullmatch(r"nodes? (\d+)(?:-(\d+))?", section)
    if not match:
        raise TopologyError("%s: section [%s] is not [topology], [failure], "
                            "[node N] or [nodes A-B]" % (path, section))
    first = int(match.group(1))
    return range(first, int(match.group(2) or first) + 1)


def _node(path, section, values):
    unknown = set(values) - KEYS
    if unknown:
        raise TopologyError("%s: [%s] has an unknown key '%s'"
                            % (path, section, unknown.pop()))
    try:
        row = values.get("distance")
        return Node(size_of(values["mem"]), int(values["cpus"]),
                    row and [int(word) for word in row.split()],
                    size_of(values.get("dimm", "0")),
                    _bandwidth(values.get("bandwidth")))
    except (KeyError, ValueError) as error:
        raise TopologyError("%s: [%s]: missing or bad value: %s"
                            % (path, section, error))


def _fault(path, parser):
    if not parser.has_section("failure"):
        return None
    values = dict(parser["failure"])
    try:
        fault = failure.Fault(values.pop("within"), values.pop("function"),
                              int(values.pop("call", "1")),
                              int(values.pop("result")))
    except (KeyError, ValueError) as error:
        raise TopologyError("%s: [failure]: missing or bad value: %s"
                            % (path, error))
    if values or fault.call < 1:
        raise TopologyError("%s: [failure] has an unknown key or no call: %s"
                            % (path, " ".join(values) or fault.call))
    return fault


def _disks(path, parser):
    words = parser.get("topology", "disks", fallback="").split()
    try:
        return [disk_size(word) for word in words]
    except ValueError as error:
        raise TopologyError("%s: [topology]: bad value: %s" % (path, error))


def disk_size(text):
    """Bytes of a disk, which consists of sectors."""
    size = size_of(text)
    if not size or size % SECTOR:
        raise ValueError("size '%s' of a disk" % text)
    return size


def _bandwidth(text):
    """One number, or one for reads and one for writes."""
    if text is None:
        return None
    rates = [int(word) for word in text.split()]
    if len(rates) not in (1, 2) or min(rates) <= 0:
        raise ValueError("bandwidth '%s'" % text)
    return rates[0], rates[-1]


def size_of(text):
    """Bytes of a number with an optional unit."""
    match = re.fullmatch(r"(\d+)([KMG]?)", text)
    if not match:
        raise ValueError("size '%s'" % text)
    return int(match.group(1)) * UNITS[match.group(2)]


def _check(path, topology):
    if not topology.nodes or not topology.nodes[0].mem:
        raise TopologyError("%s: node 0 needs memory to boot from" % path)
    if not topology.cpus:
        raise TopologyError("%s: no node has a CPU" % path)
    for i, node in enumerate(topology.nodes):
        row = node.distance
        if row is None:
            continue
        if len(row) != len(topology.nodes) or row[i] != LOCAL_DISTANCE:
            raise TopologyError(
                "%s: node %d: a distance row needs %d numbers, and %d for "
                "the node itself" % (path, i, len(topology.nodes),
                                     LOCAL_DISTANCE))
