"""Stories in which cargo strays from its path, skips a step of it, or does not come in time."""

from domain.events import CustomsStatus
from examples.bari.missions import GDF, Mission
from examples.bari.nodes import (
    DOCK_GATE,
    DRY_PORT,
    FERRY_YARD,
    GATE_IN,
    GATE_OUT,
    TERMINAL,
)
from examples.bari.passages import (
    announce,
    arrive_by_sea,
    certify,
    declare,
    discharge,
    embark,
    end,
    leave_by_rail,
    leave_by_road,
    pass_gate,
    release,
)


def strays_to_ferry_yard(mission: Mission) -> None:
    """An import container turns up in the ferry yard before it leaves."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(30, 60)
    mission.read(FERRY_YARD)
    release(mission)
    leave_by_road(mission)
    end(mission)
    mission.expect(
        "OFF_PATH_NODE",
        subject=FERRY_YARD,
        node=FERRY_YARD,
        then=("open", "open"),
        why="The container was read in the ferry yard, which no path contains.",
    )


def transit_calls_at_dry_port(mission: Mission) -> None:
    """Goods in transit make a stop at the dry port, which is on other missions' paths only."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    leave_by_road(mission)
    mission.wait(30, 60)
    mission.read(DRY_PORT)
    end(mission)
    mission.expect(
        "OFF_PATH_NODE",
        subject=DRY_PORT,
        node=DRY_PORT,
        then=("open", "open"),
        why="Goods in transit were read at the dry port, which is not on the path of their mission.",
    )


def terminal_skipped(mission: Mission) -> None:
    """From the quay straight onto the train, past the terminal."""
    discharge(mission)
    declare(mission)
    release(mission)
    leave_by_rail(mission)
    end(mission)
    mission.expect(
        "NODE_SKIPPED",
        subject=TERMINAL,
        node=TERMINAL,
        then=("open", "open"),
        why="The unit went from the dock gate to the rail gate and was never read in the terminal.",
    )


def gate_read_late(mission: Mission) -> None:
    """The exit gate's reader was off line: the dry port reads the unit first, the gate's read comes in act 2."""
    arrive_by_sea(mission)
    declare(mission)
    mission.wait(20, 60)
    mission.decide(CustomsStatus.TO_DRY_PORT)
    pass_gate(mission, GATE_OUT, 20, 60, late=True)
    certify(mission, GDF)
    mission.wait(25, 60)
    mission.read(DRY_PORT)
    end(mission)
    mission.expect(
        "NODE_SKIPPED",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "cleared"),
        why="The dry port read the unit before any read of the road gate; the gate's own read arrived in act 2.",
    )


def gate_after_terminal(mission: Mission) -> None:
    """The terminal reads the export before the entry gate does: the nodes are out of order."""
    announce(mission)
    mission.wait(60, 120)
    mission.read(TERMINAL)
    pass_gate(mission, GATE_IN, 20, 40)
    declare(mission)
    release(mission)
    embark(mission)
    end(mission)
    mission.expect(
        "NODE_SKIPPED",
        subject=GATE_IN,
        node=GATE_IN,
        then=("open", "open"),
        why="The unit was read in the terminal first and at the entry gate only afterwards: out of order.",
    )


def never_collected(mission: Mission) -> None:
    """Released, but no truck comes for it within the day."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    mission.expect(
        "OVERDUE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "open"),
        why="Released on the first day, the container was not read at the exit gate within 24 hours.",
    )
    mission.expect(
        "ABANDONED_UNIT",
        subject="cleared",
        node=TERMINAL,
        then=("open", "open"),
        why="After its release nothing was heard of the container for more than 30 hours.",
    )


def exit_read_late(mission: Mission) -> None:
    """It left in time, but the gate's reader delivers its read only in act 2; nobody ended the mission yet."""
    arrive_by_sea(mission)
    declare(mission)
    release(mission)
    pass_gate(mission, GATE_OUT, 20, 60, late=True)
    certify(mission, GDF)
    mission.expect(
        "OVERDUE",
        subject=GATE_OUT,
        node=GATE_OUT,
        then=("open", "cleared"),
        why="The unit left in time, but the read of the exit gate arrived only in act 2.",
    )


def export_never_came(mission: Mission) -> None:
    """Announced on the second day, no truck came: by the end of act 2 the ship is missed too."""
    announce(mission)
    declare(mission)
    for node in (GATE_IN, TERMINAL):
        mission.expect(
            "OVERDUE",
            subject=node,
            node=node,
            then=("open", "open"),
            why=f"The announced export never came: {node} was due by the end of act 1.",
        )
    mission.expect(
        "OVERDUE",
        subject=DOCK_GATE,
        node=DOCK_GATE,
        then=("absent", "open"),
        why="The export never came: the dock gate became due between the two acts.",
    )
