"""MANIFEST_DISCREPANCY: a ship lands or weighs otherwise than manifested, or comes before her manifest."""

from domain.events import CallStatus
from readers.simulator.call import EMPTIES_MAX, Aboard, Call, empty
from readers.simulator.plots.plot import Plot
from readers.simulator.world import HOUR

OVERWEIGHT_PERCENT = (3, 40)
"""How much more than the port tolerates."""
MASS_KG_MAX = 1_000_000


def plant(call: Call) -> bool:
    """One of four ways to differ."""
    variants = (_missing, _extra, _overweight, _not_notified)
    return any(variant(call) for variant in call.rng.sample(variants, len(variants)))


def _missing(call: Call) -> bool:
    lost = empty(call, EMPTIES_MAX - 1)
    lost.landed = None
    call.aboard.append(lost)
    why = f"{lost.key} was manifested, and never landed."
    call.plant(PLOT.kind, f"missing {lost.key}", None, call.steps[CallStatus.UNLOADED], why)
    return True


def _extra(call: Call) -> bool:
    landed = _landed(call)
    if not landed:
        return False
    each = call.rng.choice(landed)
    assert each.landed is not None
    each.listed = False
    why = f"{each.key} was landed at {each.node}, but had been left off the manifest."
    call.plant(PLOT.kind, f"extra {each.key}", each.node, each.landed, why, each.mission)
    return True


def _overweight(call: Call) -> bool:
    landed = _landed(call)
    if not landed:
        return False
    each = call.rng.choice(landed)
    assert each.landed is not None
    percent = call.world.port.policy.mass_tolerance_percent + call.between(*OVERWEIGHT_PERCENT)
    at = each.landed + call.between(HOUR / 2, 2 * HOUR)
    each.weighed = at, min(MASS_KG_MAX, round(each.mass_kg * (1 + percent / 100)))
    why = f"{each.key} weighs {percent:.0f} % more than was declared."
    call.plant(PLOT.kind, f"mass {each.key}", None, at, why, each.mission)
    return True


def _not_notified(call: Call) -> bool:
    """The manifest comes when she is there; then it is late, too."""
    arrived, hours = call.steps[CallStatus.ARRIVED], call.world.port.policy.manifest_notice_hours
    call.manifested = [call.between(arrived + 1, call.lead * 0.12)]
    why = "She arrived before her manifest was lodged."
    call.plant(PLOT.kind, "not notified", None, arrived, why)
    if call.manifested[0] > call.due(hours):
        call.plant("NOTICE_LATE", "MANIFEST", None, call.due(hours), why)
    return True


def _landed(call: Call) -> list[Aboard]:
    """The missions' units that are landed as manifested."""
    return [each for each in call.aboard if each.mission is not None and each.listed and each.landed is not None]


PLOT = Plot("MANIFEST_DISCREPANCY", Call, plant)
