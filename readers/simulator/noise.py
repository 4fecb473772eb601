"""What happens to events between where they happen and whoever reads of them: misreads, repetitions, disorder.

Everything is drawn per origin, and outages per reader and time of day, from the seed: nothing looks at a clock or
remembers what went before. The rates change neither cargo nor what is planted.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from random import Random
from uuid import UUID

import msgspec

from domain.events import Identifier, IdScanned, InputEvent, Technology
from domain.identifiers import Scheme
from domain.identifiers.checking import examine
from domain.identifiers.misreads import CONFUSIONS
from readers.simulator.cargo import key_of
from readers.simulator.origin import Origin
from readers.simulator.parameters import TIDY, NoiseRates
from readers.simulator.sightings import sure
from readers.simulator.truth import Effect, Misread, Totals

Arrival = tuple[datetime, InputEvent]

OUTAGE = timedelta(minutes=20)
"""A reader that is cut off stores its reads and forwards them when this time slot is over."""
DISORDER_SECONDS_MAX = 60.0
DUPLICATE_SECONDS_MAX = 120.0
FRAME_SECONDS = (1, 4)
SURE_OF_MISREADS = 0.3
"""The share of misreads of which the camera is as sure as of a good read."""

UNITS = (Scheme.BIC, Scheme.ILU)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Noise:
    """Applies the rates to the events of one origin after the other, and counts what it did in ``totals``."""

    def __init__(self, rates: NoiseRates, seed: int, totals: Totals) -> None:
        self._rates = rates
        self._seed = seed
        self._totals = totals
        self._is_tidy = rates == TIDY

    def disturb(self, origin: Origin, events: list[InputEvent]) -> tuple[list[Arrival], list[Misread]]:
        """When each event arrives, and the misreads that may matter.

        *Guarantee*: nothing arrives before it happened; nothing is lost but by a misread.
        """
        if self._is_tidy:
            return [(event.occurred_at, event) for event in events], []
        rng = Random(f"{self._seed}/{origin.name}/noise")
        arrivals: list[Arrival] = []
        misreads: list[Misread] = []
        for event in events:
            seen = self._reads(origin, event, rng, misreads) if isinstance(event, IdScanned) else (event,)
            for each in seen:
                arrivals.extend(self._arrivals(each, rng))
        return arrivals, misreads

    def _reads(self, origin: Origin, scan: IdScanned, rng: Random, misreads: list[Misread]) -> Iterator[IdScanned]:
        """The frames of one pass, one or two, any of them misread."""
        frames = [scan]
        by_camera = scan.technology is Technology.OCR
        if by_camera and rng.random() < self._rates.repeats:
            frames.append(_another_frame(scan, rng))
            self._totals.repeats += 1
        for frame in frames:
            if not (by_camera and rng.random() < self._rates.misreads):
                yield frame
                continue
            self._totals.misreads += 1
            wrong, row = _misread(origin, frame, rng)
            if row is not None:
                misreads.append(row)
            yield wrong

    def _arrivals(self, event: InputEvent, rng: Random) -> list[Arrival]:
        at = event.occurred_at
        if isinstance(event, IdScanned) and self._rates.delays:
            slot = (at - _EPOCH) // OUTAGE
            if self._cut_off(event.reader, slot):
                self._totals.delays += 1
                at = _EPOCH + (slot + 1) * OUTAGE
        if rng.random() < self._rates.disorder:
            self._totals.disorder += 1
            at += timedelta(seconds=rng.uniform(1, DISORDER_SECONDS_MAX))
        if rng.random() >= self._rates.duplicates:
            return [(at, event)]
        self._totals.duplicates += 1
        return [(at, event), (at + timedelta(seconds=rng.uniform(0, DUPLICATE_SECONDS_MAX)), event)]

    def _cut_off(self, reader: str, slot: int) -> bool:
        digest = blake2b(f"{self._seed}/{reader}/{slot}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) / 2**64 < self._rates.delays


def _another_frame(scan: IdScanned, rng: Random) -> IdScanned:
    """The same pass a moment later, as sure or less so."""
    return msgspec.structs.replace(
        scan,
        event_id=UUID(int=rng.getrandbits(128), version=4),
        occurred_at=scan.occurred_at + timedelta(milliseconds=rng.randrange(*(s * 1000 for s in FRAME_SECONDS))),
        identifiers=tuple(sure(each, 0.80, 0.98, rng) for each in scan.identifiers),
    )


def _misread(origin: Origin, scan: IdScanned, rng: Random) -> tuple[IdScanned, Misread | None]:
    """The read with one character of one identifier taken for one that looks like it; a row if that may matter."""
    place = rng.randrange(len(scan.identifiers))
    right = scan.identifiers[place]
    wrong = _confused(right, rng)
    seen = (*scan.identifiers[:place], wrong, *scan.identifiers[place + 1 :])
    scan = msgspec.structs.replace(scan, identifiers=seen)
    read_as = examine(wrong.scheme, wrong.value)  # check would remember it
    effect = _effect(origin, scan, right, wrong, passes=read_as.bindable)
    if effect is None:
        return scan, None
    return scan, Misread(
        effect=effect,
        event_id=scan.event_id,
        mission=origin.mission,
        iot_id=origin.iot_id,
        conveyance=scan.conveyance,
        node=scan.node,
        at=scan.occurred_at,
        identifier=key_of(right),
        read_as=read_as.key,
    )


def _effect(origin: Origin, scan: IdScanned, right: Identifier, wrong: Identifier, *, passes: bool) -> Effect | None:
    if not any(origin.leads(each.value, scan.occurred_at) for each in scan.identifiers if each is not wrong):
        return "lost"
    if right.value not in origin.own:
        return "hidden"
    if passes:
        return "foreign"
    return "unseen" if right.scheme in UNITS or scan.conveyance is not None else None


def _confused(identifier: Identifier, rng: Random) -> Identifier:
    value = identifier.value
    place = rng.choice([i for i, char in enumerate(value) if char in CONFUSIONS])
    alike = CONFUSIONS[value[place]]
    wrong = value[:place] + rng.choice(alike) + value[place + 1 :]
    seen = Identifier(scheme=identifier.scheme, value=wrong)
    return sure(seen, 0.78, 0.95, rng) if rng.random() < SURE_OF_MISREADS else sure(seen, 0.35, 0.70, rng)
