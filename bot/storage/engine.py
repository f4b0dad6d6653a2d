"""Opens the database so that a commit means stored: pragmas, drivers, time-outs, and the seal of its columns."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from bot.storage.columns import seal_with
from bot.vault import Vault

BUSY_MILLISECONDS = 10_000
READ_ONLY = "palpate_read_only"
BRISK = "palpate_brisk"


def open_engine(url: str, vault: Vault) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://…` (the driver is added here). Nothing is created yet.

    Statements are never shown with their values: errors and logs must not quote a visitor.
    """
    target = make_url(url)
    engine = _sqlite(target) if target.get_backend_name() == "sqlite" else _postgresql(target)
    seal_with(engine.dialect, vault)
    return engine


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=10,
        connect_args={
            "connect_timeout": 5,
            "tcp_user_timeout": 15_000,  # a server behind a cut cable is gone, not slow
            "options": "-c statement_timeout=15000 -c lock_timeout=10000",
        },
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _sqlite(url: URL) -> Engine:
    _make_private(url.database)
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        hide_parameters=True,
        pool_size=10,
        max_overflow=10,
        pool_timeout=10,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(path: str | None) -> None:
    """The file holds health data: only its owner may read it, from the first byte on."""
    if path and path != ":memory:" and not Path(path).exists():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, else reads and writes would not be one transaction
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: waiting at BEGIN is fair, failing in the middle is not."""
    options = connection.get_execution_options()
    if options.get(READ_ONLY):
        connection.exec_driver_sql("BEGIN")
        return
    wanted = "NORMAL" if options.get(BRISK) else "FULL"
    if (
        connection.info.get("synchronous") != wanted
    ):  # a pooled connection may come from a transaction of the other kind
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(BRISK):
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
