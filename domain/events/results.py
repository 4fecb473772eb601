"""What the pipeline itself says: bindings, commands of the clock, states and alerts."""

from uuid import UUID

from domain.events.vocabulary import (
    AlertStatus,
    CustomsStatus,
    MissionStatus,
    Moment,
    Outcome,
    Process,
    Record,
    Severity,
)
from domain.identifiers import Scheme


class IdBound(Record, frozen=True, tag="id_bound"):
    """From ``valid_from`` on, in event time, an identifier means this IOT_ID, or, ``released``, no longer does.

    *Shape*: ``withdrawn`` when the event of that id was retracted: what it bound or released never was.
    """

    event_id: UUID
    iot_id: UUID
    scheme: Scheme
    value: str
    valid_from: Moment
    released: bool = False
    withdrawn: bool = False


class UnitExpected(Record, frozen=True, tag="unit_expected"):
    """A train's list or a ship's manifest names a unit: read in that time it is no unknown object (§359, §372a).

    *Shape*: ``withdrawn`` when the list or manifest of that id was retracted: it names no unit.
    """

    event_id: UUID
    conveyance: str
    scheme: Scheme
    value: str
    expected_from: Moment
    expected_until: Moment
    withdrawn: bool = False


class IdentifierHandedOver(Record, frozen=True, tag="identifier_handed_over"):
    """An identifier that meant one mission means another from a moment on, or none: what it led to counts there.

    *Shape*: told to the mission that had it; from ``occurred_at`` until just before ``valid_until`` (none: for ever)
    ``key``, ``SCHEME:VALUE``, means ``to_iot_id``, or ``to_nobody``, or else this mission again. ``number`` counts
    what was learnt of the identifier: of what was told of one moment the highest holds. ``shared``, it
    means ``to_iot_id`` as well as this mission, which keeps what it led here; what is told so concerns what it led as
    the best identifier, and nothing else does. ``event_id`` follows from the rest.
    """

    event_id: UUID
    occurred_at: Moment
    key: str
    to_iot_id: UUID | None
    valid_until: Moment | None = None
    to_nobody: bool = False
    number: int = 0
    shared: bool = False


class ObservationTaken(Record, frozen=True, tag="observation_taken"):
    """A better identifier of an observation leads elsewhere: what a worse one led here does not count.

    *Shape*: ``takes`` is the observation's id, ``occurred_at`` its own; ``rank`` is how many of its identifiers are
    better than the one that leads elsewhere; ``number`` is that decision's: what is decided later may lead it here
    again. ``event_id`` follows from the rest.
    """

    event_id: UUID
    occurred_at: Moment
    takes: UUID
    rank: int
    number: int = 0


class FactMoved(Record, frozen=True, tag="fact_moved"):
    """What a mission remembered of an observation goes to the mission that its identifier was handed over to.

    When the identifier means nobody any more, it goes back to its home, to be resolved anew.

    *Shape*: ``event_id`` and ``occurred_at`` are the observation's, ``record`` is its type; ``fact`` is packed as
    missions keep it, in base64.
    """

    event_id: UUID
    occurred_at: Moment
    from_iot_id: UUID
    record: str
    fact: str


class ObservationRecounted(Record, frozen=True, tag="observation_recounted"):
    """Whether an observation that was led to a mission counts there, told when it does no more, or does again.

    *Shape*: ``event_id`` and ``occurred_at`` are the observation's; of what was told of one the highest ``revision``,
    the mission's, holds.
    """

    event_id: UUID
    occurred_at: Moment
    iot_id: UUID
    counts: bool
    revision: int


class DeadlinePassed(Record, frozen=True, tag="deadline_passed"):
    """The clock's command to judge absences as of a moment: of a mission, a conveyance or waiting reads.

    *Shape*: ``subject`` is the IOT_ID, the conveyance or the ``SCHEME:VALUE``, as in the record's key.
    """

    subject: str
    as_of: Moment


class MissionStateChanged(Record, frozen=True, tag="mission_state_changed"):
    """Where a mission stands after everything known of it; the latest revision replaces the earlier ones.

    *Units*: ``revision`` counts changes of this mission's state; ``reads`` counts distinct scans.
    *Guarantee*: tells of no examination before its ``not_before`` has passed: not of its status, hold or appointment.
    """

    iot_id: UUID
    revision: int
    status: MissionStatus
    process: Process | None
    changed_at: Moment
    last_node: str | None
    last_read_at: Moment | None
    next_node: str | None
    next_due_at: Moment | None
    nodes_reached: tuple[str, ...]
    customs_statuses: tuple[CustomsStatus, ...]
    open_holds: tuple[str, ...]
    open_alerts: tuple[str, ...]
    reads: int
    control_node: str | None = None
    control_at: Moment | None = None
    control_authorities: tuple[str, ...] = ()


class DeviationAlertChanged(Record, frozen=True, tag="deviation_alert_changed"):
    """A deviation was raised, changed (its evidence or place), cleared, or dealt with by customs.

    *Guarantee*: ``alert_id`` follows from IOT_ID, kind and subject, ``revision`` counts up per alert: the highest
    revision holds, and a repeated record is the same record.
    *Shape*: ``object_key`` is what the alert is about when that is no IOT_ID: a train's run, a ship's call, or
    ``SCHEME:VALUE`` of what was read; ``evidence`` are event ids; ``trigger`` is the event that brought the change,
    none when it was the clock; ``outcome`` and ``reviewed_by`` come from the review in force.
    """

    alert_id: UUID
    revision: int
    status: AlertStatus
    kind: str
    severity: Severity
    basis: str
    subject: str
    iot_id: UUID | None
    object_key: str | None
    node: str | None
    deviated_at: Moment
    changed_at: Moment
    sentence: str
    evidence: tuple[UUID, ...]
    trigger: UUID | None
    outcome: Outcome | None = None
    reviewed_by: str | None = None
