"""One message of a visitor as the interview sees it: the words, what was read in them, or the choice that was tapped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain import answers
from bot.domain.mention import Danger, Mention
from bot.domain.rows_said import Rows
from bot.domain.taken_back import TAKES_BACK

# What a rule of data/rules answers, beside the frequent questions: greetings, small talk and the like.
INTERRUPTIONS = frozenset(
    {
        "greet", "thank", "goodbye", "bot_challenge", "small_talk", "repeat", "wait", "abuse", "language_other", "out_of_scope",
        "privacy_know", "privacy_download", "privacy_forget", "book",
    }
)  # fmt: skip
_ASKS_OF_US = re.compile(
    r"\?|^\W*(?:(?:hey|hi|please|so|and|well|por favor|oye|y)\W+)?"
    r"(?:who|what|when|where|why|how|which|whose|can|could|do|does|did|is|are|was|were|will|would|should|may|have you|tell|give|show|play|sing|write|explain"
    r"|qu[eé]|qui[eé]n|cu[aá]ndo|d[oó]nde|c[oó]mo|por qu[eé]|cu[aá]l|cu[aá]nto|puedes?|podr[ií]as?|sabes?|dime|d[ií]game|cu[eé]ntame|hay|eres|es usted)\b",
    re.IGNORECASE,
)
_DENIED = ("none", "no")
_DECLINES = re.compile(
    r"\b((do not|don'?t|rather not|won'?t|not going to) (want to |wanna )?(say|tell|answer)|prefer not|skip|pass|next question|none of your business)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A message: free text with its reading, or a structured answer (`question` and `value`, shapes of contract §5).

    Short messages in a row come as one text, a line for each; `parts` then says where in it each begins, and its id.
    `hurried` is a message that was written before our last reply and goes on with the one before it; `early` one that was
    written before the open question was put, by who is quicker than we are.
    `also` are the intents of all its questions when it asks more than one, `asks` what is said to them.
    `rows` are the choices of the open question that the text says in their own words; nothing else is read in those.
    """

    text: str
    intent: str = ""
    mentions: tuple[Mention, ...] = ()
    danger: tuple[Danger, ...] = ()
    other_danger: tuple[Danger, ...] = ()
    question: str | None = None
    value: Any = None
    message: str = ""
    parts: tuple[tuple[int, str], ...] = ()
    rows: tuple[Any, ...] = ()
    also: tuple[str, ...] = ()
    hurried: bool = False
    early: bool = False

    def words(self, mention: Mention | Danger | None = None) -> dict[str, Any]:
        """The visitor's own words behind a fact, with their place in the message."""
        start, end = (mention.start, mention.end) if mention else (0, len(self.text))
        begins, message = max((part for part in self.parts if part[0] <= start), default=(0, self.message))
        return {"text": self.text[start:end], "start": start - begins, "end": end - begins, "message": message}

    def of(self, *kinds: str) -> list[Mention]:
        """The mentions of these kinds that count for the visitor today."""
        return [mention for mention in self.mentions if mention.kind in kinds and mention.counts]

    @property
    def guess(self) -> str:
        """The classifier's guess where it may answer a question of danger; none for one word, nor for what goes on with
        an earlier message: "ahead" may end "sure, go ahead", and "everything" may end "no, I can do everything"."""
        return "" if self.hurried or self.is_one_word else self.intent

    @property
    def in_haste(self) -> bool:
        """True for what was written before something of ours was read: our last reply, or the open question."""
        return self.hurried or self.early

    @property
    def is_one_word(self) -> bool:
        """True for a message of a single word."""
        return len(self.text.split()) == 1

    @property
    def declines(self) -> bool:
        """True for "skip", "I'd rather not say" and "I don't know": the question is left to a person."""
        return (
            self.guess in ("skip", "unsure")
            or answers.said_alone(self.text) == "skip"
            or bool(_DECLINES.search(self.text))
            or answers.polarity(self.text) == "unsure"
        )

    @property
    def of_somebody_else(self) -> bool:
        """True when facts are told, and every one of them of another person."""
        facts = [
            m for m in self.mentions if m.kind in ("site", "finding", "quality", "intensity", "condition", "function")
        ]
        return bool(facts) and all(m.other_person for m in facts)

    def as_theirs(self) -> Said:
        """The same message, read as about the person it speaks of: the visit turned out to be for them."""
        meant = tuple(replace(mention, other_person=False) for mention in self.mentions)
        return replace(self, mentions=meant, danger=(*self.danger, *self.other_danger), other_danger=())

    def as_rows(self, rows: Rows) -> Said:
        """The same message, whose words for a row mean that row and nothing besides."""
        if not rows.values:
            return self

        def outside(found: Mention | Danger) -> bool:
            if isinstance(found, Danger) and found.guessed and all(row in _DENIED for row in rows.values):
                return True  # a guess stands over the whole text, and "none" is not what sounded dangerous in it
            return not rows.covers(found.start, found.end)

        return replace(
            self,
            rows=rows.values,
            mentions=tuple(mention for mention in self.mentions if outside(mention)),
            danger=tuple(danger for danger in self.danger if outside(danger)),
            other_danger=tuple(danger for danger in self.other_danger if outside(danger)),
        )

    @property
    def tells_something(self) -> bool:
        """True when the message holds a fact worth keeping, not only a greeting or a question."""
        facts = [mention for mention in self.mentions if mention.counts and not self._moves(mention)]
        return bool(facts) or bool(self.danger) or self.intent == "describe_pain"

    def tells_something_of(self, *but: str) -> bool:
        """True when the message holds a fact of another kind than these."""
        return bool(self.danger) or any(mention.counts and mention.kind not in but for mention in self.mentions)

    def _moves(self, mention: Mention) -> bool:
        """True for the "Friday" of "I need to change my booking to Friday": no wish for the visit that is planned here."""
        return self.intent == "faq_cancel" and mention.kind == "when"

    @property
    def is_interruption(self) -> bool:
        """True for what the rules answer; the interview only makes sure that nothing said beside it is lost."""
        asks = self.intent.startswith("faq_") or self.intent in INTERRUPTIONS
        return asks and not self.is_beside_the_point

    @property
    def is_beside_the_point(self) -> bool:
        """True for "banana": off-topic words that ask nothing of us are a bad answer and no interruption."""
        return self.intent == "out_of_scope" and not _ASKS_OF_US.search(self.text)

    @property
    def is_too_early(self) -> bool:
        """True for a bare yes, no or "not sure" to a question that its writer had not seen: it answers nothing."""
        if not self.early or self.question is not None or self.tells_something:
            return False
        return answers.polarity(self.text, self.intent) is not None or bool(set(self.rows) & {"none", "unsure"})

    @property
    def asks(self) -> list[str]:
        """The responses to all the questions of a message that asks more than one; else none."""
        return [f"utter_{intent}" for intent in self.also]

    @property
    def starts_with_no(self) -> bool:
        """True for "no, the right one": a correction, unless the open question was one of yes and no."""
        return bool(re.match(r"\W*(?:no|nope)\b\W+\w", self.text, re.IGNORECASE))

    @property
    def corrects(self) -> bool:
        """True when the words take something back: "no, the right one", "actually …", "I meant months"."""
        return self.intent == "correct" or bool(TAKES_BACK.search(self.text))

    def confirms(self) -> bool:
        """True when this says yes to the read-back, by tap or in words."""
        if self.question is not None:
            return self.question == "read_back" and self.value == "confirm"
        return answers.polarity(self.text, self.intent) == "yes"

    def to_json(self) -> dict[str, Any]:
        """For the sealed waiting copy."""
        return {
            "text": self.text,
            "intent": self.intent,
            "mentions": [mention.to_json() for mention in self.mentions],
            "danger": [danger.to_json() for danger in self.danger],
            "other_danger": [danger.to_json() for danger in self.other_danger],
            "message": self.message,
            "parts": [list(part) for part in self.parts],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Said:
        """The inverse of `to_json`."""
        return cls(
            text=raw["text"],
            intent=raw["intent"],
            mentions=tuple(Mention.from_json(mention) for mention in raw["mentions"]),
            danger=tuple(Danger(**danger) for danger in raw["danger"]),
            other_danger=tuple(Danger(**danger) for danger in raw.get("other_danger", ())),
            message=raw.get("message", ""),
            parts=tuple((start, message) for start, message in raw.get("parts", ())),
        )
