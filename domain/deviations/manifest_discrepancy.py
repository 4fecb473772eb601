"""MANIFEST_DISCREPANCY: a ship lands or weighs otherwise than manifested, or comes before her manifest."""

from collections.abc import Iterator

from domain.conveyance import Weighing
from domain.deviations.rule import Finding, Rule
from domain.events import CallStatus, Movement, Severity
from domain.vessel_call import VesselCall


def find(call: VesselCall) -> Iterator[Finding]:
    """One finding a unit and a way in which it differs, and one when the manifest came after the ship."""
    yield from _not_notified(call)
    if call.lodged(Movement.DISCHARGE):
        yield from _missing(call)
        yield from _extra(call)
    yield from _masses(call)


def _not_notified(call: VesselCall) -> Iterator[Finding]:
    if call.arrival is None:
        return
    arrived_at = call.arrival.occurred_at
    lodged = call.lodged(Movement.DISCHARGE)
    if lodged and lodged[0].occurred_at <= arrived_at:
        return
    evidence = (call.arrival.event_id, *(manifest.event_id for manifest in lodged[:1]))
    sentence = "The ship arrived before the manifest of her cargo was lodged."
    yield Finding(RULE.kind, "not notified", None, arrived_at, evidence, sentence)


def _missing(call: VesselCall) -> Iterator[Finding]:
    unloaded = call.first(CallStatus.UNLOADED)
    if unloaded is None:
        return
    for unit, manifest in call.manifest_of(Movement.DISCHARGE).items():
        if unit not in call.landings:
            evidence = (manifest.event_id, unloaded.event_id)
            sentence = f"{unit} is on the ship's manifest, but was not landed."
            yield Finding(RULE.kind, f"missing {unit}", None, unloaded.occurred_at, evidence, sentence)


def _extra(call: VesselCall) -> Iterator[Finding]:
    manifested = {cargo.unit for manifest in call.manifests for cargo in manifest.cargo}
    for unit, read in call.landings.items():
        if unit not in manifested:
            evidence = (read.event_id, *(manifest.event_id for manifest in call.lodged(Movement.DISCHARGE)))
            sentence = f"{unit} was landed at {read.node}, but is not on the ship's manifest."
            yield Finding(RULE.kind, f"extra {unit}", read.node, read.occurred_at, evidence, sentence)


def _masses(call: VesselCall) -> Iterator[Finding]:
    latest = {weighing.unit: weighing for weighing in call.weighings}
    if not latest:
        return
    declared = {c.unit: (c.gross_mass_kg, m) for m in call.manifests for c in m.cargo if c.gross_mass_kg is not None}
    for unit, weighing in latest.items():
        mass_kg, manifest = declared.get(unit, (None, None))
        if mass_kg is None or manifest is None or not _differs(weighing, mass_kg, call):
            continue
        evidence = (manifest.event_id, weighing.event_id)
        sentence = f"{unit} weighs {weighing.mass_kg:,} kg, and {mass_kg:,} kg were declared."
        yield Finding(RULE.kind, f"mass {unit}", None, weighing.occurred_at, evidence, sentence)


def _differs(weighing: Weighing, declared_kg: int, call: VesselCall) -> bool:
    return abs(weighing.mass_kg - declared_kg) * 100 > call.port.policy.mass_tolerance_percent * declared_kg


RULE = Rule(
    kind="MANIFEST_DISCREPANCY",
    trigger="an arrival without a manifest, a landing, the end of unloading or a verified mass that the ship's "
    "manifest does not agree with",
    subject="`missing`, `extra` or `mass` and the unit, or `not notified`",
    severity=Severity.WARNING,
    basis="§253, §294, §360-364",
    find=find,
    threshold="`mass_tolerance_percent` of the port's policy",
    judges=VesselCall,
)
