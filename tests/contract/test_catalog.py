"""The catalogue of topics: names, dead letters, retention, and who reads what."""

import re
from typing import get_args

import pytest

from domain.events import FactMoved, InputEvent, VesselManifested
from topics.admin import wanted_config
from topics.catalog import (
    DEAD_LETTER_TOPICS,
    EVENT_TOPICS,
    IDENTITIES_TABLE,
    INPUT_TOPICS,
    MISSION_STATE_CHANGED,
    MISSIONS_TABLE,
    OBSERVATION_REROUTED,
    READ_BY,
    RESOLVE_GROUP,
    SINK_GROUP,
    TRACK_GROUP,
    VESSEL_MANIFEST_LODGED,
    Topic,
    all_topics,
    changelog,
    dead_letters,
    keeper_of,
)

NAME = re.compile(r"cargo\.[a-z]+(-[a-z]+)*\.([a-z]+ed|bound|made)\.v1")
BROKER_NAME_MAX = 249
HOUR_MS = 3_600_000
CHANGELOGS = (changelog(RESOLVE_GROUP, IDENTITIES_TABLE), changelog(TRACK_GROUP, MISSIONS_TABLE))


def by_name(topic: Topic) -> str:
    return topic.name


@pytest.mark.parametrize("topic", EVENT_TOPICS, ids=by_name)
def test_an_event_topic_is_named_after_what_happened(topic: Topic) -> None:
    assert NAME.fullmatch(topic.name)
    assert topic.records
    assert topic.key


def test_no_two_topics_share_a_name_and_all_fit_the_broker_with_the_longest_namespace() -> None:
    names = [topic.name for topic in all_topics()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)
    assert max(map(len, names)) + len("." + "n" * 40) <= BROKER_NAME_MAX


@pytest.mark.parametrize("topic", EVENT_TOPICS, ids=by_name)
def test_every_event_topic_has_dead_letters_which_have_none_themselves(topic: Topic) -> None:
    letters = dead_letters(topic)
    assert letters.name == topic.dead_letters == f"{topic.name}.dlq"
    assert letters in all_topics()
    assert letters in READ_BY[SINK_GROUP]
    assert not letters.dead_lettered
    assert letters.records == ()


@pytest.mark.parametrize("topic", EVENT_TOPICS, ids=by_name)
def test_dead_letters_are_kept_as_long_as_what_they_were_read_from_or_90_days(topic: Topic) -> None:
    kept_hours = dead_letters(topic).retention_hours or 0
    assert kept_hours >= min(topic.retention_hours or 90 * 24, 90 * 24)
    assert wanted_config(dead_letters(topic))["cleanup.policy"] == "delete"


@pytest.mark.parametrize("topic", [*CHANGELOGS, MISSION_STATE_CHANGED], ids=by_name)
def test_what_state_is_recovered_from_is_compacted_and_never_deleted(topic: Topic) -> None:
    assert topic in all_topics()
    assert wanted_config(topic) == {"cleanup.policy": "compact", "retention.ms": "-1", "retention.bytes": "-1"}


@pytest.mark.parametrize("topic", [t for t in all_topics() if not t.compacted], ids=by_name)
def test_everything_else_ends_some_day_by_age_alone(topic: Topic) -> None:
    assert topic.retention_hours is not None
    retention_ms = str(topic.retention_hours * HOUR_MS)
    assert wanted_config(topic) == {"cleanup.policy": "delete", "retention.ms": retention_ms, "retention.bytes": "-1"}


def test_changelogs_are_named_as_faust_names_them() -> None:
    assert [topic.name for topic in CHANGELOGS] == [
        "missionpath.resolve-identities-changelog",
        "missionpath.track-missions-changelog",
    ]


def test_the_list_is_complete() -> None:
    assert set(all_topics()) == {*EVENT_TOPICS, *map(dead_letters, EVENT_TOPICS), *CHANGELOGS}


def test_everything_from_outside_is_published_to_one_topic_that_carries_nothing_else() -> None:
    assert set(INPUT_TOPICS) == set(get_args(InputEvent))
    for topic in INPUT_TOPICS.values():
        assert set(topic.records) == {record for record, carrier in INPUT_TOPICS.items() if carrier is topic}


def test_what_is_published_is_read_by_resolve_and_by_the_sink() -> None:
    assert set(INPUT_TOPICS.values()) <= set(READ_BY[RESOLVE_GROUP])
    assert set(INPUT_TOPICS.values()) <= set(READ_BY[SINK_GROUP])


def test_what_is_published_is_kept_for_30_days() -> None:
    assert {topic.retention_hours for topic in INPUT_TOPICS.values()} == {30 * 24}


def test_who_may_read_manifests_can_be_told_by_their_topic() -> None:
    carriers = [topic for topic in INPUT_TOPICS.values() if VesselManifested in topic.records]
    assert carriers == [VESSEL_MANIFEST_LODGED]
    assert VESSEL_MANIFEST_LODGED.records == (VesselManifested,)


def test_what_is_rerouted_came_from_outside_or_back_from_a_mission() -> None:
    assert set(OBSERVATION_REROUTED.records) < {*get_args(InputEvent), FactMoved}


def test_every_event_topic_is_read_by_somebody_and_one_group_keeps_its_dead_letters() -> None:
    read = {topic for topics in READ_BY.values() for topic in topics}
    assert read == {*EVENT_TOPICS, *DEAD_LETTER_TOPICS}
    for topic in EVENT_TOPICS:
        assert topic in READ_BY[keeper_of(topic)]
