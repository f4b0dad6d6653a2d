"""Puts a made-up visitor's facts into words, question by question, in their manner."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.domain import sites
from bot.simulator.people import Person

WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
_CARDS = ("emergency_gate", "general_screen", "conditions", "medicines", "skin")
_OF_AN_ACHE = (
    "sites",
    "duration_days",
    "onset",
    "nrs",
    "complaint",
    "function_limited",
    "peg_enjoyment",
    "peg_activity",
)


class Speech:
    """One person's tongue: the same words for the same question every time, whatever else is said in between."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.style = "terse" if person.manner == "terse" else "plain"
        self.told: set[str] = set()

    def pick(self, name: str, options: Sequence[str]) -> str:
        """Chance, but the same chance for the same question: a shorter conversation keeps its words."""
        return random.Random(f"{self.person.seed} {name}").choice(list(options))  # noqa: S311

    def opening(self) -> str:
        """The first thing said; who over-answers tells nearly everything at once."""
        aches = self.person.aches
        if aches[0]["complaint"] == "relax" and aches[0].get("sites"):
            kind = "relax_sore"
        elif not aches[0].get("sites"):
            kind = "relax" if self.person.manner != "terse" else "little"
        elif len(aches) > 1:
            kind = "two"
        elif self.person.manner == "over_answering" and aches[0]["complaint"] == "pain":
            kind = "all"
        else:
            kind = (
                aches[0]["complaint"]
                if self.person.seed % 2 and aches[0]["complaint"] in WORDS["opening"]
                else "little"
            )
        text = self.pick("opening", WORDS["opening"][kind])
        return self._filled(text, aches[0], aches[1] if len(aches) > 1 else None)

    def answer(self, question: Mapping[str, Any], wrong: str | None = None) -> str:
        """The words for an open question of contract §4; `wrong` replaces one fact (side or nrs) by another."""
        name, _, number = str(question["field"]).partition("#")
        ache = self.person.aches[min(int(number or 1), len(self.person.aches)) - 1]
        if name in _CARDS or name.startswith("screen_"):
            return self._card(name, question)
        if name.startswith(("RF-", "CI-")):
            return "yes" if name in self.person.dangers else "no"
        if name == "clearance":
            return self._clearance(question)
        if name == "narrative":
            return self._filled(self._story(ache), ache)
        if name == "sites" and self._only_side(question):
            side = self._side(ache, wrong)
            return side if side == "both" else self._words("side").format(side=side)
        if name.startswith("weeks_since_"):
            weeks = self.person.record.get(name)
            return self._words("weeks").format(weeks=weeks) if weeks is not None else self._words("unsure")
        if name == "bp":
            bp = self.person.record.get("bp")
            return self._words("bp").format(bp=f"{bp[0]} over {bp[1]}") if bp else self._words("unsure")
        if name in WORDS:
            return self._fact(name, ache if name in _OF_AN_ACHE else self.person.record, wrong)
        return "skip" if question.get("skippable") else "no"

    def mixed(self, name: str) -> str:
        """The answer half in Spanish, by field; empty where this person has none."""
        base, _, number = name.partition("#")
        options = WORDS["mixed"].get(base)
        ache = self.person.aches[min(int(number or 1), len(self.person.aches)) - 1]
        if isinstance(options, Mapping):
            options = options.get({**self.person.record, **ache}.get(base))
        return self._filled(self.pick(name + "mixed", options), ache) if options else ""

    def late(self, name: str) -> str:
        """An answer that is told when the next question is open already; empty for what is never put off."""
        options = WORDS["answers_late"].get(name)
        return self._filled(self.pick(name + "late", options), self.person.aches[0]) if options else ""

    def letter(self) -> str:
        """A long letter of a doctor about this ache; it says nothing that the person does not have."""
        ache = self.person.aches[0]
        if len(self.person.aches) > 1 or not ache.get("sites") or ache["complaint"] != "pain":
            return ""  # the letter speaks of pain
        letter = WORDS["pastes_letter"]["narrative"]
        agrees = letter["says"].get(self.person.record.get("doctor") or "seen", "")
        calm = letter["nothing_found"] if not self.person.dangers else ""
        return self._filled(
            "\n\n".join(part for part in (letter["begins"], calm, agrees, letter["ends"]) if part), ache
        )

    def _story(self, ache: Mapping[str, Any]) -> str:
        if not ache.get("sites"):
            return self._words("story_relax")
        if ache["complaint"] == "relax":
            return self.pick("story", WORDS["opening"]["relax_sore"])
        kinds = WORDS["opening"]
        return (
            self.pick("story", kinds[ache["complaint"]])
            if ache["complaint"] in kinds and self.style == "plain"
            else self._words("story")
        )

    def _fact(self, name: str, facts: Mapping[str, Any], wrong: str | None) -> str:
        options = WORDS[name]
        if self.style not in options:
            value = facts.get(name, "self" if name == "for_whom" else "none")
            options = options[value]
        return self._filled(self.pick(name, options[self.style]), {**facts, **({name: wrong} if wrong else {})})

    def _filled(self, text: str, ache: Mapping[str, Any], other: Mapping[str, Any] | None = None) -> str:
        return text.format(
            site=self._site(ache),
            other_site=self._site(other or ache),
            duration=duration(ache.get("duration_days") or 0),
            nrs=ache.get("nrs"),
            age=self.person.record["age"],
            name=self.person.name,
            email=self.person.email,
        )

    def _site(self, ache: Mapping[str, Any]) -> str:
        return sites.say_all(ache.get("sites") or [])

    def _side(self, ache: Mapping[str, Any], wrong: str | None) -> str:
        side = next((entry["side"] for entry in ache["sites"] if entry["side"]), "both")
        return wrong or side

    @staticmethod
    def _only_side(question: Mapping[str, Any]) -> bool:
        """True when the site is known and only its side is asked: the choices then are the sides of few sites."""
        return 0 < len(question.get("choices") or []) <= 12

    def _card(self, name: str, question: Mapping[str, Any]) -> str:
        rows = list(question.get("choices") or [])
        ticked = [number for number, row in enumerate(rows, 1) if row["value"] in self._to_tick]
        self.told.update(rows[number - 1]["value"] for number in ticked)
        if not ticked:
            return self.pick(name, WORDS["nothing"][self.style])
        if self.style == "terse":
            return ", ".join(str(number) for number in ticked)
        return " and ".join(rows[number - 1]["label"] for number in ticked)

    @property
    def _to_tick(self) -> frozenset[str]:
        """Dangers and conditions; a doctor's word and a sudden start are rows of cards for who is not asked about them."""
        said = {"refused": {"CI-TOLDNOT"}, "ordered": {"doctor_ordered"}}
        sudden = {"began_suddenly"} if any(ache.get("onset") == "sudden" for ache in self.person.aches) else set()
        return self.person.dangers | sudden | said.get(self.person.record.get("doctor") or "", frozenset())

    def _clearance(self, question: Mapping[str, Any]) -> str:
        claimed = set(self.person.record["cleared_claimed"])
        labels = [row["label"] for row in question["choices"] if row["value"] in claimed]
        return " and ".join(labels) if labels else self._words("nothing")

    def _words(self, name: str) -> str:
        return self.pick(name, WORDS[name][self.style])


def duration(days: float) -> str:
    """A length of time as people say it, exactly."""
    for length, unit in ((365, "year"), (30.4, "month"), (7, "week"), (1, "day")):
        count = round(days / length)
        if (count and abs(count * length - days) < 1 and days >= 2 * length) or unit == "day":
            return "today" if days == 0 else f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{days} days"
