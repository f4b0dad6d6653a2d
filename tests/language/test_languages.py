"""Which language a text is read in: told from its own words, so that neither language wakes the other's tables."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.language import reader

HOME = Path(__file__).parents[1] / "cases" / "language"
READER = reader.load()


def _dangers(name: str) -> list[str]:
    cases = yaml.safe_load((HOME / name).read_text(encoding="utf-8"))
    return [text for said in cases.values() for text in (*said.get("flagged", []), *said.get("quiet", []))]


def _readings(name: str) -> list[str]:
    cases = yaml.safe_load((HOME / name).read_text(encoding="utf-8"))
    return [case["text"] for listed in cases.values() for case in listed if not case.get("asked")]


ENGLISH = [*_dangers("danger.yml"), *_dangers("danger_more.yml"), *_readings("reading.yml")]
SPANISH = [*_dangers("es/danger.yml"), *_dangers("es/danger_more.yml"), *_readings("es/reading.yml")]


def test_an_english_text_does_not_wake_the_spanish_tables():
    assert [text for text in ENGLISH if READER.doc(text)._.languages != ("en",)] == []


def test_a_spanish_text_is_read_as_spanish():
    assert [text for text in SPANISH if "es" not in READER.doc(text)._.stream.language] == []


@pytest.mark.parametrize(("texts", "locale"), [(ENGLISH, "es"), (SPANISH, "en")], ids=["English, es", "Spanish, en"])
def test_a_danger_is_read_whatever_the_conversations_language(texts, locale):
    said = [text for text in texts if READER.read(text, locale=locale).danger != READER.read(text).danger]
    assert said == []


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("my pecho hurts and I'm sudando frío", "RF-ACS"),
        ("I can't breathe, me duele el pecho", "RF-PE"),
        ("hello. No puedo orinar. please help", "RF-CES"),
        ("tengo numbness between my legs", "RF-CES"),
    ],
)
def test_a_mixed_text_is_read_by_both(text, flag):
    assert flag in {found.flag for found in READER.read(text).danger}


@pytest.mark.parametrize(
    "text", ["no tengo fever ni chills", "I don't have fiebre", "mi abuela had un infarto cerebral"]
)
def test_a_denial_or_another_person_counts_across_the_languages(text):
    reading = READER.read(text)
    assert reading.danger == ()
    assert all(m.negated or m.other_person for m in reading.mentions if m.kind == "finding")


@pytest.mark.parametrize(
    ("text", "locale", "asked", "kind"),
    [("once", "es", "nrs", "intensity"), ("7", "es", "nrs", "intensity"), ("7", None, "nrs", "intensity")],
)
def test_the_locale_decides_where_the_words_do_not(text, locale, asked, kind):
    assert [m.kind for m in READER.read(text, locale=locale, asked=asked).mentions] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "once a week my son eats pie", "come fin or sin, the red dice", "has anyone seen the van", "I live at 12 El Camino Real",
        "de Quervain's in my thumb", "SI joint pain", "mole on my arm", "no me neither", "he has no color in his face",
    ],
)  # fmt: skip
def test_words_of_both_languages_are_no_spanish(text):
    assert set(READER.doc(text)._.stream.language) == {"en"}
