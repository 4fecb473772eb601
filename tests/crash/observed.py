"""What the workers made of a stream, in topics, tables and ClickHouse, held against what it must be."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from domain.alerts import Ledger
from domain.events import AlertStatus, DeviationAlertChanged, MissionStateChanged
from domain.identity import Identity
from domain.judging import Kept
from domain.standing import summarise
from runtime.settings import Settings
from sinks.plate_key import plate_key
from sinks.plates import Plates
from sinks.query import ask
from tests.crash.reference import EPOCH, KEYS, AlertKey, Outcome, Told, plain_alert, plain_finding, plain_state
from topics.catalog import (
    DEVIATION_ALERT_CHANGED,
    IDENTITIES_TABLE,
    MISSION_STATE_CHANGED,
    MISSIONS_TABLE,
    RESOLVE_GROUP,
    TRACK_GROUP,
    Topic,
    changelog,
)
from topics.clients import follow
from topics.codec import Codec
from topics.registry import FileRegistry

CLOSED = frozenset({AlertStatus.CLEARED, AlertStatus.DISPOSED})
SHOWN_MAX = 5
"""Differences of one sort that are shown; the others are counted."""

_CODEC = Codec(FileRegistry())
_KEPT = msgspec.msgpack.Decoder(Kept)
_IDENTITY = msgspec.msgpack.Decoder(Identity)

R = TypeVar("R", MissionStateChanged, DeviationAlertChanged)


def differences(settings: Settings, expected: Outcome) -> list[str]:
    """What is not as it must be, a line each; empty when everything is.

    *Shape*: three places are looked at: what was told on the topics, what is kept in the changelogs, what is stored.
    """
    states = list(_records(settings, MISSION_STATE_CHANGED, MissionStateChanged))
    alerts = list(_records(settings, DEVIATION_ALERT_CHANGED, DeviationAlertChanged))
    stored = _as_stored(settings, expected)
    return [
        *_told_differently(alerts),
        *_compare("topic: state of", expected.states, _latest_states(states)),
        *_compare("topic: alert", expected.alerts, _open_alerts(alerts)),
        *_compare_kept(settings, expected),
        *_compare("ClickHouse: state of", expected.states, _latest_states(_stored(settings, MissionStateChanged))),
        *_compare("ClickHouse: alert", stored.alerts, _open_alerts(_stored(settings, DeviationAlertChanged))),
        *(line for view, columns in KEYS.items() for line in _compare_rows(settings, stored, view, columns)),
    ]


def _as_stored(settings: Settings, expected: Outcome) -> Outcome:
    """The same with pseudonyms for plates."""
    plates, seen = Plates(plate_key(settings)), set[str]()

    def key_of(key: AlertKey) -> AlertKey:
        hidden = plates.hidden("alerts", {"object_key": key.owner, "subject": key.subject}, seen)
        return key._replace(owner=str(hidden["object_key"]), subject=str(hidden["subject"]))

    def told_of(told: Told) -> Told:
        return told._replace(sentence=str(plates.hidden("told", {"sentence": told.sentence}, seen)["sentence"]))

    def row_of(view: str, row: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(str, plates.hidden(view, dict(zip(KEYS[view], row, strict=True)), seen).values()))

    return Outcome(
        expected.states,
        {key_of(key): told_of(told) for key, told in expected.alerts.items()},
        defaultdict(set, {view: {row_of(view, row) for row in rows} for view, rows in expected.rows.items()}),
    )


def _compare_kept(settings: Settings, expected: Outcome) -> Iterator[str]:
    """What a worker that starts now would know: the last value of each key of the changelogs."""
    states: dict[str, MissionStateChanged] = {}
    alerts: dict[AlertKey, Told] = {}
    for key, value in _last_values(settings, changelog(TRACK_GROUP, MISSIONS_TABLE)):
        kept = _KEPT.decode(value)
        alerts |= _kept_alerts(key, kept.ledger)
        if kept.standing is not None:
            states[key] = summarise(kept.standing, 0, EPOCH, kept.ledger.open_kinds)
    for key, value in _last_values(settings, changelog(RESOLVE_GROUP, IDENTITIES_TABLE)):
        alerts |= _kept_alerts(key, _IDENTITY.decode(value).ledger)
    yield from _compare("table: state of", expected.states, states)
    yield from _compare("table: alert", expected.alerts, alerts)


def _last_values(settings: Settings, topic: Topic) -> Iterable[tuple[str, bytes]]:
    last: dict[str, bytes | None] = {}
    for message in follow(settings, settings.topic(topic.name), until_end=True):
        if message is not None:
            last[(message.key() or b"").decode()] = message.value()
    return [(key, value) for key, value in last.items() if value is not None]


def _kept_alerts(owner: str, ledger: Ledger) -> dict[AlertKey, Told]:
    return dict(plain_finding(owner, entry.finding) for entry in ledger.entries if entry.is_open)


def _latest_states(states: list[MissionStateChanged]) -> dict[str, MissionStateChanged]:
    latest: dict[str, MissionStateChanged] = {}
    for state in states:
        if str(state.iot_id) not in latest or state.revision >= latest[str(state.iot_id)].revision:
            latest[str(state.iot_id)] = state
    return {iot_id: plain_state(state) for iot_id, state in latest.items()}


def _open_alerts(alerts: list[DeviationAlertChanged]) -> dict[AlertKey, Told]:
    latest: dict[AlertKey, DeviationAlertChanged] = {}
    for alert in alerts:
        key, _ = plain_alert(alert)
        if key not in latest or alert.revision > latest[key].revision:
            latest[key] = alert
    return dict(plain_alert(alert) for alert in latest.values() if alert.status not in CLOSED)


def _told_differently(alerts: list[DeviationAlertChanged]) -> Iterator[str]:
    """A repeated record is the same record: whoever acted on the first may not be told another by the second."""
    said: dict[tuple[str, int], tuple[AlertStatus, Told]] = {}
    for alert in alerts:
        now = alert.status, plain_alert(alert)[1]
        before = said.setdefault((str(alert.alert_id), alert.revision), now)
        if now != before:
            yield f"topic: alert {plain_alert(alert)[0]} revision {alert.revision}: told as {before}, then as {now}"


def _compare(what: str, expected: dict[Any, Any], found: dict[Any, Any]) -> Iterator[str]:
    lines = [
        f"{what} {key}: expected {expected.get(key, 'none')}, found {found.get(key, 'none')}"
        for key in [*expected, *(key for key in found if key not in expected)]
        if expected.get(key) != found.get(key)
    ]
    yield from _shown(lines)


def _compare_rows(settings: Settings, expected: Outcome, view: str, columns: tuple[str, ...]) -> Iterator[str]:
    answer = ask(settings, f"SELECT {', '.join(columns)} FROM {view}", "TSV").decode()
    found = Counter(tuple(line.split("\t")) for line in answer.splitlines())
    wanted = expected.rows[view]
    yield from _shown([f"ClickHouse: {view} misses {row}" for row in sorted(wanted - found.keys())])
    yield from _shown([f"ClickHouse: {view} should not have {row}" for row in sorted(found.keys() - wanted)])
    yield from _shown([f"ClickHouse: {view} has {row} {times} times" for row, times in found.items() if times > 1])


def _shown(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN_MAX]
    if len(lines) > SHOWN_MAX:
        yield f"… and {len(lines) - SHOWN_MAX} more like this"


def _records(settings: Settings, topic: Topic, record: type[R]) -> Iterator[R]:
    for message in follow(settings, settings.topic(topic.name), until_end=True):
        if message is not None:
            yield _CODEC.decode(message.value(), record)


def _stored(settings: Settings, record: type[R]) -> list[R]:
    """The rows of a view as the records that they were made of."""
    view = "v_mission_states" if record is MissionStateChanged else "v_alerts"
    fields = msgspec.structs.fields(record)
    answer = ask(settings, f"SELECT {', '.join(f.name for f in fields)} FROM {view}", "JSONEachRow")
    moments = [field.name for field in fields if "datetime" in str(field.type)]
    rows = [msgspec.json.decode(line) for line in answer.splitlines()]
    for row in rows:
        row |= {name: _iso(row[name]) for name in moments if row[name] is not None}
    return [msgspec.convert(row, record, strict=False) for row in rows]


def _iso(written: str) -> str:
    return datetime.fromisoformat(f"{written}+00:00").isoformat()
