"""Missions under way: a generation each, then reads along its path in order, so that nothing deviates."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import msgspec

from domain.events import Identifier, IdScanned, IotIdGenerated, PathNode, Process, Technology
from domain.identifiers import Scheme
from domain.identifiers.checksums import mod11_digit
from domain.judging import Kept, judge
from domain.port import Port
from domain.port_file import parse_port

PORT_FILE = Path("examples/bari/port.json")
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
"""When every mission began: late enough that nothing of it is overdue while it is measured."""

STRAY_NODE = "ITBRI-FERRY-YARD"
READS_PER_STEP = 4
EVENTS_PER_MISSION_MAX = 1 << 16
MISSIONS_MAX = 1_000_000
"""As many container numbers as one owner has."""

encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode
decode = msgspec.msgpack.Decoder(Kept).decode


class Traffic:
    """What happens to missions that are told apart by a number.

    *Shape*: read 1 is the first behind the generation; four reads at each step of the path, but not at its last.
    When they are ``alike``, all bear the identifiers of the first: only ``resolve`` would mind.
    """

    def __init__(self, *, alike: bool = False) -> None:
        self._bearers = 1 if alike else MISSIONS_MAX
        self.port: Port = parse_port(PORT_FILE.read_bytes())
        steps = self.port.paths[Process.IMPORT_ROAD]
        self._path = tuple(PathNode(node=step.node, required=step.required) for step in steps)

    def generation(self, mission: int) -> IotIdGenerated:
        """The first event of a mission."""
        return IotIdGenerated(
            event_id=_event_id(mission, 0),
            occurred_at=BEGAN,
            source="bench",
            iot_id=iot_id(mission),
            process=Process.IMPORT_ROAD,
            identifiers=(_unit(mission % self._bearers), _declaration(mission % self._bearers)),
            path=self._path,
        )

    def read(self, mission: int, number: int, node: str | None = None) -> IdScanned:
        """A read of a mission's unit, where it should be unless a ``node`` is given."""
        return IdScanned(
            event_id=_event_id(mission, number),
            occurred_at=BEGAN + timedelta(minutes=number),
            source="bench",
            node=node or self._path[min(number // READS_PER_STEP, len(self._path) - 2)].node,
            reader="cam-1",
            technology=Technology.OCR,
            identifiers=(_unit(mission % self._bearers),),
        )

    def events(self, missions: int, reads: int) -> Iterator[tuple[int, IotIdGenerated | IdScanned]]:
        """All generations, then the first read of every mission, the second of every mission, and so on."""
        for mission in range(missions):
            yield mission, self.generation(mission)
        for number in range(1, reads + 1):
            for mission in range(missions):
                yield mission, self.read(mission, number)

    def state(self, mission: int, reads: int) -> bytes:
        """What ``track`` keeps of a mission after that many reads."""
        kept = Kept(str(iot_id(mission)))
        events: list[IotIdGenerated | IdScanned] = [self.generation(mission)]
        for event in events + [self.read(mission, number) for number in range(1, reads + 1)]:
            judged = judge(kept, event, self.port)
            assert judged is not None
            assert not judged.alerts
            kept = judged.kept
        return encode(kept)


def iot_id(mission: int) -> UUID:
    """Whose events they are."""
    return UUID(int=mission + 1)


def _event_id(mission: int, number: int) -> UUID:
    return UUID(int=(mission + 1) * EVENTS_PER_MISSION_MAX + number)


@lru_cache(maxsize=MISSIONS_MAX)
def _unit(mission: int) -> Identifier:
    body = f"CSQU{mission:06}"
    return Identifier(scheme=Scheme.BIC, value=body + mod11_digit(body), confidence=0.98)


def _declaration(mission: int) -> Identifier:
    body = f"26IT{mission:012}R"
    return Identifier(scheme=Scheme.MRN, value=body + mod11_digit(body), confidence=1.0)
