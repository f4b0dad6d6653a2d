"""Seals health text before it reaches a disk, with keys that can be changed while the product runs."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot import key_file
from bot.key_file import BadKeyFile, Keys

_NONCE = 12
_ID = key_file.ID_BYTES


class SealBroken(ValueError):
    """Sealed bytes cannot be opened: their key is gone, or they were changed."""


class _Ring:
    """The keys as they were read at one moment; never changed, so that threads may share it."""

    def __init__(self, keys: Keys, seen: tuple[int, int, int] | None) -> None:
        self.ciphers = {key_id: AESGCM(key) for key_id, key in keys.keys.items()}
        self.newest = keys.newest
        self.index_key = keys.index
        self.seen = seen


class Vault:
    """AES-256-GCM with key ids: the newest key seals, every known key unseals.

    Sealed form: 4 bytes key id, 12 bytes nonce, ciphertext with tag. The key file holds secrets only and lives outside
    the database; losing it loses the data. Every process looks before it seals whether the file was replaced (one
    `stat`), so that a rotation is taken up at once and without a restart.
    """

    def __init__(self, keys: Keys, path: Path | None = None) -> None:
        self._path = path
        self._ring = _Ring(keys, _seen(path))

    @classmethod
    def open(cls, home: Path) -> Vault:
        """The vault of this home; makes the key file (mode 600) at the first run. Raises `BadKeyFile`."""
        path = key_file.ensure(home)
        return cls(key_file.read(path), path)

    @property
    def newest(self) -> bytes:
        """The id of the key that seals now."""
        return self._current().newest

    def seal(self, text: str) -> bytes:
        """Sealed bytes of any text; the same text never gives the same bytes twice."""
        ring = self._current()
        nonce = os.urandom(_NONCE)
        data = text.encode("utf-8", "surrogatepass")
        return ring.newest + nonce + ring.ciphers[ring.newest].encrypt(nonce, data, ring.newest)

    def unseal(self, sealed: bytes) -> str:
        """The text again; raises `SealBroken` when the key is unknown or a byte was changed."""
        key_id, nonce, data = sealed[:_ID], sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        cipher = self._ring.ciphers.get(key_id) or self._current().ciphers.get(key_id)
        if cipher is None:
            raise SealBroken("no key for this seal")
        try:
            return cipher.decrypt(nonce, data, key_id).decode("utf-8", "surrogatepass")
        except InvalidTag:
            raise SealBroken("the sealed bytes were changed") from None

    def blind(self, text: str) -> bytes:
        """A keyed hash for exact look-up of a phone number or e-mail without storing it readable."""
        key = self._ring.index_key
        return hmac.new(key, text.strip().casefold().encode("utf-8", "replace"), hashlib.sha256).digest()

    def _current(self) -> _Ring:
        """The keys as the file has them now; a file that is away or half-written by hand changes nothing."""
        seen = _seen(self._path)
        if self._path is not None and seen is not None and seen != self._ring.seen:
            try:
                self._ring = _Ring(key_file.read(self._path), seen)
            except BadKeyFile:
                return self._ring
        return self._ring


def _seen(path: Path | None) -> tuple[int, int, int] | None:
    """What tells one state of the file from another."""
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
