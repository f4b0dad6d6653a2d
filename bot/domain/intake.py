"""The intake while it is being taken: what is known, whose words it came from, what was asked and what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.domain.speech import ENGLISH

# The facts of an intake, in the order in which they are read back. The slots of domain.yml are these (a test compares).
FACTS = (
    "consent_privacy", "consent_share", "emergency_gate", "narrative", "for_whom", "age", "sex", "complaint", "sites",
    "duration_days", "onset", "nrs", "function_limited", "function", "quality", "cause", "region_screen",
    "general_screen", "conditions", "medicines", "skin", "weeks_since_surgery", "weeks_since_fracture",
    "weeks_since_birth", "bp", "doctor", "clearance", "preferred_times", "contact", "preferences", "read_back",
    "complaints", "peg_enjoyment", "peg_activity", "psfs", "since_last", "still_true", "day_of_visit", "safe_contact",
)  # fmt: skip


PHASES = ("consent", "interview", "read_back", "handed_off", "stopped", "with_staff", "closed", "erased")


# Which words of consent a visitor agreed to; changes when utter_ask_consent_privacy does.
CONSENT_VERSION = "2026-11"


# Told anew with every message or read from the clinic's settings, so never stored with the intake.
_NOT_KEPT = ("policy", "locale")


@dataclass(slots=True)
class Intake:
    """Everything known so far.

    facts      field → value, shapes of contract §3 and §5; what belongs to a further complaint is named `nrs#2`
    rf, ci     flags and conditions asserted; rf_unknown: asked and not answered
    extra      the closed list of contract §3
    said       field or id → the visitor's words that set it, oldest first, with offsets into that message
    settled    fields asked and dealt with, answered or not
    reopened   settled fields the visitor wants to change: asked again first, the old value stays until a new one comes
    waiting    readings that came before consent, kept sealed until it comes
    to_confirm flags read with doubt, each to be asked once
    guessed    flags that a message only sounded like: rows of the emergency card, which is asked (again) for them
    asked      how many questions were asked; `misses` how often the open one was misunderstood in a row
    locale     the language tag the visitor is spoken to in, such as "es-MX"
    pieces     a question, and the words that were sent since then without a pause: one word at a time, they belong together
    offers     how often the visitor was asked what to change since something changed
    disputed   what a stopped visitor says was misread: about which sign, the words read, the words now, their answer
    earlier    of who comes back: the conversation and kind, and once recalled days ago, reference and what was cleared
    corrected  what was changed: field, old and new value, oldest first
    policy     the clinic's choices under which it is judged; a setting, never stored with the intake
    """

    facts: dict[str, Any] = field(default_factory=dict)
    rf: list[str] = field(default_factory=list)
    rf_unknown: list[str] = field(default_factory=list)
    ci: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    said: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    to_confirm: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    asked: int = 0
    misses: int = 0
    open_field: str | None = None
    phase: str = "consent"
    reference: str | None = None
    wants_person: bool = False
    disputed: list[dict[str, str]] = field(default_factory=list)
    offers: int = 0
    earlier: dict[str, Any] = field(default_factory=dict)
    pieces: dict[str, str] = field(default_factory=dict)
    corrected: list[dict[str, Any]] = field(default_factory=list)
    locale: str = ENGLISH
    policy: Policy = DEFAULT_POLICY

    def know(self, name: str, value: Any, words: Mapping[str, Any] | None = None) -> None:
        """Set a fact, remember whose words set it, and keep the old value when it changes."""
        old = self.facts.get(name)
        if old is not None and old != value:
            self.corrected.append({"field": name, "old": old, "new": value})
        self.facts[name] = value
        if value is not None and name in self.rf_unknown:
            self.rf_unknown.remove(name)
        self.quote(name, words)
        self.settle(name)

    def quote(self, name: str, words: Mapping[str, Any] | None) -> None:
        """Remember the words behind a fact, a flag or a condition."""
        if words is not None and dict(words) not in self.said.get(name, []):
            self.said.setdefault(name, []).append(dict(words))

    def settle(self, name: str) -> None:
        """The question of this field needs no (further) asking."""
        if name not in self.settled:
            self.settled.append(name)
        if name in self.reopened:
            self.reopened.remove(name)

    def ask_again(self, names: Iterable[str]) -> None:
        """What these were answered counts no longer."""
        anew = {*names}
        self.settled = [name for name in self.settled if name not in anew]

    def assert_all(self, ids: Iterable[str], words: Mapping[str, Any] | None = None) -> None:
        """Take flags (`RF-…`) and conditions (`CI-…`) as said; what is asserted is no longer unknown."""
        for name in ids:
            kept = self.rf if name.startswith("RF-") else self.ci
            if name not in kept:
                kept.append(name)
            if name in self.rf_unknown:
                self.rf_unknown.remove(name)
            self.quote(name, words)

    def unsure_of(self, ids: Iterable[str]) -> None:
        """Asked and not answered: never taken for a no."""
        for name in ids:
            if name not in self.rf_unknown and name not in self.rf and name not in self.ci:
                self.rf_unknown.append(name)

    def add_extra(self, name: str, words: Mapping[str, Any] | None = None) -> None:
        """One of the closed list of contract §3."""
        if name not in self.extra:
            self.extra.append(name)
        self.quote(name, words)

    @property
    def consented(self) -> bool:
        """True when the visitor allowed the use of their answers."""
        return bool(self.facts.get("consent_privacy"))

    def to_json(self) -> dict[str, Any]:
        """All of it, for the dialogue's memory."""
        return {name: getattr(self, name) for name in self.__slots__ if name not in _NOT_KEPT}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Intake:
        """The inverse of `to_json`; keys of an older version are passed over."""
        return cls(**{name: raw[name] for name in cls.__slots__ if name in raw})
