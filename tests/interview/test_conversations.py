"""Whole conversations with the interview, read from cases a clinician can read; every message of them is short."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.domain import complaints, judge, stopped

FOLDER = Path(__file__).parents[1] / "cases/conversations"
FILES = ("interview", "stopped", "corrections", "proxy", "unplanned")
CASES = [case for name in FILES for case in yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))]
LONG_ALLOWED = (
    "Please get this checked by a doctor today",
    "Hello, I'm the automated",
    "Here is what I understood",
    "Got it:",
    "Please stop here",
    "I'm really glad",
    "Vea a un médico hoy",
    "Hola, soy el asistente",
    "Esto es lo que entendí",
    "Entendido:",
    "Pare aquí",
    "Me alegra",
)
MOST_WORDS = 45


def hold(begin: Any, case: dict[str, Any]) -> Any:
    talk = begin(locale=case.get("locale", "en"))
    for at, turn in enumerate(case["talk"], 1):
        if "say" in turn:
            hurried, early = turn.get("hurried", False), turn.get("early", False)
            talk.say(turn["say"], turn.get("intent"), hurried=hurried, early=early)
        elif "change" in turn:
            talk.tap(turn["change"], "change")
        else:
            talk.tap(turn["tap"], turn.get("question"))
        where = f"turn {at}: {turn}; heard {talk.last}"
        if "asks" in turn:
            assert talk.intake.open_field == turn["asks"], where
        heard = " ".join(talk.last)
        assert turn.get("hears", "") in heard, where
        assert turn.get("never", "\0") not in heard, where
    return talk


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_conversation_goes_as_it_should(begin: Any, case: dict[str, Any]) -> None:
    talk = hold(begin, case)
    intake, record = talk.intake, judge.record_json(talk.intake)
    for name, value in case.get("record", {}).items():
        assert record[name] == value, (name, record)
    for name, value in case.get("facts", {}).items():
        assert intake.facts.get(name) == value, name
    kept = [
        {name: intake.facts.get(complaints.field(name, at)) for name in complaints.RECORDED}
        for at in complaints.numbers(intake)
    ]
    for ache, told in zip(kept, case.get("complaints", kept), strict=True):
        assert {name: ache[name] for name in told} == told
    assert intake.phase == case.get("phase", intake.phase)
    assert talk.turns <= case.get("most", talk.turns)
    assert talk.alerts == case.get("alerts", talk.alerts)
    assert [entry["field"] for entry in intake.corrected] == case.get(
        "corrected", [e["field"] for e in intake.corrected]
    )
    assert case.get("extra", "") in ["", *intake.extra]
    assert case.get("unsure", "") in ["", *intake.rf_unknown]
    assert intake.wants_person == case.get("wants_person", intake.wants_person)
    assert judge.judge(intake).urgency == case.get("urgency", judge.judge(intake).urgency)
    for kept, told in zip(intake.disputed, case.get("disputed", intake.disputed), strict=False):
        assert {name: kept.get(name) for name in told} == told
    if "result" in case:
        assert judge.judge(intake).outcome == case["result"]
    if case.get("asks_nothing"):
        assert intake.open_field is None


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_message_is_short_and_asks_one_thing(begin: Any, case: dict[str, Any]) -> None:
    """At most 45 words and one question, but for consent, the safety cards, the read-back and the scripts."""
    for text in hold(begin, case).heard:
        if not text.startswith(LONG_ALLOWED) and "911" not in text:
            assert len(text.split()) <= MOST_WORDS, text
            assert text.count("?") <= 1, text


MISREAD = yaml.safe_load((FOLDER / "misread.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", MISREAD["misread"])
def test_who_was_misread_is_heard(text: str) -> None:
    assert stopped.misread(text)


@pytest.mark.parametrize("text", MISREAD["other"])
def test_what_means_something_else_disputes_nothing(text: str) -> None:
    assert not stopped.misread(text)
