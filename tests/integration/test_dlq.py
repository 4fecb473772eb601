"""Dead letters on a real broker: counted, shown, published again once, given up."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from confluent_kafka import Message
from typer.testing import CliRunner

from cli.main import app
from runtime.errors import ConfigError, InvalidRecord, Unavailable
from runtime.settings import Settings
from tests.integration.delivered_records import scanned
from tests.waiting import eventually
from topics.catalog import CUSTOMS_STATUS_CHANGED, DEAD_LETTER_TOPICS, ID_SCANNED, MISSION_STATE_CHANGED, Topic
from topics.clients import follow, headers_of
from topics.codec import Codec
from topics.dead_letters import Origin, reason_headers
from topics.letter_box import REPLAYED_TOGETHER, LetterBox, Selection
from topics.producer import DurableProducer
from topics.progress import Progress
from topics.registry import FileRegistry

CODEC = Codec(FileRegistry())
OWN = [("ce_id", b"1"), ("h", b"\xff"), ("h", b"2")]


class Post:
    """Puts records aside as a worker does."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer = DurableProducer(settings)

    def put_aside(self, topic: Topic, offset: int, value: bytes | None, reason: str = "bad-frame") -> str:
        origin = Origin(self._settings.topic(topic.name), offset % 4, offset)
        headers = reason_headers(OWN, origin, InvalidRecord(reason, "no\x1b[31m good"), "resolve")
        self.send(topic, origin.partition, value, headers)
        return str(origin)

    def send(self, topic: Topic, partition: int, value: bytes | None, headers: Any) -> None:
        name = self._settings.topic(topic.dead_letters)
        self._producer.send(name, b"k\xff", value, headers, partition=partition)
        self._producer.flush()


@pytest.fixture
def topics(topics: Settings) -> Settings:
    """The topics, when every partition has a leader: a moment after they were created."""

    def have_leaders() -> bool:
        try:
            return bool(Progress(topics).ends([topics.topic(topic.name) for topic in DEAD_LETTER_TOPICS]))
        except Unavailable:
            return False

    eventually(have_leaders)
    return topics


@pytest.fixture
def post(topics: Settings) -> Post:
    return Post(topics)


def dlq(settings: Settings, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["dlq", *arguments], env=settings.environment(), input=given)


