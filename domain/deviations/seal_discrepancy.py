"""SEAL_DISCREPANCY: a foreign seal is read, a seal is tampered with, or one is in two places."""

from collections.abc import Iterator
from datetime import timedelta

from domain.deviations.rule import Finding, Rule
from domain.events import CustomsStatus, DeviceSignal, Severity
from domain.facts import Read, Signal
from domain.journey import Journey
from domain.port import Port
from domain.standing import Arrival
from domain.suspicion import is_authorised, place_of, result_of_control
from domain.travel import SEAL, UNIT, showing, shown, too_fast

SEAL_KEY = "SEAL:"
TAMPERING = (DeviceSignal.SEAL_REMOVED, DeviceSignal.SEAL_TAMPERED)
DOCUMENTED_WITHIN = timedelta(hours=24)
"""How long after a seal was taken off its replacement may be reported (§288)."""


def find(journey: Journey) -> Iterator[Finding]:
    """One finding for each foreign seal, each device that was tampered with and each seal in two places."""
    if journey.plan is None:
        return
    yield from _foreign(journey)
    yield from _tampered(journey)
    yield from _cloned(journey)


def _foreign(journey: Journey) -> Iterator[Finding]:
    assert journey.plan is not None
    for foreign, reads in journey.foreign((SEAL_KEY,)).items():
        evidence = (journey.plan.event_id, *(read.event_id for read in reads))
        sentence = f"Read at {reads[0].node} under a seal that is none of those put on this cargo."
        yield Finding(RULE.kind, foreign, reads[0].node, reads[0].occurred_at, evidence, sentence)


def _tampered(journey: Journey) -> Iterator[Finding]:
    tampered: dict[str, list[Signal]] = {}
    for signal in journey.signals:
        if signal.signal in TAMPERING and not is_authorised(signal, journey) and not _is_documented(signal, journey):
            tampered.setdefault(signal.device, []).append(signal)
    for device, signals in tampered.items():
        result = result_of_control(journey, signals[-1].occurred_at)
        if result is CustomsStatus.CONTROL_SATISFACTORY:
            continue
        place = place_of(signals[0], journey)
        seen = "; a control confirmed it." if result else ", and nobody has looked yet."
        sentence = f"A seal was tampered with {f'at {place}' if place else 'on the way'}{seen}"
        evidence = tuple(signal.event_id for signal in signals)
        yield Finding(RULE.kind, f"tampered {device}", place, signals[0].occurred_at, evidence, sentence)


def _is_documented(signal: Signal, journey: Journey) -> bool:
    """Whether customs was told in time that a seal was taken off or put on."""
    return any(
        timedelta() <= amendment.occurred_at - signal.occurred_at <= DOCUMENTED_WITHIN
        and any(key.startswith(SEAL_KEY) for key in (*amendment.added, *amendment.removed))
        for amendment in journey.amendments
    )


def _cloned(journey: Journey) -> Iterator[Finding]:
    """A seal read without its unit where it cannot be so soon; two reads of the unit are IMPOSSIBLE_TRAVEL."""
    if not any(shown(read.keys) & (UNIT | SEAL) == SEAL for read in journey.reads):
        return
    apart: dict[str, list[Read]] = {}
    for one, other in too_fast(showing(journey.reads, UNIT | SEAL), journey.port):
        own = journey.keys_at(other.occurred_at)
        for read in (one, other):
            alone = not shown(read.keys) & UNIT
            for seal in (key for key in read.keys if alone and key.startswith(SEAL_KEY) and key in own):
                apart.setdefault(seal, []).extend((one, other))
    for seal, pairs in apart.items():
        one, other = pairs[:2]
        evidence = tuple(dict.fromkeys(read.event_id for read in pairs))
        sentence = f"Its seal was read at {other.node} so soon after {one.node} that there must be two of it."
        yield Finding(RULE.kind, f"cloned {seal}", other.node, other.occurred_at, evidence, sentence)


def unmoved(arrival: Arrival, port: Port) -> bool:
    """Whether nothing foreign is read, and nothing where it cannot be so soon."""
    in_time = not arrival.shows & (UNIT | SEAL) or arrival.is_in_time(arrival.trail.cargo, port)
    return in_time and arrival.shows_only_own


RULE = Rule(
    kind="SEAL_DISCREPANCY",
    trigger="a read that shows, surely, another seal than the association's, if it has any; a device's seal signal "
    "where no unit may be opened; a seal in two places",
    subject="the foreign seal, `tampered` and the device, or `cloned` and the seal",
    severity=Severity.CRITICAL,
    basis="§43, §288",
    find=find,
    unmoved=unmoved,
)
