"""Stories of trains: the regular ones, and those whose manifest or permission is not what it should be."""

from datetime import timedelta
from random import Random

import msgspec

from domain.events import Outcome, Permission, ReviewStatus, TrainUnit
from examples.bari.clean_stories import import_by_rail
from examples.bari.identities import key_of, sure, wagon
from examples.bari.missions import GDF, Mission
from examples.bari.nodes import RAIL_OUT
from examples.bari.passages import arrive_by_sea, certify, declare, end, leave_by_rail, release, ride
from examples.bari.scenario import State
from examples.bari.sightings import camera
from examples.bari.trains import Train, listed


def regular_departure(train: Train) -> None:
    """Loading list, permission asked for, manifest, permission given; then it leaves as its manifest says."""
    _list_candidates(train, train.cargo)
    _ask(train)
    train.before(90)
    train.manifest(map(listed, train.cargo))
    _grant(train)


def regular_arrival(train: Train) -> None:
    """A train from the hinterland, announced by its manifest."""
    train.before(240)
    train.list_candidates(map(listed, train.cargo))
    train.before(180)
    train.manifest(map(listed, train.cargo))


def leaves_unannounced(train: Train, cargo: list[Mission]) -> None:
    """After the loading list nobody hears of the train, until the rail gate reads it."""
    for mission in cargo:
        import_by_rail(mission, train.run)
    _list_candidates(train, cargo)
    train.expect(
        "RAIL_MANIFEST_MISMATCH",
        subject="no manifest",
        node=RAIL_OUT,
        then=("open", "open"),
        why="The train passed the rail gate, and only its loading list is known.",
    )
    _expect_no_permission(train, ("open", "open"), "Permission to leave was never asked for.")


def manifest_reported_late(train: Train, cargo: list[Mission]) -> None:
    """The manifest was made in time, but the message arrives in act 2."""
    for mission in cargo:
        import_by_rail(mission, train.run)
    _list_candidates(train, cargo)
    _ask(train)
    train.before(90)
    train.manifest(map(listed, cargo), late=True)
    _grant(train)
    train.expect(
        "RAIL_MANIFEST_MISMATCH",
        subject="no manifest",
        node=RAIL_OUT,
        then=("open", "cleared"),
        why="The manifest was made before the train left, but its message arrived only in act 2.",
    )


def permission_reported_late(train: Train, cargo: list[Mission]) -> None:
    """Permission was given in time, but the message arrives in act 2."""
    _load_as_manifested(train, cargo)
    _grant(train, late=True)
    _expect_no_permission(train, ("open", "cleared"), "Permission was given in time, but known only in act 2.")


def permission_withdrawn(train: Train, cargo: list[Mission]) -> None:
    """Given and withdrawn again before the train left, which it did all the same."""
    _load_as_manifested(train, cargo)
    _grant(train)
    train.before(15)
    train.permit(Permission.WITHDRAWN)
    _expect_no_permission(train, ("open", "open"), "Permission was withdrawn a quarter of an hour before.")


def loaded_otherwise(train: Train, cargo: list[Mission]) -> None:
    """One unit is left behind, one stands on another wagon, one has no papers, and one is on no list."""
    left_behind, on_other_wagon, without_papers, unlisted = cargo
    _make_ready(left_behind)
    leave_by_rail(left_behind)
    end(left_behind)
    _ride_on_other_wagon(on_other_wagon, train)
    import_by_rail(without_papers, train.run)
    import_by_rail(unlisted, train.run)
    on_list = (listed(left_behind), listed(on_other_wagon), _unpapered(without_papers))
    train.before(300)
    train.list_candidates(on_list)
    _ask(train)
    train.before(90)
    train.manifest(on_list)
    _grant(train)
    _expect_loaded_otherwise(train, cargo)


def manifest_corrected_later(train: Train, cargo: list[Mission]) -> None:
    """A first manifest forgets a unit and the papers of another one; the right one arrives only in act 2."""
    forgotten, without_papers, read_late = cargo
    import_by_rail(forgotten, train.run)
    import_by_rail(without_papers, train.run)
    _make_ready(read_late)
    leave_by_rail(read_late, train.run, late=True)
    end(read_late)
    _list_candidates(train, cargo)
    _ask(train)
    train.before(90)
    train.manifest((_unpapered(without_papers), listed(read_late)))
    train.before(50)
    train.manifest(map(listed, cargo), late=True)
    _grant(train)
    _expect_corrected(train, cargo)


