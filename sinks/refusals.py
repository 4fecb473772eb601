"""Rows that the store does not take: one by one they are put aside, all together they stop the process."""

from dataclasses import dataclass

from runtime.circuit_breaker import CircuitBreaker
from runtime.errors import Fatal
from sinks.engine import RowsRefused

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that will never go in as it is, and why.

    *Shape*: ``place`` is topic, partition and offset of the record that it was made of; ``why`` names no value.
    """

    place: Place
    why: RowsRefused


class Refusals:
    """How many of the latest rows of each table were refused, over all batches."""

    def __init__(self) -> None:
        self._breakers: dict[str, CircuitBreaker] = {}

    def went_in(self, table: str, rows: int) -> None:
        """So many rows were taken."""
        self._of(table).passed(rows)

    def refused(self, why: RowsRefused) -> None:
        """One row was not.

        *Raises*: Fatal when that is no matter of single rows any more: the table is not as this release knows it.
        """
        try:
            self._of(why.table).record(bad=True)
        except Fatal as error:
            raise Fatal(f"{error}; {why}") from why

    def _of(self, table: str) -> CircuitBreaker:
        return self._breakers.setdefault(table, CircuitBreaker(f"rows of {table}"))
