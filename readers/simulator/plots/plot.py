"""What a plot is. Every other file of this folder holds one, named after its kind."""

from collections.abc import Callable
from dataclasses import dataclass

from readers.simulator.story import Story


@dataclass(frozen=True, slots=True)
class Plot:
    """How a kind of deviation is planted into a mission in which only the required nodes are passed.

    *Shape*: ``plant`` changes the story and states its truth, or changes nothing and says false when the kind
    cannot happen on the story's route.
    """

    kind: str
    plant: Callable[[Story], bool]
