"""The maritime single window (§360–364, §380): notices, arrival, manifest, unloading, masses."""

from domain.events import CallStatus, CustomsStatus, Movement, Process
from tests.scenario.parties import (
    BOX,
    CALL,
    MRN,
    OTHER_BOX,
    THIRD_BOX,
    agent_lodges,
    coastguard_reports,
    customs_decides,
    customs_generates,
    on_ship,
    read_at,
    step,
    taken_back,
    terminal_weighs,
)
from tests.scenario.story import Story

ETA = "10 12:00"
NOTIFIED, OF_DANGER = CallStatus.PRE_ARRIVAL_NOTIFIED, CallStatus.DANGEROUS_GOODS_NOTIFIED


def announced_ship() -> Story:
    """A ship announced for the tenth day at noon."""
    return Story(coastguard_reports("1 8:00", CallStatus.ANNOUNCED, ETA))


def arrived_ship() -> Story:
    """The same, notified in time, with two containers on her manifest, and in port."""
    story = announced_ship()
    story.tell(
        coastguard_reports("2 8:00", NOTIFIED),
        agent_lodges("2 9:00", on_ship(BOX, 20_000), on_ship(OTHER_BOX, 12_000)),
        coastguard_reports("10 11:30", CallStatus.ARRIVED),
        coastguard_reports("10 11:40", CallStatus.MONITORING_STARTED),
        coastguard_reports("10 12:30", CallStatus.MANIFEST_VALIDATED),
    )
    assert story.open() == set()
    return story


def test_a_ship_is_notified_arrives_and_lands_what_she_manifested() -> None:
    # Given a ship in good order, and a container on her that customs expects
    story = arrived_ship()
    path = (step("QUAY"), step("TERMINAL"))
    story.tell(customs_generates("9 0:00", Process.IMPORT_ROAD, (BOX, MRN), path))
    story.tell(customs_decides("9 0:10", CustomsStatus.MANIFESTED))
    # When she lands both containers, one of them is weighed, and she sails
    news = story.tell(
        read_at("10 14:00", "QUAY", conveyance=CALL),
        read_at("10 14:05", "QUAY", OTHER_BOX, conveyance=CALL),
        terminal_weighs("10 14:30", BOX, 20_500),
        coastguard_reports("10 18:00", CallStatus.UNLOADED),
        coastguard_reports("10 20:00", CallStatus.DEPARTED),
    )
    # Then nothing is wrong with the ship, and the container's landing is a step of its own mission too
    assert news == []
    assert story.clock("11 0:00") == []
    assert story.state().last_node == "QUAY"


def test_each_notice_that_is_late_is_told_when_it_is_due() -> None:
    # Given an announced ship
    story = announced_ship()
    # When nothing is notified 72 hours before she comes, and dangerous goods are manifested then
    assert story.clock("7 11:59") == []
    assert story.clock("7 12:00") == ["RAISED NOTICE_LATE PRE_ARRIVAL"]
    assert story.tell(agent_lodges("7 13:00", on_ship(BOX, dangerous=True))) == []
    # Then 48 hours before, the notice of dangerous goods is late too; the manifest is not
    assert story.clock("8 12:00") == ["RAISED NOTICE_LATE DANGEROUS_GOODS"]
    assert story.clock("9 12:00") == []
    # And a notice that comes now was given late, which is no news to be cleared by
    assert story.tell(coastguard_reports("8 13:00", OF_DANGER)) == ["CHANGED NOTICE_LATE DANGEROUS_GOODS"]


def test_a_notice_given_in_time_and_told_late_clears_it() -> None:
    # Given a ship whose notice is late, and whose manifest is
    story = announced_ship()
    story.clock("9 12:00")
    assert story.open() == {"NOTICE_LATE PRE_ARRIVAL", "NOTICE_LATE MANIFEST"}
    # When both turn out to have been given in time
    # Then nothing was late
    assert story.tell(coastguard_reports("7 11:00", NOTIFIED)) == ["CLEARED NOTICE_LATE PRE_ARRIVAL"]
    assert story.tell(agent_lodges("9 12:00", on_ship(BOX))) == ["CLEARED NOTICE_LATE MANIFEST"]


def test_a_ship_that_is_delayed_has_more_time_for_her_notices() -> None:
    # Given a ship whose notice is late
    story = announced_ship()
    assert story.clock("7 12:00") == ["RAISED NOTICE_LATE PRE_ARRIVAL"]
    # When she announces herself for a day later
    news = story.tell(coastguard_reports("7 13:00", CallStatus.ANNOUNCED, "11 12:00"))
    # Then it is not late yet
    assert news == ["CLEARED NOTICE_LATE PRE_ARRIVAL"]
    assert story.clock("8 12:00") == ["RAISED NOTICE_LATE PRE_ARRIVAL"]


def test_a_ship_that_comes_early_is_not_late_with_her_notices() -> None:
    # Given a ship announced for the tenth, notified 72 hours before
    story = announced_ship()
    story.tell(coastguard_reports("7 12:00", NOTIFIED), agent_lodges("7 12:00", on_ship(BOX)))
    # When she arrives a day early
    # Then her notices were in time: they are counted from the announced arrival
    assert story.tell(coastguard_reports("9 12:00", CallStatus.ARRIVED)) == []


