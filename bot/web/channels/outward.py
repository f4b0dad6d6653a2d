"""One call to a network's API, with a time-out, and the network's refusals sorted into "try again" and "never"."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.notify.alert import TIMEOUT_SECONDS, InDoubt, NotDelivered, Refused

LONGEST_WAIT = timedelta(hours=1)
# Who cannot be reached says nothing for long; who was reached and thinks is given time, since it may have taken the message.
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
LONGEST_CALL = 25.0  # seconds, however slowly an answer comes in
# What may have been taken is sent again only when a network that was slow would have shown it.
DOUBT = timedelta(minutes=2)
MOST_ANSWER = 256 * 1024
# Tries of what the network calls wrong with a code we do not know: it would hold up all that comes after it for a day.
FEW = 8
_PASSING = (
    401,
    403,
    404,
    408,
    409,
    423,
    425,
)  # a wrong or expired sign-in, or trouble of the network: somebody mends it
CLOSED = "window_closed"


def post(
    url: str,
    *,
    json: Any = None,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
    never: Callable[[Mapping[str, Any]], str | None] = lambda _answer: None,
) -> Mapping[str, Any]:
    """The network's JSON answer to a POST.

    Raises `Refused` when `never` finds in the answer the code of something that will not change (an unknown number), else
    `NotDelivered`: after the time that the network asks for, where it does, and a few tries only for a 4xx that `never`
    does not know; an empty code says that it knows it and it passes. An answer of 200 with an error in it is an error.
    `InDoubt` when no answer came to what was sent whole: the network may have taken it. The errors quote nothing of what
    was sent.
    """
    return _call("POST", url, never, json=json, data=form, headers=headers, auth=auth)


def put(
    url: str,
    *,
    json: Any,
    headers: Mapping[str, str],
    never: Callable[[Mapping[str, Any]], str | None],
    expired: Callable[[], None],
) -> Mapping[str, Any]:
    """The same for a PUT that a network takes once, however often it comes: no doubt holds it up.

    `expired` is called when the sign-in does not hold any more, before `NotDelivered`.
    """
    try:
        return _call("PUT", url, never, json=json, headers=headers)
    except InDoubt as error:
        raise NotDelivered(str(error)) from None
    except NotDelivered as error:
        if str(error) == "401":
            expired()
        raise


def received(ident: Any) -> str:
    """The network's id of what it took. Raises `NotDelivered` without one: whatever said yes was not the network."""
    if not isinstance(ident, str | int) or not str(ident):
        raise NotDelivered("no_receipt")
    return str(ident)


def _call(method: str, url: str, never: Callable[[Mapping[str, Any]], str | None], **options: Any) -> Mapping[str, Any]:
    answer = _asked(method, url, **options)
    body = _object(answer)
    wrong = answer.is_success and ("error" in body or body.get("ok") is False)
    if answer.is_success and not wrong:
        return body
    if answer.status_code == 429:
        raise NotDelivered("429", after=_asked_to_wait(answer, body))
    if answer.status_code >= 500 or answer.status_code in (401, 408):
        raise NotDelivered(str(answer.status_code), after=_asked_to_wait(answer, body))
    code = never(body)
    if code:
        raise Refused(code)
    known = code is not None or wrong or answer.status_code in _PASSING or answer.status_code < 400
    raise NotDelivered(str(answer.status_code), after=_asked_to_wait(answer, body), tries=None if known else FEW)


def _asked(method: str, url: str, **options: Any) -> httpx.Response:
    """The whole answer, within `LONGEST_CALL`: one that drips in for ever is none. Raises `NotDelivered`."""
    until = time.monotonic() + LONGEST_CALL
    patience = httpx.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS, read=ANSWER_SECONDS)
    try:
        with httpx.stream(method, url, timeout=patience, **options) as answer:
            read, late = bytearray(), False
            for piece in answer.iter_bytes():
                if late or len(read) > MOST_ANSWER:
                    raise InDoubt("too_slow" if late else "too_long", after=DOUBT)
                read += piece
                late = time.monotonic() > until  # an answer that is whole by now still counts: it was taken
            return httpx.Response(answer.status_code, headers=_plain(answer.headers), content=bytes(read))
    except (httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError) as error:
        raise InDoubt(type(error).__name__, after=DOUBT) from None
    except httpx.HTTPError as error:
        raise NotDelivered(type(error).__name__) from None


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Without those that describe how the body was carried: it is unpacked by now."""
    return {name: value for name, value in headers.items() if name not in ("content-encoding", "content-length")}


def get(
    url: str, *, headers: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
) -> tuple[int, Mapping[str, Any]]:
    """Status and JSON answer of a look; status 0 when the network cannot be reached."""
    try:
        answer = _asked("GET", url, headers=headers, auth=auth)
    except NotDelivered:
        return 0, {}
    return answer.status_code, _object(answer)


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _asked_to_wait(answer: httpx.Response, body: Mapping[str, Any]) -> timedelta:
    """`Retry-After` in seconds or as a date, Telegram's `parameters.retry_after`, or Matrix's `retry_after_ms`."""
    parameters = body.get("parameters")
    told = answer.headers.get("retry-after") or (isinstance(parameters, dict) and parameters.get("retry_after"))
    if not told and isinstance(milliseconds := body.get("retry_after_ms"), int | float):
        told = milliseconds / 1000
    try:
        wait = timedelta(seconds=float(told or 0))
    except (TypeError, ValueError, OverflowError):
        wait = _until(str(told))
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _until(date: str) -> timedelta:
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return timedelta(0)
    return (then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)
