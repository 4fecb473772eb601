"""How many missions of a worker have not ended, for whoever watches it."""

from collections.abc import Callable, Iterable, Mapping
from itertools import takewhile
from typing import Any

import msgspec

from domain.events import MissionStatus
from domain.judging import Kept
from domain.standing import Standing
from runtime import metrics


def _glance(of: type[msgspec.Struct], field: str, kind: Any) -> type[msgspec.Struct]:
    """A type that reads one field of another, and passes over those before it without looking into them."""
    before = takewhile(lambda name: name != field, of.__struct_fields__)
    return msgspec.defstruct(
        f"{of.__name__}Glance", [*((name, msgspec.Raw) for name in before), (field, kind)], array_like=True
    )


_StandingGlance = _glance(Standing, "end", MissionStatus | None)
_decode: Callable[[bytes], Any] = msgspec.msgpack.Decoder(_glance(Kept, "standing", _StandingGlance | None)).decode


class OpenMissions:
    """Which missions in the table of ``track`` have not ended; trains and ships are none."""

    def __init__(self) -> None:
        self._keys: set[bytes] = set()

    def recount(self, table: Iterable[tuple[bytes, bytes]]) -> None:
        """Begin again with a whole table."""
        self._keys.clear()
        self._take(table)

    def changed(self, values: Mapping[tuple[int, bytes], bytes]) -> None:
        """Go on with what was changed in it, by partition and key."""
        self._take((key, value) for (_, key), value in values.items())

    def _take(self, values: Iterable[tuple[bytes, bytes]]) -> None:
        for key, value in values:
            if _is_open(value):
                self._keys.add(key)
            else:
                self._keys.discard(key)
        metrics.MISSIONS_OPEN.set(len(self._keys))


def _is_open(value: bytes) -> bool:
    standing = _decode(value).standing
    return standing is not None and standing.end is None
