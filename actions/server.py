"""Serves the actions to Rasa on loopback: nobody without the secret gets in, and an error answer never holds a word of the visitor."""

from __future__ import annotations

import contextlib
import hmac
import os
from typing import Any

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from actions import product
from bot import logs, spare
from bot.bounded_line import BoundedLine
from bot.settings import Settings

SECRET_HEADER = "X-Palpate-Secret"  # noqa: S105 - the name of a header


def create_app(secret: str) -> ASGIApp:
    """The action server; with an empty secret everybody on this machine may call (development only)."""
    executor = ActionExecutor()
    executor.register_package("actions")
    log = logs.get()

    async def webhook(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if secret and not hmac.compare_digest(given.encode(), secret.encode()):
            return JSONResponse({"error": "unauthorized"}, 401)
        call = await request.json()
        request.state.turn = _turn(call)
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as error:
            return JSONResponse({"error": "rejected", "action_name": error.action_name}, 400)
        except ActionNotFoundException:
            return JSONResponse({"error": "unknown action"}, 404)
        return JSONResponse(result if isinstance(result, dict) else result.model_dump(by_alias=True))

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def failed(request: Request, error: Exception) -> Response:
        """Rasa logs what this answer says, so it says nothing but that it failed."""
        log.error("action_failed", error=error, turn=getattr(request.state, "turn", None))
        return JSONResponse({"error": "failed"}, 500)

    routes = [Route("/webhook", webhook, methods=["POST"]), Route("/health", health)]
    return _answered(Starlette(routes=routes, exception_handlers={Exception: failed}))


def _answered(app: ASGIApp) -> ASGIApp:
    """Starlette raises an error again after `failed` has answered it; the server would log it whole and break the line
    under the next call."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(Exception):
            await app(scope, receive, send)

    return call


def _turn(call: Any) -> str | None:
    """The turn this call belongs to, as the logs of the other processes name it."""
    tracker = call.get("tracker") if isinstance(call, dict) else None
    latest = tracker.get("latest_message") if isinstance(tracker, dict) else None
    message = latest.get("message_id") if isinstance(latest, dict) else None
    return logs.turn_of(message) if message else None


def main() -> None:
    """`python -m actions.server`: run until stopped."""
    logs.configure("actions")
    settings = Settings.from_env(os.environ)
    app = create_app(settings.internal_secret)
    product.load()
    spare.wait()
    product.warm_up()
    uvicorn.Server(config(app, settings.actions_port)).run()


def config(app: ASGIApp, port: int) -> uvicorn.Config:
    """How we serve: on loopback alone."""
    return uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=BoundedLine,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main()
