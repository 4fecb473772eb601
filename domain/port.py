"""The logistic nodes that missions pass, and the paths a port lays down per process."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Annotated
from zlib import crc32
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from domain.events import Direction, Name, NodeId, Position, Process
from domain.policy import TEN_YEARS_HOURS, Policy, after

EARTH_RADIUS_METERS = 6_371_008.8


class NodeKind(StrEnum):
    """What happens at a node (Guidelines §369–370; the rail gate after §372c)."""

    PORT_GATE = "PORT_GATE"
    PORT_FACILITY = "PORT_FACILITY"
    CUSTOMS_SPACE = "CUSTOMS_SPACE"
    DOCK_GATE = "DOCK_GATE"
    EXTRA_PORT_FACILITY = "EXTRA_PORT_FACILITY"
    RAIL_GATE = "RAIL_GATE"


class Weekday(StrEnum):
    """A day of the week; the order is that of ``datetime.weekday``."""

    MON = "MON"
    TUE = "TUE"
    WED = "WED"
    THU = "THU"
    FRI = "FRI"
    SAT = "SAT"
    SUN = "SUN"


WEEKDAYS = tuple(Weekday)


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A time of the week, by the port's clocks, from ``start`` until just before ``end``; it ends on the same day.

    *Shape*: ``HH:MM``; an ``end`` of ``24:00`` is midnight.
    """

    days: tuple[Weekday, ...] = WEEKDAYS
    start: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d(?![\s\S])")] = "00:00"
    end: Annotated[str, Meta(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)(?![\s\S])")] = "24:00"

    def contains(self, local: datetime) -> bool:
        """Whether a local time falls into it."""
        return WEEKDAYS[local.weekday()] in self.days and self.start <= f"{local:%H:%M}" < self.end


class Node(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A physical or virtual place with ID-readers; *Units*: WGS 84 degrees.

    ``passage`` is the way a one-way gate is passed; a two-way gate has none, its readers tell the direction.
    ``dwell_max_minutes`` is how long a unit may stay, none where nobody minds. ``openings`` are the times at which
    units may be opened there; in a customs space they always may. At a gate that ``requires_slot``, a passage must
    be booked. A device not farther than ``radius_meters`` away is there.
    """

    node: NodeId
    name: Name
    kind: NodeKind
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]
    passage: Direction | None = None
    dwell_max_minutes: Annotated[int, Meta(ge=1, le=TEN_YEARS_HOURS * 60)] | None = None
    openings: tuple[Window, ...] = ()
    requires_slot: bool = False
    radius_meters: Annotated[float, Meta(ge=1, le=100_000)] = 300.0

    @property
    def dwell_max(self) -> timedelta | None:
        """The same as a duration."""
        return None if self.dwell_max_minutes is None else timedelta(minutes=self.dwell_max_minutes)


class Travel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the way between two nodes takes at least, in either direction, where the distance does not tell.

    *Shape*: 0 minutes when nothing is to be judged between them.
    """

    between: tuple[NodeId, NodeId]
    travel_min_minutes: Annotated[float, Meta(ge=0, le=TEN_YEARS_HOURS * 60)]


class TemplateNode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One step of a path template; *Units*: minutes after the mission's generation."""

    node: NodeId
    required: bool = True
    due_after_minutes: Annotated[int, Meta(ge=1)] | None = None

    @property
    def due_after(self) -> timedelta | None:
        """The same as a duration."""
        return None if self.due_after_minutes is None else timedelta(minutes=self.due_after_minutes)


class Port(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """A port's nodes, its path templates by process, and what it finds too long, too fast or too grave."""

    locode: Annotated[str, Meta(pattern=r"^[A-Z]{5}(?![\s\S])", description="UN/LOCODE")]
    name: Name
    nodes: tuple[Node, ...]
    paths: dict[Process, tuple[TemplateNode, ...]]
    travel: tuple[Travel, ...] = ()
    timezone: Annotated[str, Meta(min_length=1, description="of the nodes' openings, e.g. Europe/Rome")] = "UTC"
    policy: Policy = Policy()

    def node(self, node_id: str) -> Node | None:
        """The node of that id, none when the port does not know it."""
        return self._by_id.get(node_id)

    @cached_property
    def _by_id(self) -> dict[str, Node]:
        # Asked for at every read of every assessment; a port has hundreds of nodes.
        return {node.node: node for node in self.nodes}

    @cached_property
    def fingerprint(self) -> int:
        """A number that another port file, or another version of this one, has not: what it led to is judged anew."""
        return crc32(msgspec.json.encode(self, order="sorted"))

    @cached_property
    def clocks(self) -> ZoneInfo:
        """The time zone of its clocks; ``parse_port`` has seen to it that it exists."""
        return ZoneInfo(self.timezone)

    def may_open(self, node_id: str, at: datetime) -> bool:
        """Whether a unit may be opened at that node at that time."""
        node = self.node(node_id)
        if node is None:
            return False
        if node.kind is NodeKind.CUSTOMS_SPACE:
            return True
        if not node.openings:
            return False
        try:
            local = at.astimezone(self.clocks)
        except OverflowError:  # a device's clock that says an end of time is on no calendar
            return False
        return any(window.contains(local) for window in node.openings)

    def node_near(self, position: Position) -> Node | None:
        """The nearest node whose place the position is in, none when it is in none."""
        distances = [(meters_to(node, position), node.node) for node in self.nodes]
        inside = [(meters, name) for meters, name in distances if meters <= self._by_id[name].radius_meters]
        return self._by_id[min(inside)[1]] if inside else None

    @cached_property
    def slot_gates(self) -> frozenset[str]:
        """The gates where a passage must be booked."""
        return frozenset(node.node for node in self.nodes if node.requires_slot)

    @cached_property
    def minding(self) -> dict[str, timedelta]:
        """The nodes where a stay may be too long, and how long it may be."""
        return {node.node: node.dwell_max for node in self.nodes if node.dwell_max is not None}

    def stay_due_at(self, node_id: str, since: datetime) -> datetime | None:
        """When a stay there is longer than it may be, none where nobody minds."""
        dwell_max = self.minding.get(node_id)
        return None if dwell_max is None else after(since, dwell_max)

    def is_exit(self, node_id: str, direction: Direction | None) -> bool:
        """Whether a read there means that the unit left the port by land."""
        if node_id not in self._land_gates:
            return False
        return (direction or self._by_id[node_id].passage) is Direction.OUT

    @cached_property
    def _land_gates(self) -> frozenset[str]:
        return frozenset(n.node for n in self.nodes if n.kind in (NodeKind.PORT_GATE, NodeKind.RAIL_GATE))

    def travel_min(self, one_id: str, other_id: str) -> timedelta:
        """The least time in which cargo comes from one node to the other, none when that is not judged.

        What the port says of the two nodes wins over the great-circle distance at the policy's greatest speed.
        """
        known = self._travel_min.get((one_id, other_id))
        if known is None:
            known = self._travel_min[one_id, other_id] = self._least_travel(one_id, other_id)
        return known

    @cached_property
    def _travel_min(self) -> dict[tuple[str, str], timedelta]:
        # Asked for at every read that comes from another node.
        return {}

    def _least_travel(self, one_id: str, other_id: str) -> timedelta:
        for travel in self.travel:
            if set(travel.between) == {one_id, other_id}:
                return timedelta(minutes=travel.travel_min_minutes)
        one, other = self.node(one_id), self.node(other_id)
        if one is None or other is None:
            return timedelta()
        meters = distance_meters(one.latitude, one.longitude, other.latitude, other.longitude)
        if meters < self.policy.travel_distance_min_meters:
            return timedelta()
        return timedelta(hours=meters / 1_000 / self.policy.speed_max_kmh)


@lru_cache(maxsize=10_000)
def distance_meters(one_latitude: float, one_longitude: float, latitude: float, longitude: float) -> float:
    """The great-circle distance of two places; *Units*: WGS 84 degrees, on a sphere of the earth's mean radius."""
    north, east = radians(latitude - one_latitude), radians(longitude - one_longitude)
    shrink = cos(radians(one_latitude)) * cos(radians(latitude))
    half_chord = sin(north / 2) ** 2 + shrink * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_METERS * asin(sqrt(min(1.0, half_chord)))


def meters_to(node: Node, position: Position) -> float:
    """How far a position is from a node's reference point."""
    return distance_meters(node.latitude, node.longitude, position.latitude, position.longitude)


def meters_beside(one: Node, other: Node, position: Position) -> float:
    """How far a position is from the straight way between two nodes.

    On the plane that touches the earth there: within a percent for the ways of a port and its hinterland, up to
    some hundred kilometers.
    """
    shrink = cos(radians(position.latitude))

    def plane(latitude: float, longitude: float) -> complex:
        east, north = radians(longitude - position.longitude) * shrink, radians(latitude - position.latitude)
        return complex(east, north) * EARTH_RADIUS_METERS

    start, end = plane(one.latitude, one.longitude), plane(other.latitude, other.longitude)
    way = end - start
    along = 0.0 if way == 0 else max(0.0, min(1.0, -(start * way.conjugate()).real / abs(way) ** 2))
    return abs(start + along * way)
