"""A conversation with the interview itself: texts are read by the real Reader, intents are those of plain words.

Laws are about what happens, not about how fast: a busy machine fails none of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings

from bot.domain import (
    afterwards,
    answers,
    cards,
    complaints,
    interview,
    judge,
    proxy,
    questions,
    scripts,
    sites,
    told,
    wording,
)
from bot.domain.intake import Intake
from bot.domain.said import Said
from bot.domain.speech import ENGLISH, say
from bot.language import reader

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
RESPONSES = yaml.safe_load((Path(__file__).parents[2] / "domain.yml").read_text(encoding="utf-8"))["responses"]
ACHES = ("site", "quality", "intensity")


def intent_of(text: str, reading: Any) -> str:
    """What the trained classifier would make of plain words; anything subtler is named in the case."""
    kinds = {mention.kind for mention in reading.mentions}
    if reading.danger:
        return "danger"
    if kinds & set(ACHES):
        return "describe_pain"
    way = answers.polarity(text)
    return {"yes": "affirm", "no": "deny", "unsure": "unsure"}.get(way or "", "inform" if kinds else "out_of_scope_ish")


@dataclass
class Talk:
    """One visitor's conversation; `heard` is all that the bot said, `last` what it said in the last turn."""

    intake: Intake = field(default_factory=Intake)
    heard: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    turns: int = 0
    alerts: int = 0
    locale: str = ENGLISH

    def __post_init__(self) -> None:
        self.intake.locale = self.locale
        self._take(Said("hello", question="open"))

    def say(self, text: str, intent: str | None = None, *, hurried: bool = False, early: bool = False) -> None:
        """Write a message; `hurried` before the last reply came, `early` before the question that is open now was put."""
        self.turns += 1
        whom = self.intake.facts.get("for_whom")
        reading = reader.load().read(
            text, asked=self.intake.open_field, now=NOW, subject=whom or "self", locale=self.locale
        )
        self._take(
            Said(
                text,
                intent or intent_of(text, reading),
                reading.mentions,
                reading.danger,
                getattr(reading, "other_danger", ()),
                message=f"{self.turns}",
                hurried=hurried or early,
                early=early,
            )
        )

    def tap(self, value: Any, question: str | None = None) -> None:
        """Tap a choice of the open question, or `question="change"` an answer that is to be asked again."""
        self.turns += 1
        self._take(
            Said(
                str(value), "answer", question=question or self.intake.open_field, value=value, message=f"{self.turns}"
            )
        )

    def _take(self, said: Said) -> None:
        move = interview.take(self.intake, said)
        self.last = [self._response(text) if text.startswith("utter_") else text for text in move.say]
        if move.interruption:
            self.last.append(self._response(f"utter_{said.intent}"))
        if move.alert:
            self.alerts += 1
            self.last.append(self._script())
        elif move.hand_off:
            self.intake.phase, self.intake.reference = "handed_off", "PLP-TEST-00"
            afterwards.begin(self.intake)
        if self.intake.open_field == "read_back":
            self.last.append(wording.read_back(self.intake))
        if self.intake.open_field:
            self.last.append(self._question(short=move.short or move.interruption))
        self.heard += self.last

    def _script(self) -> str:
        whom, wrote = self.intake.facts.get("for_whom"), told.in_own_words(self.intake)
        return scripts.for_result(judge.judge(self.intake), locale=self.locale, whom=whom, wrote=wrote).text

    def _question(self, *, short: bool) -> str:
        """The words of the open question, as the response of its slot says them."""
        name = str(self.intake.open_field)
        base, at = complaints.base(name), complaints.number(name)
        about = wording.place_of(self.intake, name) if base in complaints.OWN else ""
        slot = base
        if name.startswith(("RF-", "CI-")):
            slot, about = "confirm_flag", cards.label(name, self.locale)
        elif base == "consent_privacy" and self.intake.phase == "stopped":
            slot = "consent_after_stop"
        elif base.startswith("screen_"):
            slot = "region_screen"
        elif base == "sites" and name not in self.intake.reopened and questions.missing_sides(self.intake, at):
            slot, about = "side", say(self.locale, sites.label(questions.missing_sides(self.intake, at)[0]))
        elif about and len(complaints.numbers(self.intake)) > 1:
            slot = f"{base}_of_another"
        whom = self.intake.facts.get("for_whom") if slot in proxy.ABOUT_THEM else None
        words = proxy.say_about(whom, self.locale, response(f"utter_ask_{slot}", short=short))
        return words.replace("{about}", about)

    def _response(self, name: str, *, short: bool = False) -> str:
        return say(self.locale, response(name, short=short))


def response(name: str, *, short: bool = False) -> str:
    """The English words of a response, short after an interruption."""
    variants = RESPONSES[name]
    conditional = [one["text"] for one in variants if "condition" in one]
    return conditional[0] if short and conditional else next(one["text"] for one in variants if "condition" not in one)


@pytest.fixture(scope="session")
def begin() -> type[Talk]:
    """Begins a conversation."""
    return Talk
