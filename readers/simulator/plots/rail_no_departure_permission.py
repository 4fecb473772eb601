"""RAIL_NO_DEPARTURE_PERMISSION: a train passes the rail gate without permission to leave."""

from domain.events import Permission
from readers.simulator.plots.plot import Plot
from readers.simulator.train import Train
from readers.simulator.world import HOUR, MINUTE


def plant(train: Train) -> bool:
    """Nobody asked for permission, nobody gave it, or it was refused, withdrawn or given when the train had left."""
    requested, (granted_at, granted) = train.permissions
    late = train.first + train.between(5 * MINUTE, HOUR)
    withdrawn = train.between(-4 * MINUTE, -MINUTE)
    train.permissions = train.rng.choice(
        (
            [],
            [requested],
            [requested, (granted_at, Permission.REFUSED)],
            [requested, (granted_at, granted), (withdrawn, Permission.WITHDRAWN)],
            [requested, (late, granted)],
        )
    )
    state = train.permissions[-1][1].lower() if train.permissions else "never asked for"
    why = f"It passed {train.node}; permission to leave was {state}{' only later' if late in _times(train) else ''}."
    train.plant(PLOT.kind, train.node, train.node, train.first, why)
    return True


def _times(train: Train) -> list[int]:
    return [at for at, _ in train.permissions]


PLOT = Plot("RAIL_NO_DEPARTURE_PERMISSION", Train, plant)
