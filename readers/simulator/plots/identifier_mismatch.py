"""IDENTIFIER_MISMATCH: at a gate the unit is on another truck, or the truck has another unit on it."""

from readers.simulator.cargo import key_of
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story


def plant(story: Story) -> bool:
    """Swap either at one gate; wagons are the train manifest's business, so that by rail it is the unit."""
    gates = [each for each in story.passes if story.world.is_gate(each.node)]
    if not gates:
        return False
    gate = story.rng.choice(gates)
    if story.route.by_rail or story.rng.random() < 0.5:  # noqa: PLR2004
        foreign = gate.unit = story.yard.foreign_container(story.number)
        why = f"The declared carrier passed {gate.node} with a unit that was not declared."
    else:
        foreign = gate.carrier = story.yard.foreign_plate(story.number)
        why = f"The unit passed {gate.node} on a truck that was not declared."
    story.plant(PLOT.kind, key_of(foreign), gate.node, gate.at, why)
    return True


PLOT = Plot("IDENTIFIER_MISMATCH", Story, plant)
