"""What a scale says of a unit."""

from readers.simulator.narrative import Narrative

WITHIN_PERCENT = 1.5
"""How far a scale may be from a right declaration; half of what the port tolerates where that is less."""


def weighed(narrative: Narrative, declared_kg: int) -> int:
    """The verified mass of a unit that weighs what was declared; *Units*: kilograms."""
    percent = min(WITHIN_PERCENT, narrative.world.port.policy.mass_tolerance_percent / 2)
    return round(declared_kg * (1 + narrative.rng.uniform(-percent, percent) / 100))
