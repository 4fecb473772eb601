"""The job that every contestant does with one event: decode, look up, judge, keep, tell. What ``track`` does, too."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from benchmarks.speed.traffic import PORT_FILE, decode, encode
from domain.events import DeviationAlertChanged
from domain.facts import Lead
from domain.judging import Kept, judge
from domain.port_file import parse_port
from domain.standing import summarise
from topics.catalog import MISSION_EVENT_RESOLVED
from topics.codec import Codec
from topics.headers import RANK, RESOLVED_BY, Header, cloud_event, number, value_of
from topics.registry import FileRegistry


class Telling(NamedTuple):
    """A record to send."""

    value: bytes
    headers: list[Header]


class Outcome(NamedTuple):
    """What an event comes to: the state to keep under its key, the state to tell, the alerts to tell."""

    kept: bytes
    state: Telling | None
    alerts: list[Telling]


class Job:
    """The check of one event against the path of its mission."""

    def __init__(self) -> None:
        self._codec = Codec(FileRegistry())
        self._port = parse_port(PORT_FILE.read_bytes())

    def decode(self, value: bytes) -> object:
        """The event of a record."""
        return self._codec.decode(value, *MISSION_EVENT_RESOLVED.records)

    def judge(self, key: bytes, value: bytes, headers: Iterable[Header], kept: bytes | None) -> Outcome | None:
        """What an event changes, none when it is known already."""
        event: Any = self._codec.decode(value, *MISSION_EVENT_RESOLVED.records)
        before = decode(kept) if kept else Kept(key.decode())
        judged = judge(before, event, self._port, _lead(headers))
        if judged is None:
            return None
        return Outcome(encode(judged.kept), self._state(judged.kept, event.occurred_at), self._alerts(judged.alerts))

    def _state(self, kept: Kept, at: datetime) -> Telling | None:
        if kept.standing is None:
            return None
        told = summarise(kept.standing, kept.ledger.revision, at, kept.ledger.open_kinds)
        headers = cloud_event(told, f"{told.iot_id}/{told.revision}", told.iot_id, "missionpath", at)
        return Telling(self._codec.encode(told), headers)

    def _alerts(self, alerts: Iterable[DeviationAlertChanged]) -> list[Telling]:
        told = []
        for alert in alerts:
            ce_id, trace = f"{alert.alert_id}/{alert.revision}", alert.trigger or alert.alert_id
            headers = cloud_event(alert, ce_id, trace, "missionpath", alert.changed_at)
            told.append(Telling(self._codec.encode(alert), headers))
        return told


def _lead(headers: Iterable[Header]) -> Lead | None:
    found = list(headers)
    led_by = value_of(found, RESOLVED_BY)
    return None if led_by is None else Lead(number(value_of(found, RANK)) or 0, led_by.decode())
