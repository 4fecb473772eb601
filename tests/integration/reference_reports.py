"""The reports once more, in plain Python over the events themselves: what the queries must come to."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from domain.events import (
    AlertStatus,
    AppointmentMade,
    AppointmentPurpose,
    CustomsStatusChanged,
    DeviationAlertChanged,
    EventRetracted,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    Outcome,
    is_sure,
)
from tests.integration.port_life import Life

Rows = list[dict[str, Any]]
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
DELAY_SECONDS = 7.0


@dataclass(frozen=True)
class Stay:
    node: str
    direction: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Journey:
    iot_id: UUID
    process: str
    arrived_at: datetime | None
    declared_at: datetime | None
    released_at: datetime | None
    exited_at: datetime | None
    stays: tuple[Stay, ...]
    controls: tuple[tuple[datetime, str], ...]

    @property
    def pre_cleared(self) -> bool:
        return None not in (self.declared_at, self.arrived_at) and self.declared_at < self.arrived_at  # type: ignore[operator]


def counting(life: Life) -> dict[UUID, list[InputEvent]]:
    """The events that count in each mission."""
    latest = {(told.iot_id, told.event_id): told for told in sorted(life.recounted, key=lambda told: told.revision)}
    led = {
        (iot_id, event.event_id): event
        for event, iot_id in life.events
        if iot_id is not None and ((iot_id, event.event_id) not in latest or latest[iot_id, event.event_id].counts)
    }
    missions: dict[UUID, list[InputEvent]] = defaultdict(list)
    for (iot_id, _), event in led.items():
        missions[iot_id].append(event)
    return missions


def journeys(life: Life) -> list[Journey]:
    return [_journey(iot_id, events) for iot_id, events in counting(life).items()]


def _journey(iot_id: UUID, events: list[InputEvent]) -> Journey:
    retracted = {event.retracts for event in events if isinstance(event, EventRetracted)}
    facts = [event for event in events if event.event_id not in retracted]
    plans = sorted((f for f in facts if isinstance(f, IotIdGenerated)), key=lambda f: f.occurred_at)
    rulings = sorted(
        (f for f in facts if isinstance(f, CustomsStatusChanged)),
        key=lambda f: (f.occurred_at, f.status, f.authority),
    )
    when = _times(rulings)
    ended_at = max(when("DEFINITIVE", "CANCELLED"), default=None)
    reads = sorted(
        (f for f in facts if isinstance(f, IdScanned) and (ended_at is None or f.occurred_at <= ended_at)),
        key=lambda f: (f.occurred_at, f.node, f.direction or ""),
    )
    exited_at = _exit(reads)
    return Journey(
        iot_id=iot_id,
        process=plans[-1].process if plans else "",
        arrived_at=reads[0].occurred_at if reads else None,
        declared_at=min(when("DECLARED"), default=None),
        released_at=_release(when("RELEASED", "TO_DRY_PORT"), when("RELEASE_WITHDRAWN"), exited_at),
        exited_at=exited_at,
        stays=tuple(_stays(reads, ended_at)),
        controls=tuple((r.occurred_at, r.authority) for r in rulings if r.status.startswith("CONTROL_")),
    )


def _times(rulings: list[CustomsStatusChanged]) -> Callable[..., list[datetime]]:
    return lambda *statuses: [r.occurred_at for r in rulings if r.status in statuses]


def _exit(reads: list[IdScanned]) -> datetime | None:
    found = None
    inwards = max((read.occurred_at for read in reads if read.direction == "IN"), default=None)
    for read in reads:
        if found is None and read.direction == "OUT" and (inwards is None or read.occurred_at > inwards):
            found = read.occurred_at
    return found


def _release(freeing: list[datetime], withdrawn: list[datetime], exited_at: datetime | None) -> datetime | None:
    in_time = [at for at in freeing if exited_at is None or at <= exited_at]
    if not freeing:
        return None
    release = in_time[-1] if in_time else freeing[0]
    taken_back = any(release <= at and (exited_at is None or at <= exited_at) for at in withdrawn)
    return None if taken_back else release


def _stays(reads: list[IdScanned], ended_at: datetime | None) -> Iterator[Stay]:
    firsts = [next(run) for _, run in groupby(reads, key=lambda read: read.node)]
    for place, first in enumerate(firsts, start=1):
        until = firsts[place].occurred_at if place < len(firsts) else ended_at
        yield Stay(first.node, first.direction or "", first.occurred_at, until)


def quantile(values: list[float], share: float) -> float:
    """Between the two nearest ones, in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def spread(values: list[float], name: str, unit: str) -> dict[str, float | None]:
    return {
        f"{name}_median_{unit}": quantile(values, 0.5) if values else None,
        f"{name}_p95_{unit}": quantile(values, 0.95) if values else None,
    }


