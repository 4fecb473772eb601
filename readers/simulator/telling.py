"""From a mission's story to its events."""

from collections.abc import Iterator

from domain.events import (
    AppointmentMade,
    CustomsStatusChanged,
    DeviceSignalled,
    InputEvent,
    IotIdGenerated,
    MassVerified,
    MissionAmended,
)
from readers.simulator.devices import reports
from readers.simulator.sightings import scans
from readers.simulator.slots import slots
from readers.simulator.story import Story
from readers.simulator.weighing import weighed

CUSTOMS_SYSTEM = "customs"
DEVICE_PLATFORM = "device-platform"
Told = tuple[int, InputEvent]


def events_of(story: Story) -> list[InputEvent]:
    """Everything that is published about a mission, by event time."""
    told: list[Told] = []
    if story.announced:
        told.append((0, _generation(story)))
    for passing in story.passes:
        told.extend(scans(story, passing))
    told.extend(_decisions(story))
    told.extend(_amendments(story))
    told.extend(_appointments(story))
    told.extend(_signals(story))
    told.extend(_weighing(story))
    told.sort(key=lambda each: each[0])
    return [event for _, event in told]


def _generation(story: Story) -> IotIdGenerated:
    return IotIdGenerated(
        event_id=story.fresh_id(),
        occurred_at=story.started_at,
        source=CUSTOMS_SYSTEM,
        iot_id=story.iot_id,
        process=story.route.process,
        identifiers=story.cargo.identifiers,
        path=story.path(),
    )


def _decisions(story: Story) -> Iterator[Told]:
    for ruling in story.rulings:
        event = CustomsStatusChanged(
            event_id=story.fresh_id(),
            occurred_at=story.moment(ruling.at),
            source=CUSTOMS_SYSTEM,
            authority=ruling.authority,
            status=ruling.status,
            identifiers=ruling.of,
            hold_id=ruling.hold_id,
            node=ruling.node,
            not_before=None if ruling.not_before is None else story.moment(ruling.not_before),
        )
        yield ruling.at, event


def _amendments(story: Story) -> Iterator[Told]:
    for amendment in story.amendments:
        event = MissionAmended(
            event_id=story.fresh_id(),
            occurred_at=story.moment(amendment.at),
            source=CUSTOMS_SYSTEM,
            iot_id=story.iot_id,
            reason=amendment.reason,
            path=amendment.path,
            added=amendment.added,
            removed=amendment.removed,
        )
        yield amendment.at, event


def _appointments(story: Story) -> Iterator[Told]:
    for booking in (*story.bookings, *slots(story)):
        event = AppointmentMade(
            event_id=story.fresh_id(),
            occurred_at=story.moment(booking.at),
            source=story.world.port_system,
            appointment_id=booking.appointment_id,
            purpose=booking.purpose,
            node=booking.node,
            starts_at=story.moment(booking.starts),
            ends_at=story.moment(booking.ends),
            identifiers=(story.cargo.unit,),
            authorities=booking.authorities,
            cancelled=booking.cancelled,
            not_before=None if booking.not_before is None else story.moment(booking.not_before),
        )
        yield booking.at, event


def _signals(story: Story) -> Iterator[Told]:
    for report in (*story.reports, *reports(story)):
        event = DeviceSignalled(
            event_id=story.fresh_id(),
            occurred_at=story.moment(report.at),
            source=DEVICE_PLATFORM,
            device=story.fit_device(),
            signal=report.signal,
            identifiers=(story.cargo.unit,),
            node=report.node,
            position=report.position,
        )
        yield report.at, event


def _weighing(story: Story) -> Iterator[Told]:
    """A unit is weighed before it is loaded on a ship, and weighs what is declared."""
    ship = story.loaded_on
    loaded = story.on(ship.key) if ship and story.announced else None
    if ship is None or loaded is None:
        return
    before = story.passes[story.passes.index(loaded) - 1]
    at = story.within(before, loaded, 0.1, 0.4)
    event = MassVerified(
        event_id=story.fresh_id(),
        occurred_at=story.moment(at),
        source=story.world.port_system,
        call=ship.key,
        unit=story.cargo.unit,
        verified_mass_kg=weighed(story, story.yard.mass_kg(story.number)),
    )
    yield at, event
