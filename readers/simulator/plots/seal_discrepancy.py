"""SEAL_DISCREPANCY: the antenna of a gate reads a seal that was not put on the cargo."""

from readers.simulator.plots.plot import Plot
from readers.simulator.story import Story


def plant(story: Story) -> bool:
    """Read another seal beside the unit at one gate; an antenna reads right or not at all."""
    gates = [each for each in story.passes if story.world.is_gate(each.node)]
    if not gates:
        return False
    gate = story.rng.choice(gates)
    gate.seal = foreign = story.yard.foreign_seal(story.number)
    why = f"At {gate.node} a seal was read that was never put on the cargo."
    story.plant(PLOT.kind, f"{foreign.scheme.value}:{foreign.value}", gate.node, gate.at, why)
    return True


PLOT = Plot("SEAL_DISCREPANCY", plant)
