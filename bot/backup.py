"""Makes a sealed copy of everything an installation needs to go on elsewhere, and puts one back."""

from __future__ import annotations

import base64
import io
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import erasure_journal, key_file
from bot.bootstrap import storage
from bot.domain.errors import StorageUnavailable
from bot.key_file import BadKeyFile
from bot.sealed_file import FileBroken, SealingWriter, UnsealingReader
from bot.services import erasures
from bot.services.stored import Erasure
from bot.settings import Settings
from bot.storage import copies, migrations

KEY_NAME = "backup.key"
FORMAT = 1
MANIFEST = "manifest.json"
_DATABASES = ("palpate.db", "rasa.db")
_PARTS = ("web", "rasa", "actions")


class BackupRefused(RuntimeError):
    """The copy cannot be made or put back; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """When the copy was made, where what was here before lies now, and how many erasures were applied again."""

    made_at: str
    before: Path | None
    erased_again: int


def key_of(home: Path) -> tuple[Path, bytes, bool]:
    """The key of this home's backups: its file, the key, and whether it was made just now."""
    path = home / KEY_NAME
    made = False
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (
            suppress(FileExistsError),
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        ):
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
            made = True
    return path, read_key(path), made


def read_key(path: Path) -> bytes:
    """The key in a file. Raises `BackupRefused`."""
    try:
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except (OSError, ValueError):
        raise BackupRefused(f"{path} holds no key of backups") from None
    if len(key) != 32:
        raise BackupRefused(f"{path} holds no key of backups")
    return key


def back_up(settings: Settings, target: Path, key: bytes, *, now: datetime) -> None:
    """Write a sealed copy while the product runs; the file appears only when it is whole. Raises `BackupRefused`."""
    home = settings.home
    proofs(settings)
    manifest = {"format": FORMAT, "made_at": now.isoformat(), "database": copies.kind_of(settings.database_url)}
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with _workroom(home) as room:
            _copy_databases(settings, room)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                with SealingWriter(key, file) as sealed, tarfile.open(fileobj=sealed, mode="w|gz") as archive:
                    _add(archive, MANIFEST, json.dumps(manifest).encode())
                    for path in [*sorted(room.iterdir()), *_small_files(home)]:
                        archive.add(path, path.name, recursive=False)
                file.flush()
                os.fsync(file.fileno())
        draft.replace(target)
    except (OSError, copies.CopyFailed) as error:
        raise BackupRefused(f"the backup could not be written: {_told(error)}") from None
    finally:
        draft.unlink(missing_ok=True)


def put_back(settings: Settings, source: Path, key: bytes, *, now: datetime, over: bool) -> Restored:
    """Put a copy in the place of what is here, and forget again what was forgotten since. Raises `BackupRefused`.

    What was here is moved aside, not deleted. `over` must be True when there is a database already.
    """
    home = settings.home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    running = [part for part in _PARTS if _alive(home / f"{part}.pid")]
    if running:
        raise BackupRefused(f"the product is running ({', '.join(running)}); stop it first")
    earlier = proofs(settings)
    with _workroom(home) as room:
        manifest = _unpack(source, key, room)
        kind = copies.kind_of(settings.database_url)
        if manifest.get("format") != FORMAT or manifest.get("database") != kind:
            raise BackupRefused(f"this is a copy of {manifest.get('database')}, and PALPATE_DATABASE_URL names {kind}")
        if not over and _is_there(settings):
            raise BackupRefused("there is a database here already; --over puts the copy in its place")
        try:
            for name in _DATABASES:
                if (room / name).exists():
                    copies.check_sqlite(room / name)
        except copies.CopyFailed as error:
            raise BackupRefused(f"the backup cannot be used: {error}") from None
        before = _swap(settings, room, now)
    earlier += erasure_journal.read(home)
    erasure_journal.keep(home, earlier)
    again = _forget_again(settings, earlier, now)
    return Restored(str(manifest["made_at"]), before, again)


def proofs(settings: Settings) -> list[Erasure]:
    """Every erasure known here, by the database and by the list beside it, which is brought up to date."""
    known: list[Erasure] = []
    if not key_file.path_of(settings.home).exists():  # a new home: nothing to look into, and nothing to be made here
        return erasure_journal.read(settings.home)
    try:
        opened = storage(settings)
        try:
            known = erasures.proofs(opened)
        finally:
            opened.close()
    except (StorageUnavailable, BadKeyFile):  # a home that is new or damaged: the list beside it is what there is
        known = []
    erasure_journal.keep(settings.home, known)
    return erasure_journal.read(settings.home)


