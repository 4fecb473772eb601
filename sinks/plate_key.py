"""The key from which licence plates get their pseudonyms: given, or made once beside the embedded data."""

import os
import secrets
from pathlib import Path

from runtime.errors import ConfigError
from runtime.settings import PLATE_KEY_CHARACTERS_MIN, Settings, env_name


def plate_key(settings: Settings) -> bytes:
    """The key of these settings; one that is made is readable for its owner alone.

    *Guarantee*: durable before it is used: without it no plate ever gets the pseudonym again that it had.
    *Raises*: ConfigError when a server's is not set, or when the file of the one that was made cannot be used.
    """
    if settings.plate_key is not None:
        return settings.plate_key.get_secret_value().encode()
    if settings.clickhouse_url is not None:
        raise ConfigError(
            f"{env_name('plate_key')} is not set: all sinks of a ClickHouse server need the same secret, of at least "
            f"{PLATE_KEY_CHARACTERS_MIN} characters, for the pseudonyms of licence plates (docs/privacy.md)"
        )
    file = key_file(settings.home)
    try:
        return _read(file) if file.exists() else _made(file)
    except OSError as error:
        raise ConfigError(f"cannot use {file}: {error.strerror}") from error


def key_file(home: Path) -> Path:
    """Where a key that was made is kept: beside the embedded data, not among them."""
    return home / "clickhouse" / "plate.key"


def _read(file: Path) -> bytes:
    key = file.read_bytes().strip()
    if len(key) < PLATE_KEY_CHARACTERS_MIN:
        raise ConfigError(f"{file} holds no key of at least {PLATE_KEY_CHARACTERS_MIN} characters")
    return key


def _made(file: Path) -> bytes:
    key = secrets.token_hex().encode()
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(fresh, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as new:
        new.write(key + b"\n")
        new.flush()
        os.fsync(new.fileno())
    fresh.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return key
