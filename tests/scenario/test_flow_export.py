"""Export (§359, §370): in by road or by rail, through the terminal, onto the ship."""

from domain.events import CustomsStatus, Direction, MissionStatus, Process
from tests.scenario.parties import (
    BOX,
    CALL,
    MRN,
    TRAIN,
    TRUCK,
    WAGON,
    customs_decides,
    customs_generates,
    guards_certify_exit,
    read_at,
    slot_booked,
    step,
)
from tests.scenario.story import Story

BY_ROAD = (step("GATE-IN", "10:00"), step("TERMINAL", "12:00"), step("QUAY", "2 12:00"))
BY_RAIL = (step("RAIL-IN"), step("TERMINAL"), step("QUAY"))


def expected_by_road() -> Story:
    """A container for export with a slot at the gate at nine."""
    story = Story(customs_generates("6:00", Process.EXPORT_ROAD, (BOX, TRUCK, MRN), BY_ROAD))
    story.tell(slot_booked("6:30", "GATE-IN", "9:00", "9:30"))
    return story


def test_a_container_comes_in_by_road_in_its_slot_and_is_loaded() -> None:
    # Given a container with a slot
    story = expected_by_road()
    # When it comes in its slot, is released for export and loaded
    news = story.tell(
        read_at("9:10", "GATE-IN", BOX, TRUCK),
        read_at("9:30", "TERMINAL"),
        customs_decides("10:00", CustomsStatus.RELEASED),
        read_at("2 8:00", "QUAY", direction=Direction.OUT, conveyance=CALL),
    )
    # Then it is where it should be, and nothing is wrong: onto the ship is no exit by land
    assert news == []
    assert story.state().status is MissionStatus.ARRIVED
    assert story.tell(customs_decides("2 10:00", CustomsStatus.DEFINITIVE)) == []
    assert story.clock("3 0:00") == []


def test_without_a_slot_it_is_told_at_the_gate() -> None:
    # Given a container whose slot was cancelled
    story = expected_by_road()
    story.tell(slot_booked("7:00", "GATE-IN", "9:00", "9:30", cancelled=True))
    # When it comes all the same
    news = story.tell(read_at("9:10", "GATE-IN"))
    # Then that is told, until a slot turns up that was booked for it
    assert news == ["RAISED GATE_WITHOUT_APPOINTMENT GATE-IN"]
    again = slot_booked("8:00", "GATE-IN", "9:00", "9:30")
    assert story.tell(again) == ["CLEARED GATE_WITHOUT_APPOINTMENT GATE-IN"]


def test_half_an_hour_outside_its_slot_is_tolerated() -> None:
    for late, news in (("10:00", []), ("10:01", ["RAISED GATE_WITHOUT_APPOINTMENT GATE-IN"])):
        # Given a container with a slot until half past nine
        story = expected_by_road()
        # When it comes half an hour later, or a minute more
        # Then only the latter is told
        assert story.tell(read_at(late, "GATE-IN")) == news


def test_a_container_that_misses_its_ship_is_told() -> None:
    # Given a container for export in the terminal
    story = expected_by_road()
    story.tell(read_at("9:10", "GATE-IN"), read_at("9:30", "TERMINAL"))
    # When the ship's time has come and it was not loaded
    # Then that is told
    assert story.clock("2 12:00") == ["RAISED OVERDUE QUAY"]


def test_a_container_for_export_that_leaves_by_land_is_told() -> None:
    # Given a container for export, not released
    story = expected_by_road()
    story.tell(read_at("9:10", "GATE-IN"), read_at("9:30", "TERMINAL"))
    # When it leaves by the gate instead of by ship
    news = story.tell(read_at("15:00", "GATE-OUT"))
    # Then it is off its path, and unreleased
    assert set(news) == {"RAISED OFF_PATH_NODE GATE-OUT", "RAISED EXIT_WITHOUT_RELEASE GATE-OUT"}
    # And nobody certified it, unless the guards did
    assert story.clock("16:00") == ["RAISED EXIT_CHECK_MISSING GATE-OUT"]
    assert story.tell(guards_certify_exit("15:01")) == ["CLEARED EXIT_CHECK_MISSING GATE-OUT"]


def test_a_container_comes_in_by_rail_and_is_loaded() -> None:
    # Given a container for export on a train
    story = Story(customs_generates("6:00", Process.EXPORT_RAIL, (BOX, WAGON, MRN), BY_RAIL))
    # When the train comes in and the container is unloaded, released and shipped
    news = story.tell(
        read_at("9:00", "RAIL-IN", BOX, WAGON, conveyance=TRAIN),
        read_at("10:00", "TERMINAL"),
        customs_decides("11:00", CustomsStatus.RELEASED),
        read_at("2 8:00", "QUAY", direction=Direction.OUT, conveyance=CALL),
        customs_decides("2 10:00", CustomsStatus.DEFINITIVE),
    )
    # Then nothing is wrong, neither with the container nor with a train of which only the arrival is known
    assert news == []
    assert story.clock("30 0:00") == []


def test_the_wagon_goes_on_while_its_container_waits() -> None:
    # Given a container that came in by rail
    story = Story(customs_generates("6:00", Process.EXPORT_RAIL, (BOX, WAGON, MRN), BY_RAIL))
    story.tell(read_at("9:00", "RAIL-IN", BOX, WAGON))
    # When its wagon is read at the dry port while the container is read in the terminal
    news = story.tell(read_at("9:30", "DRY-PORT", WAGON), read_at("9:31", "TERMINAL"))
    # Then nobody is in two places at once, but the wagon is where this cargo has no business
    assert news == ["RAISED OFF_PATH_NODE DRY-PORT"]
