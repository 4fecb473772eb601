"""The single list of topics. Everything that creates, reads, writes or documents a topic starts here."""

from dataclasses import dataclass
from typing import get_args

import msgspec

from domain.events import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeadlinePassed,
    DeviationAlertChanged,
    DeviceSignalled,
    EventRetracted,
    FactMoved,
    IdBound,
    IdScanned,
    InputEvent,
    IotIdGenerated,
    MassVerified,
    MissionAmended,
    MissionStateChanged,
    Observation,
    ObservationRecounted,
    ResolutionEvent,
    TrainComposed,
    TrainPermissionChanged,
    UnitExpected,
    VesselCallChanged,
    VesselManifested,
)

DEAD_LETTERS = ".dlq"
FOREVER = None
DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it must exist on the broker, before the namespace is put in front of its name.

    *Units*: ``retention_hours``, none for ever.
    *Shape*: ``key`` says in words what the record key holds; ``records`` are the types it may carry (none for
    bytes that are not ours to read: dead letters and changelogs).
    """

    name: str
    records: tuple[type[msgspec.Struct], ...]
    key: str
    retention_hours: int | None
    compacted: bool = False
    dead_lettered: bool = True

    @property
    def dead_letters(self) -> str:
        """Where its unusable records go."""
        return self.name + DEAD_LETTERS


IOT_ID_GENERATED = Topic("cargo.iot-id.generated.v1", (IotIdGenerated,), key="IOT_ID", retention_hours=30 * DAY_HOURS)
ID_SCANNED = Topic("cargo.id.scanned.v1", (IdScanned,), key="SCHEME:VALUE read best", retention_hours=30 * DAY_HOURS)
CUSTOMS_STATUS_CHANGED = Topic(
    "cargo.customs-status.changed.v1",
    (CustomsStatusChanged,),
    key="SCHEME:VALUE named best",
    retention_hours=30 * DAY_HOURS,
)
MISSION_AMENDED = Topic("cargo.mission.amended.v1", (MissionAmended,), key="IOT_ID", retention_hours=30 * DAY_HOURS)
EVENT_RETRACTED = Topic(
    "cargo.event.retracted.v1", (EventRetracted,), key="SCHEME:VALUE named best", retention_hours=30 * DAY_HOURS
)
DEVICE_SIGNALLED = Topic(
    "cargo.device.signalled.v1", (DeviceSignalled,), key="SCHEME:VALUE named best", retention_hours=30 * DAY_HOURS
)
APPOINTMENT_MADE = Topic(
    "cargo.appointment.made.v1", (AppointmentMade,), key="SCHEME:VALUE named best", retention_hours=30 * DAY_HOURS
)
ALERT_REVIEWED = Topic(
    "cargo.alert.reviewed.v1",
    (AlertReviewed,),
    key="IOT_ID, or the object_key of the alert",
    retention_hours=30 * DAY_HOURS,
)
TRAIN_COMPOSED = Topic("cargo.train.composed.v1", (TrainComposed,), key="TRAIN:run", retention_hours=30 * DAY_HOURS)
TRAIN_PERMISSION_CHANGED = Topic(
    "cargo.train-permission.changed.v1", (TrainPermissionChanged,), key="TRAIN:run", retention_hours=30 * DAY_HOURS
)
# Apart from what else is told of a call: a manifest is only for law enforcement, the shipping line or agent and the
# legal holder of the goods, and who may read what is granted by topic.
VESSEL_MANIFEST_LODGED = Topic(
    "cargo.vessel-manifest.lodged.v1", (VesselManifested,), key="CALL:call", retention_hours=30 * DAY_HOURS
)
VESSEL_CALL_CHANGED = Topic(
    "cargo.vessel-call.changed.v1",
    (VesselCallChanged, MassVerified),
    key="CALL:call",
    retention_hours=30 * DAY_HOURS,
)
ID_BOUND = Topic("cargo.id.bound.v1", (IdBound, UnitExpected), key="SCHEME:VALUE", retention_hours=30 * DAY_HOURS)
OBSERVATION_REROUTED = Topic(
    "cargo.observation.rerouted.v1",
    (*get_args(Observation), AlertReviewed, FactMoved),
    key="SCHEME:VALUE tried next",
    retention_hours=7 * DAY_HOURS,
)
MISSION_EVENT_RESOLVED = Topic(
    "cargo.mission-event.resolved.v1",
    (*get_args(InputEvent), *get_args(ResolutionEvent)),
    key="IOT_ID, train's run or ship's call",
    retention_hours=30 * DAY_HOURS,
)
MISSION_DEADLINE_PASSED = Topic(
    "cargo.mission-deadline.passed.v1",
    (DeadlinePassed,),
    key="IOT_ID, train's run or ship's call",
    retention_hours=7 * DAY_HOURS,
)
IDENTITY_DEADLINE_PASSED = Topic(
    "cargo.identity-deadline.passed.v1", (DeadlinePassed,), key="SCHEME:VALUE", retention_hours=7 * DAY_HOURS
)
MISSION_STATE_CHANGED = Topic(
    "cargo.mission-state.changed.v1",
    (MissionStateChanged,),
    key="IOT_ID",
    retention_hours=FOREVER,
    compacted=True,
)
OBSERVATION_RECOUNTED = Topic(
    "cargo.observation.recounted.v1", (ObservationRecounted,), key="IOT_ID", retention_hours=30 * DAY_HOURS
)
DEVIATION_ALERT_CHANGED = Topic(
    "cargo.deviation-alert.changed.v1",
    (DeviationAlertChanged,),
    key="IOT_ID, train's run, ship's call, or SCHEME:VALUE of an unknown object",
    retention_hours=90 * DAY_HOURS,
)

RESOLVE_GROUP = "missionpath.resolve"
TRACK_GROUP = "missionpath.track"
SINK_GROUP = "missionpath.sink"

IDENTITIES_TABLE = "identities"
MISSIONS_TABLE = "missions"

INPUT_TOPICS: dict[type[InputEvent], Topic] = {
    IotIdGenerated: IOT_ID_GENERATED,
    MissionAmended: MISSION_AMENDED,
    IdScanned: ID_SCANNED,
    CustomsStatusChanged: CUSTOMS_STATUS_CHANGED,
    DeviceSignalled: DEVICE_SIGNALLED,
    AppointmentMade: APPOINTMENT_MADE,
    AlertReviewed: ALERT_REVIEWED,
    TrainComposed: TRAIN_COMPOSED,
    TrainPermissionChanged: TRAIN_PERMISSION_CHANGED,
    VesselManifested: VESSEL_MANIFEST_LODGED,
    VesselCallChanged: VESSEL_CALL_CHANGED,
    MassVerified: VESSEL_CALL_CHANGED,
    EventRetracted: EVENT_RETRACTED,
}
"""Where each event from outside is published."""

_FROM_OUTSIDE = tuple(dict.fromkeys(INPUT_TOPICS.values()))

EVENT_TOPICS = (
    *_FROM_OUTSIDE,
    ID_BOUND,
    OBSERVATION_REROUTED,
    IDENTITY_DEADLINE_PASSED,
    MISSION_EVENT_RESOLVED,
    MISSION_DEADLINE_PASSED,
    MISSION_STATE_CHANGED,
    OBSERVATION_RECOUNTED,
    DEVIATION_ALERT_CHANGED,
)
"""Every topic that carries records of ours, in the order in which data flows."""


def dead_letters(topic: Topic) -> Topic:
    """The dead letters of a topic: the original bytes and key, the reason in the headers."""
    return Topic(topic.dead_letters, (), key="as it came", retention_hours=90 * DAY_HOURS, dead_lettered=False)


DEAD_LETTER_TOPICS = tuple(dead_letters(topic) for topic in EVENT_TOPICS if topic.dead_lettered)
"""Every topic of dead letters, in the order of the topics."""

READ_BY: dict[str, tuple[Topic, ...]] = {
    RESOLVE_GROUP: (*_FROM_OUTSIDE, ID_BOUND, OBSERVATION_REROUTED, IDENTITY_DEADLINE_PASSED),
    TRACK_GROUP: (MISSION_EVENT_RESOLVED, MISSION_DEADLINE_PASSED),
    SINK_GROUP: (
        *_FROM_OUTSIDE,
        ID_BOUND,
        MISSION_EVENT_RESOLVED,
        MISSION_STATE_CHANGED,
        OBSERVATION_RECOUNTED,
        DEVIATION_ALERT_CHANGED,
        *DEAD_LETTER_TOPICS,
    ),
}
"""Which consumer group reads which topics."""


def keeper_of(topic: Topic) -> str:
    """The group that puts aside what cannot be read in a topic: the first in the flow that reads it.

    One group must, or a bad record would be lost; a second letter about the same record would only confuse.
    """
    return next(group for group, topics in READ_BY.items() if topic in topics)


def changelog(group: str, table: str) -> Topic:
    """The topic that a group's table is recovered from."""
    name = f"{group}-{table}-changelog"
    return Topic(name, (), key="of the table", retention_hours=FOREVER, compacted=True, dead_lettered=False)


def all_topics() -> tuple[Topic, ...]:
    """Everything that must exist on the broker."""
    return (
        *EVENT_TOPICS,
        *DEAD_LETTER_TOPICS,
        changelog(RESOLVE_GROUP, IDENTITIES_TABLE),
        changelog(TRACK_GROUP, MISSIONS_TABLE),
    )