def _forget_again(settings: Settings, earlier: list[Erasure], now: datetime) -> int:
    opened = storage(settings)
    try:
        migrations.upgrade(opened.engine)
        return erasures.apply_again(opened, earlier, now=now).again
    finally:
        opened.close()


def _copy_databases(settings: Settings, room: Path) -> None:
    """Rasa's memory first: a turn it holds is then in the log, too, and never the other way round."""
    if copies.kind_of(settings.database_url) == copies.POSTGRESQL:
        copies.dump_postgresql(settings.database_url, room / copies.DUMP, settings.pg_bin)
        return
    for name in reversed(_DATABASES):
        source = _place(settings, name)
        if source.exists():
            copies.copy_sqlite(source, room / name)


def _place(settings: Settings, name: str) -> Path:
    """Where this part of a copy belongs: the database itself may lie outside of the home."""
    if name == "palpate.db" and copies.kind_of(settings.database_url) == copies.SQLITE:
        return Path(settings.database_url.removeprefix("sqlite:///"))
    return settings.home / name


def _is_there(settings: Settings) -> bool:
    """True when a restore would take the place of a database with something in it. Raises `BackupRefused`."""
    if copies.kind_of(settings.database_url) == copies.POSTGRESQL:
        try:
            return copies.holds_postgresql(settings.database_url)
        except copies.CopyFailed as error:
            raise BackupRefused(str(error)) from None
    return _place(settings, "palpate.db").exists()


def _small_files(home: Path) -> list[Path]:
    """Keys, settings, signatures, the list of erasures: everything small that is not a log."""
    found = [path for kind in ("*.json", "*.toml", "*.jsonl") for path in home.glob(kind)]
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _unpack(source: Path, key: bytes, room: Path) -> dict[str, Any]:
    """Everything, or `BackupRefused`; names with a folder in them are refused."""
    try:
        with source.open("rb") as file, tarfile.open(fileobj=UnsealingReader(key, file), mode="r|gz") as archive:
            for member in archive:
                if not member.isfile() or Path(member.name).name != member.name:
                    raise BackupRefused("the backup holds something that is not a plain file")
                content = archive.extractfile(member)
                handle = os.open(room / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as out:
                    shutil.copyfileobj(content or io.BytesIO(), out)
        found = json.loads((room / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, FileBroken, tarfile.TarError, ValueError, EOFError) as error:
        raise BackupRefused(f"the backup cannot be read: {_told(error)}") from None
    if not isinstance(found, dict) or not isinstance(found.get("made_at"), str):
        raise BackupRefused("the backup does not say what it is")
    return found


def _swap(settings: Settings, room: Path, now: datetime) -> Path | None:
    """What is here is moved aside, the copy is moved in."""
    names = {path.name for path in room.iterdir()} - {MANIFEST, copies.DUMP}
    databases = [_place(settings, name) for name in _DATABASES]
    logs = [path.with_name(f"{path.name}{tail}") for path in databases for tail in ("-wal", "-shm")]
    there = [path for path in [*(_place(settings, name) for name in names), *logs] if path.exists()]
    before = _set_aside(settings, there, settings.home / f"before-restore-{now:%Y%m%d-%H%M%S}", room)
    try:
        if (room / copies.DUMP).exists():
            copies.put_back_postgresql(settings.database_url, room / copies.DUMP, settings.pg_bin)
        for name in names:
            shutil.move(room / name, _place(settings, name))
    except (OSError, copies.CopyFailed) as error:
        for path in there:
            shutil.move((before or settings.home) / path.name, path)
        raise BackupRefused(f"the copy could not be put back: {_told(error)}") from None
    return before


def _set_aside(settings: Settings, there: list[Path], before: Path, room: Path) -> Path | None:
    """Move these files into `before`, with a dump of the PostgreSQL database that is replaced; None when there is nothing."""
    replaced = (room / copies.DUMP).exists() and _is_there(settings)
    if not there and not replaced:
        return None
    before.mkdir(mode=0o700)
    if replaced:
        try:
            copies.dump_postgresql(settings.database_url, before / copies.DUMP, settings.pg_bin)
        except copies.CopyFailed as error:
            shutil.rmtree(before)
            raise BackupRefused(f"what is here could not be kept: {error}") from None
    for path in there:
        shutil.move(path, before / path.name)
    return before


@contextmanager
def _workroom(home: Path) -> Iterator[Path]:
    """A private folder on the same disk, gone afterwards."""
    room = home / f".backup-{secrets.token_hex(4)}"
    room.mkdir(mode=0o700)
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _alive(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return False
    return True


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    archive.addfile(member, io.BytesIO(content))


def _told(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error) or type(error).__name__
