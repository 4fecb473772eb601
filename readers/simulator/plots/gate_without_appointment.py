"""GATE_WITHOUT_APPOINTMENT: the unit passes a gate outside every slot booked for it."""

from readers.simulator.plots.plot import Plot
from readers.simulator.story import Slot, Story


def plant(story: Story) -> bool:
    """No slot is booked at one gate, or it is cancelled, or the unit comes hours before it."""
    gates = [each for each in story.passes if each.step and each.node in story.world.booked]
    if not gates:
        return False
    gate = story.rng.choice(gates)
    gate.slot = story.rng.choice((Slot.NOT_BOOKED, Slot.CANCELLED, Slot.MISSED))
    why = f"It passed {gate.node}; its slot there: {gate.slot.name.lower().replace('_', ' ')}."
    story.plant(PLOT.kind, gate.node, gate.node, gate.at, why)
    return True


PLOT = Plot("GATE_WITHOUT_APPOINTMENT", Story, plant)
