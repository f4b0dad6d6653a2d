"""Column types that keep two promises whatever the query: health text is sealed on disk, and every time is UTC."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from bot.vault import Vault

# Each engine has a dialect object of its own, so that is what knows which vault seals for it.
_VAULTS: WeakKeyDictionary[Dialect, Vault] = WeakKeyDictionary()


def seal_with(dialect: Dialect, vault: Vault) -> None:
    """From now on the sealed columns of this engine are sealed by this vault."""
    _VAULTS[dialect] = vault


class Sealed(TypeDecorator[str]):
    """Text that is never on disk in the clear."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else _VAULTS[dialect].seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Unseal on the way out."""
        return None if value is None else _VAULTS[dialect].unseal(bytes(value))


class SealedJson(TypeDecorator[Any]):
    """A JSON value that is never on disk in the clear."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return (
            None if value is None else _VAULTS[dialect].seal(json.dumps(value, default=_plain, separators=(",", ":")))
        )

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Unseal on the way out."""
        return None if value is None else json.loads(_VAULTS[dialect].unseal(bytes(value)))


class Hidden(TypeDecorator[str]):
    """An id of another network, found again by its keyed hash and read by nobody: some carry a telephone number.

    WhatsApp's `wamid.…` is one in base64. What is read back is the hash; an id is only ever looked for.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Hash on the way in, and what is looked for too."""
        return None if value is None else hidden(value, dialect)


def hidden(value: str, dialect: Dialect) -> str:
    """What is stored of an id; capitals count, which the vault's index for addresses passes over."""
    exact = hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
    return _VAULTS[dialect].blind(exact).hex()


class Utc(TypeDecorator[datetime]):
    """A time with its zone: a naive one is refused, SQLite's naive ones come back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC on the way out."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _plain(value: Any) -> Any:
    """Read-only mappings are written as objects."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {type(value).__name__}")