def dwell(life: Life) -> Rows:
    found: dict[tuple[str, str, bool], list[float]] = defaultdict(list)
    for journey in journeys(life):
        for stay in journey.stays:
            if stay.until is not None:
                found[journey.process, stay.node, journey.pre_cleared].append((stay.until - stay.since) / MINUTE)
    return [
        {
            "process": process,
            "node": node,
            "pre_cleared": pre,
            "stays": len(all_of),
            **spread(all_of, "dwell", "minutes"),
        }
        for (process, node, pre), all_of in sorted(found.items())
    ]


def release(life: Life) -> Rows:
    found: dict[tuple[str, bool], list[Journey]] = defaultdict(list)
    for journey in journeys(life):
        if journey.arrived_at is not None:
            found[journey.process, journey.pre_cleared].append(journey)
    rows = []
    for (process, pre), all_of in sorted(found.items()):
        pairs = [(each.arrived_at, each.released_at) for each in all_of]
        waits = [max(0.0, (free - came) / HOUR) for came, free in pairs if came is not None and free is not None]
        row = {"process": process, "pre_cleared": pre, "arrived": len(all_of), "released": len(waits)}
        rows.append(row | spread(waits, "release", "hours"))
    return rows


def exits(life: Life) -> Rows:
    found: dict[tuple[str, str], list[Journey]] = defaultdict(list)
    for journey in journeys(life):
        if journey.exited_at is not None:
            there = [stay.node for stay in journey.stays if stay.since <= journey.exited_at]
            found[journey.process, there[-1]].append(journey)
    rows = []
    for (process, node), all_of in sorted(found.items()):
        pairs = [(each.released_at, each.exited_at) for each in all_of]
        waits = [(out - free) / HOUR for free, out in pairs if free is not None and out is not None and free <= out]
        row = {"process": process, "node": node, "left": len(all_of), "left_unreleased": len(all_of) - len(waits)}
        rows.append(row | spread(waits, "exit", "hours"))
    return rows


def throughput(life: Life, node: str = "") -> Rows:
    found = Counter(
        (stay.node, stay.direction, stay.since.replace(minute=0, second=0, microsecond=0))
        for journey in journeys(life)
        for stay in journey.stays
        if (stay.node == node if node else stay.direction)
    )
    hours: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for at, direction, hour in found:
        hours[at, direction].append(hour)
    return [
        {
            "node": at,
            "direction": direction,
            "hour": f"{hour:%Y-%m-%d %H:%M:%S}",
            "passages": found[at, direction, hour],
        }
        for (at, direction), all_of in sorted(hours.items())
        for hour in _every_hour(min(all_of), max(all_of))
    ]


