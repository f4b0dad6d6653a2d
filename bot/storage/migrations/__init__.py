"""Brings a database of any age up to the tables of today, from within the program."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine

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


def _run(engine: Engine, step: object, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        config.attributes["connection"] = connection
        step(config, to)  # type: ignore[operator]
