"""Exact after any crash: workers killed, stopped, added, removed and frozen, the broker restarted and made slow."""

from pathlib import Path

import pytest

from tests.conftest import LIBS
from tests.crash.round import Plan, play

SHORT = Plan(seed=20_260_310, missions=1_000, rate=300.0, kills=5, times=1, store="rocksdict")


@pytest.mark.timeout(420)
def test_whatever_is_killed_stopped_frozen_or_slow_the_outcome_is_that_of_the_fold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = play(SHORT, tmp_path / "home", LIBS, print)
    said = "\n".join(report.lines(tmp_path / "home"))
    with capsys.disabled():
        print(f"\n{said}")
    assert not report.differences, said
