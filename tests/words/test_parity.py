"""Every text a visitor can read is there in every language we speak: complete, short, plain, and without a word of the other."""

from __future__ import annotations

import re
import statistics

import pytest

from bot import texts
from bot.domain import speech
from bot.settings import REPOSITORY
from bot.web.chat.bodies import MAX_TEXT
from tests.words import reading

EVERY = texts.every()
SPANISH = dict(speech.catalogue("es"))
PAIRS = [(text.english, SPANISH[text.english]) for text in EVERY if text.english in SPANISH]
PLACES = re.compile(r"\[\[\w+\]\]|\{\w+\}")
QUOTED = re.compile(r"«[^»]*»|“[^”]*”")


def failing(rule: object) -> list[tuple[str, str]]:
    return [pair for pair in PAIRS if not rule(*pair)]  # type: ignore[operator]


def test_there_are_texts_from_every_part() -> None:
    parts = {text.where for text in EVERY}
    expected = {
        "utter_open", "flags", "conditions", "cards", "extras", "reasons", "reasons, to a guardian", "modifiers", "sites",
        "numbers", "bot.domain.scripts", "bot.domain.wording", "bot.domain.questions", "bot.web.turns.words",
        "bot/web/chat/problems.py",
    }  # fmt: skip
    assert expected <= parts
    assert len(EVERY) > 1000


def test_nothing_is_left_untranslated() -> None:
    """`palpate texts --missing` prints these, ready to paste (docs/how-to/translate.md)."""
    assert [(text.where, text.english) for text in texts.missing("es")] == []


def test_no_translation_is_of_a_text_that_is_gone() -> None:
    assert sorted(set(SPANISH) - {text.english for text in EVERY}) == []


def test_no_place_is_lost_or_made_up() -> None:
    assert failing(lambda english, spanish: sorted(PLACES.findall(english)) == sorted(PLACES.findall(spanish))) == []


def test_what_is_joined_keeps_its_blanks_and_its_last_sign() -> None:
    def alike(english: str, spanish: str) -> bool:
        ends = {".": ".", "?": "?", ":": ":", "!": "!"}
        last = english.rstrip()[-1:]
        edges = (english[:1].isspace(), english[-1:].isspace()) == (spanish[:1].isspace(), spanish[-1:].isspace())
        return edges and ends.get(last, "") == (spanish.rstrip()[-1:] if spanish.rstrip()[-1:] in ends else "")

    assert failing(alike) == []


def test_spanish_has_spanish_signs() -> None:
    def signs(_english: str, spanish: str) -> bool:
        opened = spanish.count("¿") == spanish.count("?") and spanish.count("¡") == spanish.count("!")
        return opened and "“" not in spanish and '"' not in re.sub(r"\{[^}]*\}", "", spanish)

    assert failing(signs) == []


ENGLISH_WORDS = re.compile(
    r"\b(the|you|your|and|or|with|please|this|that|have|has|is|are|it|we|of|for|not|any|these|what|when|call|pain)\b",
    re.I,
)


def test_no_english_is_left_in_spanish() -> None:
    names = re.compile(r"Samaritans|healthdirect|Healthline|Lifeline|\{[^}]*\}")
    assert failing(lambda _english, spanish: not ENGLISH_WORDS.search(names.sub("", QUOTED.sub("", spanish)))) == []


FAMILIAR = re.compile(
    r"\b(tú|ti|tu|tus|contigo|te|tienes|puedes|quieres|eres|estás|dime|cuéntame|haz|vos|tenés|podés|vosotros)\b",
    re.I,
)  # fmt: skip


def test_spanish_says_usted() -> None:
    """Polite everywhere; what a visitor may say is quoted and may be familiar."""
    assert failing(lambda _english, spanish: not FAMILIAR.search(QUOTED.sub("", spanish))) == []


# Words that are vulgar, or mean something else, in one of the countries we speak to; and promises.
AVOIDED = re.compile(
    r"\b(coger|coja|ordenador|computadora|móvil|celular|vale|guay|ahorita|plata|descontracturante|toxinas?|garantiza\w*|"
    r"nada grave|no es nada|solo un músculo|está usted sano|sin peligro)\b",
    re.I,
)  # fmt: skip


def test_no_word_is_rude_somewhere_and_none_promises() -> None:
    assert failing(lambda _english, spanish: not AVOIDED.search(spanish)) == []


LONG_ALLOWED = ("utter_open", "utter_ask_consent_privacy", "utter_ask_emergency_gate")


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_what_the_bot_says_is_short(language: str) -> None:
    """At most 45 words a message; consent, the safety card, result, reasons and scripts may be longer."""
    spoken = [t for t in EVERY if t.where.startswith("utter_") and t.where not in LONG_ALLOWED]
    spoken += [text for text in EVERY if text.where in ("cards", "flags", "bot.domain.wording", "bot.domain.questions")]
    said = [speech.say(language, text.english) for text in spoken]
    assert [text for text in said if len(text.split()) > 45] == []


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_one_question_at_a_time(language: str) -> None:
    said = [speech.say(language, text.english) for text in EVERY if text.where.startswith("utter_")]
    assert [text for text in said if text.count("?") > 1] == []


READ = [text for text in EVERY if len(reading.words(text.english)) >= 12 and "chat/fit" not in text.where]


def test_english_is_read_by_an_eighth_grader() -> None:
    """Median at most grade 6, and no text over 11: a list of signs counts as one long sentence."""
    grades = {text.english: reading.grade(text.english) for text in READ}
    assert statistics.median(grades.values()) <= 6
    assert {text: round(grade, 1) for text, grade in grades.items() if grade > 11} == {}


def test_spanish_is_easy() -> None:
    """INFLESZ: median at least 70 (65 to 80 is quite easy), and no text under 43 (somewhat hard)."""
    ease = {text.english: reading.inflesz(SPANISH.get(text.english, "sí")) for text in READ}
    assert statistics.median(ease.values()) >= 70
    assert {SPANISH[text]: round(value, 1) for text, value in ease.items() if value < 43} == {}


def test_the_measure_counts_syllables() -> None:
    known = {"fiebre": 2, "día": 2, "guía": 2, "aérea": 4, "muy": 1, "quince": 2, "hielo": 2, "ahora": 3, "cuello": 2}
    assert {word: reading.spanish_syllables(word) for word in known} == known


def test_the_longest_message_is_told_as_it_is() -> None:
    assert MAX_TEXT == 2000, "the words of the refusal name it"


def test_no_text_is_translated_twice() -> None:
    """Of two translations one would be said and the other one be read by whoever mends it."""
    texts_of = [
        english
        for file in sorted((REPOSITORY / "bot/domain/spoken/es").glob("*.po"))
        for english, _ in speech.read_po(file.read_text(encoding="utf-8"))
    ]
    assert sorted({one for one in texts_of if texts_of.count(one) > 1}) == []
