"""Import by road (§360–368): off the ship, through the terminal, by truck out of the gate once it is released."""

from domain.events import CustomsStatus, MissionStatus, Process
from tests.scenario.parties import (
    BOX,
    MRN,
    OTHER_BOX,
    OTHER_IOT_ID,
    OTHER_MRN,
    OTHER_TRUCK,
    TRUCK,
    customs_decides,
    customs_generates,
    guards_certify_exit,
    read_at,
    step,
)
from tests.scenario.story import Story

PATH = (
    step("QUAY", "12:00"),
    step("TERMINAL", "14:00"),
    step("SCANNER", required=False),
    step("GATE-OUT", "2 18:00"),
)


def expected_container(*more: CustomsStatus) -> Story:
    """A container on its way in under an IOT_ID, with one declaration, and what was decided so far."""
    story = Story(customs_generates("6:00", Process.IMPORT_ROAD, (BOX, TRUCK, MRN), PATH))
    for status in more:
        story.tell(customs_decides("6:30", status))
    return story


def test_a_container_comes_in_by_ship_and_leaves_by_truck() -> None:
    # Given a manifested container
    story = expected_container(CustomsStatus.MANIFESTED, CustomsStatus.MANIFEST_VALIDATED)
    assert story.state().status is MissionStatus.EXPECTED
    # When it is landed, declared, stored, released, collected, certified and done with
    assert story.tell(read_at("9:00", "QUAY")) == []
    assert story.state().status is MissionStatus.DEPARTED
    assert story.tell(customs_decides("9:30", CustomsStatus.DECLARED), read_at("10:00", "TERMINAL")) == []
    assert story.state().status is MissionStatus.IN_TRANSIT
    assert story.tell(customs_decides("11:00", CustomsStatus.RELEASED)) == []
    assert story.tell(read_at("2 8:00", "GATE-OUT", BOX, TRUCK), guards_certify_exit("2 8:01")) == []
    assert story.state().status is MissionStatus.ARRIVED
    assert story.tell(customs_decides("2 9:00", CustomsStatus.DEFINITIVE)) == []
    # Then nothing was wrong, and nothing is awaited
    assert story.clock("30 0:00") == []
    state = story.state()
    assert (state.status, state.nodes_reached) == (MissionStatus.DEFINITIVE, ("QUAY", "TERMINAL", "GATE-OUT"))
    assert (state.next_node, state.open_alerts, state.reads) == (None, (), 3)


def test_cleared_before_it_lands_it_may_leave_at_once() -> None:
    # Given a declaration that was released while the ship was at sea
    story = expected_container(CustomsStatus.RELEASED)
    # When the container goes straight through
    news = story.tell(read_at("9:00", "QUAY"), read_at("9:10", "TERMINAL"), read_at("9:20", "GATE-OUT"))
    # Then nothing is wrong
    assert news == []


def test_a_container_that_leaves_unreleased_is_told_at_once() -> None:
    # Given a container in the terminal that is declared, and no more
    story = expected_container(CustomsStatus.DECLARED)
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"))
    # When it leaves
    news = story.tell(read_at("11:00", "GATE-OUT"))
    # Then customs hears of it
    assert news == ["RAISED EXIT_WITHOUT_RELEASE GATE-OUT"]
    assert "(DECLARED)" in story.news.sentence
    # And when the release, given before, comes late, the alert goes
    assert story.tell(customs_decides("10:59", CustomsStatus.RELEASED)) == ["CLEARED EXIT_WITHOUT_RELEASE GATE-OUT"]


def test_one_release_is_not_enough_for_two_declarations() -> None:
    # Given a container with two declarations
    story = Story(customs_generates("6:00", Process.IMPORT_ROAD, (BOX, MRN, OTHER_MRN), PATH))
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"))
    # When one of them is released and the container leaves
    news = story.tell(customs_decides("10:30", CustomsStatus.RELEASED, MRN), read_at("11:00", "GATE-OUT"))
    # Then that is told; and the release of the other, before it left, clears it
    assert news == ["RAISED EXIT_WITHOUT_RELEASE GATE-OUT"]
    late = customs_decides("10:45", CustomsStatus.RELEASED, OTHER_MRN)
    assert story.tell(late) == ["CLEARED EXIT_WITHOUT_RELEASE GATE-OUT"]


