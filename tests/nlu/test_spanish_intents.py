"""Spanish sentences that training never saw: the same model, the same last word, and pain is never turned away."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from bot.domain import spanish_answers
from bot.language import reader
from bot.nlu import choice, serve

REPOSITORY = Path(__file__).resolve().parents[2]
HELD_OUT = yaml.safe_load((REPOSITORY / "tests" / "cases" / "nlu" / "spanish.yml").read_text(encoding="utf-8"))
READING = yaml.safe_load((REPOSITORY / "tests" / "cases" / "language" / "es" / "reading_more.yml").read_text("utf-8"))


def _sentences() -> dict[str, set[str]]:
    """Every training sentence by its intent."""
    out: dict[str, set[str]] = {}
    for path in (REPOSITORY / "data" / "nlu").glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = {line.removeprefix("- ").strip() for line in block["examples"].splitlines()}
            out.setdefault(block["intent"], set()).update(lines)
    return out


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", spanish_answers.plain(text)))


def _guess(model, text):
    return serve.guess(model, reader.load(), {"text": text, "locale": "es"}).name


def test_every_intent_has_spanish_sentences():
    spanish = yaml.safe_load((REPOSITORY / "data" / "nlu" / "spanish.yml").read_text(encoding="utf-8"))["nlu"]
    assert set(_sentences()) - choice.NEVER_GUESSED == {block["intent"] for block in spanish}


def test_no_held_out_sentence_is_trained():
    trained = {_bare(text) for texts in _sentences().values() for text in texts}
    assert [text for texts in HELD_OUT.values() for text in texts if _bare(text) in trained] == []


def test_nine_of_ten_sentences_are_understood(trained):
    pairs = [(intent, text) for intent, texts in HELD_OUT.items() for text in texts]
    missed = [(intent, text, got) for intent, text in pairs if (got := _guess(trained, text)) != intent]
    assert len(missed) <= len(pairs) / 10, missed


def test_no_sentence_about_pain_is_rejected(trained):
    told = [case["text"] for case in READING["told in passing"] if not case.get("asked")]
    assert [text for text in told if _guess(trained, text) == choice.REJECTED] == []
