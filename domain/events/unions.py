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
from domain.events.results import DeadlinePassed, FactMoved, IdentifierHandedOver, ObservationTaken

Observation = IdScanned | CustomsStatusChanged | DeviceSignalled | AppointmentMade | EventRetracted
"""What names its cargo by identifiers and must be resolved to an IOT_ID."""

_OfConveyances = TrainComposed | TrainPermissionChanged | VesselManifested | VesselCallChanged | MassVerified

InputEvent = IotIdGenerated | MissionAmended | Observation | AlertReviewed | _OfConveyances
"""What may be published from outside."""

ResolutionEvent = IdentifierHandedOver | ObservationTaken | FactMoved
"""How an observation comes from one mission to another when more becomes known."""

MissionEvent = IotIdGenerated | MissionAmended | Observation | AlertReviewed | ResolutionEvent | DeadlinePassed
"""What the fold of one mission takes in."""

ConveyanceEvent = _OfConveyances | IdScanned | AlertReviewed | EventRetracted | DeadlinePassed
"""What the fold of a train's run or a ship's call takes in."""
