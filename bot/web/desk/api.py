"""The staff API of contract §6."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.domain import review as states
from bot.domain import summary
from bot.services import review
from bot.services.accounts import SignedIn
from bot.services.review import Actor, BadMove, Detail, Row
from bot.web.chat import bodies
from bot.web.chat.problems import Problem
from bot.web.desk import moves, queues, words
from bot.web.desk.access import LARGEST_BODY, Access, Endpoint
from bot.web.desk.context import DeskContext
from bot.web.desk.exports import brief_of


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    calls = StaffApi(context)
    base = "/desk/api/handoffs"
    return [
        ("/desk/api/news", access.call(calls.news), ["GET"]),
        (base, access.call(calls.queue), ["GET"]),
        (base + "/search", access.call(calls.search), ["POST"]),
        (base + "/{reference}", access.call(calls.show), ["GET"]),
        (base + "/{reference}/messages", access.call(calls.messages), ["GET"]),
        (base + "/{reference}/{move}", access.call(calls.move), ["POST"]),
    ]


class StaffApi:
    """The calls; each asks the services and writes JSON."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context

    async def queue(self, request: Request, who: SignedIn) -> Response:
        """One page of hand-offs, most cautious first; `next` is the `after` of the page that follows."""
        return await self._list(request.query_params, who)

    async def search(self, request: Request, who: SignedIn) -> Response:
        """The same by what is in the body, so that a name or a number need not stand in an address."""
        fields = await _body(request)
        if not all(isinstance(value, str) for value in fields.values()):
            raise BadMove("body", "every field must be a text")
        return await self._list(fields, who)

    async def _list(self, query: Mapping[str, str], who: SignedIn) -> Response:
        _, wanted = queues.wanted(query, who.actor, default="all")
        after = queues.after(query)
        rows, by_state = await run_in_threadpool(
            review.queue, self._context.uow(), wanted, by=who.actor, now=self._context.clock(), after=after
        )
        more = f"{wanted.place(rows[-1].handoff)}.{rows[-1].handoff.id}" if len(rows) == review.PAGE else None
        return _json({"handoffs": [_row(row) for row in rows], "next": more, "counts": queues.counts(by_state)})

    async def news(self, request: Request, who: SignedIn) -> Response:
        """How many wait in each queue; no names, so that asking often is not reading."""

        def count() -> Mapping[tuple[str, int], int]:
            with self._context.uow.reading() as uow:
                return uow.handoffs.counts()

        return _json({"counts": queues.counts(await run_in_threadpool(count))})

    async def show(self, request: Request, who: SignedIn) -> Response:
        """Everything about one hand-off."""
        return _json(whole(await self._detail(request, who.actor)))

    async def messages(self, request: Request, who: SignedIn) -> Response:
        """New lines of the conversation, for whoever is speaking with the visitor."""
        after = words.seq_of(request.query_params.get("after", "0"))
        reference, now = request.path_params["reference"], self._context.clock()
        lines = await run_in_threadpool(
            review.new_messages, self._context.uow(), reference, after=after, by=who.actor, now=now
        )
        return _json({"messages": lines})

    async def move(self, request: Request, who: SignedIn) -> Response:
        """Make a move; answers with the hand-off as it stands then."""
        name = request.path_params["move"]
        if name not in moves.MOVES:
            raise Problem(404, "no_such_move", f"The moves are {', '.join(moves.MOVES)}.")
        fields = await _body(request)
        reference = request.path_params["reference"]
        await run_in_threadpool(moves.make, self._context, name, reference, fields, who.actor)
        return _json(whole(await self._detail(request, who.actor)))

    async def _detail(self, request: Request, by: Actor) -> Detail:
        reference = request.path_params["reference"]
        return await run_in_threadpool(review.show, self._context.uow(), reference, by=by, now=self._context.clock())


def whole(detail: Detail) -> dict[str, Any]:
    """One hand-off with everything, in the words of contract §6."""
    newest = detail.revision
    return {
        **_handoff(detail.handoff),
        "contact": detail.handoff.contact,
        "record": newest.record,
        "result": newest.result,
        "reasons": newest.result.get("reasons") or [],
        "modifiers": newest.result.get("modifiers") or [],
        "brief": brief_of(detail).to_json(),
        "transcript": review.transcript(detail),
        "said": newest.said,
        "consent": newest.consent,
        "revisions": [
            {"number": one.number, "at": one.at, "cause": one.cause, "rules_version": one.rules_version, "record": one.record, "result": one.result, "clearance": one.clearance}
            for one in detail.revisions
        ],
        "decisions": [asdict(one) for one in detail.decisions],
        "notes": [{"at": one.at, "by": one.by, "text": one.text} for one in detail.notes],
        "appointments": [asdict(one) for one in detail.appointments],
        "history": [
            {"at": one.at, "by": one.actor, "action": one.action, "from": one.from_status, "to": one.to_status, "detail": one.detail}
            for one in detail.history
        ],
        "letters": [
            {"id": one.id, "at": one.at, "type": one.media_type, "size": one.size, "url": f"/desk/api/handoffs/{detail.handoff.reference}/letters/{one.id}"}
            for one in detail.letters
        ],
        "forget_request": _forget_request(detail),
        "taken_by": detail.conversation.taken_by if detail.conversation else None,
        "moves": list(states.legal(detail.handoff.status)),
    }  # fmt: skip


def _forget_request(detail: Detail) -> dict[str, Any] | None:
    """When the visitor asked to be forgotten, and what was decided."""
    asked = detail.forget_request
    if asked is None:
        return None
    return {
        "asked_at": asked.asked_at,
        "decision": asked.decision,
        "by": asked.decided_by,
        "decided_at": asked.decided_at,
    }


def _row(row: Row) -> dict[str, Any]:
    record = row.revision.record
    return {
        **_handoff(row.handoff),
        "name": row.handoff.contact.get("name"),
        "where": summary.place(record),
        "nrs": record.get("nrs"),
        "rule": row.revision.result.get("rule"),
        "rf": list(record.get("rf") or ()),
    }


def _handoff(handoff: Any) -> dict[str, Any]:
    hidden = ("id", "contact", "rank")
    return {key: value for key, value in asdict(handoff).items() if key not in hidden}


async def _body(request: Request) -> Mapping[str, Any]:
    raw = await request.body()
    if len(raw) > LARGEST_BODY:
        raise Problem(413, "body_too_large", "That is too much text.")
    try:
        fields = bodies.clean_all(json.loads(raw or b"{}"))
    except (ValueError, RecursionError):
        raise Problem(400, "not_json", "The body must be a JSON object.") from None
    if not isinstance(fields, dict):
        raise Problem(400, "not_json", "The body must be a JSON object.")
    return fields


def _json(body: Any) -> Response:
    return JSONResponse(json.loads(json.dumps(body, default=_plain)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