def test_a_ship_that_arrives_without_a_manifest_is_told() -> None:
    # Given an announced ship that notified her arrival, and no more
    story = announced_ship()
    story.tell(coastguard_reports("2 8:00", NOTIFIED))
    # When she arrives
    news = story.tell(coastguard_reports("10 11:30", CallStatus.ARRIVED))
    # Then her manifest is both late and not there
    assert set(news) == {"RAISED NOTICE_LATE MANIFEST", "RAISED MANIFEST_DISCREPANCY not notified"}
    # And lodged afterwards, it still came after her
    assert set(story.tell(agent_lodges("10 13:00", on_ship(BOX)))) == {
        "CHANGED NOTICE_LATE MANIFEST",
        "CHANGED MANIFEST_DISCREPANCY not notified",
    }


def test_what_is_landed_and_not_manifested_is_told_at_the_quay() -> None:
    # Given a ship in port
    story = arrived_ship()
    # When she lands a container that nobody manifested
    news = story.tell(read_at("10 14:00", "QUAY", THIRD_BOX, conveyance=CALL))
    # Then customs hears of it, until another agent's manifest names it
    assert news == ["RAISED MANIFEST_DISCREPANCY extra BIC:TEMU6079348"]
    assert story.news.object_key == CALL
    assert story.tell(agent_lodges("10 15:00", on_ship(THIRD_BOX))) == [
        "CLEARED MANIFEST_DISCREPANCY extra BIC:TEMU6079348"
    ]


def test_what_is_manifested_and_not_landed_is_told_when_she_is_unloaded() -> None:
    # Given a ship that landed one of two containers
    story = arrived_ship()
    story.tell(read_at("10 14:00", "QUAY", conveyance=CALL))
    # When her unloading is over
    news = story.tell(coastguard_reports("10 18:00", CallStatus.UNLOADED))
    # Then the other is missing, until it is landed after all
    assert news == ["RAISED MANIFEST_DISCREPANCY missing BIC:GYOU4047990"]
    landed = story.tell(read_at("10 18:30", "QUAY", OTHER_BOX, conveyance=CALL))
    assert landed == ["CLEARED MANIFEST_DISCREPANCY missing BIC:GYOU4047990"]


def test_what_she_loads_is_neither_landed_nor_missing() -> None:
    # Given a ship in port that also loads a container
    story = arrived_ship()
    story.tell(agent_lodges("9 0:00", on_ship(THIRD_BOX), movement=Movement.LOADING))
    # When it is read at the quay, and everything else was landed
    news = story.tell(
        read_at("10 14:00", "QUAY", conveyance=CALL),
        read_at("10 14:05", "QUAY", OTHER_BOX, conveyance=CALL),
        read_at("10 16:00", "QUAY", THIRD_BOX, conveyance=CALL),
        coastguard_reports("10 18:00", CallStatus.UNLOADED),
    )
    # Then nothing is wrong
    assert news == []


def test_a_mass_that_differs_is_told_until_it_is_weighed_again() -> None:
    # Given a ship in port with a container declared at twenty tons
    story = arrived_ship()
    # When it weighs more than five percent more
    news = story.tell(terminal_weighs("10 15:00", BOX, 21_001))
    # Then that is told with both masses, until a second weighing is within them
    assert news == ["RAISED MANIFEST_DISCREPANCY mass BIC:CSQU3054383"]
    assert story.news.sentence == "BIC:CSQU3054383 weighs 21,001 kg, and 20,000 kg were declared."
    assert story.tell(terminal_weighs("10 16:00", BOX, 21_000)) == [
        "CLEARED MANIFEST_DISCREPANCY mass BIC:CSQU3054383"
    ]


def test_a_unit_on_the_manifest_is_no_unknown_object() -> None:
    # Given a ship in port, and customs has bound nothing yet
    story = arrived_ship()
    # When her containers are landed and read in the terminal, and a stranger too
    story.tell(read_at("10 14:00", "QUAY", conveyance=CALL), read_at("10 15:00", "TERMINAL", THIRD_BOX))
    # Then only the stranger is unknown
    assert story.clock("10 16:00") == ["RAISED UNKNOWN_OBJECT BIC:TEMU6079348"]


def test_an_arrival_that_was_none_is_taken_back() -> None:
    # Given a ship that was reported in port before her manifest
    story = announced_ship()
    story.tell(coastguard_reports("2 8:00", NOTIFIED))
    arrival = coastguard_reports("3 11:30", CallStatus.ARRIVED)
    assert story.tell(arrival) == ["RAISED MANIFEST_DISCREPANCY not notified"]
    # When the coastguard takes that back
    news = story.tell(taken_back("3 12:00", arrival, conveyance=CALL))
    # Then she is still at sea, with time for her manifest
    assert news == ["CLEARED MANIFEST_DISCREPANCY not notified"]
