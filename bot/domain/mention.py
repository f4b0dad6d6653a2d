"""What language reading hands to everybody else: mentions and dangers found in one text, in the shape of contract §2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

KINDS = (
    "site", "quality", "intensity", "duration", "span", "cause", "finding", "condition", "medicine",
    "doctor", "goal", "function", "person", "contact", "when",
)  # fmt: skip

_ALWAYS = {
    "site": ("value", "side"),
    "intensity": ("lo", "hi", "worst"),
    "duration": ("days_lo", "days_hi"),
    "span": ("days_lo", "days_hi"),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said, with its place in the text and how it was meant.

    `start` and `end` are character offsets. The five flags follow the ConText tradition: a mention counts for the
    visitor today only when none of them is set. `days_lo`/`days_hi` are days before `now` for a duration, a length in
    days for a span. `name` is the word for a condition or medicine without an id.
    """

    kind: str
    value: Any
    start: int
    end: int
    side: str | None = None
    lo: float | None = None
    hi: float | None = None
    worst: float | None = None
    clamped: bool = False
    days_lo: float | None = None
    days_hi: float | None = None
    name: str | None = None
    negated: bool = False
    past: bool = False
    other_person: bool = False
    hypothetical: bool = False
    uncertain: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """True when this is said of the visitor, as a fact, now."""
        return not (self.negated or self.past or self.other_person or self.hypothetical)

    def to_json(self) -> dict[str, Any]:
        """The contract's shape: kind, value, start, end, then only what is set."""
        out: dict[str, Any] = {"kind": self.kind, "value": self.value, "start": self.start, "end": self.end}
        always = _ALWAYS.get(self.kind, ())
        for spec in fields(self)[4:-1]:
            said = getattr(self, spec.name)
            if spec.name in always or (said is not None and said is not False):
                out[spec.name] = said
        if self.kind in ("intensity", "duration", "span") and self.value is None:
            del out["value"]
        if self.kind in ("condition", "medicine") and self.value is None:
            out["name"] = self.name
        out.update(self.detail)
        return out

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Mention:
        """The inverse of `to_json`; keys that are no field of ours come back in `detail`."""
        known = {spec.name for spec in fields(cls)} - {"detail"}
        mine = {key: raw[key] for key in raw if key in known}
        mine.setdefault("value", None)
        return cls(**mine, detail={key: raw[key] for key in raw if key not in known and key != "entity"})


@dataclass(frozen=True, slots=True)
class Danger:
    """A red flag that the text asserts for the visitor now; `certain` False means: ask one confirming question.

    `guessed` True: the text as a whole sounds dangerous and which flag it is was guessed, so a no to that flag clears nothing.
    """

    flag: str
    certain: bool
    start: int
    end: int
    guessed: bool = False

    def to_json(self) -> dict[str, Any]:
        """The contract's shape, and `guessed` only when it is."""
        shape = {"flag": self.flag, "certain": self.certain, "start": self.start, "end": self.end}
        return {**shape, "guessed": True} if self.guessed else shape


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read in one text. `text` is the text as it came, unchanged."""

    text: str
    mentions: tuple[Mention, ...]
    danger: tuple[Danger, ...]

    def to_json(self) -> dict[str, Any]:
        """The contract's shape, without the intent."""
        return {
            "text": self.text,
            "mentions": [mention.to_json() for mention in self.mentions],
            "danger": [danger.to_json() for danger in self.danger],
        }
