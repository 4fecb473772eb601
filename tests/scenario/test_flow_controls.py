"""Controls (§38, §41, §262, §327): of several authorities in one visit, under embargo, with a hold meanwhile."""

from domain.events import CustomsStatus, Process
from tests.scenario.parties import (
    BOX,
    MRN,
    TRUCK,
    at,
    control_set,
    customs_decides,
    customs_generates,
    hold_lifted,
    hold_placed,
    read_at,
    step,
)
from tests.scenario.story import Story

PATH = (
    step("QUAY"),
    step("TERMINAL"),
    step("SCANNER", required=False),
    step("WAREHOUSE", required=False),
    step("GATE-OUT"),
)
SATISFACTORY, UNSATISFACTORY = CustomsStatus.CONTROL_SATISFACTORY, CustomsStatus.CONTROL_UNSATISFACTORY


def declared_container() -> Story:
    """A declared container in the terminal."""
    story = Story(customs_generates("6:00", Process.IMPORT_ROAD, (BOX, TRUCK, MRN), PATH))
    story.tell(read_at("8:00", "QUAY"), read_at("9:00", "TERMINAL"), customs_decides("9:10", CustomsStatus.DECLARED))
    return story


def test_two_authorities_control_in_one_visit() -> None:
    # Given a declared container
    story = declared_container()
    # When customs and the veterinary office each set a control, at overlapping times
    story.tell(
        control_set("9:20", "ADM", "SCANNER", "14:00", "15:00"),
        control_set("9:25", "VETERINARY", "SCANNER", "14:30", "16:00"),
    )
    # Then the parties are told of one visit
    state = story.state()
    assert (state.control_node, state.control_at) == ("SCANNER", at("14:00"))
    assert state.control_authorities == ("ADM", "VETERINARY")
    # And of none once a result is known
    assert story.tell(read_at("14:00", "SCANNER"), customs_decides("15:30", SATISFACTORY)) == []
    assert story.state().control_node is None


def test_the_parties_learn_of_a_control_when_its_embargo_ends_and_not_before() -> None:
    # Given a declared container
    story = declared_container()
    before = story.state()
    # When customs selects it, holds it and sets a control, all under embargo until noon
    news = story.tell(
        customs_decides("9:20", CustomsStatus.SELECTED_FOR_SCAN, not_before="12:00"),
        hold_placed("9:21", "ADM", "XRAY-1", "SCANNER", not_before="12:00"),
        control_set("9:22", "ADM", "SCANNER", "14:00", "15:00", not_before="12:00"),
    )
    # Then nothing is told of it
    assert news == []
    told = story.state()
    assert (told.customs_statuses, told.open_holds, told.control_node) == (before.customs_statuses, (), None)
    story.clock("11:59")
    assert story.state().open_holds == ()
    # And at noon all of it is
    story.clock("12:00")
    told = story.state()
    assert told.customs_statuses == (CustomsStatus.SELECTED_FOR_SCAN,)
    assert told.open_holds == ("ADM:XRAY-1",)
    assert (told.control_node, told.control_at) == ("SCANNER", at("14:00"))


def test_customs_hears_at_once_of_a_breach_that_the_parties_may_not_know_of() -> None:
    # Given a container under a hold that nobody knows of
    story = declared_container()
    story.tell(hold_placed("9:21", "ADM", "XRAY-1", not_before="12:00"))
    # When it is moved to the gate
    news = story.tell(read_at("10:00", "GATE-OUT"))
    # Then customs is alerted, and the parties are not
    assert set(news) == {"RAISED HOLD_VIOLATION ADM:XRAY-1", "RAISED EXIT_WITHOUT_RELEASE GATE-OUT"}
    assert story.state().open_alerts == ()
    story.clock("12:00")
    assert "HOLD_VIOLATION" in story.state().open_alerts


def test_a_held_container_may_go_to_its_control_and_nowhere_else() -> None:
    # Given a held container with a control in the warehouse
    story = declared_container()
    story.tell(
        hold_placed("9:20", "VETERINARY", "VET-9"), control_set("9:25", "VETERINARY", "WAREHOUSE", "11:00", "12:00")
    )
    # When it goes to the scanner, to the warehouse, and then elsewhere
    to_control = story.tell(read_at("10:30", "SCANNER"), read_at("11:00", "WAREHOUSE"))
    astray = story.tell(read_at("12:30", "QUAY"))
    # Then only the latter breaks the hold
    assert to_control == []
    assert astray == ["RAISED HOLD_VIOLATION VETERINARY:VET-9"]


def test_every_authority_lifts_its_own_hold() -> None:
    # Given a released container that two authorities hold
    story = declared_container()
    story.tell(
        hold_placed("9:20", "ADM", "H1"),
        hold_placed("9:21", "VETERINARY", "H1"),
        customs_decides("10:00", CustomsStatus.RELEASED),
    )
    # When one lifts its hold and the container leaves
    story.tell(hold_lifted("10:30", "ADM", "H1"))
    assert story.state().open_holds == ("VETERINARY:H1",)
    # Then the other's is broken, until its lifting, given before, arrives
    assert story.tell(read_at("11:00", "GATE-OUT")) == ["RAISED HOLD_VIOLATION VETERINARY:H1"]
    assert story.tell(hold_lifted("10:45", "VETERINARY", "H1")) == ["CLEARED HOLD_VIOLATION VETERINARY:H1"]


def test_a_result_is_no_release() -> None:
    # Given a container that was controlled and found in order
    story = declared_container()
    story.tell(read_at("10:00", "SCANNER"), customs_decides("10:30", SATISFACTORY))
    # When it leaves on that alone
    # Then it leaves unreleased
    assert story.tell(read_at("11:00", "GATE-OUT")) == ["RAISED EXIT_WITHOUT_RELEASE GATE-OUT"]


def test_a_container_that_waits_too_long_for_its_control_is_told() -> None:
    # Given a container in the scanner's customs space, where two hours are allowed
    story = declared_container()
    story.tell(read_at("10:00", "SCANNER"))
    # When it is still there after them
    # Then that is told
    assert story.clock("11:59") == []
    assert story.clock("12:00") == ["RAISED DWELL_EXCEEDED SCANNER"]