def test_an_exit_that_nobody_certifies_is_told_an_hour_later() -> None:
    # Given a released container that left
    story = expected_container(CustomsStatus.RELEASED)
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"), read_at("11:00", "GATE-OUT"))
    # When the guards certify nothing within the hour
    assert story.clock("11:59") == []
    assert story.clock("12:00") == ["RAISED EXIT_CHECK_MISSING GATE-OUT"]
    # Then their certification, however late, clears it; that of customs does not
    assert story.tell(customs_decides("12:10", CustomsStatus.EXIT_CERTIFIED)) == []
    assert story.tell(guards_certify_exit("12:30")) == ["CLEARED EXIT_CHECK_MISSING GATE-OUT"]


def test_a_container_on_another_truck_than_agreed_is_told() -> None:
    # Given a released container in the terminal
    story = expected_container(CustomsStatus.RELEASED)
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"))
    # When another truck takes it out, or another container goes out on its truck
    swapped_truck = story.tell(read_at("11:00", "GATE-OUT", BOX, OTHER_TRUCK))
    swapped_box = story.tell(read_at("11:05", "GATE-OUT", OTHER_BOX, TRUCK))
    # Then customs hears of both
    assert swapped_truck == ["RAISED IDENTIFIER_MISMATCH PLATE:XY987ZW"]
    assert swapped_box == ["RAISED IDENTIFIER_MISMATCH BIC:GYOU4047990"]


def test_a_container_that_does_not_come_is_told_when_it_is_due() -> None:
    # Given an expected container
    story = expected_container()
    # When noon passes and it has not landed
    assert story.clock("11:59") == []
    assert story.clock("12:00") == ["RAISED OVERDUE QUAY"]
    # Then it is told until it lands, late as it is
    assert story.tell(read_at("12:30", "QUAY")) == ["CLEARED OVERDUE QUAY"]


def test_a_container_that_skips_the_terminal_is_told_until_the_late_read_arrives() -> None:
    # Given a released container
    story = expected_container(CustomsStatus.RELEASED)
    # When its read in the terminal is still on its way
    news = story.tell(read_at("9:00", "QUAY"), read_at("11:00", "GATE-OUT"))
    # Then the terminal is missing, until the read arrives
    assert news == ["RAISED NODE_SKIPPED TERMINAL"]
    assert story.tell(read_at("10:00", "TERMINAL")) == ["CLEARED NODE_SKIPPED TERMINAL"]


def test_a_container_that_nobody_collects_is_told_after_fifteen_days() -> None:
    # Given a released container in the terminal
    story = expected_container(CustomsStatus.RELEASED)
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"))
    # When fifteen days pass
    story.clock("16 9:59")
    assert story.clock("16 10:00") == ["RAISED ABANDONED_UNIT cleared"]
    # Then it is told until somebody comes for it
    assert "CLEARED ABANDONED_UNIT cleared" in story.tell(read_at("17 8:00", "GATE-OUT"))


def test_what_moves_after_the_end_is_told() -> None:
    # Given a container that left, and whose process has ended
    story = expected_container(CustomsStatus.RELEASED)
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"), read_at("11:00", "GATE-OUT"))
    story.tell(guards_certify_exit("11:01"), customs_decides("12:00", CustomsStatus.DEFINITIVE))
    # When it is read in the terminal again
    # Then that is no part of its process any more
    assert story.tell(read_at("13:00", "TERMINAL")) == ["RAISED READ_AFTER_DEFINITIVE TERMINAL"]


def test_the_same_container_comes_back_under_another_iot_id() -> None:
    # Given a container whose process has ended
    story = expected_container(CustomsStatus.RELEASED)
    story.tell(read_at("9:00", "QUAY"), read_at("10:00", "TERMINAL"), read_at("11:00", "GATE-OUT"))
    story.tell(guards_certify_exit("11:01"), customs_decides("12:00", CustomsStatus.DEFINITIVE))
    # When it comes back a month later under another IOT_ID
    path = (step("QUAY"), step("TERMINAL"), step("GATE-OUT"))
    story.tell(customs_generates("30 6:00", Process.IMPORT_ROAD, (BOX, OTHER_MRN), path, OTHER_IOT_ID))
    # Then its reads belong to its new mission, and the old one stays as it was
    assert story.tell(read_at("30 9:00", "QUAY")) == []
    assert story.state(OTHER_IOT_ID).status is MissionStatus.DEPARTED
    assert story.state().reads == 3
