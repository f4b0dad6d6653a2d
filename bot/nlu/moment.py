"""Reads the time of a turn as it travels: ISO text that may be missing or mangled."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def moment(now: Any) -> datetime | None:
    """The time of the turn; None (the Reader's clock) when there is none that can be read."""
    try:
        return datetime.fromisoformat(now) if isinstance(now, str) else None
    except ValueError:
        return None
