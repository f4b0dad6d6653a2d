"""Turns the bytes of a request into a turn that cannot hurt Rasa, or says what is wrong with them.

Standard library only. Repairs R1 (a lone surrogate or a NUL ends the process or the transaction), R12 (a body of the
wrong shape gives 200 and an empty list), R15 (an id that does not fit the column) and R16 (a message of 100 kB).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

MOST_BYTES = 32_768  # 2000 characters, once as text and once as an answer's value, every one escaped (\u0001)
MOST_TEXT = 2_000
_SHORT_TEXTS = {"now": 64, "locale": 64, "before": 200}
ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
FIELD = re.compile(r"[A-Za-z0-9_#-]{1,64}")
KEYS = {"conversation", "message_id", "text", "metadata"}
FOR_WHOM = (None, "self", "child", "other")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class BadBody(ValueError):
    """The request's body cannot be a turn; the message names the field and never quotes it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of one visitor, checked: ids of the agreed letters, text of 1–2000 storable characters."""

    conversation: str
    message_id: str
    text: str
    metadata: dict[str, Any]


def read(body: bytes) -> Turn:
    """The turn in this body; raises `BadBody`. Unstorable characters become U+FFFD, one for one: places stay true."""
    if len(body) > MOST_BYTES:
        raise BadBody(f"the body is longer than {MOST_BYTES} bytes")
    try:
        raw = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise BadBody("the body is not JSON in UTF-8") from None
    if not isinstance(raw, dict) or set(raw) - KEYS or not {"conversation", "message_id", "text"} <= set(raw):
        raise BadBody(f"the body must be an object of {', '.join(sorted(KEYS))}")
    return Turn(
        conversation=conversation_id(raw["conversation"]),
        message_id=_id("message_id", raw["message_id"]),
        text=_text(raw["text"]),
        metadata=_metadata(raw.get("metadata")),
    )


def conversation_id(raw: Any) -> str:
    """A conversation's id, checked; raises `BadBody`."""
    return _id("conversation", raw)


def storable(value: Any) -> Any:
    """The same JSON value with every NUL and lone surrogate, in keys too, replaced by U+FFFD."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


def _refuse(_name: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("too large")
    return number


def _id(name: str, raw: Any) -> str:
    if not isinstance(raw, str) or not ID.fullmatch(raw):
        raise BadBody(f"{name} must be 8 to 64 of A-Z a-z 0-9 _ -")
    return raw


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not 1 <= len(raw) <= MOST_TEXT:
        raise BadBody(f"text must be a string of 1 to {MOST_TEXT} characters")
    return UNSTORABLE.sub("\ufffd", raw)


def _metadata(raw: Any) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise BadBody("metadata must be an object")
    _field("asked", raw.get("asked"))
    answer = raw.get("answer")
    if answer is not None:
        if not isinstance(answer, dict) or set(answer) != {"question", "value"} or answer["question"] is None:
            raise BadBody("answer must be an object of question and value")
        _field("answer.question", answer["question"])
    if raw.get("for") not in FOR_WHOM:
        raise BadBody("for must be self, child or other")
    for name, most in _SHORT_TEXTS.items():
        value = raw.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > most):
            raise BadBody(f"{name} must be a string of at most {most} characters")
    parts = raw.get("parts") or []
    if not isinstance(parts, list) or not all(_is_part(part) for part in parts):
        raise BadBody("parts must be a list of start and message")
    for name in ("scripted", "hurried", "early"):
        if not isinstance(raw.get(name, False), bool):
            raise BadBody(f"{name} must be true or false")
    try:
        return storable(raw)
    except RecursionError:
        raise BadBody("metadata is nested too deeply") from None


def _is_part(raw: Any) -> bool:
    """One of several messages that were taken as one: where it begins in the text, and its id."""
    if not isinstance(raw, dict) or set(raw) != {"start", "message"}:
        return False
    return type(raw["start"]) is int and isinstance(raw["message"], str) and bool(ID.fullmatch(raw["message"]))


def _field(name: str, raw: Any) -> None:
    if raw is not None and (not isinstance(raw, str) or not FIELD.fullmatch(raw)):
        raise BadBody(f"{name} must be the name of a field")
