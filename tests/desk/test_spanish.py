"""Every text of the desk has its Spanish: what templates say, and the words that code gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain import review, speech, summary
from bot.notify import visits
from bot.web import desk
from bot.web import visit as visit_pages
from bot.web.desk import clinic, queues, render, tongue

_SAID = re.compile(r"""(?<![\w])_\(\s*"((?:[^"\\]|\\.)*)"|(?<![\w])_\(\s*'((?:[^'\\]|\\.)*)'""")


def templates() -> Iterator[Path]:
    for package in (desk, visit_pages):
        yield from sorted((Path(package.__file__ or "").parent / "templates").rglob("*.html"))


def texts() -> set[str]:
    found: set[str] = set()
    for template in templates():
        found |= {one or other for one, other in _SAID.findall(template.read_text(encoding="utf-8"))}
    found |= (
        set(render.STATUS_WORDS.values())
        | {words for _, words in render.KEYS}
        | {label for _, label, _ in render.PLACES}
    )
    found |= {queue.title for queue in queues.QUEUES.values()} | set(clinic.DAY_NAMES.values())
    found |= {summary.outcome_words(*answer) for answer in review.RANKS}
    found |= {summary.outcome_words(*answer, provisional=True) for answer in review.RANKS}
    found |= {"Hand-offs by day", "Outcomes", "Channels", "Where visitors stopped without a result", "Most frequent deciding rules",
              "Agreement by rule", "Agreement by reviewer", "Rule", "Reviewer", "Day", "Outcome", "Channel", "Open question"}  # fmt: skip
    found |= {"Who", "What they want", "Complaint", "Danger signs told", "Conditions and medicines", "Also told", "Asked and not answered",
              "Doctor", "For the therapist", "Name", "Visit", "Age", "Sex", "Phone", "E-mail", "Wished times", "Wishes", "Where", "Pain",
              "How long", "Began", "Limits them", "Feels", "Cause they name", "Blood pressure"}  # fmt: skip
    found |= {*visits.TEXTS.values(), visits.SUBJECT}
    return found


def test_every_text_of_the_desk_and_of_the_visit_page_has_its_spanish():
    known = {**speech.catalogue("es"), **tongue.catalogue("es")}
    assert sorted(text for text in texts() if text not in known) == []


@pytest.mark.parametrize("text", sorted(texts()))
def test_no_place_is_lost_on_the_way(text):
    places = re.compile(r"\{\w+\}")
    spanish = tongue.catalogue("es").get(text) or speech.say("es", text)
    assert sorted(places.findall(spanish)) == sorted(places.findall(text))
