"""Whatever alerts are about: a mission, a train's run or a ship's call, each a fold over its facts."""

from typing import cast
from uuid import UUID

from domain.conveyance import Conveyance, apply_conveyance, is_conveyance
from domain.events import ConveyanceEvent, DeadlinePassed, InputEvent, MissionEvent, ResolutionEvent
from domain.facts import Lead
from domain.journey import Journey
from domain.mission import Mission, apply
from domain.port import Port
from domain.train_run import TrainRun
from domain.vessel_call import VesselCall

Dossier = Mission | Conveyance


def opened(key: str) -> Dossier:
    """A dossier of which nothing is known yet; ``key`` is an IOT_ID, a train's run or a ship's call.

    *Raises*: ValueError when it is none of them.
    """
    return Conveyance(key) if is_conveyance(key) else Mission(UUID(key))


def fold(dossier: Dossier, event: InputEvent | ResolutionEvent | DeadlinePassed, lead: Lead | None = None) -> Dossier:
    """The dossier with the event in its history; the same one when it holds the event already.

    *Guarantee*: any order and any repetition of the same events ends in an equal dossier.
    *Raises*: HistoryFull; KeyError for an event that no dossier of this sort takes in.
    """
    if isinstance(dossier, Mission):
        return apply(dossier, cast(MissionEvent, event), lead)
    return apply_conveyance(dossier, cast(ConveyanceEvent, event))


def view_of(dossier: Dossier, port: Port) -> Journey | TrainRun | VesselCall:
    """The dossier as its rules look at it."""
    if isinstance(dossier, Mission):
        return Journey(dossier, port)
    return TrainRun(dossier, port) if dossier.key.startswith("TRAIN:") else VesselCall(dossier, port)
