"""HOLD_VIOLATION: a held unit moves on or leaves; the release of customs does not heal it."""

from domain.port import NodeKind
from readers.simulator.plots.plot import Plot
from readers.simulator.story import ADM, AGENCIES, Pass, Story
from readers.simulator.world import HOUR, MINUTE


def plant(story: Story) -> bool:
    """Held at its last place before it leaves, it is moved into storage, or leaves, under the hold."""
    before, after = story.passes[story.leaving - 1], story.passes[story.leaving]
    authority = story.rng.choice((ADM, *AGENCIES))
    placed = story.within(before, after, 0.1, 0.2)
    moved = _into_storage(story, before, after)
    if moved:
        story.passes.insert(story.leaving, moved)
        subject = story.hold(authority, placed, story.within(moved, after, 0.3, 0.7))
    else:
        moved = after
        is_lifted = story.rng.random() < 0.5  # noqa: PLR2004
        subject = story.hold(
            authority, placed, story.passes[-1].at + story.between(5 * MINUTE, HOUR) if is_lifted else None
        )
    why = f"{authority} held it at {before.node}, and it was read at {moved.node} before the hold was lifted."
    story.plant(PLOT.kind, subject, moved.node, moved.at, why)
    return True


def _into_storage(story: Story, before: Pass, after: Pass) -> Pass | None:
    """A pass of a facility that the path allows, for half of the missions that have time for it."""
    at = story.within(before, after, 0.3, 0.6)
    allowed = [
        step
        for step in story.route.steps[: story.route.leaving]
        if not step.required
        and step.kind is NodeKind.PORT_FACILITY
        and step.node != before.node
        and story.way_in_time(before, at, step.node, after)
    ]
    if not allowed or story.rng.random() < 0.5:  # noqa: PLR2004
        return None
    step = story.rng.choice(allowed)
    return story.passing(at, step.node, step)


PLOT = Plot("HOLD_VIOLATION", Story, plant)
