"""Puts the edge together: chat API, desk, widget, pages and health, behind one guard."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from bot.domain.errors import StorageUnavailable
from bot.web import desk, openapi, site, visit
from bot.web.channels.service import Channels
from bot.web.chat import problems
from bot.web.chat.api import ChatApi
from bot.web.chat.entrance import Entrance
from bot.web.context import WebContext
from bot.web.security import Guard
from bot.web.turns.chores import Chores
from bot.web.turns.dispatcher import Dispatcher, Pace
from bot.web.turns.rasa import Rasa


@dataclass(frozen=True, slots=True)
class Works:
    """What runs beside the requests."""

    rasa: Rasa
    dispatcher: Dispatcher
    chores: Chores


class Edge(Starlette):
    """The app, with the guard around everything, its own error pages included."""

    def __init__(self, context: WebContext, pace: Pace | None = None) -> None:
        self.context = context
        self._pace = pace
        self._running: Works | None = None
        self.entrance = Entrance(context, lambda: self.works.dispatcher)
        self._channels = Channels(context, self.entrance, lambda: self.works.chores.outbox_has_work())
        self._chat = chat = ChatApi(context, lambda: self.works.dispatcher, lambda: self.works.chores)
        described = openapi.routes(lambda: self.routes)
        super().__init__(
            routes=[*self._health(), *chat.routes(), *self._channels.routes(), *_pages(context), *described],
            exception_handlers=problems.HANDLERS,
            lifespan=self._lifespan,
        )

    @property
    def works(self) -> Works:
        """What runs beside the requests; only while the app runs."""
        if self._running is None:
            raise RuntimeError("the app has not been started")
        return self._running

    def build_middleware_stack(self) -> ASGIApp:
        """Starlette's layers within ours."""
        return Guard(super().build_middleware_stack(), settings=self.context.settings)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Start the dispatcher, which takes up what an earlier run left unanswered, and the chores."""
        self.context.hub.start()
        rasa = Rasa(self.context.settings)
        chores = Chores(self.context)
        dispatcher = Dispatcher(self.context, rasa, self._pace, chores.outbox_has_work)
        self._running = works = Works(rasa, dispatcher, chores)
        try:
            async with works.dispatcher.running(), works.chores.running(), self._channels.running():
                yield
        finally:
            self._running = None
            self.context.hub.close()
            await rasa.close()
            await self._chat.close()

    def _health(self) -> list[BaseRoute]:
        return [Route("/healthz", self.alive), Route("/readyz", self.ready)]

    async def alive(self, _request: Request) -> Response:
        """200: this process runs."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """200 when database, model and actions are there, else 503 with what is missing."""
        if self._running is None:
            return JSONResponse({"status": "starting"}, 503)
        database = await anyio.to_thread.run_sync(self._database_answers)
        rasa, told = await self._running.rasa.told()
        parts = {"database": database, "rasa": rasa} | {name: bool(told.get(name)) for name in ("model", "actions")}
        well = database and rasa
        return JSONResponse({"status": "ok" if well else "degraded", **parts}, 200 if well else 503)

    def _database_answers(self) -> bool:
        try:
            with self.context.uow.reading() as uow:
                uow.conversations.get("-")
        except StorageUnavailable:
            return False
        return True


def create_app(context: WebContext, pace: Pace | None = None) -> Edge:
    """The edge as an ASGI app; its lifespan must run."""
    return Edge(context, pace)


def _pages(context: WebContext) -> list[BaseRoute]:
    return [*desk.mount(context), *visit.routes(context), *site.routes(context.settings)]
