"""One call to a network's API, with a time-out, and the network's refusals sorted into "try again" and "never"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import httpx

from bot.notify.alert import TIMEOUT_SECONDS, NotDelivered, Refused

LONGEST_WAIT = timedelta(hours=1)


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

    Raises `Refused` when `never` finds in a 4xx answer the code of something that will not change (an unknown number), else
    `NotDelivered`: after the time that the network asks for, where it does. The errors quote nothing of what was sent.
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
    """The same for a PUT; `expired` is called when the sign-in does not hold any more, before `NotDelivered`."""
    try:
        return _call("PUT", url, never, json=json, headers=headers)
    except NotDelivered as error:
        if str(error) == "401":
            expired()
        raise


def _call(method: str, url: str, never: Callable[[Mapping[str, Any]], str | None], **options: Any) -> Mapping[str, Any]:
    try:
        answer = httpx.request(method, url, timeout=TIMEOUT_SECONDS, **options)
    except httpx.HTTPError as error:
        raise NotDelivered(type(error).__name__) from None
    body = _object(answer)
    if answer.is_success:
        return body
    if answer.status_code == 429:
        raise NotDelivered("429", after=_asked_to_wait(answer, body))
    if answer.status_code not in (401, 408) and answer.status_code < 500 and (code := never(body)) is not None:
        raise Refused(code)
    raise NotDelivered(str(answer.status_code))


def get(
    url: str, *, headers: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
) -> tuple[int, Mapping[str, Any]]:
    """Status and JSON answer of a look; status 0 when the network cannot be reached."""
    try:
        answer = httpx.get(url, headers=headers, auth=auth, timeout=TIMEOUT_SECONDS)
    except httpx.HTTPError:
        return 0, {}
    return answer.status_code, _object(answer)


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _asked_to_wait(answer: httpx.Response, body: Mapping[str, Any]) -> timedelta:
    """`Retry-After` in seconds, or Telegram's `parameters.retry_after`."""
    told = answer.headers.get("retry-after") or (body.get("parameters") or {}).get("retry_after") or 0
    try:
        return min(timedelta(seconds=max(0.0, float(told))), LONGEST_WAIT)
    except ValueError:
        return timedelta(0)
