"""From a story to its events."""

from collections.abc import Iterator

from domain.events import CustomsStatusChanged, InputEvent, IotIdGenerated, PathNode
from readers.simulator.sightings import scans
from readers.simulator.story import Story

CUSTOMS_SYSTEM = "customs"


def events_of(story: Story) -> list[InputEvent]:
    """Everything that is published about a mission, by event time."""
    told: list[tuple[int, InputEvent]] = []
    if story.announced:
        told.append((0, _generation(story)))
    for passing in story.passes:
        told.extend(scans(story, passing))
    told.extend(_decisions(story))
    told.sort(key=lambda each: each[0])
    return [event for _, event in told]


def _generation(story: Story) -> IotIdGenerated:
    path = tuple(
        PathNode(node=step.node, required=step.required, due_at=None if step.due is None else story.moment(step.due))
        for step in story.route.steps
    )
    return IotIdGenerated(
        event_id=story.fresh_id(),
        occurred_at=story.started_at,
        source=CUSTOMS_SYSTEM,
        iot_id=story.iot_id,
        process=story.route.process,
        identifiers=story.cargo.identifiers,
        path=path,
    )


def _decisions(story: Story) -> Iterator[tuple[int, InputEvent]]:
    for ruling in story.rulings:
        yield (
            ruling.at,
            CustomsStatusChanged(
                event_id=story.fresh_id(),
                occurred_at=story.moment(ruling.at),
                source=CUSTOMS_SYSTEM,
                authority=ruling.authority,
                status=ruling.status,
                identifiers=ruling.of,
                hold_id=ruling.hold_id,
                node=ruling.node,
            ),
        )
