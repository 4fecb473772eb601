"""The demonstration on one's own cluster: it ends by itself, agrees with its expectation, leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

from runtime.settings import Settings
from topics import clients


def topics(settings: Settings) -> set[str]:
    return {name for name in clients.admin(settings).list_topics(timeout=10).topics if not name.startswith("__")}


def test_the_demo_agrees_with_its_expectation_and_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    before = topics(settings)
    environment = {
        **os.environ,
        "KAFKA_BOOTSTRAP_SERVERS": str(settings.kafka_bootstrap_servers),
        "MISSIONPATH_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "demo"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("RAISED", "CLEARED", "events per topic", "missions by status", "alerts by kind", "p99"):
        assert part in done.stdout
    for part in ("rows per ClickHouse table", "What to type next", "alerts are as expected"):
        assert part in done.stdout
    assert "\x1b" not in done.stdout
    assert topics(settings) == before
