"""A stand-in for the Rasa process that speaks its turn protocol, so that edge tests are fast and can break it at will.

It keeps the protocol's promises (one turn per message id, the same replies again) and none of its language: the first
turn asks for consent, "yes" begins, "no" ends, anything else is echoed by number.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CONSENT = {
    "field": "consent_privacy",
    "kind": "yes_no",
    "choices": [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}],
    "skippable": False,
    "why": "It is yours to share.",
}
NRS = {"field": "nrs", "kind": "scale", "choices": [], "skippable": False, "why": "It decides how much care is needed."}
CARD = {
    "field": "emergency_gate",
    "kind": "multi",
    "choices": [{"value": "RF-ACS", "label": "Chest pain"}, {"value": "none", "label": "None of these"}],
    "skippable": False,
    "why": "These signs are rare.",
}


def state(phase: str, field_name: str | None, **more: Any) -> dict[str, Any]:
    """The state part of a reply."""
    return {"phase": phase, "field": field_name, "asked": 1, "left": 9, "handoff": None, **more}


@dataclass
class Rasa:
    """Switches and memory of the stand-in. `turns` is every turn that really ran, in order."""

    url: str = ""
    port: int = 0
    up: bool = True
    lost: int = 0  # how many answers get lost on their way back, though their turn ran
    failing: set[str] = field(default_factory=set)  # texts whose turn always fails
    refusing: set[str] = field(default_factory=set)  # texts Rasa will never take
    turns: list[dict[str, Any]] = field(default_factory=list)
    calls: int = 0
    deleted: list[str] = field(default_factory=list)
    secrets: set[str | None] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)  # cleared: turns hang until it is set
    entered: threading.Event = field(default_factory=threading.Event)  # set when a turn came in
    _stored: dict[str, Any] = field(default_factory=dict)
    _order: dict[str, asyncio.Lock] = field(default_factory=dict)

    def app(self) -> Starlette:
        """The routes of the protocol."""
        return Starlette(
            routes=[
                Route("/webhooks/palpate/turns", self.take, methods=["POST"]),
                Route("/webhooks/palpate/health", self.health),
                Route("/webhooks/palpate/conversations/{id}", self.delete, methods=["DELETE"]),
            ]
        )

    async def health(self, _request: Request) -> Response:
        """Well or not."""
        return JSONResponse({"model": "m", "actions": True}, 200 if self.up else 503)

    async def delete(self, request: Request) -> Response:
        """Forget."""
        if not self.up:
            return JSONResponse({}, 503)
        self.deleted.append(request.path_params["id"])
        return Response(status_code=204)

    async def take(self, request: Request) -> Response:
        """One turn."""
        body = await request.json()
        self.calls += 1
        self.secrets.add(request.headers.get("x-palpate-secret"))
        self.entered.set()
        if not self.up or body["text"] in self.failing:
            return JSONResponse({}, 503, {"Retry-After": "1"})
        if body["text"] in self.refusing:
            return JSONResponse({}, 400)
        async with self._order.setdefault(body["conversation"], asyncio.Lock()):
            await anyio.to_thread.run_sync(self.gate.wait, abandon_on_cancel=True)
            stored = self._stored.get(body["message_id"])
            if stored is None:
                self.turns.append(body)
                self._stored[body["message_id"]] = self.replies(body)
        if self.lost:
            self.lost -= 1
            return JSONResponse({}, 503)
        return JSONResponse({"replies": self._stored[body["message_id"]], "repeat": stored is not None})

    def replies(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """What the bot says; tests may replace it."""
        answer, said = body["metadata"]["answer"] or {}, body["text"].lower()
        if answer.get("question") == "open":
            report = {"state": state("consent", "consent_privacy"), "question": CONSENT, "record": {}, "said": {}}
            return [{"text": "Hello from [[clinic_name]]."}, {"text": "", "custom": report}, {"text": "May I keep it?"}]
        if answer.get("value") == "yes" or said == "yes":
            return [{"text": "", "custom": {"state": state("interview", "nrs"), "question": NRS}}, {"text": "How bad?"}]
        if answer.get("value") == "no" or said == "no":
            return [{"text": "I keep nothing.", "custom": {"state": state("closed", None), "question": None}}]
        if said == "card":
            return [{"text": "Any of these?", "custom": {"state": state("interview", CARD["field"]), "question": CARD}}]
        if answer.get("question") == "nrs":
            report = {
                "state": state("interview", None),
                "question": None,
                "record": {"nrs": answer["value"], "rf": ["RF-X"]},
                "said": {"nrs": [{"text": body["text"], "start": 0, "end": 1}], "RF-X": [{"text": "x"}]},
            }
            return [{"text": "Thank you.", "custom": report}]
        if said == "a person please":
            report = {
                "state": state("interview", "nrs"),
                "question": NRS,
                "record": {},
                "said": {},
                "wants_person": True,
                "asks_person": True,
            }
            return [{"text": "Of course.", "custom": report}, {"text": "How bad?"}]
        if said == "silence":
            return []
        if said == "price":
            return [{"text": "[[faq_cost]]"}, {"text": "[[faq_insurance]]"}]
        return [] if body["metadata"]["scripted"] else [{"text": f"I heard {body['text']}"}]


class Serving:
    """A uvicorn in a thread of its own, on a port of its own."""

    def __init__(self, app: Any, port: int = 0, **options: Any) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none", **options))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def start(self) -> Serving:
        """Returns once it takes connections."""
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start")
            threading.Event().wait(0.005)
        return self

    def stop(self) -> None:
        """Returns once the thread has ended."""
        self._server.should_exit = True
        self._thread.join(15)
        self._socket.close()
        assert not self._thread.is_alive()
