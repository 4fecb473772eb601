"""Which events are taken in where."""

from domain.events.cargo import (
    AlertReviewed,
    AppointmentMade,
    CustomsStatusChanged,
    DeviceSignalled,
    EventRetracted,
    IdScanned,
    IotIdGenerated,
    MissionAmended,
)
from domain.events.conveyances import (
    MassVerified,
    TrainComposed,
    TrainPermissionChanged,
    VesselCallChanged,
    VesselManifested,
)
from domain.events.results import DeadlinePassed

Observation = IdScanned | CustomsStatusChanged | DeviceSignalled | AppointmentMade | EventRetracted
"""What names its cargo by identifiers and must be resolved to an IOT_ID."""

_OfConveyances = TrainComposed | TrainPermissionChanged | VesselManifested | VesselCallChanged | MassVerified

InputEvent = IotIdGenerated | MissionAmended | Observation | AlertReviewed | _OfConveyances
"""What may be published from outside."""

MissionEvent = IotIdGenerated | MissionAmended | Observation | AlertReviewed | DeadlinePassed
"""What the fold of one mission takes in."""

ConveyanceEvent = _OfConveyances | IdScanned | AlertReviewed | EventRetracted | DeadlinePassed
"""What the fold of a train's run or a ship's call takes in."""
