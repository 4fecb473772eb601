"""The ground truth of a simulation: what was planted, and which noise may hide it or look like it.

*Shape*: JSON Lines. The first line holds ``parameters``, the last one ``totals``; between them a line with ``kind``
is a planted deviation, a line with ``noise`` a misread that may matter.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from readers.simulator.parameters import Parameters


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """A deviation that the pipeline should find, by whom it concerns, kind and subject.

    *Shape*: ``object_key`` is the train, the ship's call or the object of what no IOT_ID has; ``mission`` counts from
    0, and is none where no mission has a part in it; ``node`` is none for what happens at no node.
    """

    kind: str
    iot_id: UUID | None
    object_key: str | None
    subject: str
    node: str | None
    at: datetime
    mission: int | None
    why: str

    @property
    def owner(self) -> str:
        """The IOT_ID, or the key of what has none."""
        return str(self.iot_id or self.object_key)


Effect = Literal["lost", "hidden", "foreign", "unseen"]


class Misread(msgspec.Struct, frozen=True, kw_only=True):
    """A read in which a camera took one character for another.

    *Shape*: ``lost`` when nothing else in the read leads to what was read, ``hidden`` when the planted identifier
    was misread, ``foreign`` when what was read passes for another identifier, ``unseen`` when only who needs the
    unit itself may miss it, or the train or ship's call that it was read on; one that is none of these is not
    written. Identifiers are ``SCHEME:VALUE``; ``mission`` and ``iot_id`` are none of what is no mission's.
    """

    noise: Literal["misread"] = "misread"
    effect: Effect
    event_id: UUID
    mission: int | None
    iot_id: UUID | None
    conveyance: str | None
    node: str
    at: datetime
    identifier: str
    read_as: str


class Totals(msgspec.Struct, kw_only=True):
    """How much there was of what; *Shape*: ``deviating`` counts missions, trains and calls.

    ``over_at`` is when the last event has happened and everything planted is due.
    """

    missions: int = 0
    trains: int = 0
    calls: int = 0
    deviating: int = 0
    planted: int = 0
    events: int = 0
    misreads: int = 0
    duplicates: int = 0
    repeats: int = 0
    delays: int = 0
    disorder: int = 0
    over_at: datetime | None = None


Row = Parameters | Planted | Misread | Totals
"""A line of the truth."""


def encode_row(row: Row) -> bytes:
    """The row as a line, its end included."""
    if isinstance(row, Parameters):
        return msgspec.json.encode({"parameters": row}) + b"\n"
    if isinstance(row, Totals):
        return msgspec.json.encode({"totals": row}) + b"\n"
    return msgspec.json.encode(row) + b"\n"
