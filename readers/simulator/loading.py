"""What a ship loads: the manifest is lodged when she has, with the missions' units that went on board."""

from domain.events import ManifestUnit, Movement, VesselManifested
from readers.simulator.call_telling import manifest
from readers.simulator.narrative import Narrative
from readers.simulator.sailings import Sailing
from readers.simulator.story import Story


def loaded_unit(story: Story) -> ManifestUnit | None:
    """What a mission's unit is on the ship that it leaves with, none when it is not declared or never loaded."""
    if story.loaded_on is None or not story.announced or story.on(story.loaded_on.key) is None:
        return None
    return ManifestUnit(
        unit=story.cargo.unit,
        gross_mass_kg=story.yard.mass_kg(story.number),
        dangerous=story.yard.is_dangerous(story.number),
        mrns=tuple(mrn.value for mrn in story.cargo.mrns),
    )


def loading_manifest(narrative: Narrative, sailing: Sailing, units: list[ManifestUnit]) -> VesselManifested:
    """The manifest of what she loaded, lodged at the narrative's own moment."""
    return manifest(narrative, sailing, 0, Movement.LOADING, units)
