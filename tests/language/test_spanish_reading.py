"""The cases of es/reading.yml, and what holds for every Spanish text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.language import reader

HOME = Path(__file__).parents[1] / "cases" / "language" / "es"
READ = reader.load().read
ALL = [
    pytest.param(case, id=f"{topic}: {case['text'][:40]}")
    for name in ("reading.yml", "reading_more.yml")
    for topic, listed in yaml.safe_load((HOME / name).read_text(encoding="utf-8")).items()
    for case in listed
]
SENTENCES = [
    "dolor agudo en la rodilla izquierda desde el lunes, como 7/10, sin hinchazón",
    "me duele la espalda baja después de trabajar en el jardín",
    "los dos hombros tensos desde hace tres semanas",
    "tomo Sintrom y me duele la pantorrilla",
    "me torcí el tobillo jugando fútbol la semana pasada",
]
DENIED = [
    "dolor en el pecho",
    "sangre en la orina",
    "la boca torcida",
    "falta de aire",
    "pie caído",
    "la entrepierna dormida",
]
WORDS = st.lists(
    st.sampled_from([*" ".join(SENTENCES).split(), "no", "ni", "¿", "?", ",", ".", "7", "1/2", "de", "años", "knee", "my", "🔥", "\u202e", "\0", "ñ"]),
    max_size=60,
).map(" ".join)  # fmt: skip


def _meets(mention: dict, wanted: dict) -> bool:
    return all(mention.get(key, False if value is False else None) == value for key, value in wanted.items())


@pytest.mark.parametrize("case", ALL)
def test_reads_what_is_said(read, case):
    how = {"asked": case.get("asked"), "subject": case.get("for", "self"), "locale": case.get("locale")}
    found = [m.to_json() for m in read(case["text"], **how).mentions]
    for wanted in case.get("reads", []):
        assert any(_meets(mention, wanted) for mention in found), (wanted, found)
    for unwanted in case.get("not", []):
        assert not [m for m in found if unwanted in (m["kind"], m.get("value"))]


@pytest.mark.parametrize("text", ["un 6", "un 6 más o menos", "como un 7", "un seis", "me duele un 6"])
def test_the_article_before_a_score_is_no_score_of_one(read, text):
    scores = [m.lo for m in read(text, asked="nrs").mentions if m.kind == "intensity"]
    assert len(scores) == 1
    assert scores[0] in (6, 7)


@given(
    WORDS,
    st.sampled_from([None, "nrs", "duration_days", "preferred_times", "age"]),
    st.sampled_from([None, "es", "en"]),
)
def test_never_raises_and_offsets_are_true(text, asked, locale):
    reading = READ(text, asked=asked, locale=locale)
    assert reading.text == text
    for found in (*reading.mentions, *reading.danger):
        assert 0 <= found.start < found.end <= len(text)


def _said(text: str) -> list[tuple]:
    return [
        (m.kind, m.value, m.side, m.lo, m.hi, m.days_lo, m.negated, m.past, text[m.start : m.end])
        for m in READ(text).mentions
    ]


@given(
    st.sampled_from(SENTENCES),
    st.sampled_from(["¡Hola! ", "Buenos días. ", "Buenas tardes. "]),
    st.sampled_from(["", " ¡Gracias!", ". Muchas gracias", " Gracias."]),
)
def test_greeting_and_thanks_change_nothing(sentence, before, after):
    assert _said(before + sentence + after) == _said(sentence)


@given(st.sampled_from(["no tengo ", "nunca he tenido ", "sin ", "tampoco tengo "]), st.sampled_from(DENIED))
def test_a_plain_denial_silences(denial, phrase):
    assert READ(denial + phrase).danger == ()


@pytest.mark.parametrize("text", SENTENCES)
def test_accents_and_capitals_do_not_matter(text):
    bare = text.translate(str.maketrans("áéíóúñ", "aeioun"))
    assert [m.value for m in READ(bare).mentions] == [m.value for m in READ(text).mentions]
    assert [m.value for m in READ(text.upper()).mentions] == [m.value for m in READ(text).mentions]
