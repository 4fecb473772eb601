"""UNKNOWN_OBJECT: a container of which customs knows nothing is read in the port."""

from readers.simulator.cargo import Cargo, key_of
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story


def plant(story: Story) -> bool:
    """Reads of a stranger at one or two places where only the unit is seen; no IOT_ID is ever minted."""
    places = [each for each in story.passes if not story.world.is_gate(each.node)]
    if not places:
        return False
    stranger = story.yard.foreign_container(story.number)
    story.announced = False
    story.cargo = Cargo(stranger, story.cargo.carrier, None, ())
    story.rulings.clear()
    story.passes = places[: story.rng.choice((1, 2))]
    for each in story.passes:
        each.unit = stranger
    first = story.passes[0]
    key = key_of(stranger)
    story.plant(PLOT.kind, key, first.node, first.at, f"Read at {first.node}; no IOT_ID was ever minted for it.")
    return True


PLOT = Plot("UNKNOWN_OBJECT", Story, plant)
