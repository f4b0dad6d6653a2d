"""Reads the time of a turn as it travels: ISO text that may be missing or mangled."""

from __future__ import annotations

from datetime import datetime


def moment(now: str | None) -> datetime | None:
    """The time of the turn; None (the Reader's clock) when there is none that can be read."""
    try:
        return datetime.fromisoformat(now) if now else None
    except ValueError:
        return None
