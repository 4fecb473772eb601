"""From an event to what it changes: the state that is kept, the alerts, and when to look again.

Most events are *usual*: a read or a ruling that comes in order, where and when it should. Their outcome follows from
the standing alone, and the history is not even unpacked. Every other event is judged on the whole history. Both ways
give the same; the tests hold the short way to the long one.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from domain.alerts import Cause, Ledger, changes
from domain.assess import assess, next_due_at
from domain.associations import no_more_expected
from domain.conveyance import Conveyance, ConveyanceFact, is_conveyance
from domain.deviations import RULES_OF
from domain.deviations.rule import always
from domain.dossier import Dossier, fold, view_of
from domain.events import (
    CustomsStatusChanged,
    DeadlinePassed,
    DeviationAlertChanged,
    IdScanned,
    InputEvent,
    ObservationRecounted,
    ResolutionEvent,
    UnitExpected,
)
from domain.facts import Fact, Lead, Led, Read, Ruling
from domain.handover import Moved, leaving, moved, recounted, telling
from domain.journey import Journey
from domain.mission import FACTS_MAX, Mission
from domain.port import Port
from domain.remembering import fact_of
from domain.standing import ENDS, Arrival, Standing, advanced, standing_of
from domain.train_run import TrainRun
from domain.vessel_call import VesselCall

_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
_MISSION_FACTS = msgspec.msgpack.Decoder(tuple[Fact, ...])
_CONVEYANCE_FACTS = msgspec.msgpack.Decoder(tuple[ConveyanceFact, ...])

_ARRAY_32 = b"\xdd"
_FIXARRAY_MAX, _ARRAY_16_MAX = 15, 0xFFFF
"""How MessagePack writes how many items an array has: in one byte, in three, or in five."""


Taking = InputEvent | ResolutionEvent | DeadlinePassed
"""What a mission, a train's run or a ship's call takes in."""


class Kept(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is kept of one mission, train's run or ship's call.

    *Shape*: ``key`` is the IOT_ID or the conveyance; ``port`` is the fingerprint of the port file that it was judged
    by, ``due_at`` when to look again; ``facts`` are its ``count`` facts one after the other, packed; ``standing`` is
    none of a conveyance, and of a mission of which nothing is known; ``changed_at`` is the time of the event that
    brought the last change.
    """

    key: str
    port: int = 0
    due_at: datetime | None = None
    count: int = 0
    facts: bytes = b""
    checked_at: datetime | None = None
    ledger: Ledger = Ledger()
    standing: Standing | None = None
    changed_at: datetime | None = None


