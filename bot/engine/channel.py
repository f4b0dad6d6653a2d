"""The one door through which the web process speaks with Rasa: `/webhooks/palpate/…`, on loopback.

Repairs R1, R4, R12 and R13 of stock `rasa/core/channels/rest.py` and `channel.py`: bodies nobody checks, a turn that
dies with its caller's connection, failures that look like "nothing to say", messages answered twice, and answers cut
apart at blank lines.
"""

from __future__ import annotations

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.engine import keep_alive
from bot.engine.checked_body import BadBody, Turn, conversation_id, read
from bot.engine.quiet_logs import chain, innermost, kinds
from bot.logs import turn_of

NAME = "palpate"
SECRET_HEADER = "X-Palpate-Secret"  # noqa: S105
RETRY_SECONDS = "2"
DRAIN_SECONDS = 15.0
HEALTH_SECONDS = 1.0
PARTS = ("text", "custom", "buttons", "quick_replies", "image", "attachment", "elements")

log = structlog.get_logger()


class NotReady(RuntimeError):
    """There is no model to answer with."""


class Replies(OutputChannel):
    """Collects what the bot says in one turn, each message whole."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name, for channel-specific responses in domain.yml."""
        return NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one message as it is; nothing is split, dropped or rendered as text."""
        self.messages.append(reply(message))


def reply(message: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a bot message that a reader needs; `text` is always there."""
    return {"text": "", **{part: message[part] for part in PARTS if message.get(part)}}


class PalpateChannel(InputChannel):
    """The input channel of credentials.yml (`bot.engine.channel.PalpateChannel: {}`)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._turns: set[asyncio.Task[Any]] = set()

    @classmethod
    def name(cls) -> str:
        """The last part of the channel's address."""
        return NAME

    @classmethod
    def from_credentials(cls, credentials: Mapping[str, Any] | None) -> PalpateChannel:
        """The channel with the secret all our processes share; without one the check is off (development)."""
        return cls(str((credentials or {}).get("secret") or os.environ.get("PALPATE_INTERNAL_SECRET", "")))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes; `on_new_message` is not used: it hides failures and knows no message ids."""
        routes = Blueprint(NAME)

        # Plain functions: this Sanic marks its handlers, and methods cannot be marked.
        @routes.post("/turns")
        async def turns(request: Request) -> HTTPResponse:
            return await self.take(request)

        @routes.delete("/conversations/<name:str>")
        async def conversations(request: Request, name: str) -> HTTPResponse:
            return await self.forget(request, name)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return await self.health(request)

        @routes.listener("before_server_stop")
        async def drain(app: Any, _loop: Any) -> None:
            await self.drain(app)

        return routes

    async def take(self, request: Request) -> HTTPResponse:
        """POST turns: 200 replies, 400 bad body, 401 wrong secret, 503 when the turn did not happen."""
        if not self._trusted(request):
            return _problem(401, "secret")
        try:
            turn = read(request.body)
        except BadBody as error:
            return _problem(400, "body", str(error))
        return await self._finish(answer(request.app.ctx.agent, turn), turn_of(turn.message_id))

    async def forget(self, request: Request, name: str) -> HTTPResponse:
        """DELETE conversations/{id}: 204 once nothing of it is left, also when there was nothing."""
        if not self._trusted(request):
            return _problem(401, "secret")
        try:
            conversation = conversation_id(name)
        except BadBody as error:
            return _problem(400, "body", str(error))
        return await self._finish(erase(request.app.ctx.agent, conversation))

    async def health(self, request: Request) -> HTTPResponse:
        """GET health: 200 with model and actions when a turn would work, else 503."""
        agent = getattr(request.app.ctx, "agent", None)
        model = agent.model_id if agent is not None and agent.is_ready() else None
        actions = await _actions_answer(agent.action_endpoint) if agent is not None else False
        stored = await _store_answers(agent.tracker_store) if agent is not None else False
        ready = model is not None and actions and stored
        return response.json({"model": model, "actions": actions, "store": stored}, 200 if ready else 503)

    async def drain(self, app: Any) -> None:
        """Let turns whose caller went away come to their end before the server stops."""
        if self._turns:
            await asyncio.wait(self._turns, timeout=DRAIN_SECONDS)
        agent = getattr(app.ctx, "agent", None)
        if agent is not None:
            await keep_alive.close(agent.action_endpoint)

    def _trusted(self, request: Request) -> bool:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        return not self._secret or hmac.compare_digest(given, self._secret)

    async def _finish(self, work: Any, turn: str | None = None) -> HTTPResponse:
        """Run work that a lost connection must not stop; 503 for any way it fails, and why only by kind."""
        task = asyncio.ensure_future(work)
        self._turns.add(task)
        task.add_done_callback(self._done)
        try:
            body = await asyncio.shield(task)
        except Exception as error:  # noqa: BLE001 - the edge: whatever failed, the caller must know that it did
            links = chain(error)
            log.error("turn.failed", error=error, code=kinds(links), path=innermost(links[-1].__traceback__), turn=turn)
            return _problem(503, "turn_failed")
        return response.empty(204) if body is None else response.json(body)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._turns.discard(task)
        if not task.cancelled():
            task.exception()  # seen: nothing may print it later


async def answer(agent: Any, turn: Turn) -> dict[str, Any]:
    """The replies to this message: those already given when its id is known, else those of a new turn."""
    if agent is None or not agent.is_ready():
        raise NotReady
    async with agent.lock_store.lock(turn.conversation):
        given = await agent.tracker_store.replies_to(turn.conversation, turn.message_id)
        if given is not None:
            return {"replies": [_stored(event) for event in given], "repeat": True}
        replies = Replies()
        message = UserMessage(
            turn.text,
            replies,
            turn.conversation,
            input_channel=NAME,
            message_id=turn.message_id,
            metadata=turn.metadata,
        )
        message.text = turn.text  # as written: UserMessage strips it, and places are counted in it
        await agent.processor.handle_message(message)
        return {"replies": replies.messages, "repeat": False}


async def erase(agent: Any, conversation: str) -> None:
    """Forget a conversation once its running turn, if any, is over."""
    if agent is None:
        raise NotReady
    async with agent.lock_store.lock(conversation):
        await agent.tracker_store.erase(conversation)


def _stored(event: Mapping[str, Any]) -> dict[str, Any]:
    return reply({**(event.get("data") or {}), "text": event.get("text") or ""})


def _problem(status: int, code: str, detail: str | None = None) -> HTTPResponse:
    body = {"code": code, **({"detail": detail} if detail else {})}
    return response.json(body, status, headers={"Retry-After": RETRY_SECONDS} if status == 503 else None)


async def _actions_answer(endpoint: Any) -> bool:
    if endpoint is None or not endpoint.url:
        return False
    try:
        async with (
            endpoint.session() as client,
            client.get(
                f"{endpoint.url.removesuffix('/webhook')}/health", timeout=aiohttp.ClientTimeout(total=HEALTH_SECONDS)
            ) as got,
        ):
            return got.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _store_answers(store: Any) -> bool:
    try:
        await asyncio.wait_for(store.ping(), HEALTH_SECONDS)
    except (RuntimeError, TimeoutError, AttributeError):
        return False
    return True
