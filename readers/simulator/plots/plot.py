"""What a plot is. Every other file of this folder holds one, named after its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from readers.simulator.narrative import Narrative

N = TypeVar("N", bound=Narrative)


@dataclass(frozen=True, slots=True)
class Plot(Generic[N]):
    """How a kind of deviation is planted into a mission's, a train's or a call's story in which nothing is wrong.

    *Shape*: ``plant`` changes the story and states its truth, or changes nothing and says false when the kind
    cannot happen in it; ``into`` is the sort of story. A mission then passes only the required nodes.
    """

    kind: str
    into: type[N]
    plant: Callable[[N], bool]
