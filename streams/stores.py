"""Where a table keeps its values: in memory, or in files beside the worker, by partition.

A store is a copy: the changelog has the truth, and whoever lost a store reads it all again. In memory that is every
start; files are read on from where they end.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from runtime.errors import ConfigError

POSITION = b"\x00position"
"""The key of a partition's files that holds its position; no key of a table begins so."""


class Store(Protocol):
    """Values by partition and key.

    *Shape*: a *position* is where in the partition's changelog to go on reading; none is from its beginning.
    """

    def get(self, partition: int, key: bytes) -> bytes | None:
        """The value of a key."""
        ...

    def write(self, partition: int, changes: Mapping[bytes, bytes | None], position: int | None) -> None:
        """Set values, or take them out where there is none, and the position, where there is one: all or nothing."""
        ...

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """Everything of a partition."""
        ...

    def position(self, partition: int) -> int | None:
        """Where to go on reading."""
        ...

    def keep_only(self, partitions: set[int]) -> None:
        """Let the others go; they may be another worker's now."""
        ...

    def __len__(self) -> int:
        """How many keys there are; of files an estimate."""
        ...


class MemoryStore:
    """Values in memory: the fastest, and gone with the process."""

    def __init__(self) -> None:
        self._values: dict[int, dict[bytes, bytes]] = {}
        self._positions: dict[int, int] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        """See Store."""
        values = self._values.get(partition)
        return None if values is None else values.get(key)

    def write(self, partition: int, changes: Mapping[bytes, bytes | None], position: int | None) -> None:
        """See Store."""
        values = self._values.setdefault(partition, {})
        for key, value in changes.items():
            if value is None:
                values.pop(key, None)
            else:
                values[key] = value
        if position is not None:
            self._positions[partition] = position

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """See Store."""
        yield from self._values.get(partition, {}).items()

    def position(self, partition: int) -> int | None:
        """See Store."""
        return self._positions.get(partition)

    def keep_only(self, partitions: set[int]) -> None:
        """See Store."""
        self._values = {p: values for p, values in self._values.items() if p in partitions}
        self._positions = {p: position for p, position in self._positions.items() if p in partitions}

    def __len__(self) -> int:
        return sum(map(len, self._values.values()))


class RocksStore:
    """Values in files of RocksDB, a database for each partition: more than memory holds, and there after a restart.

    A process that is killed loses nothing of it. A machine that loses its power loses the end, position included: the
    changelog has it still.

    *Raises*: ConfigError when rocksdict is not installed, or when another process has the files open.
    """

    def __init__(self, directory: Path) -> None:
        try:
            import rocksdict  # noqa: PLC0415 - an optional dependency
        except ImportError as error:
            raise ConfigError("the store rocksdict needs: pip install 'missionpath[rocksdict]'") from error
        self._rocksdict: Any = rocksdict
        self._directory = directory
        self._databases: dict[int, Any] = {}

    def get(self, partition: int, key: bytes) -> bytes | None:
        """See Store."""
        value: bytes | None = self._database(partition).get(key)
        return value

    def write(self, partition: int, changes: Mapping[bytes, bytes | None], position: int | None) -> None:
        """See Store."""
        batch = self._rocksdict.WriteBatch(raw_mode=True)
        for key, value in changes.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        if position is not None:
            batch.put(POSITION, position.to_bytes(8))
        self._database(partition).write(batch)

    def items(self, partition: int) -> Iterator[tuple[bytes, bytes]]:
        """See Store."""
        for key, value in self._database(partition).items():
            if key != POSITION:
                yield key, value

    def position(self, partition: int) -> int | None:
        """See Store."""
        if partition not in self._databases and not self._path(partition).exists():
            return None
        found = self._database(partition).get(POSITION)
        return None if found is None else int.from_bytes(found)

    def keep_only(self, partitions: set[int]) -> None:
        """See Store; their files stay, for the partitions may come back."""
        for partition in self._databases.keys() - partitions:
            self._databases.pop(partition).close()

    def __len__(self) -> int:
        estimate = "rocksdb.estimate-num-keys"
        return sum(database.property_int_value(estimate) or 0 for database in self._databases.values())

    def _path(self, partition: int) -> Path:
        return self._directory / str(partition)

    def _database(self, partition: int) -> Any:
        if partition not in self._databases:
            path = self._path(partition)
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._databases[partition] = self._rocksdict.Rdict(str(path), self._options())
            except Exception as error:
                # The library knows one exception for everything.
                raise ConfigError(f"cannot open {path}: {error}") from error
        return self._databases[partition]

    def _options(self) -> Any:
        options = self._rocksdict.Options(raw_mode=True)
        options.create_if_missing(True)
        options.set_compression_type(self._rocksdict.DBCompressionType.lz4())
        return options


def store(name: str, directory: Path) -> Store:
    """The store of that name. *Raises*: as RocksStore."""
    return RocksStore(directory) if name == "rocksdict" else MemoryStore()
