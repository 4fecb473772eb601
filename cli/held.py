"""What the workers hold together: figures that only they know, added up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cli.worker_report import WorkerReport
from runtime import metrics

MISSIONS = metrics.name_of(metrics.MISSIONS)
MISSIONS_OPEN = metrics.name_of(metrics.MISSIONS_OPEN)
PARKED = metrics.name_of(metrics.PARKED)
NEXT_DUE = metrics.name_of(metrics.NEXT_DUE)
COMPLETE_UNTIL = metrics.name_of(metrics.COMPLETE_UNTIL)
RECOVERY_REMAINING = metrics.name_of(metrics.RECOVERY_REMAINING)


@dataclass(frozen=True, slots=True)
class Held:
    """What all workers hold.

    *Shape*: a number or moment is none when there is no worker that knows it, or one of them does not answer;
    ``next_due_at`` also when nothing is due, ``complete_until`` also before the workers have found it out.
    """

    missions: int | None
    missions_open: int | None
    parked_observations: int | None
    next_due_at: datetime | None
    complete_until: datetime | None


def held_by(resolve: Sequence[WorkerReport], track: Sequence[WorkerReport]) -> Held:
    """Add up what the workers of the two groups say."""
    # One more worker than there are partitions holds nothing.
    resolve, track = ([worker for worker in group if worker.member.partitions] for group in (resolve, track))
    clocked = [*resolve, *track] if resolve and track else []
    due_times = [at for at in each(clocked, NEXT_DUE) or () if at]
    return Held(
        missions=total(track, MISSIONS),
        missions_open=total(track, MISSIONS_OPEN),
        parked_observations=total(resolve, PARKED),
        next_due_at=_moment(min(due_times, default=0)),
        complete_until=_moment(min(each(clocked, COMPLETE_UNTIL) or (0,))),
    )


def each(workers: Iterable[WorkerReport], name: str) -> list[float] | None:
    """The figure of every worker; none when one does not tell it, or there is no worker."""
    told = [worker.figures.get(name) for worker in workers]
    known = [value for value in told if value is not None]
    return known if known and len(known) == len(told) else None


def total(workers: Iterable[WorkerReport], name: str) -> int | None:
    """The sum of a figure; none as for ``each``."""
    values = each(workers, name)
    return None if values is None else int(sum(values))


def _moment(timestamp: float) -> datetime | None:
    return datetime.fromtimestamp(timestamp, UTC) if timestamp else None
