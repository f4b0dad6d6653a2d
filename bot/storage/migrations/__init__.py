"""Brings a database of any age up to the tables of today, from within the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine

from bot.storage.tables import METADATA

_HERE = Path(__file__).resolve().parent
_LOCK = 0x70616C70  # PostgreSQL: one process migrates, the others wait and find nothing left to do


def upgrade(engine: Engine, to: str = "head") -> None:
    """Migrate up; safe to repeat and to run from several processes at once."""
    _run(engine, command.upgrade, to)


def downgrade(engine: Engine, to: str = "base") -> None:
    """Migrate down; data of tables that go is lost."""
    _run(engine, command.downgrade, to)


def pending_changes(engine: Engine) -> list[object]:
    """What the tables have and the migrations do not; empty when all is well."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))


def _run(engine: Engine, step: Callable[[Config, str], None], to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    with engine.connect() as connection, _free_to_rebuild(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        config.attributes["connection"] = connection
        step(config, to)


@contextmanager
def _free_to_rebuild(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, and dropping the old one would delete all rows that point to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.dbapi_connection
    if raw is None:
        raise RuntimeError("no connection to SQLite")
    raw.cursor().execute("PRAGMA foreign_keys=OFF")  # only possible outside of a transaction
    try:
        yield
        broken = raw.cursor().execute("PRAGMA foreign_key_check").fetchall()
    finally:
        raw.cursor().execute("PRAGMA foreign_keys=ON")
    if broken:
        raise RuntimeError(f"the migration left {len(broken)} rows that point to nothing")
