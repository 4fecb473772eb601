"""Trains' runs and ships' calls drawn at random, with reviews of what is found, and taking back."""

from typing import Any

import msgspec
from builders import BOX, OTHER_BOX, ids, scan
from conveyance_builders import (
    CALL,
    OTHER_WAGON,
    TRAIN,
    WAGON,
    call,
    composed,
    judged_at,
    listed,
    manifest,
    manifested,
    permission,
    weighed,
)
from hypothesis import strategies as st
from missions_drawn import STRICT_PORT, followed_up, identity, minutes, moments, numbers

from domain.events import CallStatus, Direction, Identifier, Movement, Permission, TrainStage
from domain.identifiers import Scheme

THIRD_BOX = "TEMU6079348"
HURRIED_PORT = msgspec.structs.replace(
    STRICT_PORT,
    policy=msgspec.structs.replace(
        STRICT_PORT.policy,
        train_passing_minutes=60,
        pre_arrival_notice_hours=6,
        dangerous_goods_notice_hours=4,
        manifest_notice_hours=2,
    ),
)
"""Notices that fall on the grid of times."""

boxes = st.sampled_from([BOX, OTHER_BOX, THIRD_BOX])
units = st.builds(Identifier, scheme=st.just(Scheme.BIC), value=boxes, confidence=st.sampled_from([None, None, 0.5]))
wagons = st.sampled_from([*ids(WAGON=WAGON), *ids(WAGON=OTHER_WAGON)])
directions = st.sampled_from([None, None, None, Direction.IN, Direction.OUT])


def seen(conveyance: str, nodes: list[str]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda number, when, node, read, direction: scan(
            number, when, node, *read, direction=direction, conveyance=conveyance
        ),
        numbers,
        minutes,
        st.sampled_from(nodes),
        st.lists(units, min_size=1, max_size=2) | st.tuples(units, wagons),
        directions,
    )


compositions = st.builds(
    lambda number, when, loads, stage: composed(number, when, *loads, stage=stage),
    numbers,
    minutes,
    st.lists(
        st.builds(
            listed,
            boxes,
            st.sampled_from([None, WAGON, OTHER_WAGON]),
            st.sampled_from([(), ("26ITQBA158977764S6",)]),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([TrainStage.MANIFEST, TrainStage.MANIFEST, TrainStage.LOADING_LIST]),
)
permissions = st.builds(permission, numbers, minutes, st.sampled_from(Permission))
of_trains = st.one_of(
    compositions,
    permissions,
    *[seen(TRAIN, ["RAIL-OUT", "RAIL-OUT", "GATE-OUT"])] * 2,
    moments.map(lambda n: judged_at(n, TRAIN)),
)

manifests = st.builds(
    lambda number, when, cargo, movement: manifest(number, when, *cargo, movement=movement),
    numbers,
    minutes,
    st.lists(
        st.builds(manifested, boxes, st.sampled_from([None, 10_000]), dangerous=st.booleans()),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([Movement.DISCHARGE, Movement.DISCHARGE, Movement.LOADING]),
)
steps = st.one_of(
    st.builds(call, numbers, minutes, st.sampled_from(sorted(set(CallStatus) - {CallStatus.ANNOUNCED}))),
    st.builds(lambda number, when, eta: call(number, when, CallStatus.ANNOUNCED, eta), numbers, minutes, minutes),
)
weighings = st.builds(weighed, numbers, minutes, st.sampled_from([10_000, 10_500, 10_501]), boxes)
of_calls = st.one_of(
    manifests,
    steps,
    weighings,
    *[seen(CALL, ["DOCK", "DOCK", "YARD"])] * 2,
    moments.map(lambda n: judged_at(n, CALL)),
)


@st.composite
def trains(draw: st.DrawFn) -> list[Any]:
    """The events of a train's run, each once."""
    events = draw(st.lists(of_trains, min_size=3, max_size=12, unique_by=identity))
    return draw(followed_up(TRAIN, events, HURRIED_PORT))


@st.composite
def calls(draw: st.DrawFn) -> list[Any]:
    """The events of a ship's call, each once."""
    events = draw(st.lists(of_calls, min_size=3, max_size=12, unique_by=identity))
    return draw(followed_up(CALL, events, HURRIED_PORT))
