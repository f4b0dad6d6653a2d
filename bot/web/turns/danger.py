"""Finds danger in what was just written and gives the words to show at once, whatever else is working or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import logs
from bot.domain import rows_said, scripts
from bot.domain.flags import RED_FLAGS
from bot.domain.numbers import Lines
from bot.domain.rows_said import Rows
from bot.services.stored import NewMessage
from bot.web.chat.fit import ticked_flags
from bot.web.context import Reads

SHOWN = ("emergency", "same_day")
EMERGENCY_CARD = "emergency_gate"
_WINDOW = 2000  # characters read at once
_OVERLAP = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A script that is due, and how it goes out in a problem document."""

    script: scripts.Script

    def alert(self) -> dict[str, Any]:
        """The contract's `alert`."""
        return {"urgency": self.script.urgency, "call": self.script.call}

    def extra(self) -> dict[str, Any]:
        """What a refusal carries, so that help is offered although nothing was stored."""
        return {"alert": self.alert(), "emergency": self.script.text}

    def message(self, seq: int) -> NewMessage:
        """The bot's message about visitor message `seq`; stored once, however often it is tried."""
        return NewMessage("bot", self.script.text, {"alert": self.alert()}, id=f"danger:{seq}")


def in_text(
    reader: Reads,
    text: str,
    *,
    asked: str | None,
    now: datetime,
    subject: str,
    country: Lines,
    locale: str,
    rows: Rows = rows_said.NONE,
) -> Found | None:
    """The script for danger signs that a text asserts with certainty, or None. CPU work: call it in a thread.

    `rows` are rows of the open question that the text says in their own words: they count as ticked, and nothing else
    is read in them.
    """
    ticked = in_answer(asked or "", [*rows.values], country, locale, subject) if rows.values else None
    if ticked is not None:
        return ticked
    flags: dict[str, str] = {}
    for start in range(0, max(1, len(text) - _OVERLAP), _WINDOW - _OVERLAP):
        piece = text[start : start + _WINDOW]
        flags.update(_certain(reader, piece, asked=asked, now=now, subject=subject, locale=locale, rows=rows))
        if flags and len(text) > _WINDOW:
            break  # enough to help; a text this long is not stored anyway
    return for_flags(flags, country, locale, subject, flags)


def in_answer(field: str, value: Any, country: Lines, locale: str, subject: str = "self") -> Found | None:
    """The script for a sign ticked on the emergency card, or for a yes to a sign that was asked about by name."""
    base = field.split("#", 1)[0]
    if base == EMERGENCY_CARD:
        return for_flags(ticked_flags(value), country, locale, subject)
    return for_flags([base], country, locale, subject) if base.startswith("RF-") and value == "yes" else None


def for_flags(
    flags: Iterable[str], country: Lines, locale: str, subject: str = "self", wrote: Mapping[str, str] | None = None
) -> Found | None:
    """The script for these flags when one of them means help today; None otherwise. `wrote`: flag → the visitor's words."""
    urgent = [flag for flag in flags if flag in RED_FLAGS and RED_FLAGS[flag].urgency in SHOWN]
    if not urgent:
        return None
    return Found(scripts.for_danger(urgent, country=country, locale=locale, whom=subject, wrote=wrote))


def _certain(
    reader: Reads, text: str, *, asked: str | None, now: datetime, subject: str, locale: str, rows: Rows
) -> dict[str, str]:
    try:
        reading = reader.read(text, asked=asked, now=now, subject=subject, locale=locale)
    except Exception as error:  # noqa: BLE001 - a fault of the reader must not lose the message it tripped over
        logs.get().error("reader_failed", error=error)
        return {}
    return {
        found.flag: text[found.start : found.end]
        for found in reversed(reading.danger)
        if found.certain and not rows.covers(found.start, found.end)
    }
