"""From a mission to what is wrong with it, and when to look again."""

from datetime import datetime

from domain.deviations import RULES, Finding
from domain.events import CustomsStatus, MissionStateChanged, MissionStatus
from domain.journey import Journey


def assess(journey: Journey) -> list[Finding]:
    """Every deviation that the facts show.

    *Guarantee*: depends on the set of facts, the path in force and ``checked_at`` alone; never on a clock or on
    the order of arrival.
    """
    return [finding for rule in RULES.values() if rule.find for finding in rule.find(journey)]


def next_due_at(journey: Journey) -> datetime | None:
    """The next moment at which time alone can change the assessment, none when it cannot."""
    checked_at = journey.mission.checked_at
    due = (at for rule in RULES.values() if rule.due for at in rule.due(journey))
    return min((at for at in due if checked_at is None or at > checked_at), default=None)


def summarise(
    journey: Journey, revision: int, changed_at: datetime, open_kinds: tuple[str, ...]
) -> MissionStateChanged:
    """Where the mission stands, for everybody who need not fold it himself."""
    reads = [*journey.reads, *journey.reads_after_end]
    last = reads[-1] if reads else None
    ahead = next((journey.path[index] for index in journey.awaited()), None)
    statuses = journey.statuses_at(datetime.max.replace(tzinfo=changed_at.tzinfo))
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
        open_holds=tuple(sorted({hold.name for hold in journey.holds() if hold.lifted is None})),
        open_alerts=open_kinds,
        reads=len(reads),
    )