def _every_hour(first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += HOUR


def repeat_controls(life: Life) -> Rows:
    units: dict[UUID, tuple[datetime, str]] = {}
    for event, _ in life.events:
        if isinstance(event, IotIdGenerated):
            first = event.identifiers[0]
            said = (event.occurred_at, f"{first.scheme}:{first.value}")
            units[event.iot_id] = max(units.get(event.iot_id, said), said)
    rows: Rows = []
    for journey in journeys(life):
        times = sorted(at for at, _ in journey.controls)
        authorities = sorted({authority for _, authority in journey.controls})
        if len(times) > 1:
            rows.append({
                "iot_id": str(journey.iot_id),
                "unit": units.get(journey.iot_id, (None, ""))[1],
                "process": journey.process,
                "controls": len(times),
                "authorities": authorities,
                "same_authority": len(times) - len(authorities),
                "first_at": text(times[0]),
                "last_at": text(times[-1]),
                "apart_hours": (times[-1] - times[0]) / HOUR,
            })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["same_authority"], -row["controls"], row["last_at"]))


def joint_inspections(life: Life) -> Rows:
    retracted = {event.retracts for event, _ in life.events if isinstance(event, EventRetracted)}
    latest: dict[str, AppointmentMade] = {}
    for event, _ in life.events:
        if not isinstance(event, AppointmentMade) or event.event_id in retracted:
            continue
        if event.purpose is AppointmentPurpose.CONTROL:
            known = latest.setdefault(event.appointment_id, event)
            latest[event.appointment_id] = max(known, event, key=lambda each: each.occurred_at)
    standing: dict[tuple[str, str], list[AppointmentMade]] = defaultdict(list)
    for each in latest.values():
        if not each.cancelled:
            standing[each.node, each.identifiers[0].value].append(each)
    visits: dict[str, list[int]] = defaultdict(list)
    for (node, _), controls in standing.items():
        visits[node] += [len(authorities) for authorities in _visits(controls)]
    return [
        {
            "node": node,
            "visits": len(many),
            "joint": sum(each > 1 for each in many),
            "joint_share": sum(each > 1 for each in many) / len(many),
            "authorities_mean": sum(many) / len(many),
        }
        for node, many in sorted(visits.items())
    ]


def _visits(controls: list[AppointmentMade]) -> list[set[str]]:
    found: list[set[str]] = []
    ends_at: datetime | None = None
    for control in sorted(controls, key=lambda each: each.starts_at):
        if ends_at is None or control.starts_at >= ends_at:
            found.append(set())
            ends_at = control.ends_at
        found[-1] |= set(control.authorities)
        ends_at = max(ends_at, control.ends_at)
    return found


def standing_alerts(life: Life) -> list[DeviationAlertChanged]:
    latest = {alert.alert_id: alert for alert in sorted(life.alerts, key=lambda alert: alert.revision)}
    return [alert for alert in latest.values() if alert.status is not AlertStatus.CLEARED]


def scans(life: Life) -> dict[UUID, IdScanned]:
    return {event.event_id: event for event, _ in life.events if isinstance(event, IdScanned)}


def deviations(life: Life, by: str) -> Rows:
    known = scans(life)
    names: dict[str, Callable[[IdScanned], str]] = {
        "node": lambda scan: scan.node,
        "reader": lambda scan: scan.reader,
        "operator": lambda scan: scan.source,
    }
    found: dict[str, list[DeviationAlertChanged]] = defaultdict(list)
    for alert in standing_alerts(life):
        if by in ("reader", "operator"):
            values = {names[by](known[event_id]) for event_id in alert.evidence if event_id in known}
        else:
            values = {alert.kind if by == "kind" else alert.node or ""}
        for value in values:
            found[value].append(alert)
    if by == "kind":
        bases = Counter(dict.fromkeys(found, sum(each.arrived_at is not None for each in journeys(life))))
    else:
        bases = Counter(map(names[by], known.values()))
    rows = [
        {
            "value": value,
            "deviations": len(alerts),
            "open": sum(alert.status is not AlertStatus.DISPOSED for alert in alerts),
            "confirmed": sum(alert.outcome is Outcome.CONFIRMED for alert in alerts),
            "unfounded": sum(alert.outcome is Outcome.UNFOUNDED for alert in alerts),
            "base": bases[value],
            "per_thousand": 1000 * len(alerts) / bases[value] if bases[value] else None,
        }
        for value, alerts in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["deviations"], row["value"]))


