"""From facts to what is wrong with them, and when to look again."""

from datetime import datetime
from itertools import chain

from domain.deviations import RULES_OF, Finding
from domain.events import CustomsStatus, MissionStateChanged, MissionStatus
from domain.journey import Journey
from domain.reviews import reviewed
from domain.view import View


def assess(view: View) -> list[Finding]:
    """Every deviation that the facts show.

    *Guarantee*: depends on the set of facts, the path in force and ``checked_at`` alone; never on a clock or on
    the order of arrival.
    """
    found = [finding for rule in RULES_OF[type(view)] if rule.find for finding in rule.find(view)]
    return reviewed(found, view.reviews, view.owner, view.moments) if view.reviews else found


def next_due_at(view: View) -> datetime | None:
    """The next moment at which time alone can change the assessment or what may be told, none when it cannot."""
    due = chain.from_iterable(rule.due(view) for rule in RULES_OF[type(view)] if rule.due)
    told = view.disclosures() if isinstance(view, Journey) else ()
    checked_at = view.checked_at
    return min((at for at in chain(due, told) if checked_at is None or at > checked_at), default=None)


REST_ON_EXAMINATIONS = frozenset({"EXIT_WITHOUT_RELEASE", "HOLD_VIOLATION"})
"""Kinds that cannot be told without telling that a unit was chosen for an examination."""


def summarise(
    journey: Journey, revision: int, changed_at: datetime, open_kinds: tuple[str, ...]
) -> MissionStateChanged:
    """Where the mission stands, for everybody who need not fold it himself.

    *Guarantee*: says nothing of an examination under embargo (§262).
    """
    reads = [*journey.reads, *journey.reads_after_end]
    last = reads[-1] if reads else None
    ahead = next((journey.path[index] for index in journey.awaited()), None)
    statuses = journey.statuses_disclosed()
    disclosed = all(journey.is_disclosed(ruling) for ruling in journey.rulings)
    control = journey.next_control()
    open_holds = (hold for hold in journey.holds() if hold.lifted is None and journey.is_disclosed(hold.placed))
    return MissionStateChanged(
        iot_id=journey.mission.iot_id,
        revision=revision,
        status=journey.status if journey.plan else MissionStatus.EXPECTED,
        process=journey.plan.process if journey.plan else None,
        changed_at=changed_at,
        last_node=last.node if last else None,
        last_read_at=last.occurred_at if last else None,
        next_node=ahead.node if ahead else None,
        next_due_at=ahead.due_at if ahead else None,
        nodes_reached=tuple(read.node for _, read in sorted(journey.trace.reached.items())),
        customs_statuses=tuple(status for status in statuses.values() if isinstance(status, CustomsStatus)),
        open_holds=tuple(sorted({hold.name for hold in open_holds})),
        open_alerts=open_kinds if disclosed else tuple(k for k in open_kinds if k not in REST_ON_EXAMINATIONS),
        reads=len(reads),
        control_node=control.node if control else None,
        control_at=control.starts_at if control else None,
        control_authorities=control.authorities if control else (),
    )