class Watched(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The beginning of what is kept: enough to know when to look again, without reading the rest."""

    key: str
    port: int
    due_at: datetime | None


class Judged(NamedTuple):
    """What an event changed.

    *Shape*: ``moved`` is what counts in other missions or goes back home, with where; ``recounted`` is what counts
    here no more, or does again; ``no_more_expected`` are units that only retracted lists or manifests name.
    """

    kept: Kept
    alerts: list[DeviationAlertChanged]
    moved: list[Moved]
    recounted: tuple[ObservationRecounted, ...] = ()
    no_more_expected: tuple[UnitExpected, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether there is more to tell than the state."""
        return bool(self.alerts or self.moved or self.recounted or self.no_more_expected)


def judge(kept: Kept, event: Taking, port: Port, lead: Lead | None = None) -> Judged | None:
    """Take an event in, an observation with what led it here; none when it is known already.

    *Guarantee*: pure; any order and any repetition of the same events ends in the same facts and the same open
    deviations.
    *Raises*: HistoryFull; ValueError when the key is none.
    """
    return _in_order(kept, event, port, lead) or _on_the_whole(kept, event, port, lead)


def _on_the_whole(kept: Kept, event: Taking, port: Port, lead: Lead | None) -> Judged | None:
    before = unpacked(kept)
    dossier = fold(before, event, lead)
    if dossier is before:
        return _moved_again(kept, before, event)
    view = view_of(dossier, port)
    cause = _cause(kept.key, event, port)
    ledger, alerts = changes(kept.ledger, assess(view), cause)
    packed, gone = _packed(kept.key, view, ledger, dossier, cause.at), _no_more_expected(before, dossier)
    return Judged(packed, alerts, _moved(before, dossier), _recounted(before, dossier, ledger.revision), gone)


def _moved_again(kept: Kept, dossier: Dossier, event: Taking) -> Judged | None:
    """A repeated observation that counts elsewhere is sent there again: the repetition may have told others of it."""
    if not isinstance(dossier, Mission) or isinstance(event, DeadlinePassed):
        return None
    again = [
        telling(to, fact, dossier.iot_id)
        for to, fact in leaving(dossier.facts)
        if isinstance(fact, Led) and fact.event_id == event.event_id
    ]
    return Judged(kept, [], again) if again else None


def _moved(before: Dossier, dossier: Dossier) -> list[Moved]:
    if not isinstance(before, Mission) or not isinstance(dossier, Mission):
        return []
    return moved(before.facts, dossier.facts, dossier.iot_id)


def _recounted(before: Dossier, dossier: Dossier, revision: int) -> tuple[ObservationRecounted, ...]:
    if not isinstance(before, Mission) or not isinstance(dossier, Mission):
        return ()
    return tuple(
        ObservationRecounted(
            event_id=fact.event_id,
            occurred_at=fact.occurred_at,
            iot_id=dossier.iot_id,
            counts=counts,
            revision=revision,
        )
        for fact, counts in recounted(before.facts, dossier.facts)
    )


def _no_more_expected(before: Dossier, dossier: Dossier) -> tuple[UnitExpected, ...]:
    if not isinstance(before, Conveyance) or not isinstance(dossier, Conveyance):
        return ()
    return no_more_expected(dossier.key, before.facts, dossier.facts)


def _in_order(kept: Kept, event: Taking, port: Port, lead: Lead | None) -> Judged | None:
    """What a usual event changes, none when the event is not usual."""
    standing = kept.standing
    if standing is None or not standing.is_usual or not isinstance(event, _USUAL):
        return None
    at = event.occurred_at
    if kept.port != port.fingerprint or not _is_next(kept, standing, at):
        return None
    fact: Any = fact_of(event, lead)
    if not (_moves_nothing(standing, fact, port) if isinstance(fact, Read) else _is_usual(fact)):
        return None
    if kept.ledger.entries and any(e.is_open and e.finding.kind in _TIMED for e in kept.ledger.entries):
        return None
    standing = advanced(standing, fact, port)
    ledger, facts = Ledger(kept.ledger.entries, kept.ledger.revision + 1), kept.facts + _encode(fact)
    due_at = _due_next(standing, kept.checked_at, port)
    after = Kept(kept.key, kept.port, due_at, kept.count + 1, facts, kept.checked_at, ledger, standing, at)
    return Judged(after, [], [])


def _due_next(standing: Standing, checked_at: datetime | None, port: Port) -> datetime | None:
    first = None
    for find in _NEXT_DUE:
        at = find(standing, port)
        if at is not None and (checked_at is None or at > checked_at) and (first is None or at < first):
            first = at
    return first


def _is_next(kept: Kept, standing: Standing, at: datetime) -> bool:
    """Whether it is later than all that is known and judged, and there is room for it."""
    is_last = standing.at is None or at > standing.at
    return is_last and (kept.checked_at is None or at > kept.checked_at) and kept.count < FACTS_MAX


def _is_usual(ruling: Ruling) -> bool:
    return ruling.not_before is None and ruling.status not in ENDS


def _moves_nothing(standing: Standing, read: Read, port: Port) -> bool:
    """Whether every kind says that it finds the same as before."""
    arrival = Arrival(standing, read)
    for unmoved in _UNMOVED:  # noqa: SIM110 - a generator would cost half as much again
        if unmoved is None or not unmoved(arrival, port):
            return False
    return True


def unpacked(kept: Kept) -> Dossier:
    """The history, whole. *Raises*: ValueError when the key is none."""
    raw = _ARRAY_32 + kept.count.to_bytes(4) + kept.facts
    if is_conveyance(kept.key):
        return Conveyance(kept.key, _CONVEYANCE_FACTS.decode(raw), kept.checked_at)
    return Mission(UUID(kept.key), _MISSION_FACTS.decode(raw), kept.checked_at)


def due_of(kept: Kept, port: Port) -> datetime | None:
    """When to look at a history again by this port file, judged by whichever it was."""
    return kept.due_at if kept.port == port.fingerprint else next_due_at(view_of(unpacked(kept), port))


def _packed(
    key: str, view: Journey | TrainRun | VesselCall, ledger: Ledger, dossier: Dossier, changed_at: datetime
) -> Kept:
    count = len(dossier.facts)
    head = 1 if count <= _FIXARRAY_MAX else 3 if count <= _ARRAY_16_MAX else 5
    return Kept(
        key=key,
        port=view.port.fingerprint,
        due_at=next_due_at(view),
        count=count,
        facts=_encode(dossier.facts)[head:],
        checked_at=dossier.checked_at,
        ledger=ledger,
        standing=standing_of(view) if isinstance(view, Journey) else None,
        changed_at=changed_at,
    )


def _cause(key: str, event: Taking, port: Port) -> Cause:
    iot_id, object_key = (None, key) if is_conveyance(key) else (UUID(key), None)
    if isinstance(event, DeadlinePassed):
        return Cause(iot_id, object_key, event.as_of, None, port.policy)
    return Cause(iot_id, object_key, event.occurred_at, event.event_id, port.policy)


_FINDING = tuple(rule for rule in RULES_OF[Journey] if rule.find is not None)
_TIMED = frozenset(rule.kind for rule in _FINDING if rule.due is not None)
_UNMOVED = tuple(rule.unmoved for rule in _FINDING if rule.unmoved is not always)
_USUAL = (IdScanned, CustomsStatusChanged)
_NEXT_DUE = tuple(rule.next_due for rule in _FINDING if rule.next_due is not None)