def _expect_loaded_otherwise(train: Train, cargo: list[Mission]) -> None:
    left_behind, on_other_wagon, without_papers, unlisted = (key_of(mission.cargo.unit) for mission in cargo)
    missing = train.expect(
        "RAIL_MANIFEST_MISMATCH",
        subject=f"missing {left_behind}",
        node=RAIL_OUT,
        then=("open", "open"),
        why="The unit stands on the manifest, but left only with a later train.",
    )
    train.expect(
        "RAIL_MANIFEST_MISMATCH",
        subject=f"wagon {on_other_wagon}",
        node=RAIL_OUT,
        then=("open", "open"),
        why="The unit passed the gate on another wagon than the manifest says.",
    )
    train.expect(
        "RAIL_MANIFEST_MISMATCH",
        subject=f"papers {without_papers}",
        node=None,
        then=("open", "open"),
        why="The manifest names neither a declaration nor a transport document for the unit.",
    )
    extra = train.expect(
        "RAIL_MANIFEST_MISMATCH",
        subject=f"extra {unlisted}",
        node=RAIL_OUT,
        then=("disposed", "disposed"),
        why="The unit passed the gate and stands on no manifest; customs confirmed that.",
    )
    train.now = train.run.passes_at + timedelta(minutes=50)
    train.review(missing, ReviewStatus.ACKNOWLEDGED)
    train.review(extra, ReviewStatus.DISPOSED, Outcome.CONFIRMED)


def _expect_corrected(train: Train, cargo: list[Mission]) -> None:
    forgotten, without_papers, read_late = (key_of(mission.cargo.unit) for mission in cargo)
    for subject, node, why in (
        (f"extra {forgotten}", RAIL_OUT, "The first manifest forgot it; the right one arrived in act 2."),
        (f"papers {without_papers}", None, "The first manifest named no papers; the right one arrived in act 2."),
        (f"missing {read_late}", RAIL_OUT, "It left with the train, but the gate's read of it arrived in act 2."),
    ):
        train.expect("RAIL_MANIFEST_MISMATCH", subject=subject, node=node, then=("open", "cleared"), why=why)


def _expect_no_permission(train: Train, then: tuple[State, State], why: str) -> None:
    train.expect("RAIL_NO_DEPARTURE_PERMISSION", subject=RAIL_OUT, node=RAIL_OUT, then=then, why=why)


def _make_ready(mission: Mission) -> None:
    arrive_by_sea(mission)
    declare(mission)
    release(mission)


def _ride_on_other_wagon(mission: Mission, train: Train) -> None:
    other = wagon(Random(f"{mission.key}/other"))
    mission.scenario.claim((other,))
    _make_ready(mission)
    unit = sure(mission.cargo.unit, 0.90, 0.99, mission.rng)
    ride(mission, train.run, camera(RAIL_OUT, (unit, sure(other, 0.90, 0.97, mission.rng))))
    certify(mission, GDF)
    end(mission)


def _load_as_manifested(train: Train, cargo: list[Mission]) -> None:
    for mission in cargo:
        import_by_rail(mission, train.run)
    _list_candidates(train, cargo)
    _ask(train)
    train.before(90)
    train.manifest(map(listed, cargo))


def _list_candidates(train: Train, cargo: list[Mission]) -> None:
    """The loading list; it also names what a story says is only a candidate."""
    train.before(300)
    train.list_candidates(map(listed, [*cargo, *train.scenario.candidates.get(train.run.key, [])]))


def _ask(train: Train) -> None:
    train.before(120)
    train.permit(Permission.REQUESTED)


def _grant(train: Train, *, late: bool = False) -> None:
    train.before(40)
    train.permit(Permission.GRANTED, late=late)


def _unpapered(mission: Mission) -> TrainUnit:
    return msgspec.structs.replace(listed(mission), mrns=())
