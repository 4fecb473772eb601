"""Both stores keep the same promises; files outlive a kill, and belong to the process that has them open."""

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.errors import ConfigError
from streams.stores import RocksStore, Store, store

WRITER = """
import sys
from pathlib import Path
from streams.stores import RocksStore
values = RocksStore(Path(sys.argv[1]))
values.write(3, {b"k": b"v"}, 7)
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["memory", "rocksdict"])
def values(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store(request.param, tmp_path)


def test_a_value_is_found_in_its_partition_alone(values: Store) -> None:
    values.write(1, {b"k": b"one"}, None)
    values.write(2, {b"k": b"two", b"l": b""}, None)
    assert [values.get(partition, b"k") for partition in (0, 1, 2)] == [None, b"one", b"two"]
    assert values.get(2, b"l") == b"", "an empty value is a value"
    assert sorted(values.items(2)) == [(b"k", b"two"), (b"l", b"")]
    assert len(values) == 3


def test_a_value_is_taken_out(values: Store) -> None:
    values.write(1, {b"k": b"v", b"l": b"w"}, None)
    values.write(1, {b"k": None, b"never": None}, None)
    assert list(values.items(1)) == [(b"l", b"w")]


def test_a_position_stays_until_it_is_moved_and_is_no_value(values: Store) -> None:
    assert values.position(1) is None
    values.write(1, {b"k": b"v"}, 0)
    values.write(1, {b"k": b"w"}, None)
    assert (values.position(1), values.position(2)) == (0, None)
    values.write(1, {}, 2**40)
    assert values.position(1) == 2**40
    assert list(values.items(1)) == [(b"k", b"w")]


def test_what_is_let_go_is_gone_from_memory_and_rests_in_files(values: Store) -> None:
    values.write(1, {b"k": b"v"}, 5)
    values.write(2, {b"k": b"v"}, 5)
    values.keep_only({2})
    assert values.position(2) == 5
    assert values.position(1) == (5 if isinstance(values, RocksStore) else None)
    assert len(values) >= 1


def test_files_are_there_after_a_kill_and_are_whose_process_has_them_open(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        with pytest.raises(ConfigError, match="cannot open"):
            RocksStore(tmp_path).get(3, b"k")
        writer.kill()
    values = RocksStore(tmp_path)
    assert (values.get(3, b"k"), values.position(3)) == (b"v", 7)


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rocksdict", None)
    with pytest.raises(ConfigError, match=r"pip install 'missionpath\[rocksdict\]'"):
        store("rocksdict", tmp_path)
