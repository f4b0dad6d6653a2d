"""The door every text goes through: the right language, places filled, nothing lost when a translation is missing."""

from __future__ import annotations

import io
from importlib import resources

import pytest
from babel.messages import pofile
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import speech

FILES = sorted((resources.files("bot.domain") / "spoken" / "es").iterdir(), key=lambda file: file.name)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en", "en"), ("es", "es"), ("es-MX", "es"), ("ES_ar", "es"), ("en-GB", "en"), ("fr", "en"), ("", "en"), (None, "en")],
)  # fmt: skip
def test_a_tag_falls_to_a_language_we_speak(locale: str | None, language: str) -> None:
    assert speech.language_of(locale) == language


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_our_reader_reads_what_babel_reads(file: resources.abc.Traversable) -> None:
    content = file.read_text(encoding="utf-8")
    theirs = {
        message.id: message.string
        for message in pofile.read_po(io.StringIO(content), abort_invalid=True)
        if message.id and message.string and not message.fuzzy
    }
    assert dict(speech.read_po(content)) == theirs


def test_what_is_fuzzy_or_obsolete_is_not_said() -> None:
    content = (
        'msgid ""\nmsgstr "Language: es\\n"\n\n'
        '#, fuzzy\nmsgid "a"\nmsgstr "b"\n\n'
        '#~ msgid "c"\n#~ msgstr "d"\n\n'
        'msgid "e"\nmsgstr ""\n\n'
        '#. note\n#: place\nmsgid ""\n"f "\n"“g” \\"h\\""\nmsgstr ""\n"i\\n"\n"j"\n'
    )
    assert dict(speech.read_po(content)) == {'f “g” "h"': "i\nj"}


@given(st.text(), st.sampled_from(["en", "es", "xx", ""]))
def test_a_text_nobody_translated_is_said_as_it_is(text: str, locale: str) -> None:
    unknown = f"\x00{text}"
    assert speech.say(locale, unknown) == unknown


def test_a_list_ends_as_the_language_wants_it() -> None:
    assert speech.listed("en", ["neck", "hip", "knee"]) == "neck, hip and knee"
    assert speech.listed("en", ["neck"]) == "neck"
    assert speech.listed("en", []) == ""
