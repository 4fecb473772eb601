"""Who plays: how many missions follow each story, and when they start."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from domain.events import Process
from examples.bari import amendment_stories as amendments
from examples.bari import appointment_stories as appointments
from examples.bari import clean_stories as clean
from examples.bari import custody_deviations as custody
from examples.bari import customs_deviations as customs
from examples.bari import device_stories as devices
from examples.bari import identity_deviations as identity
from examples.bari import path_deviations as paths
from examples.bari import review_stories as reviews
from examples.bari import train_stories as trains
from examples.bari import vessel_stories as vessels
from examples.bari.missions import Mission
from examples.bari.nodes import RAIL_OUT
from examples.bari.scenario import Scenario, at
from examples.bari.sightings import Quirk
from examples.bari.timetable import ARRIVALS, DEPARTURES, VISITS, Run, Visit
from examples.bari.trains import Train
from examples.bari.vessels import Call

Story = Callable[[Mission], None]
TrainStory = Callable[[Train, list[Mission]], None]
CallStory = Callable[[Call, list[Mission]], None]

SPACING = timedelta(minutes=13)
EARLY = timedelta(minutes=10)
TIDY = (Quirk.NONE,)
QUIRKS = (*[Quirk.NONE] * 6, Quirk.REPEATED_READS, Quirk.DUPLICATE_LINES, Quirk.MISREAD_UNIT, Quirk.DOUBTFUL_PLATE)


@dataclass(frozen=True, slots=True)
class Role:
    """A story, told of ``count`` missions one after the other from ``first`` on."""

    story: Story
    process: Process
    first: datetime
    count: int = 1
    declarations: int | None = None


@dataclass(frozen=True, slots=True)
class TrainRole:
    """A story, told of one train and of the ``count`` missions that it is to carry, from ``first`` on."""

    story: TrainStory
    train: str
    passes_at: datetime
    first: datetime
    count: int

    @property
    def run(self) -> Run:
        """The train's run: out of the port."""
        return Run(self.train, RAIL_OUT, self.passes_at)


@dataclass(frozen=True, slots=True)
class CallRole:
    """A story, told of one ship's call and of the ``count`` missions that she is to bring, from ``first`` on."""

    story: CallStory
    call: str
    eta: datetime
    first: datetime
    count: int

    @property
    def visit(self) -> Visit:
        """The ship's call: she comes a little early."""
        return Visit(self.call, self.eta, self.eta - EARLY)


