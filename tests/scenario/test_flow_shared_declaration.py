"""One declaration over several containers: what customs decides on it alone concerns each of them."""

from uuid import UUID

from domain.events import AmendmentReason, CustomsStatus, IotIdGenerated, Process
from tests.scenario.parties import (
    BOX,
    IOT_ID,
    MRN,
    OTHER_BOX,
    OTHER_IOT_ID,
    THIRD_BOX,
    customs_amends,
    customs_decides,
    customs_generates,
    read_at,
    step,
)
from tests.scenario.story import Story

PATH = (step("QUAY"), step("GATE-OUT"))
THIRD_IOT_ID = UUID("5a1f0c6e-90b4-4c1b-8d0e-7c0a35b1f203")
CARGO = [
    customs_generates(when, Process.IMPORT_ROAD, (box, MRN), PATH, iot_id)
    for when, box, iot_id in (
        ("6:00", BOX, IOT_ID),
        ("6:10", OTHER_BOX, OTHER_IOT_ID),
        ("6:20", THIRD_BOX, THIRD_IOT_ID),
    )
]
RELEASED = customs_decides("9:00", CustomsStatus.RELEASED, MRN)


def released(story: Story, cargo: list[IotIdGenerated] = CARGO) -> list[bool]:
    return [CustomsStatus.RELEASED in story.state(each.iot_id).customs_statuses for each in cargo]


def test_the_release_of_a_declaration_lets_all_its_containers_leave() -> None:
    # Given three containers under one declaration, unloaded
    boxes = (BOX, OTHER_BOX, THIRD_BOX)
    story = Story(*CARGO, *(read_at("8:00", "QUAY", box) for box in boxes))
    # When customs releases the declaration and names no container
    story.tell(RELEASED)
    # Then each of them is released, and may pass the gate
    assert released(story) == [True, True, True]
    assert story.tell(*(read_at("10:00", "GATE-OUT", box) for box in boxes)) == []


def test_a_container_that_becomes_known_after_the_release_is_released_too() -> None:
    # Given two containers whose declaration was released
    story = Story(*CARGO[:2], RELEASED)
    # When the IOT_ID of a third one arrives late
    story.tell(CARGO[2])
    # Then all three are released
    assert released(story) == [True, True, True]


def test_a_release_that_comes_before_every_container_waits_for_each() -> None:
    story = Story(RELEASED)
    for known in range(1, 4):
        story.tell(CARGO[known - 1])
        assert released(story, CARGO[:known]) == [True] * known


def test_a_container_that_was_taken_off_the_declaration_is_not_released_by_it() -> None:
    off = customs_amends("8:00", AmendmentReason.OTHER, removed=(MRN,))
    # Whether the amendment is known before the release or after it
    for told in ((off, RELEASED), (RELEASED, off)):
        assert released(Story(*CARGO, *told)) == [False, True, True]
    # What was decided while it stood on the declaration stays
    late = customs_amends("9:30", AmendmentReason.OTHER, removed=(MRN,))
    assert released(Story(*CARGO, RELEASED, late)) == [True, True, True]
