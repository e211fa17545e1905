"""Graphs in GraphML, by networkx."""

import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.parsers import expat

import pandas as pd

from mftheory.connectome.reading.edges import Edges, Table, edges_of
from mftheory.connectome.reading.files import must_fit, needs, readable, refuse_doctype
from mftheory.connectome.reading.roles import COLUMNS, Request, plain, tidy
from mftheory.errors import InvalidFile

_PRE, _POST = "source of the edge", "target of the edge"  # no attributes: these have no spaces here
_MAX_DEPTH = 64  # nested elements; GraphML without nested graphs has 4


def read_graphml(file: Path, request: Request) -> Edges:
    """Read the edges of a directed graph.

    A neuron is named by an attribute of its node (`COLUMNS` ``["neuron"]``) if that differs between all nodes,
    otherwise by the node's id. An edge's transmitter may stand at the node it comes from.
    """
    with needs(file, "networkx"):
        import networkx as nx
    must_fit(file, 20 * file.stat().st_size)  # the tree of elements, then the graph
    content = file.read_bytes()
    with readable(file, "GraphML file"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ports, and keys without a type
        refuse_doctype(file, content)
        scan = _Scan(file, content)
        graph = nx.read_graphml(io.BytesIO(content), force_multigraph=True)
    if not graph.is_directed():
        raise InvalidFile("path", str(file), "is an undirected graph; a wiring needs edgedefault='directed'")
    lost = scan.edges - graph.number_of_edges()
    if lost:
        raise InvalidFile("path", str(file), f"has {lost} edges that repeat another's id or are in nested graphs")

    defaults = graph.graph.get("node_default", {})
    nodes = {node: {**defaults, **data} for node, data in graph.nodes(data=True)}
    names = _names(file, nodes, request.given.get("neuron"))
    defaults = graph.graph.get("edge_default", {})
    edges = [(source, target, {**defaults, **data}) for source, target, data in graph.edges(data=True)]
    at_edges = list(dict.fromkeys(name for *_, data in edges for name in data))
    at_nodes = list(dict.fromkeys(name for data in nodes.values() for name in data))
    at_source = _transmitter_of_nodes(at_edges, at_nodes, request)
    header = [_PRE, _POST, *at_edges, *at_source]
    table = [
        (names[source], names[target], *map(data.get, at_edges), *map(nodes[source].get, at_source))
        for source, target, data in edges
    ]
    lines = [scan.line[source, target] for source, target, _ in edges]
    frame = pd.DataFrame(table, columns=range(len(header)), dtype=object)
    given = {role: name for role, name in request.given.items() if role != "neuron"} | {"pre": _PRE, "post": _POST}
    asked = Request(request.needed, request.optional, given, request.where)
    place = lambda role, k: f"{role} on line {lines[k]}"  # noqa: E731
    return edges_of(file, Table(header, [frame], place, tuple(names.values())), asked)


class _Scan:
    """Lines of the edges, found by a parser that refuses what the next one would leave out."""

    def __init__(self, file: Path, content: bytes) -> None:
        self.file = file
        self.edges = 0
        self.line: dict[tuple[str, str], int] = {}
        self._keys: set[tuple[str, str]] = set()
        self._seen: list[set[str]] = [set()]  # keys of the data in each element that is open
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(content, True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if len(self._seen) > _MAX_DEPTH:
            raise InvalidFile("path", str(self.file), f"nests elements more than {_MAX_DEPTH} deep (line {line})")
        local = name.rpartition(" ")[2]
        if local == "key":
            called = attributes.get("attr.name", attributes.get("id", ""))
            ends = {"all": ("node", "edge")}.get(part := attributes.get("for", "all"), (part,))
            if self._keys & (new := {(end, called) for end in ends}):
                raise InvalidFile(f"line {line}", "<key>", f"is the second with the name {called!r}")
            self._keys |= new
        if local == "data":
            if (key := attributes.get("key", "")) in self._seen[-1]:
                raise InvalidFile(f"line {line}", "<data>", f"is the second with the key {key!r}")
            self._seen[-1].add(key)
        self._seen.append(set())
        needed = {"node": ("id",), "edge": ("source", "target")}.get(local, ())
        for attribute in needed:
            if not attributes.get(attribute, "").strip():
                raise InvalidFile(f"line {line}", f"<{local}>", f"must have the attribute {attribute!r}")
        if local == "edge":
            self.edges += 1
            self.line.setdefault((attributes["source"], attributes["target"]), line)

    def _end(self, _: str) -> None:
        self._seen.pop()


def _names(file: Path, nodes: Mapping[str, Mapping[str, Any]], given: str | None) -> dict[str, str]:
    """Name of each node: by an attribute that tells them apart, or by its id."""
    usual = sorted(
        {name for data in nodes.values() for name in data if plain(name) in COLUMNS["neuron"]},
        key=lambda name: COLUMNS["neuron"].index(plain(name)),
    )
    for attribute in [given] if given is not None else usual:
        names = {node: _text(data.get(attribute)) for node, data in nodes.items()}
        if all(names.values()) and len(set(names.values())) == len(names):
            return names
    if given is not None:
        raise InvalidFile("path", str(file), f"has no attribute {given!r} that differs between all nodes")
    return {node: node for node in nodes}


def _transmitter_of_nodes(at_edges: list[str], at_nodes: list[str], request: Request) -> list[str]:
    """Return the nodes' attributes that name transmitters, unless the edges have some."""
    if "transmitter" not in request.optional:
        return []
    given = request.given.get("transmitter")

    def matching(names: list[str]) -> list[str]:
        return [name for name in names if name == given or (given is None and plain(name) in COLUMNS["transmitter"])]

    return [] if matching(at_edges) else matching(at_nodes)


def _text(value: object) -> str:
    return "" if value is None else tidy(str(value))
