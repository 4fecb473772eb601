"""Whether an observation counts in its mission: what is told at the highest revision is right, in any order."""

from itertools import permutations
from typing import Any

import pytest
from builders import BOX, IOT_ID, PORT, at, event_id, ids, plan, scan
from rig import CODEC, Sent, mission_record, states, to_topic, tracker

from domain.events import IdentifierHandedOver, ObservationRecounted
from domain.handover import taking
from topics.catalog import OBSERVATION_RECOUNTED
from topics.headers import DECISION, ORIGIN_MS, RANK, RESOLVED_BY

BOX_KEY = f"BIC:{BOX}"
READ = scan(2, 20, "DOCK", *ids(BIC=BOX))


def over(number: int, told_as: int, *, to_nobody: bool) -> Any:
    told = IdentifierHandedOver(
        event_id=event_id(number),
        occurred_at=at(10),
        key=BOX_KEY,
        to_iot_id=None,
        to_nobody=to_nobody,
        number=told_as,
    )
    return mission_record(told, IOT_ID)


def led(rank: int, decision: int) -> Any:
    headers = [(RESOLVED_BY, BOX_KEY.encode()), (RANK, b"%d" % rank), (DECISION, b"%d" % decision), (ORIGIN_MS, b"7")]
    return mission_record(READ, IOT_ID, headers)


def told(out: list[Sent]) -> list[ObservationRecounted]:
    return [CODEC.decode(each.value, ObservationRecounted) for each in to_topic(out, OBSERVATION_RECOUNTED)]


STORIES = {
    "given up": [led(0, 1), over(3, 1, to_nobody=True)],
    "given up and led again": [led(0, 1), over(3, 1, to_nobody=True), over(4, 2, to_nobody=False)],
    "taken": [led(1, 1), mission_record(taking(READ.event_id, READ.occurred_at, 0, 1), IOT_ID)],
    "taken and led again": [
        led(1, 1),
        mission_record(taking(READ.event_id, READ.occurred_at, 0, 1), IOT_ID),
        led(1, 2),
    ],
}


@pytest.mark.parametrize("records", STORIES.values(), ids=STORIES)
def test_in_any_order_what_was_told_last_agrees_with_the_state(records: list[Any]) -> None:
    for order in permutations(records):
        worker = tracker(PORT)
        out = [*worker.take(mission_record(plan(1, 0), IOT_ID)), *worker.take(*order), *worker.take(*order)]
        last = max(told(out), key=lambda each: each.revision, default=None)
        counts = last is None or last.counts
        assert (states(out)[-1].reads == 1) == counts, [type(each) for each in order]


def test_what_counts_from_the_beginning_is_not_told() -> None:
    worker = tracker(PORT)
    assert told(worker.take(mission_record(plan(1, 0), IOT_ID), led(0, 1))) == []
