"""Stories of ships' calls: the regular one, and those on which notices or manifests are not what they should be."""

from datetime import timedelta
from random import Random

from domain.events import CallStatus, Movement, Outcome, ReviewStatus
from examples.bari.clean_stories import import_by_road
from examples.bari.identities import key_of
from examples.bari.missions import Lodging, Mission
from examples.bari.nodes import DOCK_GATE, TERMINAL
from examples.bari.passages import announce, declare, end, land, leave_by_road, release
from examples.bari.scenario import State, at
from examples.bari.vessels import Call, declared_kg, manifested

WEIGHED_EVERY = 4
RIGHT_BY_PERCENT = 4
"""How far a scale and a declaration may be apart without anybody minding."""


def regular_call(call: Call) -> None:
    """Notified in time, she lands and loads what her manifests say; some of it is weighed."""
    units = [manifested(mission) for mission in (*call.landed, *call.embarked)]
    _give_notices(call, dangerous=any(unit.dangerous for unit in units))
    call.before_eta(26)
    _lodge(call, call.landed, Movement.DISCHARGE)
    _come(call)
    call.after_arrival(30)
    _lodge(call, call.embarked, Movement.LOADING)
    for mission in [*call.landed, *call.embarked][::WEIGHED_EVERY]:
        _weigh(call, mission, Random(f"{mission.key}/scale").randint(-RIGHT_BY_PERCENT, RIGHT_BY_PERCENT))
    _finish(call)


def notices_late(call: Call, cargo: list[Mission]) -> None:
    """Her pre-arrival notice comes an hour late, her manifest four, and of her dangerous goods nobody says a word."""
    for mission in cargo:
        import_by_road(mission, call.visit)
    _announce(call)
    call.before_eta(71)
    call.status(CallStatus.PRE_ARRIVAL_NOTIFIED)
    call.before_eta(20)
    call.lodge([manifested(mission, dangerous=True) for mission in cargo], Movement.DISCHARGE)
    _come(call)
    _finish(call)
    for subject, what in (
        ("PRE_ARRIVAL", "pre-arrival notice came 71 hours before her ETA, 72 are asked for"),
        ("DANGEROUS_GOODS", "dangerous goods stand on her manifest, and no notice of them was given"),
        ("MANIFEST", "manifest was lodged 20 hours before her ETA, 24 are asked for"),
    ):
        call.expect("NOTICE_LATE", subject=subject, node=None, then=("open", "open"), why=f"Of this ship: {what}.")


def manifest_after_arrival(call: Call, cargo: list[Mission]) -> None:
    """Her manifest is lodged when she lies at the quay already."""
    for mission in cargo:
        import_by_road(mission, call.visit)
    _give_notices(call, dangerous=True)
    _come(call)
    call.after_arrival(15)
    call.lodge([manifested(mission) for mission in cargo], Movement.DISCHARGE)
    _finish(call)
    _expect_unmanifested(call, ("open", "open"), "Her manifest was lodged a quarter of an hour after she came.")


def lodging_reported_late(call: Call, cargo: list[Mission]) -> None:
    """Her manifest was lodged in time, but the message arrives in act 2."""
    for mission in cargo:
        import_by_road(mission, call.visit)
    _give_notices(call, dangerous=True)
    call.before_eta(30)
    call.lodge([manifested(mission) for mission in cargo], Movement.DISCHARGE, late=True)
    _come(call)
    _finish(call)
    _expect_unmanifested(call, ("open", "cleared"), "Her manifest was lodged in time, but known only in act 2.")


def dangerous_goods_reported_late(call: Call, cargo: list[Mission]) -> None:
    """Her dangerous goods were notified in time, but the message arrives in act 2."""
    for mission in cargo:
        import_by_road(mission, call.visit)
    _announce(call)
    call.before_eta(73)
    call.status(CallStatus.PRE_ARRIVAL_NOTIFIED)
    call.before_eta(50)
    call.status(CallStatus.DANGEROUS_GOODS_NOTIFIED, late=True)
    call.before_eta(26)
    call.lodge([manifested(mission, dangerous=True) for mission in cargo], Movement.DISCHARGE)
    _come(call)
    _finish(call)
    call.expect(
        "NOTICE_LATE",
        subject="DANGEROUS_GOODS",
        node=None,
        then=("open", "cleared"),
        why="The notice was given 50 hours before her ETA, but the message of that arrived only in act 2.",
    )


def delayed_at_sea(call: Call, cargo: list[Mission]) -> None:
    """Not there yet: her pre-arrival notice is overdue, until she tells in act 2 that she comes three days later."""
    assert not cargo
    call.before_eta(94)
    call.announce(call.visit.eta)
    call.now = at(11, 20, 30)
    call.announce(call.visit.eta + timedelta(days=3), late=True)
    call.expect(
        "NOTICE_LATE",
        subject="PRE_ARRIVAL",
        node=None,
        then=("open", "cleared"),
        why="By her first ETA the notice was due within act 1; by the one announced in act 2 it is not due yet.",
    )


def cargo_differs(call: Call, cargo: list[Mission]) -> None:
    """What is landed and weighed is not what the manifest says; two of the differences are cleared in act 2."""
    heavier, weighed_again, read_late, not_aboard, unlisted = cargo
    import_by_road(heavier, call.visit)
    import_by_road(weighed_again, call.visit)
    _land_unseen(read_late, call)
    unlisted.wait(60, 90)
    land(unlisted, call.visit)
    _give_notices(call, dangerous=True)
    call.before_eta(26)
    call.lodge(map(manifested, (heavier, weighed_again, read_late, not_aboard)), Movement.DISCHARGE)
    _come(call)
    _weigh(call, heavier, percent=12)
    _weigh(call, weighed_again, percent=-9)
    _weigh(call, weighed_again, percent=1, minutes=50, late=True)
    _finish(call)
    _expect_masses(call, heavier, weighed_again)
    _expect_landings(call, read_late, not_aboard, unlisted)


