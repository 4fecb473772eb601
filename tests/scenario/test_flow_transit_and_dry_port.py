"""Transit through the port to another customs office, and the way to a dry port before clearance (§359, §364–369)."""

from domain.events import AmendmentReason, CustomsStatus, MissionStatus, Process
from tests.scenario.parties import (
    BOX,
    MRN,
    NEW_SEAL,
    SEAL,
    TRUCK,
    customs_amends,
    customs_decides,
    customs_generates,
    guards_certify_exit,
    read_at,
    step,
)
from tests.scenario.story import Story

TRANSIT = (step("QUAY"), step("TERMINAL", "12:00"), step("GATE-OUT", "18:00"))
TO_DRY_PORT = (step("QUAY"), step("TERMINAL"), step("GATE-OUT"), step("DRY-PORT", "15:00"))


def in_transit() -> Story:
    """A sealed container in the terminal, under transit."""
    story = Story(customs_generates("6:00", Process.TRANSIT, (BOX, TRUCK, SEAL, MRN), TRANSIT))
    story.tell(customs_decides("6:10", CustomsStatus.DECLARED), read_at("8:00", "QUAY"), read_at("9:00", "TERMINAL"))
    return story


def on_its_way_to_the_dry_port() -> Story:
    """A container that customs sends to the dry port, in the terminal."""
    story = Story(customs_generates("6:00", Process.DRY_PORT, (BOX, TRUCK, MRN), TO_DRY_PORT))
    story.tell(
        read_at("8:00", "QUAY"), read_at("9:00", "TERMINAL"), customs_decides("9:30", CustomsStatus.TO_DRY_PORT)
    )
    return story


def test_goods_in_transit_leave_under_their_seal() -> None:
    # Given a sealed container released for transit
    story = in_transit()
    story.tell(customs_decides("10:00", CustomsStatus.RELEASED))
    # When it leaves under its seal, and its transit ends at the other office
    news = story.tell(
        read_at("11:00", "GATE-OUT", BOX, TRUCK, SEAL),
        guards_certify_exit("11:05"),
        customs_decides("3 9:00", CustomsStatus.DEFINITIVE),
    )
    # Then nothing is wrong
    assert news == []
    assert story.clock("30 0:00") == []
    assert story.state().status is MissionStatus.DEFINITIVE


def test_goods_in_transit_under_another_seal_are_told() -> None:
    # Given a sealed container released for transit
    story = in_transit()
    story.tell(customs_decides("10:00", CustomsStatus.RELEASED))
    # When it leaves under a seal that nobody put on it
    news = story.tell(read_at("11:00", "GATE-OUT", BOX, TRUCK, NEW_SEAL))
    # Then that is told, until customs says that it was replaced
    assert news == ["RAISED SEAL_DISCREPANCY SEAL:BRI7654321"]
    replaced = customs_amends("10:30", AmendmentReason.SEAL_REPLACED, added=(NEW_SEAL,), removed=(SEAL,))
    assert story.tell(replaced) == ["CLEARED SEAL_DISCREPANCY SEAL:BRI7654321"]


def test_goods_in_transit_that_stay_in_the_port_are_told_when_they_are_due() -> None:
    # Given a container in transit
    story = in_transit()
    # When evening comes and it has not left
    assert story.clock("17:59") == []
    # Then that is told
    assert story.clock("18:00") == ["RAISED OVERDUE GATE-OUT"]


def test_a_container_goes_to_the_dry_port_uncleared_and_is_cleared_there() -> None:
    # Given a container that customs sends to the dry port
    story = on_its_way_to_the_dry_port()
    # When it leaves the port, certified, arrives, and is released there
    news = story.tell(
        read_at("10:00", "GATE-OUT", BOX, TRUCK),
        guards_certify_exit("10:01"),
        read_at("10:30", "DRY-PORT"),
        customs_decides("2 9:00", CustomsStatus.RELEASED),
        customs_decides("2 12:00", CustomsStatus.DEFINITIVE),
    )
    # Then nothing is wrong
    assert news == []
    assert story.clock("30 0:00") == []


def test_a_container_that_was_not_sent_there_may_not_leave_for_the_dry_port() -> None:
    # Given a container bound for the dry port, of which customs decided nothing yet
    story = Story(customs_generates("6:00", Process.DRY_PORT, (BOX, TRUCK, MRN), TO_DRY_PORT))
    story.tell(read_at("8:00", "QUAY"), read_at("9:00", "TERMINAL"))
    # When it leaves
    # Then it leaves unreleased
    assert story.tell(read_at("10:00", "GATE-OUT")) == ["RAISED EXIT_WITHOUT_RELEASE GATE-OUT"]


def test_a_container_that_does_not_reach_the_dry_port_is_told() -> None:
    # Given a container that left for the dry port
    story = on_its_way_to_the_dry_port()
    story.tell(read_at("10:00", "GATE-OUT"), guards_certify_exit("10:01"))
    # When it has not arrived in time
    # Then that is told
    assert story.clock("15:00") == ["RAISED OVERDUE DRY-PORT"]


def test_a_container_cannot_be_at_the_dry_port_a_minute_after_the_gate() -> None:
    # Given a container that left for the dry port
    story = on_its_way_to_the_dry_port()
    story.tell(read_at("10:00", "GATE-OUT"), guards_certify_exit("10:01"))
    # When a container of its number is read there a minute later
    news = story.tell(read_at("10:01", "DRY-PORT"))
    # Then there must be two of it
    assert news == ["RAISED IMPOSSIBLE_TRAVEL GATE-OUT→DRY-PORT"]


def test_a_container_that_nobody_collects_at_the_dry_port_is_uncleared_there() -> None:
    # Given a container that reached the dry port
    story = on_its_way_to_the_dry_port()
    story.tell(read_at("10:00", "GATE-OUT"), guards_certify_exit("10:01"), read_at("10:30", "DRY-PORT"))
    # When nobody comes for it in fifteen days
    # Then it is told as uncleared: to be certified out of the port is not to be cleared
    assert story.clock("16 10:30") == ["RAISED ABANDONED_UNIT uncleared"]
