"""A port as a file: read, and refused where it contradicts itself."""

from collections.abc import Iterator
from zoneinfo import available_timezones

import msgspec

from domain.deviations import RULES
from domain.port import Port


def parse_port(text: bytes) -> Port:
    """Read a port file (JSON).

    *Raises*: ValueError naming the field that is wrong, what is named twice, or what it names that does not exist.
    """
    port = msgspec.json.decode(text, type=Port)
    for flaw in _flaws(port):
        raise ValueError(flaw)
    return port


def _flaws(port: Port) -> Iterator[str]:
    known = [node.node for node in port.nodes]
    if twice := sorted({node for node in known if known.count(node) > 1}):
        yield f"nodes named twice: {', '.join(twice)}"
    for process, steps in port.paths.items():
        if unknown := [step.node for step in steps if step.node not in known]:
            yield f"paths.{process}: no such node: {', '.join(unknown)}"
    pairs: set[frozenset[str]] = set()
    for one, other in (travel.between for travel in port.travel):
        if unknown := [node for node in (one, other) if node not in known]:
            yield f"travel: no such node: {', '.join(unknown)}"
        if one == other or {one, other} in pairs:
            yield f"travel: needs two nodes, each pair once: {one}, {other}"
        pairs.add(frozenset((one, other)))
    if port.timezone not in available_timezones():
        yield f"timezone: there is no {port.timezone}"
    for node in port.nodes:
        if any(window.start >= window.end for window in node.openings):
            yield f"openings of {node.node}: a window ends before it starts; one over midnight is two"
    if strange := sorted(port.policy.severities.keys() - RULES.keys()):
        yield f"policy.severities: no such kind of deviation: {', '.join(strange)}"
