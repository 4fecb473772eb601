"""The score: what was planted and what stands, and that nothing is explained away."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from fold import PORT, alerts_of, over, run

from readers.score import Truth, compare, read_truth
from readers.simulator import NoiseRates, Row, encode_row
from readers.simulator.parameters import TIDY

LOUD = NoiseRates(misreads=0.15, duplicates=0.1, repeats=0.1, delays=0.1, disorder=0.2)


def test_a_difference_without_a_cause_stays_unexplained() -> None:
    truth = Truth()
    events, simulation = run(truth.add, missions=300, deviating=0.3, noise=TIDY)
    alerts = alerts_of(events, PORT, over(simulation))
    first, *others = alerts
    missed = compare(truth, others)
    assert [(each.what, each.kind) for each in missed.unexplained] == [("missed", first.kind)]
    stray = msgspec.structs.replace(first, alert_id=UUID(int=1), subject="NOWHERE", evidence=())
    false = compare(truth, [*alerts, stray])
    assert [(each.what, each.kind) for each in false.unexplained] == [("false", first.kind)]
    moved = compare(truth, [msgspec.structs.replace(first, node="NOWHERE"), *others])
    assert [(each.what, each.kind) for each in moved.unexplained] == [("elsewhere", first.kind)]


def test_what_is_not_due_does_not_count() -> None:
    truth = Truth()
    run(truth.add, missions=300, deviating=0.3, noise=TIDY)
    middle = min(row.at for row in truth.planted) + timedelta(hours=12)
    score = compare(truth, [], middle)
    due = [row for row in truth.planted if row.at <= middle]
    assert 0 < len(due) < len(truth.planted)
    assert len(score.differences) == len(due)
    assert score.not_due == len(truth.planted) - len(due)


def test_the_truth_survives_its_file() -> None:
    rows: list[Row] = []
    truth = Truth()

    def tell(row: Row) -> None:
        rows.append(row)
        truth.add(row)

    run(tell, missions=500, deviating=0.3, noise=LOUD)
    again = read_truth(b"".join(map(encode_row, rows)).splitlines())
    assert again == truth
    assert again.planted
    assert again.totals is not None
    with pytest.raises(ValueError, match="line 2"):
        read_truth([encode_row(rows[0]), b'{"kind": "OVERDUE"}'])
