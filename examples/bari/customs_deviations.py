"""Stories in which cargo moves against what authorities decided: exits, holds, and movement after the end."""

from domain.events import CustomsStatus
from examples.bari.missions import ADM, GDF, USMAF, Mission
from examples.bari.nodes import DOCK_GATE, GATE_OUT, RAIL_OUT, TERMINAL, WAREHOUSE
from examples.bari.passages import (
    arrive_by_road,
    arrive_by_sea,
    certify,
    declare,
    embark,
    end,
    leave_by_road,
    lift_hold,
    pass_gate,
    place_hold,
    release,
    ride,
    to_scanner_and_back,
)
from examples.bari.timetable import departure_after


def one_declaration_pending(mission: Mission) -> None:
    """The truck leaves, unchecked, while the last of its declarations is still under control."""
    *cleared, pending = mission.cargo.mrns
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(5, 20)
    mission.decide(CustomsStatus.UNDER_CONTROL, (pending,))
    mission.wait(20, 60)
    mission.decide(CustomsStatus.RELEASED, tuple(cleared))
    pass_gate(mission, GATE_OUT, 20, 60)
    mission.expect(
        "EXIT_WITHOUT_RELEASE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why=f"The truck left through the road gate while {pending.value} was under control; no release followed.",
    )
    mission.expect(
        "EXIT_CHECK_MISSING",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="Nor did anybody certify that exit within the hour.",
    )


def released_after_exit(mission: Mission) -> None:
    """The release comes half an hour after the train left: it does not heal the exit."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(30, 60)
    ride(mission, departure_after(mission.now))
    release(mission)
    certify(mission, GDF)
    end(mission)
    mission.expect(
        "EXIT_WITHOUT_RELEASE",
        subject=RAIL_OUT,
        node=RAIL_OUT,
        then=("open", "open"),
        why="The wagon passed the rail gate declared but not released; the release was given only afterwards.",
    )


def release_reported_late(mission: Mission) -> None:
    """Released in time, but the message arrives in act 2."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.RELEASED, late=True)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "EXIT_WITHOUT_RELEASE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "cleared"),
        why="The release was given before the exit, but its message arrived only in act 2.",
    )


def leaves_after_withdrawal(mission: Mission) -> None:
    """Released, and the release withdrawn before the truck came, which takes the unit away all the same."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    mission.wait(5, 15)
    mission.decide(CustomsStatus.RELEASE_WITHDRAWN)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "EXIT_WITHOUT_RELEASE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="The release was withdrawn before the unit left, and not given again.",
    )


def withdrawal_reported_late(mission: Mission) -> None:
    """It left after its release was withdrawn, which is known only in act 2."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    mission.wait(5, 15)
    mission.decide(CustomsStatus.RELEASE_WITHDRAWN, late=True)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "EXIT_WITHOUT_RELEASE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("absent", "open"),
        why="The release was withdrawn before the unit left, but the message of that arrived only in act 2.",
    )


def leaves_under_control(mission: Mission) -> None:
    """Selected for the scanner and held, it leaves all the same, unchecked: three deviations, each by itself."""
    hold_id = "ADM-XRAY-0317"
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(5, 20)
    mission.status(CustomsStatus.SELECTED_FOR_SCAN)
    place_hold(mission, hold_id)
    pass_gate(mission, GATE_OUT, 20, 60)
    mission.expect(
        "EXIT_WITHOUT_RELEASE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="Selected for the scanner and never released, the unit left through the road gate.",
    )
    mission.expect(
        "HOLD_VIOLATION",
        subject=f"{ADM}:{hold_id}",
        node=GATE_OUT,
        then=("open", "open"),
        why="The scan selection had put a hold on the unit, which was open when it left.",
    )
    mission.expect(
        "EXIT_CHECK_MISSING",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="Nobody certified that exit: neither the release nor the hold replaces the check.",
    )


def moved_while_held(mission: Mission) -> None:
    """Held in the terminal, it is taken to the warehouse before the hold is lifted."""
    hold_id = "ADM-HOLD-0452"
    arrive_by_sea(mission)
    declare(mission)
    place_hold(mission, hold_id)
    mission.wait(20, 60)
    mission.read(WAREHOUSE)
    lift_hold(mission, hold_id)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "HOLD_VIOLATION",
        subject=f"{ADM}:{hold_id}",
        node=WAREHOUSE,
        then=("open", "open"),
        why="Held in the terminal, the unit was moved to the warehouse; the hold was lifted only afterwards.",
    )


def leaves_released_but_held(mission: Mission) -> None:
    """Customs released it, the health office's hold is open: not free to leave."""
    hold_id = "USMAF-0088"
    arrive_by_sea(mission)
    declare(mission)
    place_hold(mission, hold_id, USMAF)
    release(mission)
    leave_by_road(mission)
    lift_hold(mission, hold_id, USMAF)
    end(mission)
    mission.expect(
        "HOLD_VIOLATION",
        subject=f"{USMAF}:{hold_id}",
        node=GATE_OUT,
        then=("open", "open"),
        why="Released by customs, the unit left under an open hold of the health office; only the hold is violated.",
    )


def lift_reported_late(mission: Mission) -> None:
    """The hold was lifted before the unit left, but the message arrives in act 2."""
    hold_id = "ADM-HOLD-0461"
    arrive_by_sea(mission)
    declare(mission)
    place_hold(mission, hold_id)
    to_scanner_and_back(mission)
    lift_hold(mission, hold_id, late=True)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "HOLD_VIOLATION",
        subject=f"{ADM}:{hold_id}",
        node=GATE_OUT,
        then=("open", "cleared"),
        why="The hold had been lifted before the unit left, but the message of that arrived only in act 2.",
    )


def seen_after_the_end(mission: Mission) -> None:
    """Out and definitive, the container is read in the terminal half a day later."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.wait(600, 720)
    mission.read(TERMINAL)
    mission.expect(
        "READ_AFTER_DEFINITIVE",
        subject=TERMINAL,
        node=TERMINAL,
        then=("open", "open"),
        why="The mission was definitive, yet its container was read in the terminal half a day later.",
    )


def embarked_yet_leaving_by_road(mission: Mission) -> None:
    """Certified as embarked and definitive, the container leaves through the road gate."""
    arrive_by_road(mission)
    declare(mission)
    release(mission)
    embark(mission)
    end(mission)
    pass_gate(mission, GATE_OUT, 120, 240)
    mission.expect(
        "READ_AFTER_DEFINITIVE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why=f"Embarked at {DOCK_GATE} and definitive, the container was read leaving through the road gate.",
    )
