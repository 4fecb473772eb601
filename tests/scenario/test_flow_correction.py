"""What was told is taken back, corrected, amended or cancelled (§287–289): what it caused no longer stands."""

from domain.events import AmendmentReason, CustomsStatus, MissionStatus, Process
from tests.scenario.parties import (
    BOX,
    IOT_ID,
    MRN,
    OTHER_TRUCK,
    TRUCK,
    customs_amends,
    customs_decides,
    customs_generates,
    guards_certify_exit,
    identifier,
    read_at,
    step,
    taken_back,
)
from tests.scenario.story import Story

PATH = (step("QUAY"), step("TERMINAL", "12:00"), step("GATE-OUT"))
BY_WAREHOUSE = (step("QUAY"), step("WAREHOUSE", "2 12:00"), step("GATE-OUT"))
ITSELF = identifier("IOT_ID", str(IOT_ID))


def landed_container() -> Story:
    return Story(customs_generates("6:00", Process.IMPORT_ROAD, (BOX, TRUCK, MRN), PATH), read_at("8:00", "QUAY"))


def test_a_read_at_the_wrong_node_is_corrected() -> None:
    # Given a container that was reported in the warehouse
    story = landed_container()
    wrong = read_at("9:00", "WAREHOUSE")
    assert story.tell(wrong) == ["RAISED OFF_PATH_NODE WAREHOUSE"]
    # When its reader takes that back and reports the terminal instead
    news = story.tell(taken_back("9:30", wrong), read_at("9:00", "TERMINAL"))
    # Then it was never in the warehouse
    assert news == ["CLEARED OFF_PATH_NODE WAREHOUSE"]
    assert (story.state().last_node, story.state().reads) == ("TERMINAL", 2)


def test_a_retraction_that_overtakes_its_event_counts_all_the_same() -> None:
    # Given a container
    story = landed_container()
    wrong = read_at("9:00", "WAREHOUSE")
    # When the retraction of a read arrives before the read
    # Then the read never counts
    assert story.tell(taken_back("9:30", wrong)) == []
    assert story.tell(wrong) == []


def test_a_release_that_is_withdrawn_holds_the_container_back() -> None:
    # Given a released container in the terminal
    story = landed_container()
    story.tell(read_at("9:00", "TERMINAL"), customs_decides("9:30", CustomsStatus.RELEASED))
    # When customs withdraws its release and it leaves all the same
    withdrawn = customs_decides("10:00", CustomsStatus.RELEASE_WITHDRAWN)
    news = story.tell(withdrawn, read_at("10:30", "GATE-OUT"))
    # Then it left unreleased, unless the withdrawal itself is taken back
    assert news == ["RAISED EXIT_WITHOUT_RELEASE GATE-OUT"]
    assert "(RELEASE_WITHDRAWN)" in story.news.sentence
    assert story.tell(taken_back("11:00", withdrawn)) == ["CLEARED EXIT_WITHOUT_RELEASE GATE-OUT"]


def test_a_release_withdrawn_when_it_had_left_accuses_nobody() -> None:
    # Given a released container that left
    story = landed_container()
    story.tell(read_at("9:00", "TERMINAL"), customs_decides("9:30", CustomsStatus.RELEASED))
    story.tell(read_at("10:00", "GATE-OUT"), guards_certify_exit("10:01"))
    # When customs withdraws the release afterwards
    # Then it had left rightly
    assert story.tell(customs_decides("11:00", CustomsStatus.RELEASE_WITHDRAWN)) == []


def test_another_path_clears_what_only_the_old_one_justified() -> None:
    # Given a container that went to the warehouse and is overdue in the terminal
    story = landed_container()
    story.tell(read_at("9:00", "WAREHOUSE"))
    story.clock("12:00")
    assert story.open() == {"OFF_PATH_NODE WAREHOUSE", "OVERDUE TERMINAL"}
    # When customs tells that it had been rerouted
    news = story.tell(customs_amends("8:30", AmendmentReason.REROUTED, BY_WAREHOUSE))
    # Then it is where it should be
    assert set(news) == {"CLEARED OFF_PATH_NODE WAREHOUSE", "CLEARED OVERDUE TERMINAL"}
    assert story.state().next_node == "GATE-OUT"


