"""A stand-in for the chat API that speaks contract §4 to the letter, so that browser tests are fast and can break things.

It replays the recorded interview in `recorded.json`, one turn per visitor message, whatever the message says, except
for the words "chest pain", which bring the recorded emergency. Tests may hold its answers back or make calls fail.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
AT = "2026-11-23T10:00:00Z"


@dataclass
class Conversation:
    """The log of one conversation and where the recorded interview stands."""

    token: str
    messages: list[dict[str, Any]] = field(default_factory=list)
    seqs: dict[str, int] = field(default_factory=dict)
    turn: int = 0
    state: dict[str, Any] = field(default_factory=lambda: {
        "phase": "consent", "asked": 0, "left": None, "handoff": None, "answered_through": 0,
    })  # fmt: skip
    changes: int = 0

    def append(self, sender: str, text: str, **extra: Any) -> int:
        """Add a message of the contract's shape; returns its seq."""
        seq = len(self.messages) + 1
        blank = {"question": None, "alert": None, "outcome": None}
        self.messages.append({"seq": seq, "at": AT, "from": sender, "text": text} | blank | extra)
        self.changes += 1
        return seq

    def reply(self, turn: dict[str, Any]) -> None:
        """One recorded bot turn: its message, then the state it leads to."""
        self.append("bot", turn["text"], **{key: turn.get(key) for key in ("question", "alert", "outcome")})
        for key in ("phase", "asked", "left", "handoff"):
            if key in turn:
                self.state[key] = turn[key]
        self.state["answered_through"] = max([m["seq"] for m in self.messages if m["from"] == "visitor"], default=0)
        self.changes += 1


