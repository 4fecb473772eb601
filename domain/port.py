"""The logistic nodes that missions pass, and the paths a port lays down per process."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.events import Direction, Name, NodeId, Process


class NodeKind(StrEnum):
    """What happens at a node (Guidelines §369–370; the rail gate after §372c)."""

    PORT_GATE = "PORT_GATE"
    PORT_FACILITY = "PORT_FACILITY"
    CUSTOMS_SPACE = "CUSTOMS_SPACE"
    DOCK_GATE = "DOCK_GATE"
    EXTRA_PORT_FACILITY = "EXTRA_PORT_FACILITY"
    RAIL_GATE = "RAIL_GATE"


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A physical or virtual place with ID-readers; *Units*: WGS 84 degrees.

    ``passage`` is the way a one-way gate is passed; a two-way gate has none, its readers tell the direction.
    """

    node: NodeId
    name: Name
    kind: NodeKind
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    passage: Direction | None = None


class TemplateNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of a path template; *Units*: minutes after the mission's generation."""

    node: NodeId
    required: bool = True
    due_after_minutes: Annotated[int, Meta(ge=1)] | None = None

    @property
    def due_after(self) -> timedelta | None:
        """The same as a duration."""
        return None if self.due_after_minutes is None else timedelta(minutes=self.due_after_minutes)


class Port(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A port's nodes and its path templates by process."""

    locode: Annotated[str, Meta(pattern=r"^[A-Z]{5}(?![\s\S])", description="UN/LOCODE")]
    name: Name
    nodes: tuple[Node, ...]
    paths: dict[Process, tuple[TemplateNode, ...]]

    def node(self, node_id: str) -> Node | None:
        """The node of that id, none when the port does not know it."""
        return next((node for node in self.nodes if node.node == node_id), None)

    def is_exit(self, node_id: str, direction: Direction | None) -> bool:
        """Whether a read there means that the unit left the port by land."""
        node = self.node(node_id)
        if node is None or node.kind not in (NodeKind.PORT_GATE, NodeKind.RAIL_GATE):
            return False
        return (direction or node.passage) is Direction.OUT


def parse_port(text: bytes) -> Port:
    """Read a port file (JSON).

    *Raises*: ValueError naming the field that is wrong, the node that is named twice, or the path node that
    does not exist.
    """
    port = msgspec.json.decode(text, type=Port)
    known = [node.node for node in port.nodes]
    if twice := sorted({node for node in known if known.count(node) > 1}):
        raise ValueError(f"nodes named twice: {', '.join(twice)}")
    for process, steps in port.paths.items():
        if unknown := [step.node for step in steps if step.node not in known]:
            raise ValueError(f"paths.{process}: no such node: {', '.join(unknown)}")
    return port
