"""UNEXPECTED_DOOR_OPEN: a device reports an opened door where or when nobody may open it.

It is a suspicion: a control with a satisfactory result clears it, another one confirms it.
"""

from collections.abc import Iterator

from domain.deviations.rule import Finding, Rule, always
from domain.events import CustomsStatus, DeviceSignal, Severity
from domain.facts import Signal
from domain.journey import Journey
from domain.suspicion import is_authorised, place_of, result_of_control

EN_ROUTE = "en route"


def find(journey: Journey) -> Iterator[Finding]:
    """One finding a place, whatever the number of openings there."""
    if journey.plan is None or not journey.signals:
        return
    openings: dict[str, list[Signal]] = {}
    for signal in journey.signals:
        if signal.signal is DeviceSignal.DOOR_OPENED and not is_authorised(signal, journey):
            openings.setdefault(place_of(signal, journey) or EN_ROUTE, []).append(signal)
    for place, signals in openings.items():
        result = result_of_control(journey, signals[-1].occurred_at)
        if result is CustomsStatus.CONTROL_SATISFACTORY:
            continue
        where = "on the way" if place == EN_ROUTE else f"at {place}, where it may not be opened then"
        seen = "; a control confirmed it." if result else ", and nobody has looked yet."
        yield Finding(
            RULE.kind,
            place,
            None if place == EN_ROUTE else place,
            signals[0].occurred_at,
            tuple(signal.event_id for signal in signals),
            f"A door was opened {where}{seen}",
        )


RULE = Rule(
    kind="UNEXPECTED_DOOR_OPEN",
    trigger="a device's door signal outside a customs space, a node's openings and the control that is set there",
    subject="the place, or `en route`",
    severity=Severity.CRITICAL,
    basis="TIN CAN",
    find=find,
    threshold="`openings` of the port's node",
    unmoved=always,  # without a device's signal there is no suspicion, and with one the mission is judged as a whole
)
