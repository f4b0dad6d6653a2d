"""Cuts long texts at the ends of sentences: ours to what a network takes, a visitor's to what is read at once."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|\n+")


def cut(text: str, most: int, *, overlap: int = 0) -> list[str]:
    """Parts of at most `most` characters, cut after sentences, else between words, else anywhere.

    With `overlap` each part begins with up to so many characters of whole sentences from the end of the one before, so
    that nothing said across a cut is missed.
    """
    parts: list[str] = []
    rest = text.strip()
    while len(rest) > most:
        at = _where(rest, most)
        parts.append(rest[:at].strip())
        rest = (_tail(rest[:at], overlap) + rest[at:]).strip() if overlap else rest[at:].strip()
    return [part for part in [*parts, rest] if part]


def _where(text: str, most: int) -> int:
    ends = [found.end() for found in _ENDS.finditer(text, 0, most + 1) if found.end() <= most]
    if ends and ends[-1] > most // 3:
        return ends[-1]
    blank = text.rfind(" ", most // 3, most + 1)
    return blank if blank > 0 else most


def _tail(text: str, most: int) -> str:
    starts = [found.end() for found in _ENDS.finditer(text)]
    start = next((at for at in starts if len(text) - at <= most and at < len(text)), len(text))
    return text[start:]