def test_a_new_truck_is_agreed_afterwards() -> None:
    # Given a released container that left on another truck
    story = landed_container()
    story.tell(read_at("9:00", "TERMINAL"), customs_decides("9:30", CustomsStatus.RELEASED))
    news = story.tell(read_at("10:00", "GATE-OUT", BOX, OTHER_TRUCK))
    assert news == ["RAISED IDENTIFIER_MISMATCH PLATE:XY987ZW"]
    # When customs amends the mission
    change = customs_amends("10:05", AmendmentReason.NEW_VEHICLE, added=(OTHER_TRUCK,), removed=(TRUCK,))
    # Then the truck is its own; and the old one leads to it no more
    assert story.tell(change) == ["CLEARED IDENTIFIER_MISMATCH PLATE:XY987ZW"]
    reads = story.state().reads
    story.tell(read_at("10:30", "GATE-OUT", TRUCK), read_at("10:31", "GATE-OUT", OTHER_TRUCK))
    assert story.state().reads == reads + 1


def test_a_cancelled_mission_is_awaited_nowhere() -> None:
    # Given a container that is overdue
    story = landed_container()
    assert story.clock("12:00") == ["RAISED OVERDUE TERMINAL"]
    # When customs cancels its mission
    news = story.tell(customs_decides("12:30", CustomsStatus.CANCELLED))
    # Then nobody waits for it
    assert news == ["CLEARED OVERDUE TERMINAL"]
    assert (story.state().status, story.state().next_node) == (MissionStatus.CANCELLED, None)
    assert story.clock("30 0:00") == []


def test_a_definitive_status_by_mistake_is_taken_back() -> None:
    # Given a container whose process was ended by mistake
    story = landed_container()
    ended = customs_decides("8:30", CustomsStatus.DEFINITIVE)
    assert story.tell(ended, read_at("9:00", "TERMINAL")) == ["RAISED READ_AFTER_DEFINITIVE TERMINAL"]
    # When customs takes that back
    news = story.tell(taken_back("9:30", ended))
    # Then it is under way
    assert news == ["CLEARED READ_AFTER_DEFINITIVE TERMINAL"]
    assert story.state().status is MissionStatus.IN_TRANSIT


def test_an_iot_id_generated_by_mistake_is_taken_back_with_what_it_bound() -> None:
    # Given an IOT_ID that customs bound to the wrong container
    wrong = customs_generates("6:00", Process.IMPORT_ROAD, (BOX, MRN), PATH)
    story = Story(wrong)
    # When customs takes it back, and the container is read
    story.tell(taken_back("7:00", wrong, ITSELF, *wrong.identifiers), read_at("8:00", "QUAY"))
    # Then nothing is overdue, and the container is nobody's
    assert story.clock("12:00") == ["RAISED UNKNOWN_OBJECT BIC:CSQU3054383"]
    assert story.state().reads == 0


def test_reads_of_an_iot_id_that_is_taken_back_are_unknown_until_the_right_one_comes() -> None:
    # Given a container that was read in the port under an IOT_ID
    generated = customs_generates("6:00", Process.IMPORT_ROAD, (BOX, TRUCK, MRN), PATH)
    story = Story(generated, read_at("8:00", "QUAY"), read_at("9:00", "TERMINAL"))
    assert story.state().reads == 2
    # When customs takes the IOT_ID back
    story.tell(taken_back("9:30", generated, ITSELF, *generated.identifiers))
    # Then nobody knows what stands there
    assert story.state().reads == 0
    assert story.clock("10:00") == [f"RAISED UNKNOWN_OBJECT {BOX.scheme}:{BOX.value}"]
    # And when the right one comes, minted before the container landed, it was the container all along
    news = story.tell(customs_generates("7:00", Process.IMPORT_ROAD, (BOX, TRUCK, MRN), PATH))
    assert news == [f"CLEARED UNKNOWN_OBJECT {BOX.scheme}:{BOX.value}"]
    assert story.state().reads == 2


def test_an_amendment_is_taken_back() -> None:
    # Given a container rerouted by the warehouse, and read there
    story = landed_container()
    rerouted = customs_amends("8:30", AmendmentReason.REROUTED, BY_WAREHOUSE)
    assert story.tell(rerouted, read_at("9:00", "WAREHOUSE")) == []
    # When customs takes the amendment back
    news = story.tell(taken_back("9:30", rerouted))
    # Then the first path is in force, and the warehouse is not on it
    assert news == ["RAISED OFF_PATH_NODE WAREHOUSE"]
