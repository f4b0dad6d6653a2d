"""A small chaos: the real product under steady writing loses and doubles nothing while its parts are killed and locked.

The long one is `palpate chaos`; its figures are in docs/explanation/durability.md.
"""

from __future__ import annotations

import io
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.chaos import command
from bot.chaos.command import Plan
from bot.chaos.load import Accepted, Talk
from bot.chaos.verdict import judge
from bot.services.stored import Conversation, NewMessage
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.stack
def test_kills_and_a_locked_database_lose_and_double_nothing():
    plan = Plan(kills=4, rate=10, at_once=10, gap=1, others=("lock", "disk"), outage=3, seed=11)
    report = command.run(plan, io.StringIO())
    assert report.clean, command.told(report)
    assert sum(report.faults.values()) == 6
    assert report.verdict.accepted > 20


@pytest.fixture
def spoiled(tmp_path: Path):
    """A home in which everything went wrong that can, and what the visitors believe."""
    settings = Settings.from_env({"PALPATE_HOME": str(tmp_path), "PALPATE_DATABASE_URL": ""})
    storage = SqlStorage.open(settings.database_url, Vault.open(tmp_path))
    migrations.upgrade(storage.engine)
    talk = Talk("conversation-0000000001", "t", ended=True)
    talk.accepted = [Accepted(text, seq, 1) for seq, text in enumerate(("one", "two", "three"), 1)]
    with storage() as uow:
        uow.conversations.add(Conversation(talk.id, b"h", "web", "en", "interview", NOW, NOW))
        for text in ("two", "one", "one"):
            uow.conversations.append(talk.id, NewMessage("visitor", text), now=NOW)
        uow.conversations.append(talk.id, NewMessage("bot", "never said by Rasa"), now=NOW)
        uow.commit()
    storage.close()
    with closing(sqlite3.connect(tmp_path / "rasa.db")) as rasa:
        rasa.execute("CREATE TABLE rasa_turns (conversation, seq, message_id, session, events)")
    return settings, talk


def test_the_verdict_sees_what_is_wrong(spoiled):
    settings, talk = spoiled
    found = judge(settings, [talk], Counter())
    assert (found.lost, found.doubled, found.disordered) == (1, 1, 1)
    assert (found.unanswered, found.turns_lost, found.replies_doubled, found.handoffs_missing) == (1, 3, 1, 1)
    assert not found.clean
