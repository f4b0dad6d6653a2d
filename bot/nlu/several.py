"""Hears every question of a message that asks more than one: "how much is it and where are you?" deserves two answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.nlu import choice

ALSO = "also"
MOST = 2  # questions of one message that are answered; more would bury the open question
_SURE = 0.6
_LEAST_WORDS = 2
_ASKING = (
    r"what|how|why|when|where|who|which|is|are|do|does|can|could|will|would|may|should|"
    r"qué|que|cómo|como|cuándo|cuando|cuánto|cuanto|cuál|cual|dónde|donde|quién|quien|puedo|pueden|puede|hay|tengo|aceptan"
)
_SEAM = re.compile(
    rf"[?!.;\n]+|,?\s*\b(?:and|also|plus|y|e|también|además)\b\s+(?=(?:also\s+)?(?:{_ASKING})\b)|,\s*(?=(?:{_ASKING})\b)",
    re.IGNORECASE,
)
_ANSWERED = ("faq_", "bot_challenge", "privacy_know")


def questions(text: str, weigh: Callable[[str], Mapping[str, float]]) -> list[dict[str, Any]]:
    """The questions the product answers, as entities with their intent and place, in the order asked; fewer than two: none.

    `weigh` gives what the model makes of each intent of a text.
    """
    parts = _parts(text)
    if len(parts) < MOST:
        return []
    found: dict[str, dict[str, Any]] = {}
    for start, end in parts:
        guess = choice.choose(text[start:end], weigh(text[start:end]))
        if guess.name.startswith(_ANSWERED) and guess.confidence >= _SURE:
            found.setdefault(guess.name, {"entity": ALSO, "value": guess.name, "start": start, "end": end})
    return list(found.values())[:MOST]


def _parts(text: str) -> list[tuple[int, int]]:
    """Where the parts of a text lie that could be questions of their own."""
    bounds = [0, *(at for seam in _SEAM.finditer(text) for at in seam.span()), len(text)]
    pairs = zip(bounds[::2], bounds[1::2], strict=True)
    return [(start, end) for start, end in pairs if len(text[start:end].split()) >= _LEAST_WORDS]
