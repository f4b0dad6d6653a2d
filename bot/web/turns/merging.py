"""Which short messages in a row are one turn: texts that came within a moment of each other, with nothing between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import answers
from bot.services.stored import Message
from bot.web.chat.bodies import MAX_TEXT

LONGEST = 5  # moments: whoever writes without a pause is answered after that many all the same


def group(waiting: Sequence[Message], *, within: float) -> tuple[Message, ...]:
    """The first of the waiting messages, with those that belong to it; `within` is the moment, in seconds.

    An answer by tap and a message in danger stand alone. The text of all together is no longer than one may be.
    """
    taken = [waiting[0]]
    for line in waiting[1:]:
        near = line.at - taken[-1].at <= timedelta(seconds=within)
        short = len(text([*taken, line])) <= MAX_TEXT
        if not (near and short and _is_plain(taken[-1]) and _is_plain(line)):
            break
        taken.append(line)
    return tuple(taken)


def is_over(group: Sequence[Message], waiting: Sequence[Message], *, within: float, now: datetime) -> bool:
    """True when nothing more can come to this group, or its visitor has been writing for long enough."""
    quiet, whole = now - group[-1].at, now - group[0].at
    ended = group[-1].seq != waiting[-1].seq or not _is_plain(group[-1])
    moment = timedelta(seconds=within)
    # A clock that was set back must not hold up anybody, so a message from the future counts as an old one.
    return ended or not timedelta(0) <= quiet < moment or whole >= LONGEST * moment


def text(group: Sequence[Message]) -> str:
    """One line for each, so that no word of one is read together with the next: "no" and "chest pain" are two things."""
    return "\n".join(line.text for line in group)


def starts(group: Sequence[Message]) -> list[int]:
    """Where each begins in `text`."""
    return [sum(len(line.text) + 1 for line in group[:at]) for at in range(len(group))]


MOST_WORDS_BEFORE = 12
_SHORT = 3  # words: who writes more a message writes sentences
_PAUSE = timedelta(seconds=20)


def before(lines: Sequence[Message], message: Message) -> str:
    """The short words that a hurried message goes on with, sent one after the other without a pause; often none."""
    words: list[str] = []
    last = message
    for line in reversed([line for line in lines if line.sender == "visitor" and line.seq < message.seq]):
        told = line.text.split()
        answers_us = answers.polarity(line.text) is not None  # a "no" to what was asked denies nothing of what follows
        if (
            answers_us
            or not _is_plain(line)
            or len(told) > _SHORT
            or last.at - line.at > _PAUSE
            or len(words) + len(told) > MOST_WORDS_BEFORE
        ):
            break
        words = [*told, *words]
        last = line
    return " ".join(words)[-MAX_BEFORE:]


MAX_BEFORE = 200  # characters


def _is_plain(line: Message) -> bool:
    return line.sender == "visitor" and not line.body.get("answer") and not line.body.get("scripted")
