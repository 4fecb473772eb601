"""What is wrong with an event although each of its fields is well-formed."""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from domain.events.cargo import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeviceSignalled,
    EventRetracted,
    IotIdGenerated,
    MissionAmended,
)
from domain.events.conveyances import VesselCallChanged
from domain.events.vocabulary import (
    EXAMINATIONS,
    AppointmentPurpose,
    CallStatus,
    CustomsStatus,
    DeviceSignal,
    ReviewStatus,
)

HOLDS = (CustomsStatus.HOLD_PLACED, CustomsStatus.HOLD_LIFTED)


def flaws(event: Struct) -> list[str]:
    """Each flaw of an input event with the field that shows it; empty when there is none."""
    find = _FLAWS.get(type(event))
    return [] if find is None else list(find(event))


def _of_status(event: CustomsStatusChanged) -> Iterator[str]:
    if event.status in HOLDS and event.hold_id is None:
        yield f"hold_id: needed with status {event.status}"
    if event.status not in HOLDS and event.hold_id is not None:
        yield f"hold_id: not allowed with status {event.status}"
    if event.not_before is not None and event.status not in EXAMINATIONS:
        yield f"not_before: not allowed with status {event.status}"


def _of_plan(event: IotIdGenerated | MissionAmended) -> Iterator[str]:
    due = [node.due_at for node in event.path or () if node.due_at is not None]
    if due != sorted(due):
        yield "path: due times go backwards"
    if isinstance(event, MissionAmended) and not (event.path or event.added or event.removed):
        yield "path: an amendment changes the path or the identifiers"


def _of_appointment(event: AppointmentMade) -> Iterator[str]:
    is_control = event.purpose is AppointmentPurpose.CONTROL
    if event.ends_at <= event.starts_at:
        yield "ends_at: not after starts_at"
    if is_control and not event.authorities:
        yield "authorities: needed for a control"
    if not is_control and event.authorities:
        yield "authorities: not allowed for a slot"
    if not is_control and event.not_before is not None:
        yield "not_before: not allowed for a slot"


def _of_review(event: AlertReviewed) -> Iterator[str]:
    if (event.iot_id is None) is (event.object_key is None):
        yield "iot_id: either it or object_key is needed"
    is_disposed = event.review is ReviewStatus.DISPOSED
    if is_disposed is not (event.outcome is not None):
        yield f"outcome: {'needed' if is_disposed else 'not allowed'} with review {event.review}"


def _of_signal(event: DeviceSignalled) -> Iterator[str]:
    if event.signal is DeviceSignal.POSITION and event.node is None and event.position is None:
        yield "position: needed with signal POSITION"


def _of_retraction(event: EventRetracted) -> Iterator[str]:
    if not event.identifiers and event.conveyance is None:
        yield "identifiers: needed where no conveyance is named"


def _of_call(event: VesselCallChanged) -> Iterator[str]:
    is_announced = event.status is CallStatus.ANNOUNCED
    if is_announced is not (event.eta is not None):
        yield f"eta: {'needed' if is_announced else 'not allowed'} with status {event.status}"


_FLAWS: dict[type, Callable[[Any], Iterator[str]]] = {
    AlertReviewed: _of_review,
    AppointmentMade: _of_appointment,
    CustomsStatusChanged: _of_status,
    DeviceSignalled: _of_signal,
    EventRetracted: _of_retraction,
    IotIdGenerated: _of_plan,
    MissionAmended: _of_plan,
    VesselCallChanged: _of_call,
}
