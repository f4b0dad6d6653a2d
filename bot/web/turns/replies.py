"""Turns what Rasa sent back into log lines, state and record: the edge's half of the reply protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.services.stored import Conversation, NewMessage
from bot.settings import Clinic
from bot.web.turns import words
from bot.web.turns.rasa import Reply

PHASES = ("consent", "interview", "read_back", "handed_off", "stopped", "closed")
_AFTER_CONSENT = ("interview", "read_back", "handed_off")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one turn changes. `record` is None when the turn said nothing of it."""

    messages: tuple[NewMessage, ...]
    state: Mapping[str, Any]
    phase: str | None
    record: Mapping[str, Any] | None
    asks_person: bool = False

    @property
    def consented(self) -> bool:
        """True when the dialogue can only be here with the visitor's yes."""
        return self.phase in _AFTER_CONSENT or bool(self.state.get("handoff")) or bool(self.record)

    @property
    def refused(self) -> bool:
        """True when the visitor said no to keeping anything."""
        return self.phase == "closed"


def understand(replies: Sequence[Reply], chat: Conversation, clinic: Clinic, *, scripted: bool) -> Outcome:
    """The outcome of a turn; `scripted` turns may be silent, because the danger script was shown already."""
    reported = _last(replies, "state")
    state = {**chat.state, **reported}
    question = _question(replies, chat.state.get("question"))
    state["question"] = question
    if any(reply.custom.get("wants_person") for reply in replies):
        state["wants_person"] = True
    agreed = chat.consent_at is not None or reported.get("phase") in _AFTER_CONSENT
    lines = [line for reply in replies if (line := _line(reply, clinic, chat, agreed)) is not None]
    if not lines and not scripted:
        lines = [NewMessage("bot", words.fill(words.NO_ANSWER, clinic, chat.locale))]
    if lines and question is not None:
        lines[-1] = NewMessage("bot", lines[-1].text, {**lines[-1].body, "question": question})
    phase = reported.get("phase")
    phase = _kept_stopped(chat, phase if phase in PHASES else None)
    asks = any(reply.custom.get("asks_person") for reply in replies)
    return Outcome(tuple(lines), state, phase, _record(replies), asks)


def before_the_question(lines: Sequence[NewMessage], line: str) -> tuple[NewMessage, ...]:
    """The turn's lines with one more, said before the one that asks; without any question it is the last word."""
    if lines and lines[-1].body.get("question"):
        return (*lines[:-1], NewMessage("bot", line), lines[-1])
    return (*lines, NewMessage("bot", line))


def in_with(line: str, chat: Conversation) -> NewMessage:
    """A line of the edge's own as the last word of a turn, so that the open question stays within reach."""
    question = chat.state.get("question")
    return NewMessage("bot", line, {"question": question} if question else {})


def _kept_stopped(chat: Conversation, phase: str | None) -> str | None:
    """An interview that danger stopped does not begin again, whatever a turn that was already on its way says."""
    now = chat.phase_before if chat.phase == "with_staff" else chat.phase
    return None if now == "stopped" and phase != "closed" else phase


def _line(reply: Reply, clinic: Clinic, chat: Conversation, agreed: bool) -> NewMessage | None:
    if reply.custom.get("tells") and not agreed:
        return NewMessage("bot", words.fill(words.NOTHING_KEPT, clinic, chat.locale))
    body = {name: reply.custom[name] for name in ("alert", "outcome", "tells") if reply.custom.get(name)}
    text = words.fill(reply.text, clinic, chat.locale).strip()
    return NewMessage("bot", text, body) if text or body else None


def _question(replies: Sequence[Reply], still_open: Any) -> Any:
    """The question this turn left open; the one open before when the turn did not speak of any."""
    told = [reply.custom["question"] for reply in replies if "question" in reply.custom]
    return told[-1] if told else still_open


def _record(replies: Sequence[Reply]) -> Mapping[str, Any] | None:
    told = [reply.custom for reply in replies if isinstance(reply.custom.get("record"), Mapping)]
    if not told:
        return None
    said = told[-1].get("said")
    values = dict(told[-1]["record"])
    return {"values": values, "said": dict(said) if isinstance(said, Mapping) else {}} if values else {}


def _last(replies: Sequence[Reply], name: str) -> dict[str, Any]:
    told = [reply.custom[name] for reply in replies if isinstance(reply.custom.get(name), Mapping)]
    return dict(told[-1]) if told else {}