CLEAN = (
    Role(clean.import_by_road, Process.IMPORT_ROAD, at(10, 2, 30), 4),
    Role(clean.import_by_road, Process.IMPORT_ROAD, at(10, 12), 3),
    Role(clean.import_by_road, Process.IMPORT_ROAD, at(11, 3), 3),
    Role(clean.import_by_road_scanned, Process.IMPORT_ROAD, at(10, 2, 50), 2),
    Role(clean.import_by_road_scanned, Process.IMPORT_ROAD, at(10, 12, 20), 2),
    Role(clean.import_by_road_held, Process.IMPORT_ROAD, at(10, 3, 10), 2),
    Role(clean.import_by_road_held_after_release, Process.IMPORT_ROAD, at(11, 3, 20), 2),
    Role(clean.import_through_warehouse, Process.IMPORT_ROAD, at(10, 12, 40), 3),
    Role(clean.import_by_rail, Process.IMPORT_RAIL, at(10, 3), 3),
    Role(clean.import_by_rail, Process.IMPORT_RAIL, at(11, 3, 30), 3),
    Role(clean.import_by_rail_scanned, Process.IMPORT_RAIL, at(10, 13), 2),
    Role(clean.transit, Process.TRANSIT, at(10, 3, 40), 3),
    Role(clean.transit, Process.TRANSIT, at(11, 4), 3),
    Role(clean.export_by_road, Process.EXPORT_ROAD, at(10, 5), 4),
    Role(clean.export_by_road, Process.EXPORT_ROAD, at(11, 5), 3),
    Role(clean.export_by_road_scanned, Process.EXPORT_ROAD, at(10, 8), 2),
    Role(clean.export_by_rail, Process.EXPORT_RAIL, at(10, 6), 2),
    Role(clean.export_by_rail, Process.EXPORT_RAIL, at(11, 5, 30), 2),
    Role(clean.to_dry_port, Process.DRY_PORT, at(10, 4), 3),
    Role(clean.to_dry_port, Process.DRY_PORT, at(11, 4, 30), 3),
    Role(clean.export_cancelled, Process.EXPORT_ROAD, at(10, 7)),
    Role(clean.container_comes_back, Process.IMPORT_ROAD, at(10, 2, 20)),
    Role(clean.import_by_road, Process.IMPORT_ROAD, at(10, 17), 4),
    Role(clean.import_by_rail, Process.IMPORT_RAIL, at(10, 17, 30), 3),
    Role(clean.transit, Process.TRANSIT, at(10, 18), 3),
    Role(clean.to_dry_port, Process.DRY_PORT, at(10, 19), 3),
    Role(clean.export_by_road, Process.EXPORT_ROAD, at(10, 20), 3),
    Role(clean.import_through_warehouse, Process.IMPORT_ROAD, at(10, 21), 2),
    Role(clean.export_by_rail, Process.EXPORT_RAIL, at(10, 22), 2),
    Role(clean.import_by_road_scanned, Process.IMPORT_ROAD, at(10, 23), 2),
    Role(amendments.seal_replaced, Process.IMPORT_ROAD, at(10, 14), 4),
    Role(amendments.truck_replaced_in_time, Process.IMPORT_ROAD, at(11, 6), 4),
    Role(amendments.iot_id_taken_back, Process.EXPORT_ROAD, at(10, 4, 36)),
    Role(clean.release_given_again, Process.IMPORT_ROAD, at(10, 17, 20), 2),
    Role(clean.only_on_a_ships_manifest, Process.IMPORT_ROAD, at(10, 12, 10)),
    Role(clean.only_on_a_loading_list, Process.IMPORT_RAIL, at(10, 13, 5)),
    Role(appointments.controlled_in_one_visit, Process.IMPORT_ROAD, at(10, 4, 45), 3),
    Role(appointments.controlled_in_warehouse, Process.IMPORT_ROAD, at(10, 13, 25)),
    Role(appointments.slot_moved, Process.IMPORT_ROAD, at(10, 12, 5), 2),
    Role(devices.tracked_to_dry_port, Process.DRY_PORT, at(11, 4, 50), 3),
    Role(devices.opened_in_warehouse_by_day, Process.IMPORT_ROAD, at(11, 4, 25), 2),
)
"""Nothing deviates, but the data may be untidy."""

