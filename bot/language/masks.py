"""Leaves out what an idiom or a homonym hides, so that "back in May" is no back and "on the other hand" no hand."""

from __future__ import annotations

from collections.abc import Sequence

from bot.language.lexicon import CONTEXT, MASK
from bot.language.phrases import Found
from bot.language.wordlist import words as word_set

_ACHES = word_set(
    "pain pains ache aches problem problems trouble spasm spasms issues injury muscles stiffness hurts tension",
    "ached",
)
_OWNED = word_set(
    "my the your his her lower upper low mid middle of our bad sore whole entire hurt",
)


def unmasked(found: list[Found], words: Sequence[str]) -> list[Found]:
    """Without what an idiom or homonym hides: "back in May" is no back, "my back in a crash" is."""
    masks = [f for f in found if f.table == MASK and not _body_back(f, words)]
    if not masks:
        return found
    return [f for f in found if f.table != MASK and not any(_hides(mask, f) for mask in masks)]


def _body_back(mask: Found, words: Sequence[str]) -> bool:
    """ "my back in ...", "got back pain": the part of the body after all."""
    owned = words[mask.first] == "back" and mask.first > 0 and words[mask.first - 1] in _OWNED
    return owned or (words[mask.last - 1] == "back" and mask.last < len(words) and words[mask.last] in _ACHES)


def _hides(mask: Found, hit: Found) -> bool:
    if hit.first < mask.first or hit.last > mask.last:
        return False
    return hit.table in mask.value or ("all" in mask.value and hit.table != CONTEXT)
