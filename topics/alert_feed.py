"""The alert topic as a consumer should read it: every revision of every alert once."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from confluent_kafka import Message

from domain.events import DeviationAlertChanged
from runtime.errors import Fatal, InvalidRecord
from runtime.settings import Settings
from topics.catalog import DEVIATION_ALERT_CHANGED
from topics.clients import follow
from topics.codec import Codec
from topics.headers import ORIGIN_MS


class Heard(NamedTuple):
    """An alert change, and how long it took from the publication of what caused it; none for the clock's."""

    alert: DeviationAlertChanged
    latency_seconds: float | None


class AlertFeed:
    """Alert changes from the beginning of the topic.

    After a crash a worker says again what it said before, with the same revisions; the feed passes each on once.
    *Shape*: ``records_read`` counts the topic's records, repetitions included.
    """

    def __init__(self, settings: Settings, codec: Codec) -> None:
        self._settings = settings
        self._codec = codec
        self._topic = settings.topic(DEVIATION_ALERT_CHANGED.name)
        self._newest: dict[UUID, int] = {}
        self.records_read = 0

    def listen(self, *, until_end: bool) -> Iterator[Heard | None]:
        """What comes, and ``None`` about once a second while nothing does; up to the topic's end, or for ever.

        *Raises*: Unavailable when the topic cannot be read, Fatal when a record in it is not an alert.
        """
        for message in follow(self._settings, self._topic, until_end=until_end):
            if message is None:
                yield None
                continue
            try:
                alert = self._codec.decode(message.value(), DeviationAlertChanged)
            except InvalidRecord as error:
                where = f"{self._topic}[{message.partition()}]@{message.offset()}"
                raise Fatal(f"{where} is not an alert: {error}") from error
            self.records_read += 1
            if alert.revision > self._newest.get(alert.alert_id, 0):
                self._newest[alert.alert_id] = alert.revision
                yield Heard(alert, _latency_seconds(message))


def _latency_seconds(message: Message) -> float | None:
    origin = dict(message.headers() or ()).get(ORIGIN_MS)
    return None if origin is None else (message.timestamp()[1] - int(origin)) / 1000
