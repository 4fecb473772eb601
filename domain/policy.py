"""What a port finds too long, too fast or too grave: the thresholds of its deviations."""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.events import Name, Severity

BEGINNING_OF_TIME = datetime.min.replace(tzinfo=UTC)
END_OF_TIME = datetime.max.replace(tzinfo=UTC)
TEN_YEARS_HOURS = 24 * 3_653


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """The thresholds of one port, and how grave its customs office finds a kind of deviation.

    *Units*: as the names end.
    """

    exit_check_grace_minutes: Annotated[
        int, Meta(ge=0, le=TEN_YEARS_HOURS * 60, description="how long after a land exit its certification may come")
    ] = 60
    # Long after the days that a unit usually waits for its truck, and early enough to find its owner before the 90
    # days of temporary storage (Union Customs Code, Art. 149) are over.
    abandoned_after_hours: Annotated[
        int, Meta(ge=1, le=TEN_YEARS_HOURS, description="how long a unit may wait without any sign of its owner")
    ] = 24 * 15
    speed_max_kmh: Annotated[
        float, Meta(gt=0, le=2_000, description="how fast cargo may come from one node to another, as the crow flies")
    ] = 120.0
    travel_distance_min_meters: Annotated[
        float, Meta(ge=0, description="nodes nearer to each other are one place: travel between them is not judged")
    ] = 1_000.0
    exit_certified_by: Annotated[
        tuple[Name, ...],
        Meta(description="whose certification of an exit counts; anybody's when empty"),
    ] = ()
    slot_tolerance_minutes: Annotated[
        int, Meta(ge=0, le=TEN_YEARS_HOURS * 60, description="how far outside its slot a unit may pass a gate")
    ] = 30
    corridor_meters: Annotated[
        float, Meta(ge=0, description="how far a device may be from the straight way between nodes; 0: not judged")
    ] = 0.0
    train_passing_minutes: Annotated[
        int,
        Meta(ge=1, le=TEN_YEARS_HOURS * 60, description="how long a train may take to pass the rail gate"),
    ] = 30
    mass_tolerance_percent: Annotated[
        float,
        Meta(ge=0, le=100, description="how far a verified mass may be from the declared one"),
    ] = 5.0
    pre_arrival_notice_hours: Annotated[
        int,
        Meta(ge=0, le=TEN_YEARS_HOURS, description="how long before a ship arrives she must be notified"),
    ] = 72
    dangerous_goods_notice_hours: Annotated[
        int, Meta(ge=0, le=TEN_YEARS_HOURS, description="the same of her dangerous goods, if she carries any")
    ] = 48
    manifest_notice_hours: Annotated[int, Meta(ge=0, le=TEN_YEARS_HOURS, description="the same of her manifest")] = 24
    severities: Annotated[
        dict[str, Severity], Meta(description="severities by kind that differ from those of the kinds themselves")
    ] = {}

    @cached_property
    def slot_tolerance(self) -> timedelta:
        """How far outside its slot a unit may pass a gate."""
        return timedelta(minutes=self.slot_tolerance_minutes)

    @cached_property
    def train_passing(self) -> timedelta:
        """How long a train takes to pass the rail gate at the most."""
        return timedelta(minutes=self.train_passing_minutes)

    @cached_property
    def exit_check_grace(self) -> timedelta:
        """How long after a land exit its certification may come."""
        return timedelta(minutes=self.exit_check_grace_minutes)

    @cached_property
    def abandoned_after(self) -> timedelta:
        """How long a unit may wait without any sign of its owner."""
        return timedelta(hours=self.abandoned_after_hours)

    def may_certify(self, authority: str) -> bool:
        """Whether an authority's certification of an exit counts."""
        return not self.exit_certified_by or authority in self.exit_certified_by


def after(moment: datetime, span: timedelta) -> datetime:
    """The moment a span later, at most the end of time: a reader's clock may say anything."""
    return moment + min(span, END_OF_TIME - moment)


def before(moment: datetime, span: timedelta) -> datetime:
    """The moment a span earlier, at least the beginning of time."""
    return moment - min(span, moment - BEGINNING_OF_TIME)


def spell(span: timedelta) -> str:
    """A span in the largest unit that says it exactly: "90 minutes", "36 hours", "15 days"."""
    for unit, name in ((timedelta(days=1), "days"), (timedelta(hours=1), "hours")):
        if span >= 2 * unit and not span % unit:
            return f"{span // unit} {name}"
    minutes = span // timedelta(minutes=1)
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
