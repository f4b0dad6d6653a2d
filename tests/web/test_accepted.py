"""The language a browser asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.speech import LANGUAGES
from bot.web import accepted


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("es", "es"), ("es-MX,es;q=0.9,en;q=0.8", "es"), ("en-GB,es;q=0.9", "en"), ("de,fr;q=0.9", "en"),
        ("de, es;q=0.2, en;q=0.1", "es"), ("en;q=0.1, es;q=0.7", "es"), ("es;q=0, en", "en"), ("*", "en"), (";;;,", "en"),
    ],
)  # fmt: skip
def test_the_most_wanted_of_ours_wins(header: str, language: str) -> None:
    assert accepted.language(header) == language


@given(st.text(max_size=300))
def test_any_header_gives_a_language_we_speak(header: str) -> None:
    assert accepted.language(header) in LANGUAGES
