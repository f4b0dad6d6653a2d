"""The file that holds the keys: made at the first run, changed only as a whole, readable by its owner alone."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NAME = "keys.json"
ID_BYTES = 4
KEY_BYTES = 32


class BadKeyFile(RuntimeError):
    """The key file cannot be read; the message names it and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What is in the file. `newest` seals, all of `keys` unseal, `index` blinds what can be searched for.

    `made` says when each key was made; the index key is never changed, so that what was stored is still found.
    """

    newest: bytes
    keys: Mapping[bytes, bytes]
    index: bytes
    made: Mapping[bytes, datetime]

    @property
    def old(self) -> list[bytes]:
        """The ids of all keys but the newest."""
        return [key_id for key_id in self.keys if key_id != self.newest]


def path_of(home: Path) -> Path:
    """Where the key file of this home is."""
    return home / NAME


def ensure(home: Path) -> Path:
    """Make the file at the first run, so that of two processes starting together exactly one wins; its path."""
    path = path_of(home)
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_id, key = _new_key()
        fresh = Keys(key_id, {key_id: key}, secrets.token_bytes(KEY_BYTES), {key_id: datetime.now(UTC)})
        draft = _draft(path, fresh)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path


def read(path: Path) -> Keys:
    """The keys. Raises `BadKeyFile`."""
    try:
        return parsed(path.read_text(encoding="ascii"))
    except (OSError, ValueError, BadKeyFile) as error:
        raise BadKeyFile(f"{path} cannot be read as a key file: {type(error).__name__}") from None


def parsed(text: str) -> Keys:
    """The keys in the text of a key file. Raises `BadKeyFile`."""
    try:
        raw: Mapping[str, Any] = json.loads(text)
        keys = {bytes.fromhex(key_id): base64.b64decode(key) for key_id, key in raw["keys"].items()}
        made = {bytes.fromhex(key_id): datetime.fromisoformat(at) for key_id, at in raw.get("made", {}).items()}
        return Keys(bytes.fromhex(raw["newest"]), keys, base64.b64decode(raw["index"]), made)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadKeyFile(f"not a key file: {type(error).__name__}") from None


def add(path: Path, *, now: datetime) -> Keys:
    """Put a fresh key in front of the others; they stay. A crash leaves the file as it was or as it is to be."""
    known = read(path)
    key_id, key = _new_key()
    return write(
        path, replace(known, newest=key_id, keys={**known.keys, key_id: key}, made={**known.made, key_id: now})
    )


def drop(path: Path, gone: Collection[bytes]) -> Keys:
    """Forget these keys; the newest is never dropped."""
    known = read(path)
    gone = set(gone) - {known.newest}
    keys = {key_id: key for key_id, key in known.keys.items() if key_id not in gone}
    return write(
        path, replace(known, keys=keys, made={key_id: at for key_id, at in known.made.items() if key_id in keys})
    )


def write(path: Path, keys: Keys) -> Keys:
    """Replace the file as a whole."""
    draft = _draft(path, keys)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return keys


@contextlib.contextmanager
def held(home: Path) -> Iterator[None]:
    """One at a time changes the keys of this home; the others wait."""
    with (home / ".keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _draft(path: Path, keys: Keys) -> Path:
    body = {
        "newest": keys.newest.hex(),
        "keys": {key_id.hex(): base64.b64encode(key).decode("ascii") for key_id, key in keys.keys.items()},
        "index": base64.b64encode(keys.index).decode("ascii"),
        "made": {key_id.hex(): at.isoformat() for key_id, at in keys.made.items()},
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    return draft


def _new_key() -> tuple[bytes, bytes]:
    return secrets.token_bytes(ID_BYTES), secrets.token_bytes(KEY_BYTES)
