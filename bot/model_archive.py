"""Knows a trained model again: its hash is written beside it when it is made, and checked before it is loaded."""

from __future__ import annotations

import hashlib
from pathlib import Path

_PIECE = 1 << 20


class ArchiveRefused(RuntimeError):
    """The archive is not the one that was trained here; the message names it."""


def manifest_of(archive: Path) -> Path:
    """The file beside the archive, as `sha256sum -c` reads it."""
    return archive.with_name(f"{archive.name}.sha256")


def write(archive: Path) -> None:
    """Write down what the archive is; called by who trained it."""
    manifest_of(archive).write_text(f"{_hash(archive)}  {archive.name}\n", encoding="ascii")


def check(archive: Path) -> None:
    """Raise `ArchiveRefused` unless the archive is exactly what was trained."""
    try:
        known = manifest_of(archive).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        raise ArchiveRefused(
            f"{archive}: nothing says what this model is ({manifest_of(archive).name} is missing); train it here"
        ) from None
    if known[1:] != [archive.name] or known[0] != _hash(archive):
        raise ArchiveRefused(f"{archive}: this model was changed since it was trained; it is not loaded")


def newest(folder: Path) -> Path | None:
    """The archive Rasa takes when it is given a folder."""
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def _hash(archive: Path) -> str:
    digest = hashlib.sha256()
    try:
        with archive.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError as error:
        raise ArchiveRefused(f"{archive}: cannot be read: {error.strerror}") from None
    return digest.hexdigest()
