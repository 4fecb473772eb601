"""The life of an alert: raised, changed, acknowledged, disposed of, open again, cleared; whoever it is about."""

from domain.events import CallStatus, Outcome, Permission, Process
from tests.scenario.parties import (
    BOX,
    CALL,
    IOT_ID,
    MRN,
    TRAIN,
    agent_lodges,
    coastguard_reports,
    customs_generates,
    officer_reviews,
    on_ship,
    permission_to_leave,
    read_at,
    step,
    taken_back,
)
from tests.scenario.story import Story

PATH = (step("QUAY"), step("TERMINAL"), step("GATE-OUT"))
STRAY = "OFF_PATH_NODE WAREHOUSE"


def expected_container() -> Story:
    return Story(customs_generates("6:00", Process.IMPORT_ROAD, (BOX, MRN), PATH), read_at("8:00", "QUAY"))


def test_an_alert_from_its_raising_to_its_clearing() -> None:
    # Given a container on its path
    story = expected_container()
    # When it is read off its path, and there again
    first, second = read_at("9:00", "WAREHOUSE"), read_at("9:05", "WAREHOUSE")
    assert story.tell(first) == [f"RAISED {STRAY}"]
    assert story.tell(second) == [f"CHANGED {STRAY}"]
    assert story.state().open_alerts == ("OFF_PATH_NODE",)
    # And an officer takes note of it, and then is done with it
    assert story.tell(officer_reviews("9:10", "OFF_PATH_NODE", "WAREHOUSE")) == [f"ACKNOWLEDGED {STRAY}"]
    assert story.state().open_alerts == ("OFF_PATH_NODE",)
    unfounded = officer_reviews("9:30", "OFF_PATH_NODE", "WAREHOUSE", Outcome.UNFOUNDED)
    assert story.tell(unfounded) == [f"DISPOSED {STRAY}"]
    assert (story.news.outcome, story.news.reviewed_by) == (Outcome.UNFOUNDED, "officer-rossi")
    assert story.state().open_alerts == ()
    # Then what happens afterwards opens it again
    third = read_at("10:00", "WAREHOUSE")
    assert story.tell(third) == [f"CHANGED {STRAY}"]
    assert story.news.outcome is None
    assert story.state().open_alerts == ("OFF_PATH_NODE",)
    # And when all three reads are taken back, nothing stands
    story.tell(taken_back("11:00", third), taken_back("11:00", second))
    assert story.tell(taken_back("11:00", first)) == [f"CLEARED {STRAY}"]
    assert story.open() == set()
    # It was one alert all the time, and its revisions count up
    mine = [alert for alert in story.alerts if alert.iot_id == IOT_ID]
    assert len({alert.alert_id for alert in mine}) == 1
    assert [alert.revision for alert in mine] == list(range(1, len(mine) + 1))


def test_a_read_from_before_the_review_does_not_open_it_again() -> None:
    # Given an alert that an officer disposed of at half past nine
    story = expected_container()
    story.tell(read_at("9:00", "WAREHOUSE"))
    story.tell(officer_reviews("9:30", "OFF_PATH_NODE", "WAREHOUSE", Outcome.UNFOUNDED))
    # When a read of before arrives late
    news = story.tell(read_at("9:20", "WAREHOUSE"))
    # Then the alert has one more piece of evidence, and remains disposed of
    assert news == [f"DISPOSED {STRAY}"]
    assert len(story.news.evidence) == 2


def test_a_review_that_arrives_before_what_it_reviews_counts_all_the_same() -> None:
    # Given a review of an alert that has not been raised here yet
    story = expected_container()
    assert story.tell(officer_reviews("9:30", "OFF_PATH_NODE", "WAREHOUSE", Outcome.CONFIRMED)) == []
    # When the read arrives
    # Then the alert is told as disposed of from the beginning
    assert story.tell(read_at("9:00", "WAREHOUSE")) == [f"DISPOSED {STRAY}"]


def test_a_review_that_is_taken_back_leaves_the_alert_as_it_was() -> None:
    # Given an alert that an officer disposed of by mistake
    story = expected_container()
    story.tell(read_at("9:00", "WAREHOUSE"))
    mistake = officer_reviews("9:30", "OFF_PATH_NODE", "WAREHOUSE", Outcome.UNFOUNDED)
    story.tell(mistake)
    # When he takes that back
    news = story.tell(taken_back("9:40", mistake))
    # Then the alert waits for him again
    assert news == [f"CHANGED {STRAY}"]
    assert story.state().open_alerts == ("OFF_PATH_NODE",)


def test_the_alert_about_a_train_is_dealt_with_under_the_train() -> None:
    # Given a train that left without permission
    story = Story(permission_to_leave("9:00", Permission.REFUSED))
    story.tell(read_at("10:00", "RAIL-OUT", conveyance=TRAIN))
    # When an officer deals with that
    news = story.tell(
        officer_reviews("10:05", "RAIL_NO_DEPARTURE_PERMISSION", "RAIL-OUT", owner=TRAIN),
        officer_reviews("10:30", "RAIL_NO_DEPARTURE_PERMISSION", "RAIL-OUT", Outcome.CONFIRMED, owner=TRAIN),
    )
    # Then it is told so
    assert news == [
        "ACKNOWLEDGED RAIL_NO_DEPARTURE_PERMISSION RAIL-OUT",
        "DISPOSED RAIL_NO_DEPARTURE_PERMISSION RAIL-OUT",
    ]


def test_the_alert_about_a_ship_is_dealt_with_under_her_call() -> None:
    # Given a ship that landed a container nobody manifested
    story = Story(
        coastguard_reports("1 8:00", CallStatus.PRE_ARRIVAL_NOTIFIED),
        agent_lodges("1 9:00", on_ship(MRN)),
    )
    story.tell(read_at("9:30", "QUAY", conveyance=CALL))
    # When an officer deals with that
    extra = "extra BIC:CSQU3054383"
    news = story.tell(officer_reviews("10:00", "MANIFEST_DISCREPANCY", extra, Outcome.INCONCLUSIVE, owner=CALL))
    # Then it is told so
    assert news == [f"DISPOSED MANIFEST_DISCREPANCY {extra}"]


def test_the_alert_about_something_unknown_is_dealt_with_under_its_identifier() -> None:
    # Given something that nobody knows
    key = "BIC:CSQU3054383"
    story = Story(read_at("8:00", "TERMINAL"))
    assert story.clock("8:10") == [f"RAISED UNKNOWN_OBJECT {key}"]
    # When an officer is done with it, and it is seen again
    disposed = story.tell(officer_reviews("9:00", "UNKNOWN_OBJECT", key, Outcome.UNFOUNDED, owner=key))
    story.tell(read_at("10:00", "TERMINAL"))
    seen_again = story.clock("10:10")
    # Then it is open again, until customs says whose it is
    assert disposed == [f"DISPOSED UNKNOWN_OBJECT {key}"]
    assert seen_again == [f"CHANGED UNKNOWN_OBJECT {key}"]
    known = customs_generates("6:00", Process.IMPORT_ROAD, (BOX, MRN), (step("TERMINAL"), step("GATE-OUT")))
    assert story.tell(known) == [f"CLEARED UNKNOWN_OBJECT {key}"]
    assert story.state().reads == 2