def readers(life: Life) -> Rows:
    unknown = {
        event_id for alert in standing_alerts(life) if alert.kind == "UNKNOWN_OBJECT" for event_id in alert.evidence
    }
    rows = []
    for (node, reader, operator, technology), reads in _by_reader(scans(life).values()):
        confidences = [i.confidence for read in reads for i in read.identifiers if i.confidence is not None]
        rows.append({
            "node": node,
            "reader": reader,
            "operator": operator,
            "technology": technology,
            "reads": len(reads),
            "hours": len({read.occurred_at.replace(minute=0, second=0, microsecond=0) for read in reads}),
            "unsure_share": sum(not all(map(is_sure, read.identifiers)) for read in reads) / len(reads),
            "confidence_mean": sum(confidences) / len(confidences) if confidences else None,
            "unknown": sum(read.event_id in unknown for read in reads),
            "delay_mean_seconds": DELAY_SECONDS,
            "delay_max_seconds": DELAY_SECONDS,
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["node"], row["reader"], row["operator"], row["technology"]))


def _by_reader(reads: Iterable[IdScanned]) -> Iterator[tuple[tuple[str, str, str, str], list[IdScanned]]]:
    def who(read: IdScanned) -> tuple[str, str, str, str]:
        return read.node, read.reader, read.source, read.technology

    for key, group in groupby(sorted(reads, key=who), key=who):
        yield key, list(group)


def abandoned(life: Life, now: datetime) -> Rows:
    known = {journey.iot_id: journey for journey in journeys(life)}
    units = {
        e.iot_id: f"{e.identifiers[0].scheme}:{e.identifiers[0].value}"
        for e, _ in life.events
        if isinstance(e, IotIdGenerated)
    }
    rows: Rows = []
    for alert in standing_alerts(life):
        if alert.kind != "ABANDONED_UNIT" or alert.status is AlertStatus.DISPOSED or alert.iot_id is None:
            continue
        journey = known.get(alert.iot_id)
        since = journey.stays[-1].since if journey and journey.stays else None
        rows.append({
            "iot_id": str(alert.iot_id),
            "unit": units.get(alert.iot_id, ""),
            "process": journey.process if journey else "",
            "node": alert.node or "",
            "cleared": alert.subject == "cleared",
            "since": text(since) if since else None,
            "abandoned_at": text(alert.deviated_at),
            "days_here": (now - since) / DAY if since else None,
            "acknowledged": alert.status is AlertStatus.ACKNOWLEDGED,
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["abandoned_at"], row["iot_id"]))


def anomalies(life: Life) -> Rows:
    known = scans(life)
    busy = Counter((scan.node, scan.reader, scan.source) for scan in known.values())
    found: dict[tuple[str, str, str], list[DeviationAlertChanged]] = defaultdict(list)
    for alert in standing_alerts(life):
        if alert.outcome is not Outcome.UNFOUNDED:
            seen = [known[event_id] for event_id in alert.evidence if event_id in known]
            for key in {(scan.node, scan.reader, scan.source) for scan in seen}:
                found[key].append(alert)
    rows = []
    for (node, reader, operator), reads in busy.items():
        alerts = found[node, reader, operator]
        all_of = sum(len(found[key]) for key in busy if key[0] == node)
        expected = reads * all_of / sum(count for key, count in busy.items() if key[0] == node)
        rows.append({
            "node": node,
            "reader": reader,
            "operator": operator,
            "reads": reads,
            "anomalies": len(alerts),
            "confirmed": sum(alert.outcome is Outcome.CONFIRMED for alert in alerts),
            "expected": expected,
            "excess": (len(alerts) - expected) / expected**0.5 if expected else 0,
        })  # fmt: skip
    return sorted(rows, key=lambda row: (row["node"], row["reader"], row["operator"]))


def text(at: datetime) -> str:
    """As ClickHouse writes it."""
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"
