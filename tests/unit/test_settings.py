"""Settings: call arguments over environment over TOML file over defaults; what is wrong is named."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from cli.main import app
from runtime.errors import ConfigError
from runtime.settings import Settings, env_name, load, origin


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(env_name(field), raising=False)
    monkeypatch.delenv("MISSIONPATH_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def toml(text: str, name: str = "missionpath.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_without_anything_the_defaults_hold() -> None:
    settings = load()
    assert (settings.partitions, settings.namespace, settings.kafka_bootstrap_servers) == (4, "", None)
    assert origin("partitions") == "default"
    assert origin("kafka_bootstrap_servers") == "default"


def test_the_environment_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISSIONPATH_PARTITIONS", "12")
    assert load().partitions == 12
    assert origin("partitions") == "environment MISSIONPATH_PARTITIONS"


@pytest.mark.parametrize("field", ["kafka_bootstrap_servers", "schema_registry_url"])
def test_what_other_tools_share_has_no_prefix(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(field.upper(), "a-value")
    assert getattr(load(), field) == "a-value"
    assert origin(field) == f"environment {field.upper()}"


def test_the_file_sets() -> None:
    toml('partitions = 8\nkafka_bootstrap_servers = "broker:9092"\n')
    settings = load()
    assert (settings.partitions, settings.kafka_bootstrap_servers) == (8, "broker:9092")
    assert origin("partitions") == origin("kafka_bootstrap_servers") == "missionpath.toml"
    assert origin("namespace") == "default"


def test_another_file_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    toml("partitions = 8")
    monkeypatch.setenv("MISSIONPATH_CONFIG", str(toml("partitions = 9", "other.toml")))
    assert load().partitions == 9
    assert origin("partitions") == "other.toml"


def test_arguments_win_over_the_environment_which_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    toml('partitions = 8\nnamespace = "file"\nreplication_factor = 2\n')
    monkeypatch.setenv("MISSIONPATH_PARTITIONS", "12")
    monkeypatch.setenv("MISSIONPATH_NAMESPACE", "env")
    settings = load(partitions=16)
    assert (settings.partitions, settings.namespace, settings.replication_factor) == (16, "env", 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("partitions", "0"),
        ("partitions", "many"),
        ("namespace", "Upper"),
        ("namespace", "a\n"),
        ("http_port", "65536"),
        ("lateness_seconds", "-1"),
        ("sink_seconds_max", "0"),
        ("log_level", "loud"),
        ("retention_days", "scans"),
        ("retention_days", "scans=0"),
        ("retention_days", "scans=-1"),
        ("retention_days", "scans=1.5"),
        ("retention_days", "scans=99999999999999999999"),
        ("retention_days", "scans=one,id_bindings=2"),
    ],
)
def test_an_error_names_the_field(field: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(env_name(field), value)
    with pytest.raises(ConfigError, match=rf"^settings: {field}: "):
        load()


def test_days_are_told_by_table_in_the_environment_or_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().retention_days == {}
    toml("[retention_days]\nscans = 365\n")
    assert load().retention_days == {"scans": 365}
    monkeypatch.setenv("MISSIONPATH_RETENTION_DAYS", "scans=90, device_signals=30")
    assert load().retention_days == {"scans": 90, "device_signals": 30}
    assert str(load().retention_days) == "scans=90,device_signals=30"


def test_wrong_days_are_told_with_their_table(monkeypatch: pytest.MonkeyPatch) -> None:
    toml("[retention_days]\nscans = true\n")
    with pytest.raises(ConfigError, match=r"retention_days: .*scans: expected a number of days from 1 to 18250"):
        load()


def test_all_errors_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISSIONPATH_PARTITIONS", "0")
    monkeypatch.setenv("MISSIONPATH_HTTP_PORT", "-1")
    with pytest.raises(ConfigError, match=r"partitions: .*; http_port: "):
        load()


def test_a_field_that_does_not_exist_is_an_error() -> None:
    toml("partition = 8")
    with pytest.raises(ConfigError, match="partition: "):
        load()


def test_a_broken_file_is_named_with_the_place() -> None:
    toml("partitions = \n")
    with pytest.raises(ConfigError, match=r"missionpath\.toml: .*line 1"):
        load()


def test_a_file_that_was_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISSIONPATH_CONFIG", "absent.toml")
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        load()


def test_settings_do_not_change_afterwards() -> None:
    settings = load()
    with pytest.raises(ValidationError):
        settings.partitions = 5


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("clickhouse://ada:secret@one:9000,two/port?secure=1", "clickhouse://ada:***@one:9000,two/port?secure=1"),
        ("clickhouse://:secret@one", "clickhouse://:***@one"),
        ("clickhouse://ada:sec:r@et@one", "clickhouse://ada:***@one"),
        ("clickhouse://ada@one", "clickhouse://ada@one"),
        ("clickhouse://one:9000/port", "clickhouse://one:9000/port"),
    ],
)
def test_a_password_is_not_shown(url: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLICKHOUSE_URL", url)
    settings = load()
    assert settings.clickhouse_url is not None
    assert str(settings.clickhouse_url) == shown
    assert "secret" not in repr(settings)
    assert settings.clickhouse_url.get_secret_value() == url
    printed = CliRunner().invoke(app, ["config", "--json"]).stdout
    assert shown in printed
    assert "secret" not in printed


def test_a_child_process_gets_the_embedded_store_whatever_else_says(monkeypatch: pytest.MonkeyPatch) -> None:
    toml('clickhouse_url = "clickhouse://store"')
    monkeypatch.setenv("CLICKHOUSE_URL", "clickhouse://another")
    given = load().model_copy(update={"clickhouse_url": None})
    monkeypatch.setenv("CLICKHOUSE_URL", given.environment()["CLICKHOUSE_URL"])
    assert load().clickhouse_url is None


def test_names_on_a_shared_cluster_have_a_prefix() -> None:
    assert load().topic("cargo.id.scanned.v1") == "cargo.id.scanned.v1"
    assert load(namespace="bari").topic("cargo.id.scanned.v1") == "bari.cargo.id.scanned.v1"


def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = load(
        kafka_bootstrap_servers="broker:9092",
        clickhouse_url="clickhouse://ada:secret@store",
        partitions=7,
        clock_file=Path("clock"),
        lateness_seconds=0.25,
        retention_days={"scans": 365, "device_signals": 30},
    )
    for name, value in given.environment().items():
        monkeypatch.setenv(name, value)
    assert load() == given


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_field_says_what_it_is_for(field: str) -> None:
    shared = ("kafka_bootstrap_servers", "schema_registry_url", "clickhouse_url")
    assert Settings.model_fields[field].description or field in shared
    assert env_name(field).isupper()
