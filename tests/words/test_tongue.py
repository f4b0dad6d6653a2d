"""The language of a conversation follows who writes in it, and no stray word turns it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import speech, tongue
from bot.web.turns import words

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent.parent / "cases" / "words" / "tongue.yml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_the_language_after_a_message(case: dict[str, Any]) -> None:
    assert tongue.after(case["text"], case["before"]) == case["after"]


@pytest.mark.parametrize("language", speech.LANGUAGES)
def test_the_way_back_that_is_offered_leads_back(language: str) -> None:
    said = words.switched(language)
    offered = said.replace("«", "“").replace("»", "”").split("“")[1].split("”")[0]
    assert offered in said
    assert tongue.after(offered, language) != language


@given(st.text(max_size=200), st.sampled_from(["en", "es", "es-MX", "en-GB"]))
def test_any_text_leaves_a_language_we_speak(text: str, before: str) -> None:
    after = tongue.after(text, before)
    assert after == before or after in speech.LANGUAGES
    assert tongue.after(text, after) == after, "the same text again changes nothing"