def listed(settings: Settings, *arguments: str) -> Any:
    result = dlq(settings, "list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def came(settings: Settings, topic: Topic) -> list[Message]:
    return [m for m in follow(settings, settings.topic(topic.name), until_end=True) if m is not None]


def test_letters_are_counted_by_topic_and_reason_and_the_newest_shown(topics: Settings, post: Post) -> None:
    first = post.put_aside(ID_SCANNED, 3, b"hello")
    post.put_aside(ID_SCANNED, 5, None, "no-value")
    last = post.put_aside(CUSTOMS_STATUS_CHANGED, 7, b"x")
    post.put_aside(ID_SCANNED, 3, b"hello")  # once more, as after a crash: still one letter
    found = listed(topics)
    scans = topics.topic(ID_SCANNED.name)
    counts = {(row["topic"], row["reason"]): row["count"] for row in found["waiting"]}
    assert counts == {
        (topics.topic(CUSTOMS_STATUS_CHANGED.name), "bad-frame"): 1,
        (scans, "bad-frame"): 1,
        (scans, "no-value"): 1,
    }
    assert [each["place"] for each in listed(topics, "--max", "1")["newest"]] == [last]
    assert {each["place"] for each in listed(topics, "--reason", "bad-frame")["newest"]} == {first, last}
    assert {each["place"] for each in listed(topics, "--topic", CUSTOMS_STATUS_CHANGED.name)["newest"]} == {last}
    assert (
        listed(topics, "--until", "2020-01-01")["waiting"] == listed(topics, "--since", "2099-01-01")["newest"] == []
    )
    told = dlq(topics, "list").output
    assert first in told
    assert "\x1b" not in told, "a terminal must not obey what somebody else wrote"


def test_what_is_no_letter_of_ours_is_passed_over(topics: Settings, post: Post) -> None:
    post.send(ID_SCANNED, 0, b"from a stranger", [("h", b"1")])
    forged = reason_headers([], Origin("another.topic", 0, 1), InvalidRecord("x", "y"), "z")
    post.send(ID_SCANNED, 0, b"forged", forged)
    assert listed(topics) == {"waiting": [], "newest": []}
    assert "no dead letter waits" in dlq(topics, "list").output


def test_a_letter_that_can_be_read_is_shown_as_what_it_says(topics: Settings, post: Post, tmp_path: Path) -> None:
    event = scanned()
    place = post.put_aside(ID_SCANNED, 41, CODEC.encode(event), "too-many-parked")
    told = dlq(topics, "show", place, "--raw", str(tmp_path / "raw")).output
    assert str(event.event_id) in told
    assert "reason:     too-many-parked: no\\x1b[31m good" in told
    assert (tmp_path / "raw").read_bytes() == CODEC.encode(event)
    found = json.loads(dlq(topics, "show", f"{ID_SCANNED.name}[1]@41", "--json").stdout)
    assert (found["place"], found["value_bytes"], found["settled"]) == (place, len(CODEC.encode(event)), None)


def test_a_letter_that_cannot_be_read_is_shown_as_bytes_and_not_all_of_them(topics: Settings, post: Post) -> None:
    place = post.put_aside(ID_SCANNED, 4, b"hello\x00\x1b" + b"\xff" * 10_000)
    told = dlq(topics, "show", place).output
    assert "00000000  68 65 6c 6c 6f 00 1b ff" in told
    assert "hello..." in told
    assert "… and 8,983 bytes more: --raw" in told
    assert len(told) < 10_000


def test_replay_publishes_each_record_once_as_it_was(topics: Settings, post: Post) -> None:
    values = {n: None if n == 2 else str(n).encode() for n in range(10)}
    for n, value in values.items():
        post.put_aside(ID_SCANNED, n, value)
    assert "4 dead letters replayed; 6 more match" in dlq(topics, "replay", "--all", "--max", "4").output
    assert "6 dead letters replayed\n" in dlq(topics, "replay", "--topic", ID_SCANNED.name).output
    assert "0 dead letters replayed\n" in dlq(topics, "replay", "--all").output
    again = came(topics, ID_SCANNED)
    assert sorted((m.partition(), m.value() or b"") for m in again) == sorted(
        (n % 4, v or b"") for n, v in values.items()
    )
    assert {(m.key(), tuple(headers_of(m))) for m in again} == {(b"k\xff", tuple(OWN))}
    assert listed(topics)["waiting"] == []
    assert "waits:      no, replayed" in dlq(topics, "show", f"{ID_SCANNED.name}[3]@3").output


def test_only_what_was_selected_is_replayed(topics: Settings, post: Post) -> None:
    chosen, reasoned, other = (
        post.put_aside(ID_SCANNED, 1, b"1"),
        post.put_aside(ID_SCANNED, 2, b"2", "no-value"),
        post.put_aside(CUSTOMS_STATUS_CHANGED, 1, b"3"),
    )
    assert dlq(topics, "replay").exit_code == 2
    assert dlq(topics, "replay", "cargo.id.scanned.v1").exit_code == 2
    assert dlq(topics, "replay", "nothing[1]@1").exit_code == 2
    assert "1 dead letters" in dlq(topics, "replay", chosen).output
    assert "1 dead letters" in dlq(topics, "replay", "--reason", "no-value").output
    assert {each["place"] for each in listed(topics)["newest"]} == {other}
    assert reasoned != other


def test_what_is_compacted_is_not_replayed_over_newer_states(topics: Settings, post: Post) -> None:
    post.put_aside(MISSION_STATE_CHANGED, 1, b"of long ago")
    assert "0 dead letters replayed\n1 stay" in dlq(topics, "replay", "--all").output
    assert came(topics, MISSION_STATE_CHANGED) == []


def test_dropping_asks_and_what_was_dropped_is_replayed_no_more(topics: Settings, post: Post) -> None:
    for n in range(3):
        post.put_aside(ID_SCANNED, n, b"x")
    asked = dlq(topics, "drop", "--all", given="n\n")
    assert asked.exit_code == 1
    assert "Drop 3 of 3 dead letters?" in asked.output
    assert listed(topics)["waiting"][0]["count"] == 3
    assert "1 dead letters dropped; 2 more match" in dlq(topics, "drop", "--all", "--max", "1", "--yes").output
    assert "2 dead letters replayed" in dlq(topics, "replay", "--all").output
    assert "0 dead letters dropped" in dlq(topics, "drop", "--all", "--yes").output


def test_what_fails_again_is_a_letter_of_its_own(topics: Settings, post: Post) -> None:
    post.put_aside(ID_SCANNED, 0, b"x")
    dlq(topics, "replay", "--all")
    [again] = came(topics, ID_SCANNED)
    assert again.offset() == 0
    failed = post.put_aside(ID_SCANNED, 4, b"x")
    assert [each["place"] for each in listed(topics)["newest"]] == [failed]


def test_a_place_without_a_letter_is_said_so(topics: Settings) -> None:
    shown = dlq(topics, "show", f"{ID_SCANNED.name}[0]@0")
    assert isinstance(shown.exception, ConfigError)


def test_killed_in_between_only_one_portion_comes_twice(topics: Settings) -> None:
    letters, producer = 4 * REPLAYED_TOGETHER, DurableProducer(topics)
    name = topics.topic(ID_SCANNED.name)
    for n in range(letters):
        headers = reason_headers([], Origin(name, 0, n), InvalidRecord("bad-frame", ""), "resolve")
        producer.send(f"{name}.dlq", b"k", str(n).encode(), headers, partition=0)
    producer.flush()
    command = [sys.executable, "-m", "cli.main", "dlq", "replay", "--all", "--max", str(letters)]
    process = subprocess.Popen(command, env={**os.environ, **topics.environment()}, stdout=subprocess.DEVNULL)
    eventually(lambda: process.poll() is not None or came(topics, ID_SCANNED))
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    dlq(topics, "replay", "--all", "--max", str(letters))
    counts = Counter(int(m.value() or b"") for m in came(topics, ID_SCANNED))
    assert set(counts) == set(range(letters))
    assert max(counts.values()) <= 2
    assert sum(counts.values()) <= letters + REPLAYED_TOGETHER
    with closing(LetterBox(topics)) as box:
        assert {each.settled for each in box.find(Selection())} == {"REPLAYED"}
