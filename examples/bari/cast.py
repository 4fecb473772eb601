"""Who plays: how many missions follow each story, and when they start."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from domain.events import Process
from examples.bari import amendment_stories as amendments
from examples.bari import clean_stories as clean
from examples.bari import custody_deviations as custody
from examples.bari import customs_deviations as customs
from examples.bari import identity_deviations as identity
from examples.bari import path_deviations as paths
from examples.bari.missions import Mission, Scenario, at
from examples.bari.sightings import Quirk

Story = Callable[[Mission], None]

SPACING = timedelta(minutes=13)
QUIRKS = (*[Quirk.NONE] * 6, Quirk.REPEATED_READS, Quirk.DUPLICATE_LINES, Quirk.MISREAD_UNIT, Quirk.DOUBTFUL_PLATE)


@dataclass(frozen=True, slots=True)
class Role:
    """A story, told of ``count`` missions one after the other from ``first`` on."""

    story: Story
    process: Process
    first: datetime
    count: int = 1
    declarations: int | None = None

    def missions(self, scenario: Scenario, quirks: tuple[Quirk, ...]) -> Iterator[Mission]:
        """The missions, ready to be told; their keys stay the same when other roles are added."""
        for number in range(self.count):
            key = f"{self.story.__name__}/{self.first:%d-%H%M}/{number}"
            yield Mission(
                scenario,
                key,
                self.process,
                self.first + number * SPACING,
                quirk=Random(f"{key}/quirk").choice(quirks),
                declarations=self.declarations,
            )


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
)
"""One mission each, told with tidy data, so that nothing but the deviation shows."""


def play() -> Scenario:
    """Tell every story once for each of its missions."""
    scenario = Scenario()
    for roles, quirks in ((CLEAN, QUIRKS), (DEVIATING, (Quirk.NONE,))):
        for role in roles:
            for mission in role.missions(scenario, quirks):
                role.story(mission)
    return scenario
