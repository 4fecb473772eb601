"""ABANDONED_UNIT: a unit waits where units wait, and nobody comes for it."""

from collections.abc import Iterator
from datetime import datetime

from domain.deviations.rule import Finding, Rule, always
from domain.events import CustomsStatus, Severity
from domain.facts import Amendment, Plan, Read, Ruling
from domain.journey import NOT_A_STATUS, Journey
from domain.policy import after, spell
from domain.port import NodeKind, Port
from domain.standing import Standing

WAITING_PLACES = frozenset({NodeKind.PORT_FACILITY, NodeKind.CUSTOMS_SPACE, NodeKind.EXTRA_PORT_FACILITY})
NOT_A_CLEARANCE = NOT_A_STATUS | {CustomsStatus.EXIT_CERTIFIED}
"""To have left for the dry port, certified, is not to be cleared."""


def find(journey: Journey) -> Iterator[Finding]:
    """At most one finding, of a variant: the authorities act otherwise on cleared goods than on uncleared ones."""
    read, checked_at, wait = _waits_since(journey), journey.mission.checked_at, journey.port.policy.abandoned_after
    if read is None or checked_at is None:
        return
    sign = _last_sign(journey, read)
    due_at = after(sign.occurred_at, wait)
    if due_at > checked_at:
        return
    cleared = _is_cleared(journey)
    state = "Cleared by customs, but not collected" if cleared else "Neither cleared nor collected"
    sentence = f"{state}: read last at {read.node}, and no sign of anybody for {spell(wait)}."
    evidence = tuple(dict.fromkeys((read.event_id, sign.event_id)))
    yield Finding(RULE.kind, "cleared" if cleared else "uncleared", read.node, due_at, evidence, sentence)


def due(journey: Journey) -> Iterator[datetime]:
    """When a unit that waits has waited too long."""
    read = _waits_since(journey)
    if read is not None:
        yield after(_last_sign(journey, read).occurred_at, journey.port.policy.abandoned_after)


def _waits_since(journey: Journey) -> Read | None:
    """The last read, if it is where units wait and neither the mission ended nor an exit was certified since."""
    if journey.plan is None or journey.ended or journey.cancelled or not journey.reads:
        return None
    read = journey.reads[-1]
    node = journey.port.node(read.node)
    if node is None or node.kind not in WAITING_PLACES:
        return None
    certified = (r.occurred_at for r in journey.rulings if r.status is CustomsStatus.EXIT_CERTIFIED)
    return None if any(at >= read.occurred_at for at in certified) else read


def _last_sign(journey: Journey, read: Read) -> Plan | Amendment | Read | Ruling:
    """The last read, ruling or change of plan: a unit on which somebody still acts is not abandoned."""
    signs: list[Plan | Amendment | Read | Ruling] = [read, *journey.rulings, *journey.amendments]
    if journey.plan is not None:
        signs.append(journey.plan)
    return max(signs, key=lambda fact: (fact.occurred_at, fact.event_id))


def _is_cleared(journey: Journey) -> bool:
    """Whether the last decision on every declaration is its release, and no hold is open."""
    return all(_is_released(journey, mrn) for mrn in journey.mrns or ("",)) and all(
        hold.lifted for hold in journey.holds
    )


def _is_released(journey: Journey, mrn: str) -> bool:
    concerning = (r for r in reversed(journey.rulings) if not r.mrns or not mrn or mrn in r.mrns)
    last = next((ruling.status for ruling in concerning if ruling.status not in NOT_A_CLEARANCE), None)
    return last is CustomsStatus.RELEASED or last is CustomsStatus.DEFINITIVE


def next_due(standing: Standing, port: Port) -> datetime | None:
    """When a unit that waits has waited too long."""
    last, certified_at = standing.trail.last, standing.clearance.certified_at
    if last is None or standing.signed_at is None or (certified_at is not None and certified_at >= last.at):
        return None
    node = port.node(last.node)
    return after(standing.signed_at, port.policy.abandoned_after) if node and node.kind in WAITING_PLACES else None


RULE = Rule(
    kind="ABANDONED_UNIT",
    trigger="the clock passes the waiting time of a unit last read in storage, with no sign of anybody since",
    subject="`cleared` or `uncleared`",
    severity=Severity.WARNING,
    basis="§409-410",
    find=find,
    due=due,
    threshold="`abandoned_after_hours` of the port's policy",
    unmoved=always,  # every read and every ruling starts the waiting time anew
    next_due=next_due,
)