DEVIATING = (
    Role(paths.strays_to_ferry_yard, Process.IMPORT_ROAD, at(10, 3, 15)),
    Role(paths.transit_calls_at_dry_port, Process.TRANSIT, at(10, 12, 30)),
    Role(paths.terminal_skipped, Process.IMPORT_RAIL, at(10, 3, 25)),
    Role(paths.gate_read_late, Process.DRY_PORT, at(10, 12, 50)),
    Role(paths.gate_after_terminal, Process.EXPORT_ROAD, at(10, 6, 30)),
    Role(paths.never_collected, Process.IMPORT_ROAD, at(10, 3, 5)),
    Role(paths.exit_read_late, Process.TRANSIT, at(10, 13, 10)),
    Role(paths.export_never_came, Process.EXPORT_ROAD, at(11, 8)),
    Role(customs.seen_after_the_end, Process.IMPORT_ROAD, at(10, 2, 45)),
    Role(customs.embarked_yet_leaving_by_road, Process.EXPORT_ROAD, at(10, 5, 45)),
    Role(customs.one_declaration_pending, Process.IMPORT_ROAD, at(10, 12, 15), declarations=3),
    Role(customs.released_after_exit, Process.IMPORT_RAIL, at(10, 12, 25)),
    Role(customs.release_reported_late, Process.TRANSIT, at(11, 3, 15)),
    Role(customs.leaves_under_control, Process.IMPORT_ROAD, at(11, 3, 45)),
    Role(customs.moved_while_held, Process.IMPORT_ROAD, at(10, 3, 35)),
    Role(customs.leaves_released_but_held, Process.IMPORT_ROAD, at(11, 4, 10)),
    Role(customs.lift_reported_late, Process.IMPORT_ROAD, at(10, 13, 20)),
    Role(identity.other_truck, Process.IMPORT_ROAD, at(10, 3, 50)),
    Role(identity.other_container, Process.IMPORT_ROAD, at(11, 3, 55)),
    Role(identity.never_announced, Process.IMPORT_ROAD, at(10, 9, 40)),
    Role(identity.announced_late, Process.IMPORT_ROAD, at(11, 13)),
    Role(identity.misread_by_itself, Process.IMPORT_ROAD, at(11, 4, 20)),
    Role(custody.other_seal, Process.IMPORT_ROAD, at(10, 13, 10)),
    Role(custody.exit_not_certified, Process.IMPORT_ROAD, at(11, 4, 40)),
    Role(custody.certification_reported_late, Process.TRANSIT, at(11, 5, 15)),
    Role(custody.stays_at_scanner, Process.IMPORT_ROAD, at(11, 10, 20)),
    Role(custody.return_from_scanner_read_late, Process.IMPORT_ROAD, at(11, 2, 20)),
    Role(custody.never_declared, Process.IMPORT_ROAD, at(10, 4, 20)),
    Role(custody.cloned_container, Process.DRY_PORT, at(10, 13, 30)),
    Role(amendments.truck_replaced_on_paper_later, Process.IMPORT_ROAD, at(11, 6, 30)),
    Role(amendments.rerouted_on_paper_later, Process.IMPORT_ROAD, at(10, 15)),
    Role(amendments.scan_taken_back, Process.IMPORT_ROAD, at(10, 15, 30)),
    Role(amendments.iot_id_taken_back_for_another_day, Process.EXPORT_ROAD, at(10, 2, 35)),
    Role(customs.leaves_after_withdrawal, Process.IMPORT_ROAD, at(10, 17, 35)),
    Role(customs.withdrawal_reported_late, Process.IMPORT_ROAD, at(10, 17, 50)),
    Role(custody.certified_by_the_terminal, Process.IMPORT_ROAD, at(11, 3, 25)),
    Role(custody.cloned_plate, Process.DRY_PORT, at(10, 18, 10)),
    Role(appointments.control_reported_late, Process.IMPORT_ROAD, at(10, 13, 35)),
    Role(appointments.no_slot_booked, Process.IMPORT_ROAD, at(10, 18, 20)),
    Role(appointments.outside_its_slot, Process.EXPORT_ROAD, at(10, 7, 20)),
    Role(appointments.slot_cancelled, Process.IMPORT_ROAD, at(10, 18, 30)),
    Role(appointments.booking_reported_late, Process.TRANSIT, at(10, 18, 40)),
    Role(devices.opened_in_warehouse_at_night, Process.IMPORT_ROAD, at(10, 13, 45)),
    Role(devices.opened_in_terminal, Process.IMPORT_ROAD, at(10, 4, 30)),
    Role(devices.opened_but_in_order, Process.IMPORT_ROAD, at(11, 4, 15)),
    Role(devices.opened_en_route, Process.DRY_PORT, at(10, 19, 10)),
    Role(devices.seal_tampered_in_terminal, Process.IMPORT_ROAD, at(10, 21, 20)),
    Role(devices.seal_replaced_on_paper_later, Process.IMPORT_ROAD, at(10, 21, 30)),
    Role(devices.seal_cloned, Process.DRY_PORT, at(10, 19, 20)),
    Role(devices.leaves_the_corridor, Process.DRY_PORT, at(10, 14, 10)),
    Role(devices.position_taken_back, Process.DRY_PORT, at(10, 14, 20)),
    Role(reviews.stray_explained, Process.IMPORT_ROAD, at(10, 4, 10)),
    Role(reviews.truck_looked_into, Process.IMPORT_ROAD, at(11, 4, 35)),
    Role(reviews.seal_read_again, Process.IMPORT_ROAD, at(10, 15, 10)),
    Role(reviews.stranger_confirmed, Process.IMPORT_ROAD, at(10, 16, 15)),
)
"""One mission each, told with tidy data, so that nothing but the deviation shows."""

