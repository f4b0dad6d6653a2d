"""Questions as a text message: numbered choices out, and "2", "2 and 5" or a choice's own words back in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBERS = re.compile(
    r"\W*(?:nos?\.?|numbers?|n[uú]meros?|options?|opci[oó]n|opciones|#)?\s*\d{1,2}(?:\s*(?:,|;|\.|/|&|\+|and|y|e|\s)\s*#?\d{1,2})*\W*",
    re.IGNORECASE,
)
_LISTED = ("choice", "multi")  # kinds that are shown with numbers; "7" to a scale is the answer itself
_EXCLUSIVE = ("none", "unsure")
MOST_LISTED = 60
# What a thumb says to a question of yes or no; to any other it says nothing.
_SIGNS = {"👍": "yes", "👌": "yes", "✅": "yes", "✔": "yes", "☑": "yes", "👎": "no", "❌": "no", "✖": "no", "✗": "no"}
_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")


def choices(question: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    """The choices to be shown with numbers; none for scales, yes and no, the long list of body parts, and free text."""
    if question is None:
        return ()
    listed = question.get("choices") or ()
    sides_only = question.get("kind") == "body_map" and 0 < len(listed) <= 12
    return listed if (question.get("kind") in _LISTED or sides_only) and len(listed) <= MOST_LISTED else ()


def numbered(question: Mapping[str, Any] | None) -> str:
    """The choices as lines "1 Neck"; empty when there is nothing to choose from."""
    return "\n".join(f"{number} {choice['label']}" for number, choice in enumerate(choices(question), 1))


def picked(question: Mapping[str, Any] | None, text: str) -> Any:
    """The value a message means by numbers or by a choice's exact words; None when it is an answer in words of its own."""
    if question is None:
        return None
    if question.get("kind") == "yes_no":
        return _by_sign(question, text)
    listed = choices(question)
    if not listed:
        return None
    by_words = [choice["value"] for choice in listed if _same(str(choice["label"]), text)]
    values = by_words or _by_number(listed, text)
    if not values:
        return None
    if question.get("kind") != "multi":
        return values[0] if len(values) == 1 else None
    alone = [value for value in values if value in _EXCLUSIVE]
    if alone:
        return alone[0] if len(values) == 1 else None
    return values


def _by_sign(question: Mapping[str, Any], text: str) -> Any:
    bare = "".join(_SKIN_TONES.sub("", _shown(text)).split())
    meant = {_SIGNS.get(sign) for sign in bare} if bare else {None}
    offered = {choice["value"] for choice in question.get("choices") or ()}
    return next(iter(meant)) if len(meant) == 1 and meant <= offered else None


def _by_number(listed: Sequence[Mapping[str, Any]], text: str) -> list[Any]:
    text = _shown(text)
    if not _NUMBERS.fullmatch(text):
        return []
    numbers = [int(found) for found in re.findall(r"\d+", text)]
    if not all(1 <= number <= len(listed) for number in numbers):
        return []
    return (
        list(dict.fromkeys(listed[number - 1]["value"] for number in numbers))
        if _plain(listed)
        else [listed[number - 1]["value"] for number in numbers]
    )


def _plain(listed: Sequence[Mapping[str, Any]]) -> bool:
    return all(isinstance(choice["value"], str | int) for choice in listed)


def _same(label: str, text: str) -> bool:
    return _bare(label) == _bare(text) != ""


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", _shown(text).casefold()))


def _shown(text: str) -> str:
    """The text as it looks: "3️⃣" and "３" are "3", and marks that only steer writing are nothing."""
    spaced = text.replace("\u20e3", " ").replace("🔟", "10 ")
    folded = unicodedata.normalize("NFKC", spaced)
    return "".join(char for char in folded if char != "\ufe0f" and unicodedata.category(char) != "Cf")


def tag_of(conversation: str) -> str:
    """What a button's id tells of its conversation."""
    return re.sub(r"[^\w-]", "", conversation)[:12]


def button_id(tag: str, seq: int, index: int) -> str:
    """The id of a button: whose conversation, where its question stands in the log, which choice. At most 64 bytes, no words."""
    return f"{tag}.{seq}.{index}"


def pressed(choice: str) -> tuple[str, int, int] | None:
    """(tag, seq, index) of a button id; None when it is none of ours."""
    found = re.fullmatch(r"([\w-]{0,12})\.(\d{1,9})\.(\d{1,3})", choice)
    return (found[1], int(found[2]), int(found[3])) if found else None