def _land_unseen(mission: Mission, call: Call) -> None:
    """The crane's camera was off line: the read of the dock gate arrives only in act 2."""
    announce(mission)
    mission.wait(40, 150)
    land(mission, call.visit, late=True)
    mission.wait(15, 50)
    mission.read(TERMINAL)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "NODE_SKIPPED",
        subject=DOCK_GATE,
        node=DOCK_GATE,
        then=("open", "cleared"),
        why="The terminal read the unit before any read of the dock gate; the crane's own read arrived in act 2.",
    )


def _expect_masses(call: Call, heavier: Mission, weighed_again: Mission) -> None:
    call.expect(
        "MANIFEST_DISCREPANCY",
        subject=f"mass {key_of(heavier.cargo.unit)}",
        node=None,
        then=("open", "open"),
        why="It weighs 12 per cent more than declared; five are tolerated.",
    )
    call.expect(
        "MANIFEST_DISCREPANCY",
        subject=f"mass {key_of(weighed_again.cargo.unit)}",
        node=None,
        then=("open", "cleared"),
        why="It weighed 9 per cent less than declared, on a scale that was wrong; the second weighing came in act 2.",
    )


def _expect_landings(call: Call, read_late: Mission, not_aboard: Mission, unlisted: Mission) -> None:
    call.expect(
        "MANIFEST_DISCREPANCY",
        subject=f"missing {key_of(read_late.cargo.unit)}",
        node=None,
        then=("open", "cleared"),
        why="She was unloaded and the unit not landed, as far as act 1 knew; the crane's read arrived in act 2.",
    )
    missing = call.expect(
        "MANIFEST_DISCREPANCY",
        subject=f"missing {key_of(not_aboard.cargo.unit)}",
        node=None,
        then=("open", "open"),
        why="The unit stands on the manifest, she was unloaded, and nobody ever read it at the dock gate.",
    )
    extra = call.expect(
        "MANIFEST_DISCREPANCY",
        subject=f"extra {key_of(unlisted.cargo.unit)}",
        node=DOCK_GATE,
        then=("disposed", "disposed"),
        why="The container came off the ship and stands on no manifest; customs confirmed that.",
    )
    unlisted.expect_unknown(
        unlisted.cargo.unit,
        node=DOCK_GATE,
        then=("open", "open"),
        why="No manifest names the container landed, and no IOT_ID was ever minted for it.",
    )
    call.now += timedelta(hours=1)
    call.review(missing, ReviewStatus.ACKNOWLEDGED)
    call.review(extra, ReviewStatus.DISPOSED, Outcome.CONFIRMED)


def _expect_unmanifested(call: Call, then: tuple[State, State], why: str) -> None:
    call.expect("MANIFEST_DISCREPANCY", subject="not notified", node=None, then=then, why=why)
    call.expect("NOTICE_LATE", subject="MANIFEST", node=None, then=then, why=why)


def _announce(call: Call) -> None:
    call.before_eta(74)
    call.announce(call.visit.eta)


def _give_notices(call: Call, *, dangerous: bool) -> None:
    """Announced, notified and, if need be, notified of dangerous goods: all in time."""
    _announce(call)
    call.before_eta(73)
    call.status(CallStatus.PRE_ARRIVAL_NOTIFIED)
    if dangerous:
        call.before_eta(50)
        call.status(CallStatus.DANGEROUS_GOODS_NOTIFIED)


def _lodge(call: Call, cargo: list[Mission], movement: Movement) -> None:
    """One manifest for most of the cargo, and one for each unit that has an agent of its own."""
    together = [mission for mission in cargo if mission.lodging is Lodging.WITH_OTHERS]
    if together:
        call.lodge(map(manifested, together), movement)
    for mission in cargo:
        if mission.lodging is not Lodging.WITH_OTHERS:
            call.lodge([manifested(mission)], movement, late=mission.lodging is Lodging.LATE)


def _come(call: Call) -> None:
    """She arrives, the Coastguard starts to monitor her, and customs validates her manifest."""
    call.after_arrival(0)
    call.status(CallStatus.ARRIVED)
    call.after_arrival(10)
    call.status(CallStatus.MONITORING_STARTED)
    call.after_arrival(25)
    call.status(CallStatus.MANIFEST_VALIDATED)


def _weigh(call: Call, mission: Mission, percent: int, *, minutes: int = 20, late: bool = False) -> None:
    """A unit is weighed beside the quay, so many per cent from what was declared."""
    assert mission.at_quay is not None
    call.now = mission.at_quay + timedelta(minutes=minutes)
    call.weigh(mission.cargo.unit, declared_kg(mission) * (100 + percent) // 100, late=late)


def _finish(call: Call) -> None:
    """Unloaded when the last unit is landed, she leaves when the last one is aboard."""
    landed_at = [mission.at_quay for mission in call.landed if mission.at_quay]
    call.now = max(landed_at) + timedelta(minutes=10)
    call.status(CallStatus.UNLOADED)
    embarked_at = [mission.at_quay for mission in call.embarked if mission.at_quay]
    call.now = max((call.now, *embarked_at)) + timedelta(minutes=90)
    call.status(CallStatus.DEPARTED)
