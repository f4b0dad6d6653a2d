"""Conversations in Spanish with the running product: nothing the bot says is English, what is stored is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytestmark = pytest.mark.stack

# The clinic's own name, address, e-mail and the words that lead back to English are English and stay so.
OWN = re.compile(r"Alder Row Clinical Massage|14 Alder Row, Millbrook|«[^»]*»")
ENGLISH = re.compile(
    r"\b(the|you|your|and|or|with|please|this|that|have|has|is|are|it|we|of|for|not|any|these|what|when|call|pain|left|"
    r"right|both|days?|weeks?|none|yes|skip|doctor first)\b",
    re.IGNORECASE,
)
TAPS: dict[str, Any] = {
    "consent_privacy": "yes", "for_whom": "self", "complaint": "pain", "onset": "gradual", "nrs": 6,
    "function_limited": "yes", "doctor": "none", "sites": [{"site": "knee", "side": "left"}],
    "duration_days": 20, "age": 41, "read_back": "confirm",
    "preferred_times": ["2027-03-04T12:00/2027-03-04T17:00"],
    "contact": {"name": "Inés Peña", "phone": "212 555 0142", "email": None},
}  # fmt: skip


def english_in(visitor: Any) -> list[str]:
    """Every piece of English that the bot showed: words, choices, whys, reasons."""
    shown: list[str] = []
    for line in visitor.messages:
        if line["from"] == "visitor":
            continue
        question, outcome = line["question"] or {}, line["outcome"] or {}
        shown += [line["text"], question.get("why") or ""]
        shown += [str(choice["label"]) for choice in question.get("choices") or ()]
        shown += [reason["because"] for reason in outcome.get("reasons") or ()]
        shown += [modifier["visitor"] for modifier in outcome.get("modifiers") or ()]
    return [text for text in shown if ENGLISH.search(OWN.sub("", text)) or "[[" in text or "{" in text]


def tap_through(visitor: Any, narrative: str) -> None:
    for _ in range(40):
        field = visitor.open_field
        if field is None or visitor.state["phase"] == "handed_off":
            return
        if field == "narrative":
            visitor.say(narrative)
        elif field in TAPS:
            visitor.answer(TAPS[field])
        else:
            visitor.answer(["none"])
    raise AssertionError(f"still asked: {visitor.open_field}")


def handoff(stack: Any, reference: str) -> dict[str, Any]:
    shown = stack.palpate("handoffs", "show", reference, "--json")
    assert shown.returncode == 0, shown.stderr
    return dict(json.loads(shown.stdout))


def test_a_whole_visit_by_taps_is_in_spanish_and_stored_for_english_staff(hispanic: Any, stack: Any) -> None:
    tap_through(hispanic, "41")
    assert hispanic.state["phase"] == "handed_off"
    assert english_in(hispanic) == []
    heard = hispanic.heard()
    assert "Rodilla izquierda, 6 de 10, desde hace unas 3 semanas" in heard
    assert "jueves 4 de marzo, de 12:00 a 17:00" in heard
    assert "le conviene una cita de masaje clínico" in heard
    kept = handoff(stack, hispanic.state["handoff"])
    assert kept["result"]["outcome"] == "clinical_massage"
    assert "Your pain and how it limits you" in json.dumps(kept["result"]["reasons"])
    assert kept["consent"]["language"] == "es"


@pytest.mark.parametrize(
    ("question", "word"),
    [("prices?", "dólares"), ("opening hours?", "sábados"), ("robot?", "automático")],
)
def test_a_question_in_the_middle_is_answered_in_the_language_of_the_chat(
    hispanic: Any, question: str, word: str
) -> None:
    """One English question turns nothing: its words are too few to tell."""
    hispanic.answer("yes")
    hispanic.answer(["none"])
    field = hispanic.open_field
    replies = hispanic.say(question)
    assert word in " ".join(reply["text"] for reply in replies)
    assert hispanic.open_field == field
    assert english_in(hispanic) == []


def test_english_is_a_word_away_and_spanish_another(hispanic: Any) -> None:
    hispanic.answer("yes")
    hispanic.answer(["none"])
    field = hispanic.open_field
    replies = hispanic.say("English, please")
    assert hispanic.open_field == field
    assert "I can chat in English or Spanish" in replies[0]["text"]
    assert "brings you in" in replies[-1]["text"]
    replies = hispanic.say("en español, por favor")
    assert hispanic.open_field == field
    assert "trae por aquí" in replies[-1]["text"]


def test_an_emergency_ticked_in_spanish_calls_in_spanish(hispanic: Any) -> None:
    hispanic.answer("yes")
    hispanic.answer(["RF-ACS"])
    assert hispanic.state["phase"] == "stopped"
    assert "Llame ahora al 911" in hispanic.heard()
    assert english_in(hispanic) == []
    hispanic.say("ok")
    assert "no puedo reservar un masaje" in hispanic.heard()
    assert english_in(hispanic) == []


SAYS = {
    "consent_privacy": "sí", "age": "41", "doctor": "no, no he preguntado a un médico", "read_back": "sí",
    "preferred_times": "el jueves por la tarde", "contact": "Inés Peña 212 555 0142",
}  # fmt: skip


def test_a_whole_visit_in_spanish_words_begun_in_an_english_chat(visitor: Any, stack: Any) -> None:
    visitor.say("Me duele la rodilla izquierda desde hace tres semanas, un 6 de 10, y no puedo correr")
    assert "Seguimos en español" in visitor.heard()
    while visitor.state["phase"] != "handed_off":
        assert visitor.turns < 24, visitor.messages[-1]
        visitor.say(SAYS.get(str(visitor.open_field), "ninguno"))
    assert "le conviene una cita de masaje clínico" in visitor.heard()
    kept = handoff(stack, visitor.state["handoff"])
    record = kept["record"]
    assert kept["result"]["outcome"] == "clinical_massage"
    assert (record["age"], record["nrs"], record["duration_days"]) == (41, 6, 21)
    assert record["sites"] == [{"site": "knee", "side": "left"}]
    assert kept["consent"]["language"] == "es"


def test_an_emergency_in_spanish_words_calls_in_spanish_before_consent(visitor: Any) -> None:
    visitor.say("me oprime el pecho y el dolor me baja por el brazo izquierdo, estoy sudando")
    assert visitor.state["phase"] == "stopped"
    assert "Llame ahora al 911" in visitor.heard()
