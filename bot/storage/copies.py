"""Consistent copies of the databases while everything runs, and putting them back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

SECONDS = 3600
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DUMP = "palpate.dump"


class CopyFailed(RuntimeError):
    """A copy could not be made or put back; the message says why and quotes no data."""


def kind_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return SQLITE if url.startswith("sqlite") else POSTGRESQL


def copy_sqlite(source: Path, target: Path) -> None:
    """By SQLite's own backup API: whole and consistent, however much is written meanwhile; then checked."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(source, timeout=10)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy, pages=1000)
            copy.execute("PRAGMA journal_mode=DELETE")
        check_sqlite(target)
    except sqlite3.Error as error:
        raise CopyFailed(f"{source.name} could not be copied: {type(error).__name__}") from None


def check_sqlite(path: Path) -> None:
    """Raise `CopyFailed` when the file is not a whole database."""
    try:
        with closing(sqlite3.connect(path)) as copy:
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise CopyFailed(f"{path.name} is damaged: {type(error).__name__}") from None
    if verdict != "ok":
        raise CopyFailed(f"{path.name} is damaged")


def holds_postgresql(url: str) -> bool:
    """True when there is a table in the database. Raises `CopyFailed` when it cannot be asked."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), connect_args={"connect_timeout": 5})
    try:
        return bool(inspect(engine).get_table_names())
    except SQLAlchemyError as error:
        raise CopyFailed(f"the database cannot be reached: {type(error).__name__}") from None
    finally:
        engine.dispose()


def dump_postgresql(url: str, target: Path, folder: str) -> None:
    """By pg_dump, which sees one moment of the database."""
    _run([_tool("pg_dump", folder), "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], url)
    target.chmod(0o600)


def put_back_postgresql(url: str, source: Path, folder: str) -> None:
    """By pg_restore in one transaction: all of it or nothing."""
    words = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run([_tool("pg_restore", folder), *words, f"--dbname={make_url(url).database}", str(source)], url)


def _run(words: list[str], url: str) -> None:
    """The password goes by the environment: a command line can be read by everybody on the machine."""
    parts = make_url(url)
    given = {
        "PGHOST": parts.host or str(parts.query.get("host") or ""),
        "PGPORT": str(parts.port or ""),
        "PGUSER": parts.username or "",
        "PGPASSWORD": str(parts.password or ""),
        "PGDATABASE": parts.database or "",
    }
    env = {**os.environ, **{name: value for name, value in given.items() if value}}
    try:
        done = subprocess.run(words, env=env, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CopyFailed(f"{Path(words[0]).name}: {type(error).__name__}") from None
    if done.returncode != 0:
        raise CopyFailed(f"{Path(words[0]).name} failed; its version must be that of the server or newer")


def _tool(name: str, folder: str) -> str:
    found = shutil.which(name, path=folder or None)
    if found is None:
        raise CopyFailed(f"{name} is not here; install PostgreSQL's client programs or set PALPATE_PG_BIN")
    return found