DEVIATING_TRAINS = (
    TrainRole(trains.leaves_unannounced, "TRAIN:41231-20260310", at(10, 11, 5), at(10, 3, 7), 2),
    TrainRole(trains.loaded_otherwise, "TRAIN:41233-20260310", at(10, 19, 25), at(10, 12, 7), 4),
    TrainRole(trains.manifest_reported_late, "TRAIN:41235-20260311", at(11, 1, 10), at(10, 17, 7), 2),
    TrainRole(trains.permission_reported_late, "TRAIN:41231-20260311", at(11, 10, 30), at(11, 3, 7), 2),
    TrainRole(trains.permission_withdrawn, "TRAIN:41233-20260311", at(11, 11, 10), at(11, 3, 37), 2),
    TrainRole(trains.manifest_corrected_later, "TRAIN:41237-20260311", at(11, 12, 5), at(11, 4, 7), 3),
)
"""One train each; what deviates is the train, its cargo is in order."""

DEVIATING_CALLS = (
    CallRole(vessels.notices_late, "CALL:BRI-26-0412", at(10, 6), at(10, 6), 2),
    CallRole(vessels.manifest_after_arrival, "CALL:BRI-26-0413", at(10, 8), at(10, 8, 5), 2),
    CallRole(vessels.lodging_reported_late, "CALL:BRI-26-0415", at(10, 14), at(10, 14, 5), 2),
    CallRole(vessels.cargo_differs, "CALL:BRI-26-0417", at(11, 1), at(11, 1, 5), 5),
    CallRole(vessels.dangerous_goods_reported_late, "CALL:BRI-26-0419", at(11, 5), at(11, 5, 5), 2),
    CallRole(vessels.delayed_at_sea, "CALL:BRI-26-0425", at(14, 6), at(14, 6), 0),
)
"""One ship each; but for one unit, her cargo is in order."""


def play() -> Scenario:
    """Tell every story once for each of its missions, then what the regular traffic travelled by."""
    scenario = Scenario()
    for roles, quirks in ((CLEAN, QUIRKS), (DEVIATING, TIDY)):
        for role in roles:
            for mission in _missions(scenario, role, role.process, quirks, role.declarations):
                role.story(mission)
    for by_train in DEVIATING_TRAINS:
        cargo = list(_missions(scenario, by_train, Process.IMPORT_RAIL, TIDY))
        by_train.story(Train(scenario, by_train.run), cargo)
    for by_ship in DEVIATING_CALLS:
        cargo = list(_missions(scenario, by_ship, Process.IMPORT_ROAD, TIDY))
        by_ship.story(Call(scenario, by_ship.visit), cargo)
    _tell_regular_traffic(scenario)
    return scenario


def _missions(
    scenario: Scenario,
    role: Role | TrainRole | CallRole,
    process: Process,
    quirks: tuple[Quirk, ...],
    declarations: int | None = None,
) -> Iterator[Mission]:
    """The missions, ready to be told; their keys stay the same when other roles are added."""
    for number in range(role.count):
        key = f"{role.story.__name__}/{role.first:%d-%H%M}/{number}"
        yield Mission(
            scenario,
            key,
            process,
            role.first + number * SPACING,
            quirk=Random(f"{key}/quirk").choice(quirks),
            declarations=declarations,
        )


def _tell_regular_traffic(scenario: Scenario) -> None:
    """Last of all, for lists and manifests name what was told to travel by them."""
    for run in DEPARTURES:
        trains.regular_departure(Train(scenario, run))
    for run in ARRIVALS:
        trains.regular_arrival(Train(scenario, run))
    for visit in VISITS:
        vessels.regular_call(Call(scenario, visit))
