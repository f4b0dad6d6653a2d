"""Reads what strangers send: bounded in size and depth, valid JSON, and text that every database can store."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from bot.web.chat.problems import Problem, incomplete

MAX_BODY = 64 * 1024  # bytes
MAX_TEXT = 2000  # characters
MAX_DEPTH = 32
MAX_LOCALE = 16
MAX_CODE = 40
MAX_SEQ = 2**31 - 1
_SHORT = 300  # bytes: a code, a client's id and what is around them
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
CHANGE = "change"  # the field of "ask me that one again"
CHANNELS = ("web",)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as posted, in shape but not yet measured against the open question.

    `text` is clean and may still be too long; it is None for an answer. `seen` is the seq of the last message on screen
    when its writer began it, where the client tells.
    """

    client_id: str
    text: str | None
    field: str | None = None
    value: Any = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Overflow:
    """The beginning of a body that was too large, kept only to look for danger in it."""

    prefix: str


def clean(text: str) -> str:
    """The text without NUL and other control characters and without lone surrogates; line breaks and tabs stay."""
    return _UNSTORABLE.sub("\ufffd", text.replace("\x00", " "))


def clean_all(value: Any) -> Any:
    """The same for every text in a JSON value. Raises `ValueError` for one that is nested too deep."""
    if _deeper_than(value, MAX_DEPTH):
        raise ValueError("nested too deep")
    return _cleaned(value)


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean(key): _cleaned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def is_id(raw: str) -> bool:
    """True for what can be an id of ours or of a client."""
    return bool(_CLIENT_ID.fullmatch(raw))


async def read(request: Request) -> bytes | Overflow:
    """The body, or the start of one over 64 kB. Raises `Problem` when the client went away."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return Overflow(clean(bytes(body[:MAX_BODY]).decode("utf-8", "replace")))
    except ClientDisconnect:
        raise incomplete() from None
    return bytes(body)


def too_large(**extra: Any) -> Problem:
    """The refusal of a body over 64 kB."""
    return Problem(
        413, "body_too_large", f"A request may hold {MAX_BODY} bytes.", headers={"Connection": "close"}, **extra
    )


def parse(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises `Problem` 415, 400 or 422."""
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise Problem(415, "not_json", "Send application/json.")
    try:
        raw = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", "The body is not valid JSON.") from None
    if not isinstance(raw, dict):
        raise Problem(422, "bad_body", "The body must be a JSON object.")
    if _deeper_than(raw, MAX_DEPTH):
        raise Problem(422, "bad_body", f"The body may be nested {MAX_DEPTH} deep.")
    return raw


def opening(raw: dict[str, Any]) -> tuple[str, str]:
    """(channel, locale) of a new conversation; raises `Problem` 422."""
    channel, locale = raw.get("channel", "web"), raw.get("locale", "en")
    if channel not in CHANNELS:
        raise Problem(422, "bad_body", "channel must be web.")
    if not isinstance(locale, str) or len(locale) > MAX_LOCALE or not _LOCALE.fullmatch(locale):
        raise Problem(422, "bad_body", "locale must be a language tag such as en or en-GB.")
    return channel, locale


def returning(raw: dict[str, Any]) -> str | None:
    """The code of somebody who comes back, or None; raises `Problem` 422."""
    code = raw.get("returning")
    if code is not None and (not isinstance(code, str) or not 0 < len(code.strip()) <= MAX_CODE):
        raise Problem(422, "bad_body", "returning must be the code from last time.")
    return code.strip() if code else None


def text_in(body: bytes) -> str:
    """The text of a short message, before anybody knows whose it is; nothing for all else. Raises nothing."""
    try:
        raw = json.loads(body) if len(body) <= _SHORT else None
    except ValueError:
        return ""
    text = raw.get("text") if isinstance(raw, dict) else None
    return text if isinstance(text, str) else ""


def message(raw: dict[str, Any]) -> Sent:
    """A posted message; raises `Problem` 422 when neither a text nor an answer can be made of it."""
    client_id, text, answer = raw.get("id"), raw.get("text"), raw.get("answer")
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        raise Problem(422, "bad_id", "id must be a client-made id of 8 to 64 letters, digits, - or _ (a UUID will do).")
    change = raw.get("change")
    if sum(part is not None for part in (text, answer, change)) != 1:
        raise Problem(422, "bad_body", "Send either text, answer or change.")
    if change is not None:
        if not isinstance(change, str):
            raise Problem(422, "bad_body", "change must be the name of a field.")
        return Sent(client_id, None, CHANGE, change)
    if answer is not None:
        return _answer(client_id, answer)
    if not isinstance(text, str):
        raise Problem(422, "bad_body", "text must be a string.")
    tidy = clean(text).strip()
    if not tidy:
        raise Problem(422, "empty_text", "There is no text in this message.")
    return Sent(client_id, tidy, seen=_seen(raw))


def _seen(raw: dict[str, Any]) -> int | None:
    seen = raw.get("seen")
    if seen is not None and (isinstance(seen, bool) or not isinstance(seen, int) or not 0 <= seen <= MAX_SEQ):
        raise Problem(422, "bad_body", "seen must be the seq of a message.")
    return seen


def _answer(client_id: str, answer: Any) -> Sent:
    if not isinstance(answer, dict) or not isinstance(answer.get("question"), str) or "value" not in answer:
        raise Problem(422, "bad_body", 'answer must be {"question": FIELD, "value": …}.')
    return Sent(client_id, None, answer["question"], answer["value"])


def _no_constant(_name: str) -> Any:
    raise ValueError("NaN and infinities are not JSON")


def _deeper_than(value: Any, limit: int) -> bool:
    """True when lists and objects are nested more than `limit` deep; walks without recursion."""
    level = [value]
    for _ in range(limit):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []
