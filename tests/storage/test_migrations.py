"""Migrations and tables say the same, and every step can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, inspect, text

from bot.storage import migrations
from bot.storage.engine import open_engine
from bot.storage.sql import SqlStorage
from bot.storage.tables import METADATA


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, vault) -> Iterator[Engine]:
    if request.param == "postgres":
        yield request.getfixturevalue("fresh_postgres_engine")
        return
    opened = open_engine(f"sqlite:///{tmp_path / 'm.db'}", vault)
    yield opened
    opened.dispose()


def fill(engine, rows):
    """One row a table, as its columns are at this revision."""
    old = MetaData()
    with engine.begin() as connection:
        for name, values in rows.items():
            connection.execute(Table(name, old, autoload_with=connection).insert().values(**values))


def test_up_down_up_and_nothing_pending(engine):
    migrations.upgrade(engine)
    assert migrations.pending_changes(engine) == []
    migrations.downgrade(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert set(METADATA.tables) <= set(inspect(engine).get_table_names())


def test_what_was_stored_before_a_migration_is_there_after_it(engine, vault):
    """SQLite rebuilds tables: nothing that points to them may be lost."""
    migrations.upgrade(engine, "0001")
    at, sealed = datetime(2026, 1, 1, tzinfo=UTC), vault.seal("{}")
    rows = {
        "conversations": {"id": "c", "token_hash": b"", "channel": "web", "locale": "en", "phase": "handed_off", "last_seq": 0, "spoken_through": 0, "answered_through": 0, "created_at": at, "touched_at": at},
        "handoffs": {"id": 1, "reference": "PLP-OLD", "conversation": "c", "revision": 1, "status": "new", "outcome": "clinical_massage", "provisional": False, "rank": 2, "overridden": False, "rules_version": "x", "channel": "web", "locale": "en", "created_at": at, "changed_at": at},
        "handoff_revisions": {"handoff": 1, "number": 1, "at": at, "cause": "interview", "rules_version": "x", "record": sealed, "result": sealed, "consent": sealed, "said": sealed},
    }  # fmt: skip
    fill(engine, rows)
    migrations.upgrade(engine)
    with SqlStorage(engine, vault).reading() as uow:
        kept = uow.handoffs.by_reference("PLP-OLD")
        assert kept.waiting_since == at
        assert len(uow.handoffs.revisions(kept.id)) == 1


def test_ids_of_other_networks_are_hidden_and_found_again(engine, vault):
    migrations.upgrade(engine, "0016")
    at, wamid = datetime(2026, 1, 1, tzinfo=UTC), "wamid.HBgLMTU1NTAxMDk5OTkVAgASGBQz"
    chat = {"id": "c", "token_hash": b"", "channel": "whatsapp", "locale": "en", "phase": "consent", "last_seq": 4, "spoken_through": 0, "answered_through": 0, "created_at": at, "touched_at": at, "seen_at": at, "turn_through": 0}  # fmt: skip
    rows = {
        "conversations": chat,
        "provider_messages": {"channel": "whatsapp", "provider_id": wamid, "conversation": "c", "seq": 4, "at": at},
        "deliveries": {"channel": "whatsapp", "receipt": wamid, "conversation": "c", "seq": 4, "status": "sent", "at": at, "code": ""},
    }  # fmt: skip
    fill(engine, rows)
    migrations.upgrade(engine)
    with SqlStorage(engine, vault)() as uow:
        assert uow.conversations.by_provider("whatsapp", wamid) == ("c", 4)
        assert uow.conversations.by_provider("whatsapp", wamid.lower()) is None, "capitals count"
        assert uow.threads.came("whatsapp", wamid, status="read", at=at).status == "read"
        uow.commit()
    with engine.connect() as connection:
        kept = [*connection.execute(text("SELECT provider_id FROM provider_messages")).scalars()]
        kept += connection.execute(text("SELECT receipt FROM deliveries")).scalars()
    assert [len(one) for one in kept] == [64, 64]
    assert not [one for one in kept if "HBgL" in one]


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
