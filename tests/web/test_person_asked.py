"""Who asks for a person is told when one answers, and staff are told once, before any hand-off."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import Running, Visitor
from standin_rasa import Rasa

from bot.services import live
from bot.services.review import Actor
from bot.settings import read_clinic
from bot.web.turns import words

CLINIC = read_clinic(Path("nowhere"))


def alerts(edge: Running) -> int:
    """How many alerts about it were queued."""
    with edge.context.uow.engine.connect() as connection:
        query = "SELECT count(*) FROM outbox WHERE key LIKE 'person:%' AND kind = 'staff_alert'"
        return int(connection.exec_driver_sql(query).scalar_one())


def test_staff_are_told_once_and_the_question_stays_open(visitor: Visitor, rasa: Rasa, edge: Running):
    visitor.consent()
    for _ in range(2):
        log = visitor.settled(visitor.say("a person please"))
    told = [line for line in visitor.bot() if "team" in line]
    assert len(told) == 1
    assert log["messages"][-1]["question"]["field"] == "nrs"
    assert alerts(edge) == 1
    with edge.context.uow.reading() as uow:
        chat = uow.conversations.get(visitor.id)
        assert chat is not None
        assert chat.person_asked_at is not None
        assert [one.id for one in uow.conversations.in_progress(edge.context.clock(), limit=5)] == [visitor.id]


def test_another_wish_after_an_answered_one_is_told_again_once(visitor: Visitor, rasa: Rasa, edge: Running):
    visitor.consent()
    for wish in (1, 2, 3):
        for _ in range(2):
            visitor.settled(visitor.say("a person please"))
        assert alerts(edge) == wish
        live.person_seen_to(edge.context.uow(), visitor.id, by=Actor("Ana", "reviewer"), now=edge.context.clock())
    with edge.context.uow.reading() as uow:
        chat = uow.conversations.get(visitor.id)
        assert chat is not None
        assert chat.person_asked_at is None


@pytest.mark.parametrize(
    ("now", "locale", "told"),
    [
        (datetime(2026, 11, 23, 15, 0, tzinfo=UTC), "en", "as soon as they can"),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "en", "from Tuesday 24 November, 08:00"),
        (datetime(2026, 11, 29, 15, 0, tzinfo=UTC), "en", "from Monday 30 November, 08:00"),
        (datetime(2026, 11, 29, 15, 0, tzinfo=UTC), "es", "lunes 30 de noviembre, a las 08:00"),
    ],
)
def test_out_of_hours_the_visitor_hears_when_somebody_answers(now: datetime, locale: str, told: str):
    assert told in words.person_told(CLINIC, locale, now)
