"""Import by rail (§372): loading list, permission, manifest, an IOT_ID for each unit, and the rail gate."""

from domain.events import (
    CustomsStatus,
    Direction,
    Identifier,
    IdScanned,
    MissionStatus,
    Permission,
    Process,
    TrainStage,
)
from tests.scenario.parties import (
    BOX,
    MRN,
    OTHER_BOX,
    OTHER_IOT_ID,
    OTHER_MRN,
    OTHER_WAGON,
    THIRD_BOX,
    TRAIN,
    WAGON,
    customs_decides,
    customs_generates,
    guards_certify_exit,
    on_train,
    operator_composes,
    permission_to_leave,
    read_at,
    step,
    taken_back,
)
from tests.scenario.story import Story

PATH = (step("TERMINAL"), step("RAIL-OUT"))
BOTH = (on_train(BOX, WAGON), on_train(OTHER_BOX, OTHER_WAGON))


def passes(when: str, *what: Identifier) -> IdScanned:
    """The rail gate reads something of the train on its way out."""
    return read_at(when, "RAIL-OUT", *what, conveyance=TRAIN)


def loaded_train() -> Story:
    """Two released containers on their wagons, and permission to leave."""
    story = Story(
        operator_composes("6:00", TrainStage.LOADING_LIST, *BOTH),
        operator_composes("8:00", TrainStage.MANIFEST, *BOTH),
        customs_generates("8:30", Process.IMPORT_RAIL, (BOX, MRN), PATH),
        customs_generates("8:30", Process.IMPORT_RAIL, (OTHER_BOX, OTHER_MRN), PATH, OTHER_IOT_ID),
        read_at("8:40", "TERMINAL"),
        read_at("8:40", "TERMINAL", OTHER_BOX),
        customs_decides("8:50", CustomsStatus.RELEASED),
        customs_decides("8:50", CustomsStatus.RELEASED, OTHER_BOX),
        permission_to_leave("9:00", Permission.REQUESTED),
        permission_to_leave("9:30", Permission.GRANTED),
    )
    assert story.open() == set()
    return story


def test_a_train_leaves_as_it_was_manifested() -> None:
    # Given a train in good order
    story = loaded_train()
    # When it passes the rail gate, the last wagon first, and the guards certify
    news = story.tell(
        passes("10:00", OTHER_BOX, OTHER_WAGON),
        passes("10:01", BOX, WAGON),
        guards_certify_exit("10:05"),
        guards_certify_exit("10:05", OTHER_BOX),
    )
    # Then nothing is wrong, with the train or with what it carries
    assert news == []
    assert story.clock("12:00") == []
    assert [story.state(iot_id).status for iot_id in (story.state().iot_id, OTHER_IOT_ID)] == [
        MissionStatus.ARRIVED
    ] * 2


def test_a_unit_on_the_loading_list_is_no_unknown_object() -> None:
    # Given a loading list, and no IOT_ID yet
    story = Story(operator_composes("6:00", TrainStage.LOADING_LIST, on_train(BOX)))
    # When a container that is on it is read, and one that is not
    story.tell(read_at("7:00", "TERMINAL"), read_at("7:00", "TERMINAL", OTHER_BOX))
    # Then only the other is unknown
    assert story.clock("7:10") == ["RAISED UNKNOWN_OBJECT BIC:GYOU4047990"]
    # And once customs associates the first, its read is that of its mission
    assert story.tell(customs_generates("6:30", Process.IMPORT_RAIL, (BOX, MRN), PATH)) == []
    assert story.state().last_node == "TERMINAL"


def test_a_late_loading_list_explains_what_was_unknown() -> None:
    # Given a container that nobody knew
    story = Story(read_at("7:00", "TERMINAL"))
    assert story.clock("7:10") == ["RAISED UNKNOWN_OBJECT BIC:CSQU3054383"]
    # When the loading list, told before, arrives late
    news = story.tell(operator_composes("6:00", TrainStage.LOADING_LIST, on_train(BOX)))
    # Then it was expected
    assert news == ["CLEARED UNKNOWN_OBJECT BIC:CSQU3054383"]


def test_a_train_without_permission_is_told_at_its_first_wagon() -> None:
    # Given a loaded train whose permission was withdrawn again
    story = loaded_train()
    story.tell(permission_to_leave("9:45", Permission.WITHDRAWN))
    # When it leaves
    news = story.tell(passes("10:00", BOX, WAGON), passes("10:01", OTHER_BOX, OTHER_WAGON))
    # Then customs hears of it once
    assert news == ["RAISED RAIL_NO_DEPARTURE_PERMISSION RAIL-OUT"]
    assert story.news.object_key == TRAIN
    assert "withdrawn" in story.news.sentence


def test_a_permission_that_comes_late_clears_it_if_it_was_given_in_time() -> None:
    # Given a train that left without anybody having asked
    story = Story(operator_composes("8:00", TrainStage.MANIFEST, on_train(BOX)))
    assert story.tell(passes("10:00")) == ["RAISED RAIL_NO_DEPARTURE_PERMISSION RAIL-OUT"]
    # When a permission of afterwards is told, and then one of before
    afterwards = story.tell(permission_to_leave("10:30", Permission.GRANTED))
    before = story.tell(permission_to_leave("9:30", Permission.GRANTED))
    # Then only the latter helps
    assert afterwards == []
    assert before == ["CLEARED RAIL_NO_DEPARTURE_PERMISSION RAIL-OUT"]


