"""`missionpath alerts --follow`: the reference consumer hears what comes, through an outage too, until Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from uuid import UUID

from domain.events import AlertReviewed, AlertStatus, DeviationAlertChanged, Outcome, Severity
from runtime.settings import Settings
from topics.catalog import ALERT_REVIEWED, DEVIATION_ALERT_CHANGED
from topics.clients import follow
from topics.codec import Codec
from topics.producer import DurableProducer
from topics.registry import FileRegistry

AT = datetime(2026, 3, 10, tzinfo=UTC)


def alert(revision: int, status: AlertStatus) -> DeviationAlertChanged:
    return DeviationAlertChanged(
        alert_id=UUID(int=1),
        revision=revision,
        status=status,
        kind="OFF_PATH_NODE",
        severity=Severity.WARNING,
        basis="§356-358",
        subject="YARD",
        iot_id=UUID(int=2),
        object_key=None,
        node="YARD",
        deviated_at=AT,
        changed_at=AT,
        sentence="Read at YARD.",
        evidence=(UUID(int=3),),
        trigger=UUID(int=3),
    )


def test_each_revision_is_heard_once_until_ctrl_c(topics: Settings) -> None:
    codec, producer = Codec(FileRegistry()), DurableProducer(topics)

    def tell(*alerts: DeviationAlertChanged) -> None:
        for each in alerts:
            producer.send(topics.topic(DEVIATION_ALERT_CHANGED.name), b"2", codec.encode(each), [])
        producer.flush()

    raised, cleared = alert(1, AlertStatus.RAISED), alert(2, AlertStatus.CLEARED)
    tell(raised, raised)
    following = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "alerts", "--follow", "--json"],
        env={**os.environ, **topics.environment()},
        stdout=subprocess.PIPE,
    )
    assert following.stdout is not None
    with following.stdout as lines:
        assert json.loads(lines.readline())["revision"] == 1
        tell(raised, cleared)
        heard = json.loads(lines.readline())
        assert (heard["revision"], heard["status"]) == (2, "CLEARED")
        following.send_signal(signal.SIGINT)
        assert following.wait(20) == 0
        assert lines.read() == b""


def test_a_review_names_the_owner_of_its_alert(topics: Settings) -> None:
    codec, producer = Codec(FileRegistry()), DurableProducer(topics)
    raised = alert(1, AlertStatus.RAISED)
    producer.send(topics.topic(DEVIATION_ALERT_CHANGED.name), b"2", codec.encode(raised), [])
    producer.flush()

    def review(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cli.main", "review", "--by", "ADM Bari", *arguments]
        environment = {**os.environ, **topics.environment()}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    disposed = review(str(raised.alert_id), "--outcome", "unfounded")
    assert (disposed.returncode, disposed.stdout) == (0, f"disposed: OFF_PATH_NODE of {raised.iot_id}\n")
    unknown = review(str(UUID(int=99)))
    assert unknown.returncode == 1
    assert "there is no alert" in unknown.stderr
    name = topics.topic(ALERT_REVIEWED.name)
    (told,) = [m for m in follow(topics, name, until_end=True) if m is not None]
    event = codec.decode(told.value(), AlertReviewed)
    assert (event.alert_id, event.iot_id, event.outcome) == (raised.alert_id, raised.iot_id, Outcome.UNFOUNDED)
    assert told.key() == str(raised.iot_id).encode()
