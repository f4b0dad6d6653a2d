"""Which of the languages we speak a browser asks for (`Accept-Language`, RFC 9110 §12.5.4)."""

from __future__ import annotations

import re

from bot.domain.speech import ENGLISH, LANGUAGES, language_of

_RANGE = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")
_LONGEST = 200  # characters looked at; nobody needs more


def language(header: str) -> str:
    """The language wanted most among ours; English when none of them is."""
    wanted = [found for part in header[:_LONGEST].split(",") if (found := _RANGE.fullmatch(part))]
    wanted.sort(key=lambda found: -float(found[2] or 1))
    for found in wanted:
        if found[1].split("-")[0].lower() in LANGUAGES and float(found[2] or 1) > 0:
            return language_of(found[1])
    return ENGLISH