def test_every_difference_between_train_and_manifest_is_told() -> None:
    # Given a train in good order
    story = loaded_train()
    # When one container passes on the other's wagon, a stranger passes too, and the second container does not
    news = story.tell(passes("10:00", BOX, OTHER_WAGON), passes("10:01", THIRD_BOX))
    # Then the first two are told at once, and what is missing when the train has passed
    assert news == [
        "RAISED RAIL_MANIFEST_MISMATCH wagon BIC:CSQU3054383",
        "RAISED RAIL_MANIFEST_MISMATCH extra BIC:TEMU6079348",
    ]
    assert "RAISED RAIL_MANIFEST_MISMATCH missing BIC:GYOU4047990" in story.clock("10:30")
    # And what is read late was on it after all
    late = story.tell(passes("10:02", OTHER_BOX, OTHER_WAGON))
    assert late == ["CLEARED RAIL_MANIFEST_MISMATCH missing BIC:GYOU4047990"]


def test_a_corrected_manifest_clears_what_only_the_wrong_one_showed() -> None:
    # Given a train that carries another container than manifested
    story = Story(
        operator_composes("8:00", TrainStage.MANIFEST, on_train(BOX, WAGON)),
        permission_to_leave("9:00", Permission.GRANTED),
        passes("10:00", OTHER_BOX, WAGON),
    )
    assert story.open() == {"RAIL_MANIFEST_MISMATCH extra BIC:GYOU4047990"}
    # When the operator sends the right manifest
    news = story.tell(operator_composes("10:11", TrainStage.MANIFEST, on_train(OTHER_BOX, WAGON)))
    # Then train and manifest agree
    assert news == ["CLEARED RAIL_MANIFEST_MISMATCH extra BIC:GYOU4047990"]
    # And what no list had named within ten minutes of its read is still unknown to customs
    assert story.clock("12:00") == ["RAISED UNKNOWN_OBJECT BIC:GYOU4047990"]


def test_a_train_of_which_nobody_sent_a_manifest_is_told_as_a_whole() -> None:
    # Given a loading list and a permission, but no manifest
    story = Story(
        operator_composes("6:00", TrainStage.LOADING_LIST, *BOTH), permission_to_leave("9:00", Permission.GRANTED)
    )
    # When the train leaves
    news = story.tell(passes("10:00"), passes("10:01", OTHER_BOX))
    # Then that is told, and no difference of single units
    assert news == ["RAISED RAIL_MANIFEST_MISMATCH no manifest"]
    # And the manifest, even now, says what the train carries
    assert story.tell(operator_composes("10:05", TrainStage.MANIFEST, *BOTH)) == [
        "CLEARED RAIL_MANIFEST_MISMATCH no manifest"
    ]


def test_a_unit_without_papers_is_told_before_the_train_leaves() -> None:
    # Given a unit with neither declaration nor transport document
    story = Story(operator_composes("6:00", TrainStage.LOADING_LIST, on_train(BOX, mrns=())))
    assert story.open() == set()
    # When it is on the manifest
    news = story.tell(operator_composes("8:00", TrainStage.MANIFEST, on_train(BOX, mrns=())))
    # Then customs hears of it at once, and no more once it has its declaration
    assert news == ["RAISED RAIL_MANIFEST_MISMATCH papers BIC:CSQU3054383"]
    declared = story.tell(operator_composes("8:10", TrainStage.MANIFEST, on_train(BOX)))
    assert declared == ["CLEARED RAIL_MANIFEST_MISMATCH papers BIC:CSQU3054383"]


def test_a_train_that_comes_in_is_not_one_that_leaves() -> None:
    # Given a train of which nothing is known
    story = Story()
    # When its wagons come in
    news = story.tell(
        read_at("10:00", "RAIL-IN", BOX, WAGON, conveyance=TRAIN),
        read_at("10:00", "RAIL-OUT", BOX, direction=Direction.IN, conveyance=TRAIN),
    )
    # Then nothing is wrong with it
    assert news == []


def test_a_read_that_is_taken_back_is_gone_from_the_train_and_from_the_mission() -> None:
    # Given a train that passed without permission, or so it seemed
    story = Story(
        customs_generates("8:30", Process.IMPORT_RAIL, (BOX, MRN), PATH),
        operator_composes("8:00", TrainStage.MANIFEST, on_train(BOX)),
    )
    seen = passes("10:00")
    assert set(story.tell(read_at("9:00", "TERMINAL"), seen)) == {
        "RAISED RAIL_NO_DEPARTURE_PERMISSION RAIL-OUT",
        "RAISED EXIT_WITHOUT_RELEASE RAIL-OUT",
    }
    # When the operator of the gate takes the read back
    story.tell(taken_back("10:30", seen, BOX, conveyance=TRAIN))
    # Then neither train nor container ever passed
    assert story.open() == set()
    assert story.state().last_node == "TERMINAL"
