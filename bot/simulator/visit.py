"""Holds one whole conversation for a made-up visitor, manner and all."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain import sites
from bot.simulator.chat import Chat
from bot.simulator.people import Person, Quirk
from bot.simulator.speech import WORDS, Speech

MOST_TURNS = 60
_SAID_WHOLE = ("cancer",)  # alone it is a graver word than "had cancer in the past", and taken at once, as it should be
MOST_PIECES = 6  # more words are too many to type one by one
_NOT_MISSPELT = ("contact", "age", "nrs", "bp")


class NoEnd(Exception):
    """The interview went on and on, or stopped asking without an end."""


@dataclass
class Visit:
    """A person in a chat, and what of their manner is still to come."""

    person: Person
    chat: Chat
    speech: Speech = field(init=False)
    wrong: dict[str, Any] = field(default_factory=dict)
    answered: int = 0
    odd: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    late: str = ""

    def __post_init__(self) -> None:
        self.speech = Speech(self.person)

    def hold(self) -> None:
        """From the first word to the end of the interview. Raises `NoEnd`."""
        self.chat.say(self._misspelt("opening", self.speech.opening()))
        while not self.chat.over:
            question = self.chat.question
            if question is None or self.chat.turns > MOST_TURNS:
                raise NoEnd("no question is open" if question is None else f"no end after {MOST_TURNS} turns")
            self._answer(question)

    def _answer(self, question: Mapping[str, Any]) -> None:
        """One question: what the manner does first, then the answer; or a correction of an earlier one."""
        name = str(question["field"])
        self.asked.add(name)
        self.answered += 1
        if self._correct(question) or self._tell_late():
            return
        quirk = self._due(name)
        if quirk is not None and _QUIRKS[quirk.kind](self, name):
            return  # the question is still open, or another is
        self._say(self._dressed(name, quirk, self.speech.answer(question, self._mistake(name, question, quirk))), quirk)

    def _say(self, text: str, quirk: Quirk | None) -> None:
        """In one message, or one word after the other for who types so."""
        words = text.split()
        whole = any(word in text.lower() for word in _SAID_WHOLE)
        if quirk is not None and quirk.kind == "word_by_word" and 1 < len(words) <= MOST_PIECES and not whole:
            self.chat.say_at_once(words)
        else:
            self.chat.say(text)

    def _due(self, name: str) -> Quirk | None:
        """The oddity planned for this question; each question sees one at the most."""
        if name in self.odd:
            return None
        quirk = next((one for one in self.person.quirks if one.at == self.answered), None)
        if quirk is None and self.person.manner in _WHEREVER_IT_FITS:
            quirk = next((one for one in self.person.quirks if self._fits(one, name)), None)
        if quirk is not None:
            self.odd.add(name)
        return quirk

    def _fits(self, quirk: Quirk, name: str) -> bool:
        base = name.split("#")[0]
        fitting = WORDS["mixed" if quirk.kind == "mixes_languages" else quirk.kind]
        return base in fitting and quirk.at <= self.answered

    def _mistake(self, name: str, question: Mapping[str, Any], quirk: Quirk | None) -> Any:
        """A wrong side or number for who gets it wrong first; the right one is told at the next question."""
        manner, base = self.person.manner, name.split("#")[0]
        ache = self.person.aches[0]
        if "#" in name or not self.person.quirks or self.wrong:
            return None
        if manner == "wrong_side_first" and base == "sites" and self.speech._only_side(question):
            side = next((entry["side"] for entry in ache["sites"] if entry["side"] in ("left", "right")), None)
            if side and len(ache["sites"]) == 1:
                self.wrong["side"] = side
                return "left" if side == "right" else "right"
        if manner == "changes_mind" and base == "nrs":
            self.wrong["nrs"] = ache["nrs"]
            return (ache["nrs"] + 3) % 9 + 1
        return None

    def _correct(self, question: Mapping[str, Any]) -> bool:
        """Tell what was wrong before; True when that took this turn."""
        if not self.wrong or question["field"] in ("sites", "nrs") or question["field"] in self.odd:
            return False
        ((what, right),) = self.wrong.items()
        self.wrong = {"done": True} if what != "done" else self.wrong
        if what == "done":
            return False
        ache = self.person.aches[0]
        said = self.speech.pick("corrects", WORDS["corrects"][what]).format(
            side=right, nrs=right, wrong="", bare_site=sites.label(ache["sites"][0]["site"]) if ache["sites"] else ""
        )
        self.chat.say(said.replace(", not .", "").replace(", not ", ""))
        return True

    def _dressed(self, name: str, quirk: Quirk | None, text: str) -> str:
        if quirk is None:
            return text
        if quirk.kind == "chatty":
            words = WORDS["chatty"]
            return (
                self.speech.pick(name + "before", words["before"])
                + text.rstrip(".")
                + "."
                + self.speech.pick(name + "after", words["after"])
            )
        if quirk.kind == "mixes_languages":
            return self.speech.mixed(name) or text
        if quirk.kind == "typos" and name not in _NOT_MISSPELT:
            return self._misspelt(name, text)
        return text

    def _misspelt(self, name: str, text: str) -> str:
        """Two letters of one longer word change places, for who types so."""
        if self.person.manner != "typos" or not self.person.quirks:
            return text
        words = text.split(" ")
        long = [place for place, word in enumerate(words) if len(word) > 5 and word.isalpha()]
        if not long:
            return text
        dice = random.Random(f"{self.person.seed} {name} slip")  # noqa: S311
        place = dice.choice(long)
        word = words[place]
        at = dice.randrange(1, len(word) - 2)
        words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return " ".join(words)

    def interrupt(self, name: str) -> bool:
        """Ask something else first; the open question must come back."""
        self.chat.say(self.speech.pick(name + "interrupts", WORDS["interrupts"]))
        return True

    def worry(self, name: str) -> bool:
        """Ask a worried question first."""
        self.chat.say(self.speech.pick(name + "anxious", WORDS["anxious"]))
        return True

    def miss(self, name: str) -> bool:
        """Answer beside the point first."""
        options = WORDS["off_scale"].get(name.split("#")[0])
        if options is None:
            return False
        self.chat.say(self.speech.pick(name + "off", options))
        return True

    def ask_two(self, name: str) -> bool:
        """Ask two things in one message first; both are answered, and the open question must come back."""
        self.chat.say(self.speech.pick(name + "two", WORDS["two_questions"]))
        return True

    def put_off(self, name: str) -> bool:
        """Pass over the question and answer it when the next one is open already."""
        late = self.speech.late(name)
        if late and not self.late and "#" not in name:
            self.late = late
            self.chat.say(self.speech.pick(name + "later", WORDS["puts_off"]))
            return True
        return False

    def _tell_late(self) -> bool:
        """The answer that was put off, once; True when that took this turn."""
        late, self.late = self.late, ""
        if late:
            self.chat.say(late)
        return bool(late)

    def paste_letter(self, name: str) -> bool:
        """Paste a doctor's letter where the story was asked."""
        letter = self.speech.letter() if name == "narrative" else ""
        if letter:
            self.chat.say(letter)
        return bool(letter)

    def go_away(self, name: str) -> bool:
        """Leave, come back to a page that is loaded anew, and say so."""
        self.chat.look_again()
        self.chat.say(self.speech.pick(name + "back", WORDS["back_again"]))
        return True


def _nothing(_visit: Visit, _name: str) -> bool:
    return False


_WHEREVER_IT_FITS = ("off_scale", "answers_late", "mixes_languages", "pastes_letter")
_QUIRKS: Mapping[str, Callable[[Visit, str], bool]] = {
    "chatty": _nothing, "typos": _nothing, "wrong_side_first": _nothing, "changes_mind": _nothing,
    "interrupts": Visit.interrupt, "anxious": Visit.worry, "off_scale": Visit.miss, "goes_quiet": Visit.go_away,
    "two_questions": Visit.ask_two, "answers_late": Visit.put_off, "word_by_word": _nothing, "mixes_languages": _nothing,
    "pastes_letter": Visit.paste_letter,
}  # fmt: skip
