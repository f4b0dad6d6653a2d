"""The figures are at an address of their own and hold no word, no id and no address."""

from __future__ import annotations

import re

import httpx
from conftest import Running, Visitor
from standin_rasa import Rasa

from bot.domain.errors import StorageUnavailable
from bot.engine.servers import free_port
from bot.web import metrics


def served(edge: Running) -> str:
    """What a monitoring system reads."""
    port = free_port()
    with metrics.Served(port, edge.context.uow):
        return httpx.get(f"http://127.0.0.1:{port}/metrics").text


def value(figures: str, name: str) -> float:
    """One figure."""
    return float(next(line.rsplit(" ", 1)[1] for line in figures.splitlines() if line.startswith(f"{name} ")))


def test_what_happens_is_counted_and_nobody_named(visitor: Visitor, rasa: Rasa, edge: Running):
    visitor.consent()
    before = value(served(edge), "palpate_messages_total")
    rasa.up = False
    visitor.say("chest pain in my unmistakable groin")
    visitor.answer("call_back", {"name": "Ana Ruiz", "phone": "+1 555 010 0142"})
    figures = served(edge)
    assert value(figures, "palpate_messages_total") == before + 2
    assert value(figures, "palpate_conversations_waiting") == 1
    assert value(figures, "palpate_call_backs_open") == 1
    assert value(figures, 'palpate_danger_scripts_total{urgency="emergency"}') >= 1
    assert 'palpate_requests_total{method="POST",part="api",status="202"}' in figures
    names = re.sub(r" \S+$", "", figures, flags=re.MULTILINE)  # the values are counts and moments: any digits
    for secret in ("groin", "Ana", "555", visitor.id, visitor.token, "127.0.0.1"):
        assert secret not in names


def test_no_stranger_makes_a_new_series(http: httpx.Client, edge: Running):
    http.request("BREW", "/coffee")
    http.get("/api/conversations/my-knee-hurts/messages")
    figures = served(edge)
    assert "BREW" not in figures
    assert "coffee" not in figures
    assert "knee" not in figures


def test_the_chat_has_no_figures(http: httpx.Client):
    assert http.get("/metrics").status_code == 404


def test_a_database_that_is_gone_is_a_figure(edge: Running, monkeypatch):
    def gone():
        raise StorageUnavailable("gone")

    monkeypatch.setattr(type(edge.context.uow), "reading", lambda _self: gone())
    assert value(served(edge), "palpate_database_up") == 0