class StandIn:
    """The server's memory, and the switches that tests turn."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.stop: Callable[[], None] = lambda: None  # the server goes away
        self.restart: Callable[[], None] = lambda: None  # and is back at the same address
        self.own_page = ""  # of the clinic's site, at /own
        self.own_headers: dict[str, str] = {}
        self.holding = False  # take messages but do not answer them
        self.failing = 0  # answer 503 to this many posts
        self.limiting = 0  # answer 429 to this many posts
        self.losing = 0  # take this many posts, but lose the answer on its way
        self.streaming = True  # False: the event stream answers 503
        self.posts: list[dict[str, Any]] = []
        self.record_now: dict[str, Any] = RECORDED["record"]
        self.kept: list[dict[str, Any]] = []  # letters
        self.codes: dict[str, str] = {}  # for another device

    @property
    def only(self) -> Conversation:
        """The one conversation of a test."""
        (conversation,) = self.conversations.values()
        return conversation

    def jump(self, name: str) -> None:
        """Conversations opened from now on begin with the question of this field."""
        self._first = next(at for at, turn in enumerate(RECORDED["turns"]) if turn["field"] == name)

    _first = 0

    def release(self) -> None:
        """Answer what was held back."""
        self.holding = False
        for conversation in self.conversations.values():
            if conversation.state["answered_through"] < len(conversation.messages):
                self._answer(conversation)

    def routes(self) -> list[BaseRoute]:
        """The routes of contract §4."""
        one = "/api/conversations/{id}"
        return [
            Route("/api/conversations", self.create, methods=["POST"]),
            Route(f"{one}/messages", self.post, methods=["POST"]),
            Route(f"{one}/messages", self.list, methods=["GET"]),
            Route(f"{one}/events", self.events, methods=["GET"]),
            Route(f"{one}/record", self.record, methods=["GET"]),
            Route(f"{one}/export", self.export, methods=["GET"]),
            Route(f"{one}/letters", self.letters, methods=["GET", "POST"]),
            Route(f"{one}/letters/{{letter}}", self.drop_letter, methods=["DELETE"]),
            Route(f"{one}/{{paper}}.pdf", self.paper, methods=["GET"]),
            Route(f"{one}/link", self.link, methods=["POST"]),
            Route(f"{one}/stay", self.stay, methods=["POST"]),
            Route("/api/resume", self.resume, methods=["POST"]),
            Route(one, self.delete, methods=["DELETE"]),
        ]

    async def create(self, request: Request) -> Response:
        """201 with id and token; the bot greets."""
        body = await request.json()
        assert set(body) == {"channel", "locale"}, "contract §4"
        key, conversation = secrets.token_urlsafe(18), Conversation(token=secrets.token_urlsafe(32), turn=self._first)
        self.conversations[key] = conversation
        conversation.reply(RECORDED["turns"][conversation.turn])
        return JSONResponse({"id": key, "token": conversation.token}, 201)

    def _find(self, request: Request) -> Conversation | None:
        found = self.conversations.get(request.path_params["id"])
        given = request.headers.get("authorization")
        return found if found and given == f"Bearer {found.token}" else None

    async def post(self, request: Request) -> Response:
        """202 with the seq; the same client id again: the same seq, no second turn."""
        conversation = self._find(request)
        if conversation is None:
            return _problem(404, "unknown_conversation")
        body = await request.json()
        self.posts.append(body)
        if self.failing > 0:
            self.failing -= 1
            return _problem(503, "storage_unavailable", {"Retry-After": "1"})
        if self.limiting > 0:
            self.limiting -= 1
            return _problem(429, "too_many_messages", {"Retry-After": "1"})
        refusal = _refusal(body)
        if refusal is not None:
            return refusal
        if "change" in body and body["change"] not in [
            one["field"] for one in conversation.state.get("changeable", ())
        ]:
            return _problem(409, "not_changeable")
        if body["id"] not in conversation.seqs:
            conversation.seqs[body["id"]] = conversation.append("visitor", _words(body, conversation.messages))
            if "change" in body:
                conversation.turn = (
                    next(at for at, turn in enumerate(RECORDED["turns"]) if turn["field"] == body["change"]) - 1
                )
            if not self.holding:
                self._answer(conversation)
        if self.losing > 0:
            self.losing -= 1
            return _problem(503, "storage_unavailable", {"Retry-After": "1"})
        return JSONResponse({"seq": conversation.seqs[body["id"]]}, 202)

    def _answer(self, conversation: Conversation) -> None:
        if "chest pain" in conversation.messages[-1]["text"].lower() and conversation.state["phase"] != "stopped":
            conversation.reply(RECORDED["emergency"])
        elif conversation.state["phase"] == "stopped":
            conversation.reply({"text": "I can still read you. Please call 911 now if you have not."})
        elif conversation.turn + 1 < len(RECORDED["turns"]):
            asked = RECORDED["turns"][conversation.turn]["field"]
            known = conversation.state.setdefault("changeable", [])
            if conversation.turn >= 3 and asked not in [one["field"] for one in known]:
                known.append({"field": asked, "label": f"Your {asked}"})
            conversation.turn += 1
            conversation.reply(RECORDED["turns"][conversation.turn])
        else:
            conversation.reply({"text": "Our team has your answers."})

    async def list(self, request: Request) -> Response:
        """200 with what is new; waits for it up to `wait` seconds."""
        conversation = self._find(request)
        if conversation is None:
            return _problem(404, "unknown_conversation")
        after, wait = int(request.query_params["after"]), float(request.query_params.get("wait", 0))
        for _ in range(int(wait / 0.05)):
            if len(conversation.messages) > after:
                break
            await asyncio.sleep(0.05)
        return JSONResponse({"messages": conversation.messages[after:], "state": conversation.state})

    async def events(self, request: Request) -> Response:
        """The event stream from `Last-Event-ID` on."""
        conversation = self._find(request)
        if conversation is None:
            return _problem(404, "unknown_conversation")
        if not self.streaming:
            return _problem(503, "storage_unavailable", {"Retry-After": "1"})
        after = int(request.headers.get("last-event-id", "0"))
        return StreamingResponse(self._stream(conversation, after), media_type="text/event-stream")

    async def _stream(self, conversation: Conversation, after: int) -> AsyncIterator[str]:
        yield ": hello\n\n"
        seen = -1
        while self.streaming and conversation in self.conversations.values():
            if seen != conversation.changes:
                seen = conversation.changes
                for message in conversation.messages[after:]:
                    after = message["seq"]
                    yield f"id: {after}\nevent: message\ndata: {json.dumps(message)}\n\n"
                yield f"event: state\ndata: {json.dumps(conversation.state)}\n\n"
            await asyncio.sleep(0.02)

    async def record(self, request: Request) -> Response:
        """What is known, field by field."""
        return JSONResponse(self.record_now) if self._find(request) else _problem(404, "unknown_conversation")

    async def export(self, request: Request) -> Response:
        """The download."""
        conversation = self._find(request)
        return (
            JSONResponse({"messages": conversation.messages}) if conversation else _problem(404, "unknown_conversation")
        )

    async def letters(self, request: Request) -> Response:
        """The letters, or one more of them."""
        if self._find(request) is None:
            return _problem(404, "unknown_conversation")
        if request.method == "GET":
            return JSONResponse({"letters": self.kept})
        content = await request.body()
        if not content.startswith((b"%PDF", b"\xff\xd8")):
            return _problem(415, "not_a_letter")
        kind = "application/pdf" if content.startswith(b"%PDF") else "image/jpeg"
        self.kept.append({"id": f"letter{len(self.kept)}", "at": AT, "type": kind, "size": len(content)})
        return JSONResponse(self.kept[-1], 201)

    async def drop_letter(self, request: Request) -> Response:
        """204, and it is gone."""
        self.kept = [one for one in self.kept if one["id"] != request.path_params["letter"]]
        return Response(status_code=204)

    async def paper(self, request: Request) -> Response:
        """A PDF."""
        found = self._find(request)
        return Response(b"%PDF-1.7 " + request.path_params["paper"].encode()) if found else _problem(404, "unknown")

    async def link(self, request: Request) -> Response:
        """A code for another device, good once."""
        if self._find(request) is None:
            return _problem(404, "unknown_conversation")
        self.codes[f"code-{len(self.codes)}"] = request.path_params["id"]
        return JSONResponse({"code": list(self.codes)[-1], "expires": "2099-01-01T10:00:00Z"}, 201)

    async def resume(self, request: Request) -> Response:
        """The conversation behind a code, with a token."""
        key = self.codes.pop((await request.json())["code"], None)
        found = self.conversations.get(key or "")
        return JSONResponse({"id": key, "token": found.token}) if found else _problem(404, "unknown_code")

    async def stay(self, request: Request) -> Response:
        """204: the time starts anew."""
        self.only.state["ends_at"] = None
        self.only.changes += 1
        return Response(status_code=204)

    async def delete(self, request: Request) -> Response:
        """204, and the conversation is gone; 200 where staff decide about a hand-off."""
        found = self._find(request)
        if found is None:
            return _problem(404, "unknown_conversation")
        del self.conversations[request.path_params["id"]]
        if found.state["handoff"]:
            return JSONResponse({"erased": "chat", "handoff": "staff_review"})
        return Response(status_code=204)


def _refusal(body: dict[str, Any]) -> Response | None:
    if set(body) not in ({"id", "text", "seen"}, {"id", "answer"}, {"id", "change"}) or (
        "answer" in body and set(body["answer"]) != {"question", "value"}
    ):
        return _problem(422, "bad_body")
    if len(body.get("text", "")) > 2000:
        return _problem(413, "text_too_long")
    return None


def _words(body: dict[str, Any], messages: list[dict[str, Any]]) -> str:
    """The visitor's message as the log shows it: the text, or the labels of the choices."""
    if "change" in body:
        return "Change: what you said"
    if "text" in body:
        return str(body["text"])
    value = body["answer"]["value"]
    open_ones = [line["question"] for line in messages if line["question"]]
    question = next(one for one in reversed(open_ones) if one["field"] == body["answer"]["question"])
    labels = {json.dumps(choice["value"]): choice["label"] for choice in question["choices"]}
    if value is None:
        return "Skip this question"
    if isinstance(value, dict):
        return ", ".join(part for part in value.values() if part)
    return "; ".join(
        labels.get(json.dumps(part), " ".join(filter(None, part.values())) if isinstance(part, dict) else str(part))
        for part in (value if isinstance(value, list) else [value])
    )


def _problem(status: int, code: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"status": status, "code": code}, status, headers, "application/problem+json")
