"""Seals a file of any size piece by piece, so that a changed, shortened or reordered copy is refused as a whole."""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"PALPATE-BACKUP-1\n"
PIECE = 1 << 20
_PREFIX = 7
_LENGTH = struct.Struct(">I")


class FileBroken(ValueError):
    """Not a sealed file, not this key's, or changed since it was written."""


class SealingWriter(io.RawIOBase):
    """Writes AES-256-GCM pieces; the nonce counts them and marks the last (the STREAM construction).

    `close` writes the last piece; a file without it is refused, so a broken-off copy is never taken for a whole one.
    """

    def __init__(self, key: bytes, target: BinaryIO) -> None:
        super().__init__()
        self._cipher, self._target = AESGCM(key), target
        self._prefix, self._count, self._held = os.urandom(_PREFIX), 0, bytearray()
        target.write(MAGIC + self._prefix)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take bytes; whole pieces are sealed at once."""
        self._held += data
        while len(self._held) > PIECE:
            self._piece(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece."""
        if not self.closed:
            self._piece(bytes(self._held), last=True)
        super().close()

    def _piece(self, data: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._count, last=last), data, MAGIC)
        self._target.write(_LENGTH.pack(len(sealed)) + sealed)
        self._count += 1


class UnsealingReader(io.RawIOBase):
    """Reads what `SealingWriter` wrote; raises `FileBroken` at the first byte that is not as it was."""

    def __init__(self, key: bytes, source: BinaryIO) -> None:
        super().__init__()
        if source.read(len(MAGIC)) != MAGIC:
            raise FileBroken("this is not a backup of Palpate")
        self._cipher, self._source = AESGCM(key), source
        self._prefix, self._count, self._held, self._ended = source.read(_PREFIX), 0, b"", False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """The next bytes, 0 at the end."""
        while not self._held and not self._ended:
            self._held = self._piece()
        taken = self._held[: len(buffer)]
        buffer[: len(taken)] = taken
        self._held = self._held[len(taken) :]
        return len(taken)

    def _piece(self) -> bytes:
        head = self._source.read(_LENGTH.size)
        if len(head) != _LENGTH.size:
            raise FileBroken("the backup is cut off")
        (length,) = _LENGTH.unpack(head)
        sealed = self._source.read(length) if length <= PIECE + 16 else b""
        for last in (False, True):
            try:
                data = self._cipher.decrypt(_nonce(self._prefix, self._count, last=last), sealed, MAGIC)
            except InvalidTag:
                continue
            self._count += 1
            self._ended = last
            if last and self._source.read(1):
                raise FileBroken("there is something behind the end of the backup")
            return data
        raise FileBroken("the backup was changed, or the key is another one")


def _nonce(prefix: bytes, count: int, *, last: bool) -> bytes:
    return prefix + count.to_bytes(4, "big") + (b"\x01" if last else b"\x00")
