"""What a deviation rule is. Every other file of this folder holds one, named after its kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from domain.events import Severity
from domain.journey import Journey


class Finding(msgspec.Struct, frozen=True, array_like=True):
    """One deviation as a rule sees it.

    *Shape*: ``subject`` says what of the mission deviates, and with the kind makes the alert's identity;
    ``evidence`` are the ids of the events that show it; ``sentence`` is for a customs officer.
    """

    kind: str
    subject: str
    node: str | None
    deviated_at: datetime
    evidence: tuple[UUID, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of deviation: what raises it, how grave it is, on what it rests, and how it is found.

    *Shape*: ``find`` is none for the kind that is judged before there is a mission.
    *Source*: ``basis`` are paragraphs of the WCO–IAPH Guidelines.
    """

    kind: str
    trigger: str
    subject: str
    severity: Severity
    basis: str
    find: Callable[[Journey], Iterable[Finding]] | None
