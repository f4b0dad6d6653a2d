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
from bot.chaos.database import Database
from bot.chaos.faults import OTHERS, PARTS, Target
from bot.chaos.load import Accepted, Talk
from bot.chaos.network import Network
from bot.chaos.verdict import Verdict, _delivered, judge
from bot.services.stored import Conversation, Message, NewMessage
from bot.settings import Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault

SAID = (("visitor", "hello"), ("bot", "one"), ("bot", "two"), ("bot", "three"))
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.stack
def test_kills_a_hang_and_outages_lose_and_double_nothing():
    others = ("lock", "disk", "silent", "hang-rasa")
    report = command.run(Plan(kills=2, rate=6, at_once=6, gap=1, others=others, outage=2, seed=11), io.StringIO())
    assert report.clean, command.told(report)
    assert sum(report.faults.values()) == 6
    assert report.verdict.accepted > 20


def test_every_fault_of_the_long_run_can_be_made(tmp_path: Path):
    target = Target(tmp_path, Database(), Network(), None)
    target.network.close()
    assert all(callable(target.fault(name)) for name in (*PARTS, *OTHERS))


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
    found = judge(settings, [talk], Counter(), {})
    assert (found.lost, found.doubled, found.disordered) == (1, 1, 1)
    assert (found.unanswered, found.turns_lost, found.replies_doubled, found.handoffs_missing) == (1, 3, 1, 1)
    assert not found.clean


@pytest.mark.parametrize(
    ("texts", "lost", "doubled", "disordered"),
    [
        (["Clinic:\none", "two", "three"], 0, 0, 0),
        (["one", "three"], 1, 0, 0),
        (["one", "two", "two", "three"], 0, 1, 0),
        (["two", "one", "three"], 0, 0, 1),
    ],
)
def test_the_verdict_sees_what_a_network_was_not_sent(texts, lost, doubled, disordered):
    log = [Message("c", at, sender, NOW, text) for at, (sender, text) in enumerate(SAID, 1)]
    found = Verdict()
    _delivered(found, log, texts)
    assert (found.lines_lost, found.lines_doubled, found.lines_disordered) == (lost, doubled, disordered)


def test_words_of_an_emergency_may_overtake_on_a_network():
    alert = {"alert": {"urgency": "emergency", "call": "911"}}
    log = [Message("c", 1, "bot", NOW, "one"), Message("c", 2, "bot", NOW, "Call 911", body=alert)]
    found = Verdict()
    _delivered(found, log, ["Call 911", "one"])
    assert (found.lines_lost, found.lines_doubled, found.lines_disordered) == (0, 0, 0)
