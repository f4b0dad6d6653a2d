"""One shape for every refusal (RFC 9457), so that clients can rely on `code` and nobody reads a stack trace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from bot import logs
from bot.domain.errors import NotFound, StorageUnavailable
from bot.domain.speech import ENGLISH, say
from bot.web import accepted

MEDIA_TYPE = "application/problem+json"
_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class Problem(Exception):
    """A refusal on its way to the client. `detail` never quotes what the client sent."""

    def __init__(
        self, status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    def response(self, locale: str = ENGLISH) -> Response:
        """The problem document, its detail in the language of a locale."""
        body = {
            "type": f"urn:palpate:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": say(locale, self.detail),
            **self.extra,
        }
        content = json.dumps(body, ensure_ascii=True).encode("ascii")
        headers = {**self.headers, "Content-Language": locale}
        return Response(content, self.status, headers=headers, media_type=MEDIA_TYPE)


def unknown_conversation() -> Problem:
    """The same answer for "no such conversation" and "not yours", so that ids cannot be probed."""
    return Problem(404, "unknown_conversation", "There is no such conversation for this token.")


def log_unavailable(retry_after: int = 2) -> Problem:
    """The log could not be read or written; nothing was stored and the same request may be sent again."""
    return Problem(
        503,
        "storage_unavailable",
        "We could not store that just now. Please send it again.",
        headers={"Retry-After": str(retry_after)},
    )


def incomplete() -> Problem:
    """The request ended before its body did."""
    return Problem(400, "incomplete", "The request ended before its body did.")


async def on_problem(request: Request, error: Exception) -> Response:
    """Answer a `Problem`."""
    if not isinstance(error, Problem):
        raise error
    return error.response(_language(request))


async def on_storage_unavailable(request: Request, error: Exception) -> Response:
    """Answer 503 when the database did not take a read or a write."""
    logs.get().error("storage_unavailable", error=error)
    return log_unavailable().response(_language(request))


async def on_not_found(request: Request, _error: Exception) -> Response:
    """Something vanished between two steps of a request, for instance because it was erased."""
    return unknown_conversation().response(_language(request))


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Answer the router's own refusals (unknown path, wrong method) in the same shape."""
    if not isinstance(error, HTTPException):
        raise error
    code = _HTTP_CODES.get(error.status_code, "refused")
    detail = HTTPStatus(error.status_code).description or HTTPStatus(error.status_code).phrase
    return Problem(error.status_code, code, detail, headers=error.headers).response()


async def on_gone(request: Request, _error: Exception) -> Response:
    """The client left in the middle of its request: nobody hears this, and it is no fault of ours."""
    return incomplete().response(_language(request))


async def on_crash(request: Request, _error: Exception) -> Response:
    """A fault of ours: say so, without a word of what was in the request (`security.Guard` logs it)."""
    return Problem(500, "internal", "Something went wrong on our side.").response(_language(request))


def _language(request: Request) -> str:
    return accepted.language(request.headers.get("accept-language", ""))


HANDLERS = {
    Problem: on_problem,
    StorageUnavailable: on_storage_unavailable,
    NotFound: on_not_found,
    HTTPException: on_http_error,
    ClientDisconnect: on_gone,
    Exception: on_crash,
}
