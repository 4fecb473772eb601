"""``missionpath report`` as a user runs it, with and without a process that owns the data."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from typer.testing import CliRunner

from cli.main import app
from domain.events import CustomsStatus
from runtime.errors import ConfigError, Fatal, MissionpathError
from runtime.health import serve
from runtime.settings import Settings
from sinks.engine import DATABASE, Engine, engine_for
from sinks.migrate import migrate
from sinks.owner import announce, withdraw
from sinks.query_http import query_route
from sinks.report import reports, work_out
from tests.integration.delivered_records import AT, delivered, generated, scanned, status_changed
from tests.integration.engine_contract import write

CHECKOUT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n"
IOT_ID = uuid4()
NODE = "ITBRI-'QUAY'"
"""An id that no node may have, and that would end a string of SQL."""


def deliver(engine: Engine) -> None:
    """One mission: an hour at a node, then half an hour until it left, released before."""
    planned = msgspec.structs.replace(generated(), iot_id=IOT_ID)
    first = msgspec.structs.replace(scanned(), event_id=uuid4(), node=NODE)
    gone = msgspec.structs.replace(
        scanned(), event_id=uuid4(), node="ITBRI-GATE-OUT", direction="OUT", occurred_at=AT + timedelta(hours=1)
    )
    free = msgspec.structs.replace(
        status_changed(), status=CustomsStatus.RELEASED, hold_id=None, occurred_at=AT + timedelta(minutes=30)
    )
    events = [planned, first, gone, free]
    write(engine, [*map(delivered, events), *(delivered(event, iot_id=IOT_ID) for event in events)])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def engine(place: Path) -> Iterator[Engine]:
    engine = engine_for(Settings(home=place))
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def home(place: Path, engine: Engine) -> Iterator[Path]:
    """A home whose data this process owns, as a worker does."""
    migrate(engine)
    deliver(engine)
    work_out(engine)
    host, port = serve("127.0.0.1", 0, {"/query": query_route(engine)})
    announce(place, f"http://{host}:{port}/query")
    yield place
    withdraw(place)


def ran(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["report", *arguments])
    if isinstance(result.exception, MissionpathError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("arguments", [(), ("--list",)])
def test_all_reports_are_listed(arguments: tuple[str, ...]) -> None:
    listed = ran(*arguments)
    for report in reports().values():
        assert f"{report.name} " in listed
        assert report.answers in listed


def test_a_report_in_any_format(home: Path) -> None:
    told = ran("dwell", "--home", str(home), "--format", "CSVWithNames")
    assert told.splitlines() == [
        '"process","node","pre_cleared","stays","dwell_median_minutes","dwell_p95_minutes"',
        f'"IMPORT_ROAD","{NODE}",false,1,60,60',
    ]
    assert "dwell_median_minutes" in ran("dwell", "--home", str(home))


def test_what_is_asked_for_reaches_the_query(home: Path) -> None:
    there = ("dwell", "--home", str(home), "--format", "TSV")
    assert ran(*there, "--node", NODE, "--process", "IMPORT_ROAD")
    assert ran(*there, "--node", "elsewhere") == ""
    assert ran(*there, "--node", "' OR 1=1 --") == ""
    # The moment itself is in; times may be told on any clock.
    assert ran(*there, "--from", "2026-03-01T09:30:15.123+01:00")
    assert ran(*there, "--to", "2026-03-01T08:30:15.123Z") == ""
    assert ran("exit", "--home", str(home), "--format", "TSV").split("\t")[2:] == ["1", "0", "0.5", "0.5\n"]
    assert len(ran("timeline", "--home", str(home), "--format", "TSV", "--iot-id", str(IOT_ID)).splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dwel",), "there is no report dwel; there are abandoned, anomalies"),
        (("dwell", "--iot-id", str(IOT_ID)), "the report dwell takes no --iot-id; it takes --from, --to, --node"),
        (("timeline",), "the report timeline needs --iot-id"),
        (("deviations", "--by", "moon"), "--by moon: expected one of kind, node, reader, operator"),
        (("timeline", "--iot-id", str(IOT_ID), "--plot", "x.png"), "there is no picture of timeline; there is of"),
    ],
)
def test_a_wrong_question_is_told_what_is_right(home: Path, arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        ran(*arguments, "--home", str(home))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("option", "value"), [("--from", "yesterday"), ("--to", "2026-03-01"), ("--iot-id", "no uuid")]
)
def test_a_value_that_is_none_is_wrong_usage(option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["report", "dwell", option, value])
    assert result.exit_code == 2
    assert option in result.output


@pytest.mark.parametrize("name", [each.name for each in reports().values() if each.picture])
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_pictures(home: Path, tmp_path: Path, name: str, ending: str) -> None:
    file = tmp_path / f"picture.{ending}"
    assert ran(name, "--home", str(home), "--plot", str(file)) == ""
    drawn = file.read_bytes()
    assert drawn.startswith(PNG) if ending == "png" else b"</svg>" in drawn


@pytest.mark.parametrize(("file", "said"), [("x.pdf", "ends in .png or .svg"), ("no/such/x.png", "No such file")])
def test_a_picture_that_cannot_be_drawn(home: Path, tmp_path: Path, file: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        ran("dwell", "--home", str(home), "--plot", str(tmp_path / file))


def test_without_matplotlib_the_extra_is_named(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ConfigError, match=r"pip install 'missionpath\[pictures\]'"):
        ran("dwell", "--home", str(home), "--plot", str(tmp_path / "x.png"))


WRITER = """
import sys
from runtime.settings import Settings
from sinks.engine import engine_for
from sinks.migrate import migrate
from tests.integration.test_report_command import deliver
engine = engine_for(Settings(home=sys.argv[1]))
migrate(engine)
deliver(engine)
engine.close()
"""


def in_a_process(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_data_that_nobody_owns_is_brought_up_to_now(tmp_path: Path) -> None:
    in_a_process("-c", WRITER, str(tmp_path))
    asked = ("-m", "cli.main", "report", "dwell", "--home", str(tmp_path), "--format", "TSV")
    assert in_a_process(*asked) == f"IMPORT_ROAD\t{NODE}\tfalse\t1\t60\t60\n".replace("'", "\\'")


def test_figures_that_are_old_are_said_to_be(home: Path, engine: Engine) -> None:
    asked = ["report", "dwell", "--home", str(home)]
    assert CliRunner().invoke(app, asked).stderr == ""
    engine.execute(f"RENAME TABLE {DATABASE}.mission_events TO {DATABASE}.away")
    try:
        with pytest.raises(Fatal, match="REFRESH_FAILED"):
            work_out(engine)
        told = CliRunner().invoke(app, asked)
    finally:
        engine.execute(f"RENAME TABLE {DATABASE}.away TO {DATABASE}.mission_events")
    assert told.exit_code == 0
    assert re.fullmatch(r"missionpath: since 20[\d: -]+ UTC nothing new is counted: .*Unknown table.*\n", told.stderr)
    work_out(engine)
    assert CliRunner().invoke(app, asked).stderr == ""
