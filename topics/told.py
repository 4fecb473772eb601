"""What the workers have told of alerts and missions: what stands, or stood at an earlier moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

from confluent_kafka import Message

from domain.events import DeviationAlertChanged, MissionStateChanged
from runtime.errors import Fatal, InvalidRecord
from runtime.settings import Settings
from topics.catalog import (
    DEVIATION_ALERT_CHANGED,
    IOT_ID_GENERATED,
    MISSION_STATE_CHANGED,
    TRAIN_COMPOSED,
    VESSEL_CALL_CHANGED,
    VESSEL_MANIFEST_LODGED,
    Topic,
)
from topics.clients import follow, headers_of
from topics.codec import Codec
from topics.headers import ORIGIN_MS, number, value_of

UNDER_WAY = timedelta(seconds=60)
"""How long what was published before a moment may have been under way through the workers then."""

BEGINNINGS = (IOT_ID_GENERATED, TRAIN_COMPOSED, VESSEL_CALL_CHANGED, VESSEL_MANIFEST_LODGED)
"""Where the first word of a mission, a train's run and a ship's call is published, under its own key."""

T = TypeVar("T", DeviationAlertChanged, MissionStateChanged)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to look back to: all that was published before it, and absences up to a moment of the clock."""

    published: datetime
    judged: datetime


@dataclass(slots=True)
class Told(Generic[T]):
    """The revisions of one alert or mission.

    *Shape*: ``standing`` is the last of the moment, none when there is none; ``soon_after`` are later ones that may
    have been under way; ``is_later`` when there are later ones at all.
    """

    standing: T | None = None
    soon_after: list[T] = field(default_factory=list)
    is_later: bool = False


def alerts(settings: Settings, codec: Codec, moment: Moment | None = None) -> dict[UUID, Told[DeviationAlertChanged]]:
    """Every alert as it stands, or stood at a moment.

    What brought a revision decides whether it is of the moment: when the record that did was published, which its
    headers say, or up to when the clock judged; not how long the workers took.
    *Raises*: Unavailable when the topic cannot be read, Fatal when a record in it is no alert.
    """

    def is_of(alert: DeviationAlertChanged, message: Message, moment: Moment) -> bool:
        origin_ms = number(value_of(headers_of(message), ORIGIN_MS))
        if origin_ms is None:
            return alert.changed_at <= moment.judged
        return origin_ms < moment.published.timestamp() * 1000

    heard = _heard(settings, codec, DEVIATION_ALERT_CHANGED, DeviationAlertChanged, lambda key: True)
    return _sorted(heard, lambda alert: alert.alert_id, is_of, moment)


def states(
    settings: Settings, codec: Codec, is_wanted: Callable[[str], bool], moment: Moment | None = None
) -> dict[UUID, Told[MissionStateChanged]]:
    """The state of every wanted mission as it is, or was at a moment.

    The topic is compacted: of a mission that went on after the moment the state of the moment may be gone.
    *Raises*: as ``alerts``.
    """

    def is_of(state: MissionStateChanged, message: Message, moment: Moment) -> bool:
        return int(message.timestamp()[1]) < moment.published.timestamp() * 1000

    heard = _heard(settings, codec, MISSION_STATE_CHANGED, MissionStateChanged, is_wanted)
    return _sorted(heard, lambda state: state.iot_id, is_of, moment)


def begun(settings: Settings) -> set[str]:
    """The IOT_IDs, trains' runs and ships' calls whose first word is in the topics."""
    messages = (m for topic in BEGINNINGS for m in follow(settings, settings.topic(topic.name), until_end=True))
    return {_owner(message) for message in messages if message is not None}


def _heard(
    settings: Settings, codec: Codec, topic: Topic, record: type[T], is_wanted: Callable[[str], bool]
) -> Iterator[tuple[T, Message]]:
    name = settings.topic(topic.name)
    for message in follow(settings, name, until_end=True):
        if message is None or not is_wanted(_owner(message)):
            continue
        try:
            yield codec.decode(message.value(), record), message
        except InvalidRecord as error:
            where = f"{name}[{message.partition()}]@{message.offset()}"
            raise Fatal(f"{where} is no {record.__name__}: {error}") from error


def _sorted(
    heard: Iterator[tuple[T, Message]],
    id_of: Callable[[T], UUID],
    is_of: Callable[[T, Message, Moment], bool],
    moment: Moment | None,
) -> dict[UUID, Told[T]]:
    found: dict[UUID, Told[T]] = {}
    for each, message in heard:
        told = found.setdefault(id_of(each), Told())
        if moment is None or is_of(each, message, moment):
            if told.standing is None or each.revision > told.standing.revision:
                told.standing = each
            continue
        told.is_later = True
        if int(message.timestamp()[1]) < (moment.published + UNDER_WAY).timestamp() * 1000:
            told.soon_after.append(each)
    return found


def _owner(message: Message) -> str:
    """The record's key as the workers write it."""
    text = (message.key() or b"").decode("utf-8", "replace")
    try:
        return str(UUID(text))
    except ValueError:
        return text
