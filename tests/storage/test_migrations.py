"""Migrations and tables say the same, and every step can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect

from bot.storage import migrations
from bot.storage.engine import open_engine
from bot.storage.tables import METADATA


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, vault) -> Iterator[Engine]:
    if request.param == "postgres":
        yield request.getfixturevalue("fresh_postgres_engine")
        return
    opened = open_engine(f"sqlite:///{tmp_path / 'm.db'}", vault)
    yield opened
    opened.dispose()


def test_up_down_up_and_nothing_pending(engine):
    migrations.upgrade(engine)
    assert migrations.pending_changes(engine) == []
    migrations.downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())


def test_the_promised_tables_and_columns_are_there():
    assert {
        "conversations",
        "messages",
        "handoffs",
        "handoff_revisions",
        "appointments",
        "audit",
        "staff",
        "outbox",
    } <= set(METADATA.tables)
    promised = {"reference", "status", "outcome", "urgency", "provisional", "rules_version", "created_at"}
    assert promised <= set(METADATA.tables["handoffs"].c.keys())
