"""NOTICE_LATE: a notice of a ship comes too late before her arrival, or not at all."""

from domain.events import CallStatus
from readers.simulator.call import Call
from readers.simulator.plots.plot import Plot
from readers.simulator.world import HOUR, MINUTE

LATE_MAX = 20 * HOUR
MANIFEST = "MANIFEST"
GIVEN_BY = {
    "PRE_ARRIVAL": CallStatus.PRE_ARRIVAL_NOTIFIED,
    "DANGEROUS_GOODS": CallStatus.DANGEROUS_GOODS_NOTIFIED,
}


def plant(call: Call) -> bool:
    """One notice of those that the port wants from this ship."""
    arrived, policy = call.steps[CallStatus.ARRIVED], call.world.port.policy
    hours = {
        "PRE_ARRIVAL": policy.pre_arrival_notice_hours,
        "DANGEROUS_GOODS": policy.dangerous_goods_notice_hours,
        MANIFEST: policy.manifest_notice_hours,
    }
    notices = [name for name in hours if hours[name] > 1 and (name == MANIFEST or GIVEN_BY[name] in call.steps)]
    if not notices:
        return False
    name = call.rng.choice(notices)
    due = call.due(hours[name])
    late = call.between(due + MINUTE, min(due + LATE_MAX, arrived))
    _give(call, name, late)
    call.plant(PLOT.kind, name, None, due, f"It was due {hours[name]} hours before her arrival.")
    return True


def _give(call: Call, name: str, at: int) -> None:
    if name == MANIFEST:
        call.manifested = [at + nth * MINUTE for nth in range(len(call.manifested))]
    elif call.rng.random() < 0.5:  # noqa: PLR2004
        call.steps[GIVEN_BY[name]] = at
    else:
        del call.steps[GIVEN_BY[name]]


PLOT = Plot("NOTICE_LATE", Call, plant)
