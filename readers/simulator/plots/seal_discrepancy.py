"""SEAL_DISCREPANCY: a seal that is not the cargo's, one that is tampered with, or one that is in two places."""

from domain.events import DeviceSignal
from readers.simulator.cargo import key_of
from readers.simulator.clones import read_twice
from readers.simulator.openings import forbidden_opening
from readers.simulator.plots.plot import Plot
from readers.simulator.story import Report, Sight, Story

TAMPERING = (DeviceSignal.SEAL_REMOVED, DeviceSignal.SEAL_TAMPERED)


def plant(story: Story) -> bool:
    """One of the three."""
    variants = (_foreign, _tampered, _cloned)
    return any(variant(story) for variant in story.rng.sample(variants, len(variants)))


def _foreign(story: Story) -> bool:
    """Read another seal beside the unit at one gate; an antenna reads right or not at all."""
    gates = [each for each in story.passes if story.world.is_gate(each.node)]
    if not gates:
        return False
    gate = story.rng.choice(gates)
    gate.seal = foreign = story.yard.foreign_seal(story.number)
    why = f"At {gate.node} a seal was read that was never put on the cargo."
    story.plant(PLOT.kind, key_of(foreign), gate.node, gate.at, why)
    return True


def _tampered(story: Story) -> bool:
    opening = forbidden_opening(story)
    if opening is None:
        return False
    device, signal = story.fit_device(), story.rng.choice(TAMPERING)
    story.reports.append(Report(opening.at, signal, opening.node, opening.position))
    why = f"Its device {device} reported {signal}, and customs was told of no new seal."
    story.plant(PLOT.kind, f"tampered {device}", opening.place, opening.at, why)
    return True


def _cloned(story: Story) -> bool:
    seal = story.cargo.seal
    reads = read_twice(story, Sight.SEAL) if seal else None
    if seal is None or reads is None:
        return False
    before, clone = reads
    why = f"Its seal was read at {clone.node} when the unit had just been at {before.node}."
    story.plant(PLOT.kind, f"cloned {key_of(seal)}", clone.node, clone.at, why)
    if all(step.node != clone.node for step in story.route.steps):
        story.plant("OFF_PATH_NODE", clone.node, clone.node, clone.at, why)
    return True


PLOT = Plot("SEAL_DISCREPANCY", Story, plant)
