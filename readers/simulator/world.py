"""The port as it is simulated: its routes by process, and how long it takes to stay and to travel.

Times are milliseconds, and those of a route count from the generation of the IOT_ID.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate, pairwise
from random import Random

from domain.events import Direction, Process
from domain.port import Node, NodeKind, Port, distance_meters
from readers.simulator.routes import RAIL, WEIGHTS, Boarding, Route, Step

MILLISECOND = timedelta(milliseconds=1)
MINUTE = 60_000
HOUR = 60 * MINUTE

TRAVEL_KM_H = 15.0
HANDLING = 3 * MINUTE
"""Picking up and putting down, on top of every way."""

STAY = {
    NodeKind.PORT_GATE: 2 * MINUTE,
    NodeKind.RAIL_GATE: 5 * MINUTE,
    NodeKind.DOCK_GATE: 5 * MINUTE,
    NodeKind.PORT_FACILITY: HOUR,
    NodeKind.CUSTOMS_SPACE: HOUR,
    NodeKind.EXTRA_PORT_FACILITY: HOUR,
}
"""The least stay at a node before the next one; in a customs space the way back is included."""

SPREAD = {
    NodeKind.PORT_GATE: 20 * MINUTE,
    NodeKind.RAIL_GATE: 20 * MINUTE,
    NodeKind.DOCK_GATE: 40 * MINUTE,
    NodeKind.PORT_FACILITY: 8 * HOUR,
    NodeKind.CUSTOMS_SPACE: 2 * HOUR,
    NodeKind.EXTRA_PORT_FACILITY: 4 * HOUR,
}
"""How much longer than the least a stay may be."""

FIRST_READ = HOUR
FIRST_SPREAD = 3 * HOUR
DUE_USED = 0.9
"""A clean mission is ahead of its due times by a tenth."""

AFTERMATH = 24 * HOUR
"""Nothing happens to a mission later than this after its last node was reached or was due."""

APART_METERS = 50.0
"""How far from a node a device may be without being taken for one at another node."""

GATES = (NodeKind.PORT_GATE, NodeKind.RAIL_GATE)


class World:
    """A port with its distances and routes; at ``booked`` gates a slot is needed.

    *Raises*: ValueError when a path's due times cannot be kept.
    """

    def __init__(self, port: Port) -> None:
        self.port = port
        self.port_system = f"pcs-{port.locode.lower()}"
        self._places = {node.node: node for node in port.nodes}
        self.kinds = {node.node: node.kind for node in port.nodes}
        self._travel = {(a.node, b.node): self._fastest(a, b) for a in port.nodes for b in port.nodes}
        self._dwell_max = {
            node.node: None if node.dwell_max is None else node.dwell_max // MILLISECOND for node in port.nodes
        }
        self.booked = frozenset(node.node for node in port.nodes if node.requires_slot)
        self._apart = {node.node for node in port.nodes if _is_apart(node, port)}
        self.routes = [self._route(process) for process in WEIGHTS if process in port.paths]
        if not self.routes:
            raise ValueError("paths: there is none")
        self.weights = [WEIGHTS[route.process] for route in self.routes]
        self._cumulative = list(accumulate(self.weights))
        self.lifetime = max(route.longest for route in self.routes) + AFTERMATH

    def draw_route(self, rng: Random) -> Route:
        """A route by lot, each as often as its process has traffic."""
        return rng.choices(self.routes, cum_weights=self._cumulative)[0]

    def travel(self, origin: str, destination: str) -> int:
        """The least time between two nodes."""
        return self._travel[origin, destination]

    def judged_travel(self, origin: str, destination: str) -> int:
        """The time below which the port takes a way for impossible, 0 where it does not judge."""
        return self.port.travel_min(origin, destination) // MILLISECOND

    def spread(self, node: str, least: int) -> int:
        """How much longer than the least a stay there may be without being too long."""
        spread, longest = SPREAD[self.kinds[node]], self._dwell_max[node]
        return spread if longest is None else max(0, min(spread, int(longest * DUE_USED) - least))

    def place(self, node: str) -> Node:
        """A node that the port has."""
        return self._places[node]

    def is_apart(self, node: str) -> bool:
        """Whether a device some meters beside the node is there and nowhere else."""
        return node in self._apart

    def is_remote(self, latitude: float, longitude: float) -> bool:
        """Whether a device some meters beside that place is at no node."""
        return all(
            distance_meters(node.latitude, node.longitude, latitude, longitude) > node.radius_meters + APART_METERS
            for node in self.port.nodes
        )

    def dwell_max(self, node: str) -> int | None:
        """How long a unit may stay there, none where nobody minds."""
        return self._dwell_max[node]

    def is_gate(self, node: str) -> bool:
        """Whether what carries the unit is read there as well."""
        return self.kinds[node] in GATES

    def shows_carrier(self, node: str) -> bool:
        """Whether cameras there see what carries the unit."""
        return self.kinds[node] in GATES or self.kinds[node] is NodeKind.EXTRA_PORT_FACILITY

    def strays(self, route: Route) -> list[str]:
        """Places in the port where cargo of this route has no business."""
        on_path = {step.node for step in route.steps}
        within = (NodeKind.PORT_FACILITY, NodeKind.CUSTOMS_SPACE)
        return [node for node, kind in self.kinds.items() if kind in within and node not in on_path]

    def _fastest(self, a: Node, b: Node) -> int:
        judged = self.port.travel_min(a.node, b.node) // MILLISECOND
        return max(_travel(a, b), HANDLING + judged)

    def _route(self, process: Process) -> Route:
        path = self.port.paths[process]
        if len(path) < 2:  # noqa: PLR2004 - there and back
            raise ValueError(f"paths.{process}: has only one node")
        nodes = [step.node for step in path]
        dues = [None if step.due_after is None else int(step.due_after.total_seconds() * 1000) for step in path]
        latest = self._latest(nodes, dues)
        steps = tuple(
            Step(
                i, each.node, _name(nodes, i), self.kinds[each.node], each.required, dues[i], self._way(nodes, i), at
            )
            for i, (each, at) in enumerate(zip(path, latest, strict=True))
        )
        self._check(process, steps)
        exits = [s.index for s in steps[1:] if s.required and self.port.is_exit(s.node, s.direction)]
        leaving = exits[0] if exits else max(s.index for s in steps if s.required)
        by_train = bool(exits) and process in RAIL
        boarded = tuple(replace(s, boarding=_boarding(s, steps, leaving if by_train else None)) for s in steps)
        return Route(process, boarded, leaving, bool(exits), self._longest(steps))

    def _way(self, nodes: list[str], index: int) -> Direction | None:
        inwards = Direction.IN if index == 0 else Direction.OUT
        place = self._places[nodes[index]]
        if place.kind is NodeKind.DOCK_GATE:
            return inwards
        return place.passage or inwards if place.kind in GATES else None

    def _need(self, a: str, b: str) -> int:
        return STAY[self.kinds[a]] + self.travel(a, b)

    def _latest(self, nodes: list[str], dues: list[int | None]) -> list[int]:
        """The latest arrivals with which every due time ahead is kept."""
        latest: list[int] = []
        bound = 1000 * 24 * HOUR
        for i in reversed(range(len(nodes))):
            due = dues[i]
            if i < len(nodes) - 1:
                bound -= self._need(nodes[i], nodes[i + 1])
            bound = bound if due is None else min(bound, int(due * DUE_USED))
            latest.append(bound)
        return latest[::-1]

    def _check(self, process: Process, steps: tuple[Step, ...]) -> None:
        required = [step.index for step in steps if step.required]
        if len(required) < 2 or required[0] != 0:  # noqa: PLR2004 - from somewhere to somewhere
            raise ValueError(f"paths.{process}: the simulator needs a required first node and another one")
        earliest = first_read(steps[0])
        for a, b in zip((None, *steps), steps, strict=False):
            earliest += self._need(a.node, b.node) if a else 0
            if earliest > b.latest:
                raise ValueError(f"paths.{process}: {b.node} is due too early to be reached in time")

    def _longest(self, steps: tuple[Step, ...]) -> int:
        at = first_read(steps[0]) + FIRST_SPREAD
        for a, b in pairwise(steps):
            least = self._need(a.node, b.node)
            at += least + self.spread(a.node, least)
        return max([at, *(step.due for step in steps if step.due is not None)])


def first_read(step: Step) -> int:
    """The earliest read at the first step: papers come before cargo."""
    return min(FIRST_READ, int(step.latest * 0.3))


def _boarding(step: Step, steps: tuple[Step, ...], train: int | None) -> Boarding | None:
    """What the unit passes the step on; ``train`` is the index of the step that a train takes it past."""
    if step.kind is NodeKind.DOCK_GATE:
        return {0: Boarding.OFF_SHIP, len(steps) - 1: Boarding.ON_SHIP}.get(step.index)
    return Boarding.ON_TRAIN if step.kind is NodeKind.RAIL_GATE and step.index == train else None


def _is_apart(node: Node, port: Port) -> bool:
    others = (
        distance_meters(node.latitude, node.longitude, other.latitude, other.longitude)
        for other in port.nodes
        if other.node != node.node
    )
    return node.radius_meters > APART_METERS and all(meters > 2 * APART_METERS for meters in others)


def _name(nodes: list[str], index: int) -> str:
    passing = nodes[: index + 1].count(nodes[index])
    return nodes[index] if passing == 1 else f"{nodes[index]}#{passing}"


def _travel(a: Node, b: Node) -> int:
    meters = distance_meters(a.latitude, a.longitude, b.latitude, b.longitude)
    return HANDLING + int(meters / 1_000 / TRAVEL_KM_H * HOUR)
