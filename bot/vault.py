"""Seals health text before it reaches a disk, with keys that can be changed while the product runs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_ID = 4


class SealBroken(ValueError):
    """Sealed bytes cannot be opened: their key is gone, or they were changed."""


class Vault:
    """AES-256-GCM with key ids: the newest key seals, every known key unseals.

    Sealed form: 4 bytes key id, 12 bytes nonce, ciphertext with tag. The key file holds secrets only and lives outside
    the database; losing it loses the data.
    """

    def __init__(self, keys: Mapping[bytes, bytes], newest: bytes, index_key: bytes) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._newest = newest
        self._index_key = index_key

    @classmethod
    def open(cls, home: Path) -> Vault:
        """The vault of this home; makes the key file (mode 600) at the first run."""
        path = home / "keys.json"
        if not path.exists():
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            _create(path)
        raw = json.loads(path.read_text(encoding="ascii"))
        keys = {bytes.fromhex(key_id): base64.b64decode(key) for key_id, key in raw["keys"].items()}
        return cls(keys, bytes.fromhex(raw["newest"]), base64.b64decode(raw["index"]))

    def seal(self, text: str) -> bytes:
        """Sealed bytes of any text; the same text never gives the same bytes twice."""
        nonce = os.urandom(_NONCE)
        data = text.encode("utf-8", "surrogatepass")
        return self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, data, self._newest)

    def unseal(self, sealed: bytes) -> str:
        """The text again; raises `SealBroken` when the key is unknown or a byte was changed."""
        key_id, nonce, data = sealed[:_ID], sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise SealBroken("no key for this seal")
        try:
            return cipher.decrypt(nonce, data, key_id).decode("utf-8", "surrogatepass")
        except InvalidTag:
            raise SealBroken("the sealed bytes were changed") from None

    def blind(self, text: str) -> bytes:
        """A keyed hash for exact look-up of a phone number or e-mail without storing it readable."""
        return hmac.new(self._index_key, text.strip().casefold().encode("utf-8", "replace"), hashlib.sha256).digest()


def _create(path: Path) -> None:
    """Write a fresh key file so that of two processes starting together exactly one wins."""
    key_id = secrets.token_hex(_ID)
    body = {
        "newest": key_id,
        "keys": {key_id: base64.b64encode(secrets.token_bytes(32)).decode("ascii")},
        "index": base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
