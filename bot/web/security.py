"""What every answer of the edge carries and every request must pass: headers, origin, size, a request id."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import logs
from bot.settings import Settings
from bot.web import metrics
from bot.web.chat.bodies import MAX_BODY, too_large
from bot.web.chat.problems import Problem
from bot.web.lingering import Lingering

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {ancestors}"
)
_STEADY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """The outermost layer: refuses foreign origins and large bodies, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._home = _origin(settings.public_url)
        self._ancestors = " ".join(("'self'", *settings.frame_ancestors))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id

        line = Lingering(receive, send)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), scope, request_id)
                metrics.REQUESTS.labels(metrics.part_of(scope["path"]), _method(scope), message["status"]).inc()
            await line.send(message)

        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal.response()(scope, line.receive, send_guarded)
            return
        try:
            await self._app(scope, _Capped(line.receive) if _needs_cap(scope) else line.receive, send_guarded)
        except Exception as error:  # noqa: BLE001 - the answer is sent; the server's own log would quote the request
            logs.get().error("request_failed", error=error, request=request_id, path=_place(error))

    def _refusal(self, scope: Scope, headers: Headers) -> Problem | None:
        if scope["method"] not in _SAFE_METHODS and self._foreign(scope, headers):
            return Problem(403, "foreign_origin", "This request came from another site.")
        length = headers.get("content-length", "0")
        if _needs_cap(scope) and (not length.isascii() or not length.isdigit() or int(length[:12]) > MAX_BODY):
            return too_large()
        return None

    def _foreign(self, scope: Scope, headers: Headers) -> bool:
        """True when a browser says that another site made this request."""
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        own = f"{scope['scheme']}://{headers.get('host', '')}".lower()
        return origin.lower() not in (own, self._home)

    def _dress(self, headers: MutableHeaders, scope: Scope, request_id: str) -> None:
        path: str = scope["path"]
        for name, value in _STEADY.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request_id
        headers.setdefault("Content-Security-Policy", self._policy(path))
        embeddable = path == "/widget.js"
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if embeddable else "same-origin")
        if embeddable:
            headers.setdefault("Access-Control-Allow-Origin", "*")  # a public file, loaded by the clinic's own pages
        if path.startswith(("/api/", "/desk")):
            headers.setdefault("Cache-Control", "no-store")
        if scope["scheme"] == "https":
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")

    def _policy(self, path: str) -> str:
        if path.startswith("/api/"):
            return "default-src 'none'; frame-ancestors 'none'"
        framed = path.startswith("/widget")
        return _PAGE_POLICY.format(ancestors=self._ancestors if framed else "'none'")


def _method(scope: Scope) -> str:
    """The method, as long as it is one: strangers may send any word."""
    return scope["method"] if scope["method"] in _METHODS else "other"


class _Capped:
    """A `receive` that stops a body without a length once it has grown too large."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > MAX_BODY:
            raise too_large()
        return message


def _needs_cap(scope: Scope) -> bool:
    """The chat API measures its own bodies, because even a body that is too large is looked at for danger."""
    return not scope["path"].startswith("/api/conversations")


def _request_id(headers: Headers) -> str:
    """The proxy's request id when it is harmless to log, else a fresh one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _place(error: BaseException) -> str:
    """Where it happened: file and line, without values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
