"""Smart containers and electronic seals (Operation TIN CAN): a signal is a suspicion until somebody has looked."""

from domain.events import AmendmentReason, CustomsStatus, DeviceSignal, Outcome, Process
from tests.scenario.parties import (
    BOX,
    MRN,
    NEW_SEAL,
    SEAL,
    control_set,
    customs_amends,
    customs_decides,
    customs_generates,
    device_signals,
    officer_reviews,
    read_at,
    step,
)
from tests.scenario.story import Story

PATH = (step("QUAY"), step("TERMINAL"), step("GATE-OUT"), step("DRY-PORT"))
AT_SEA = (38.0, 11.0)
DOOR, SEAL_OFF, POSITION = DeviceSignal.DOOR_OPENED, DeviceSignal.SEAL_REMOVED, DeviceSignal.POSITION
SATISFACTORY, UNSATISFACTORY = CustomsStatus.CONTROL_SATISFACTORY, CustomsStatus.CONTROL_UNSATISFACTORY
EN_ROUTE = "UNEXPECTED_DOOR_OPEN en route"


def smart_container() -> Story:
    """A sealed container with a device, at sea."""
    return Story(customs_generates("6:00", Process.DRY_PORT, (BOX, SEAL, MRN), PATH))


def opened_at_sea() -> Story:
    """The same, its door opened at sea."""
    story = smart_container()
    assert story.tell(device_signals("7:00", DOOR, position=AT_SEA)) == [f"RAISED {EN_ROUTE}"]
    assert story.news.sentence == "A door was opened on the way, and nobody has looked yet."
    return story


def test_a_door_opened_at_sea_that_a_control_explains() -> None:
    # Given a container whose door was opened at sea
    story = opened_at_sea()
    # When it is landed and controlled, and everything is in order
    story.tell(read_at("9:00", "QUAY"), read_at("9:30", "TERMINAL"))
    news = story.tell(customs_decides("10:00", SATISFACTORY))
    # Then the suspicion is over
    assert news == [f"CLEARED {EN_ROUTE}"]


def test_a_door_opened_at_sea_that_a_control_confirms() -> None:
    # Given a container whose door was opened at sea
    story = opened_at_sea()
    # When a control finds what should not be there
    news = story.tell(customs_decides("10:00", UNSATISFACTORY))
    # Then the alert says so and stands, until the officer is done with it
    assert news == [f"CHANGED {EN_ROUTE}"]
    assert story.news.sentence == "A door was opened on the way; a control confirmed it."
    disposed = story.tell(officer_reviews("11:00", "UNEXPECTED_DOOR_OPEN", "en route", Outcome.CONFIRMED))
    assert disposed == [f"DISPOSED {EN_ROUTE}"]
    assert (story.news.outcome, story.state().open_alerts) == (Outcome.CONFIRMED, ())


def test_a_door_opened_after_the_control_is_a_suspicion_again() -> None:
    # Given a container that a control found in order
    story = opened_at_sea()
    story.tell(read_at("9:30", "TERMINAL"), customs_decides("10:00", SATISFACTORY))
    # When its door is opened in the terminal at night
    news = story.tell(device_signals("23:00", DOOR, "TERMINAL"))
    # Then only that is told
    assert news == ["RAISED UNEXPECTED_DOOR_OPEN TERMINAL"]


def test_a_door_may_be_opened_where_and_when_units_are_opened() -> None:
    # Given a container in the warehouse, which is open from six to eight by the clocks of Rome
    story = smart_container()
    # When its door is opened there, in the scanner at any hour, and in the warehouse at night
    by_day = story.tell(device_signals("10:00", DOOR, "WAREHOUSE"), device_signals("23:00", DOOR, "SCANNER"))
    at_night = story.tell(device_signals("19:00", DOOR, "WAREHOUSE"))
    # Then only the last was not expected: seven in the evening, UTC, is eight in Rome
    assert by_day == []
    assert at_night == ["RAISED UNEXPECTED_DOOR_OPEN WAREHOUSE"]


def test_a_door_opened_for_a_control_that_is_set_was_expected() -> None:
    # Given a container in the terminal, its door opened
    story = smart_container()
    story.tell(read_at("9:30", "TERMINAL"))
    assert story.tell(device_signals("10:30", DOOR)) == ["RAISED UNEXPECTED_DOOR_OPEN TERMINAL"]
    # When the control that it was opened for is told late
    news = story.tell(control_set("9:00", "ADM", "TERMINAL", "10:00", "11:00"))
    # Then it was expected
    assert news == ["CLEARED UNEXPECTED_DOOR_OPEN TERMINAL"]


def test_a_seal_taken_off_whether_or_not_a_door_was_opened() -> None:
    # Given a sealed container in the terminal
    story = smart_container()
    story.tell(read_at("9:30", "TERMINAL"))
    # When its seal is taken off
    news = story.tell(device_signals("10:00", SEAL_OFF))
    # Then that is told, until customs documents the new one
    assert news == ["RAISED SEAL_DISCREPANCY tampered eseal-77"]
    replaced = customs_amends("10:20", AmendmentReason.SEAL_REPLACED, added=(NEW_SEAL,), removed=(SEAL,))
    assert story.tell(replaced) == ["CLEARED SEAL_DISCREPANCY tampered eseal-77"]


def test_a_cloned_seal_is_told_by_where_it_is_read() -> None:
    # Given a sealed container read in the terminal
    story = smart_container()
    story.tell(read_at("9:00", "QUAY"), read_at("9:30", "TERMINAL", BOX, SEAL))
    # When a seal of its number is read at the dry port a minute later
    news = story.tell(read_at("9:31", "DRY-PORT", SEAL))
    # Then there must be two of it
    assert "RAISED SEAL_DISCREPANCY cloned SEAL:BRI1234567" in news


def test_a_container_that_leaves_its_corridor_is_told() -> None:
    # Given a container on its way from the port to the dry port, due south
    story = smart_container()
    # When its device reports positions beside the way, within two kilometers of it and beyond
    within = story.tell(device_signals("10:00", POSITION, position=(41.08, 16.87)))
    beyond = story.tell(device_signals("10:10", POSITION, position=(41.08, 16.9)))
    # Then only the latter is told
    assert within == []
    assert beyond == ["RAISED OFF_PATH_NODE corridor"]


def test_a_device_that_only_reports_itself_raises_nothing() -> None:
    # Given a container at sea
    story = smart_container()
    # When its battery runs low and its door is closed
    news = story.tell(
        device_signals("7:00", DeviceSignal.BATTERY_LOW, position=AT_SEA),
        device_signals("7:05", DeviceSignal.DOOR_CLOSED, position=AT_SEA),
    )
    # Then nothing is wrong
    assert news == []
