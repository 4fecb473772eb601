"""What a deviation rule is. Every other file of this folder holds one, named after its kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from domain.events import Outcome, ReviewStatus, Severity
from domain.journey import Journey
from domain.port import Port
from domain.standing import Arrival, Standing


class Handling(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How customs has dealt with a deviation, and who of them."""

    status: ReviewStatus
    outcome: Outcome | None
    reviewer: str


class Finding(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One deviation as a rule sees it.

    *Shape*: ``subject`` says what of the mission deviates, and with the kind makes the alert's identity;
    ``evidence`` are the ids of the events that show it; ``sentence`` is for a customs officer. ``handling`` is not
    the rule's: it comes from the reviews.
    """

    kind: str
    subject: str
    node: str | None
    deviated_at: datetime
    evidence: tuple[UUID, ...]
    sentence: str
    handling: Handling | None = None


def always(arrival: Arrival, port: Port) -> bool:
    """Say ``unmoved`` of a kind that no read in order can move, only time, or facts that are not usual."""
    return True


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of deviation: what raises it, how grave it is, on what it rests, and how it is found.

    *Shape*: ``find`` is none for the kind that is judged before there is a mission; ``due`` are the moments at which
    time alone may change what it finds, none when time alone never does; ``threshold`` names what is set for it;
    ``judges`` is the view that both are asked of. ``unmoved`` says that a read in order, later than all that is known
    and judged, leaves what the rule finds as it is: nothing then, of a kind that time can change. A usual ruling in
    order never moves anything: what was read before it was right or wrong then.
    ``next_due`` is the first of ``due`` as of a standing, asked only while the rule finds nothing.
    *Guarantee*: a rule never looks at a clock. An absence is judged against the mission's ``checked_at``, the moment
    up to which the input is complete, and stands from its due moment on (``due <= checked_at``): judged exactly
    then, it would not be looked at again.
    *Source*: ``basis`` are paragraphs of the WCO–IAPH Guidelines.
    """

    kind: str
    trigger: str
    subject: str
    severity: Severity
    basis: str
    find: Callable[[Any], Iterable[Finding]] | None
    due: Callable[[Any], Iterable[datetime]] | None = None
    threshold: str = ""
    judges: type = Journey
    unmoved: Callable[[Arrival, Port], bool] | None = None
    next_due: Callable[[Standing, Port], datetime | None] | None = None
