"""Says the wished appointment times as a person would: words as they are, an ISO interval as a day with hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


def say(wished: str | Sequence[str] | None) -> str:
    """`["Saturdays", "2026-12-03T12:00/2026-12-03T17:00"]` → "Saturdays; Thursday 3 December, 12:00 to 17:00"."""
    if not wished:
        return ""
    return "; ".join(_one(part) for part in ([wished] if isinstance(wished, str) else wished))


def _one(text: str) -> str:
    try:
        start, end = (datetime.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        return text
    first = f"{start:%A} {start.day} {start:%B}, {start:%H:%M} to "
    return first + (f"{end:%H:%M}" if end.date() == start.date() else f"{end:%A} {end.day} {end:%B}, {end:%H:%M}")
