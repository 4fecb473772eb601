"""Which trains pass the rail gates, and which ships call: what the port's regular traffic travels by."""

from datetime import datetime, timedelta
from typing import NamedTuple

from examples.bari.nodes import RAIL_IN, RAIL_OUT
from examples.bari.scenario import at

LOADING_TIME = timedelta(minutes=20)
"""What stands ready that long before a train leaves still comes aboard."""

UNLOADED_FIRST = timedelta(hours=1)
"""How long after a ship arrived the first unit may be put aboard."""


class Run(NamedTuple):
    """A train's run, and when its first wagon passes the rail gate."""

    key: str
    gate: str
    passes_at: datetime


class Visit(NamedTuple):
    """A ship's call: when she is expected, and when she comes."""

    key: str
    eta: datetime
    arrives_at: datetime


DEPARTURES = (
    Run("TRAIN:41201-20260310", RAIL_OUT, at(10, 10, 15)),
    Run("TRAIN:41203-20260310", RAIL_OUT, at(10, 16, 10)),
    Run("TRAIN:41205-20260310", RAIL_OUT, at(10, 20, 40)),
    Run("TRAIN:41207-20260311", RAIL_OUT, at(11, 0, 20)),
    Run("TRAIN:41201-20260311", RAIL_OUT, at(11, 9, 45)),
)
ARRIVALS = (
    Run("TRAIN:41200-20260310", RAIL_IN, at(10, 8, 5)),
    Run("TRAIN:41204-20260311", RAIL_IN, at(11, 0, 45)),
    Run("TRAIN:41200-20260311", RAIL_IN, at(11, 8, 5)),
)
VISITS = (
    Visit("CALL:BRI-26-0411", at(10, 2, 30), at(10, 2)),
    Visit("CALL:BRI-26-0414", at(10, 11, 30), at(10, 11, 40)),
    Visit("CALL:BRI-26-0416", at(10, 16, 30), at(10, 16, 35)),
    Visit("CALL:BRI-26-0418", at(11, 2), at(11, 1, 55)),
    Visit("CALL:BRI-26-0421", at(11, 9, 30), at(11, 10)),
)


def departure_after(moment: datetime) -> Run:
    """The next train that takes along what is ready at the moment."""
    return next(run for run in DEPARTURES if run.passes_at >= moment + LOADING_TIME)


def arrival_after(moment: datetime) -> Run:
    """The next train that brings something from the hinterland."""
    return next(run for run in ARRIVALS if run.passes_at >= moment)


def discharging(announced_at: datetime) -> Visit:
    """The ship that brings what customs hears of at the moment: the last one that came."""
    return [visit for visit in VISITS if visit.arrives_at <= announced_at][-1]


def loading(moment: datetime) -> Visit:
    """The ship that takes aboard what is ready at the moment."""
    return [visit for visit in VISITS if visit.arrives_at + UNLOADED_FIRST <= moment][-1]
