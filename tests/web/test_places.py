"""How many streams, waits and uploads one visitor and one address may hold open, and that nobody else is kept out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from conftest import Running, StartEdge, Visitor
from starlette.requests import Request
from starlette.responses import Response

from bot.web.chat.problems import Problem
from bot.web.desk import stream as desk_stream
from bot.web.limits import Allowance
from bot.web.places import Places, Seated, taken

FEW = Allowance(waits=3, waits_per_address=5, uploads=1, uploads_per_address=2)


@contextmanager
def streams(visitor: Visitor, count: int) -> Iterator[list[int]]:
    """So many streams of a visitor, open at once; what each was answered."""
    with ExitStack() as stack:
        ask = [visitor.http.stream("GET", f"{visitor.path}/events", headers=visitor.auth) for _ in range(count)]
        yield [stack.enter_context(one).status_code for one in ask]


@pytest.fixture
def few(start_edge: StartEdge) -> Running:
    """An edge with few places."""
    return start_edge(allowance=FEW)


@pytest.fixture
def visitors(few: Running) -> Iterator[list[Visitor]]:
    """Three of them, behind one address."""
    with ExitStack() as stack:
        yield [Visitor(stack.enter_context(httpx.Client(base_url=few.url, timeout=20))).arrive() for _ in range(3)]


def test_the_streams_of_one_token_are_counted_and_others_get_theirs(visitors: list[Visitor]) -> None:
    greedy, other, third = visitors
    with streams(greedy, 4) as got:
        assert got == [200, 200, 200, 429]
        refused = greedy.http.get(f"{greedy.path}/messages", params={"wait": 9}, headers=greedy.auth)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        assert int(refused.headers["retry-after"]) > 0
        assert greedy.log()["messages"], "who does not wait takes no place"
        assert greedy.say("still heard")
        with streams(other, 2) as theirs:
            assert theirs == [200, 200]
            with streams(third, 1) as late:
                assert late == [429], "the address has no more"
            assert third.say("and heard without a stream")


def test_a_place_is_free_again_when_its_stream_ends(visitors: list[Visitor]) -> None:
    visitor = visitors[0]
    for _ in range(3):
        assert any(all_open(visitor) for _ in range(500)), "the server notices that the streams before were left"


def all_open(visitor: Visitor) -> bool:
    """True when there are places for all that one may have."""
    with streams(visitor, 3) as got:
        return got == [200, 200, 200]


def test_uploads_that_never_end_hold_few_places(few: Running, visitors: list[Visitor]) -> None:
    visitors = [one for one in visitors if one.settled(one.say("yes"))]

    async def slow(visitor: Visitor, client: httpx.AsyncClient, sent: asyncio.Event, end: asyncio.Event) -> int:
        async def body() -> Any:
            yield b"%PDF-1.4 "
            sent.set()
            await end.wait()

        answer = await client.post(f"{visitor.path}/letters", headers=visitor.auth, content=body())
        return answer.status_code

    async def attack() -> list[int]:
        async with httpx.AsyncClient(base_url=few.url, timeout=20) as client:
            end, under_way, codes = asyncio.Event(), [], []
            for visitor in visitors[:2]:
                sent = asyncio.Event()
                under_way.append(asyncio.create_task(slow(visitor, client, sent, end)))
                await sent.wait()
            for visitor in (visitors[0], visitors[2]):
                quick = await client.post(f"{visitor.path}/letters", headers=visitor.auth, content=b"%PDF-1.4 x")
                codes.append(quick.status_code)
            end.set()
            return codes + [await one for one in under_way]

    assert asyncio.run(attack()) == [429, 429, 201, 201]


def test_a_session_of_the_desk_has_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_stream, "_OPEN", Places(1))
    request = Request({"type": "http", "headers": []})

    def news(session: bytes) -> Seated:
        who = cast(Any, SimpleNamespace(session=SimpleNamespace(token_hash=session)))
        return desk_stream.stream(request, cast(Any, None), who, list)

    with taken(news(b"one").wanted):
        with pytest.raises(Problem) as refused, taken(news(b"one").wanted):
            pass
        assert refused.value.status == 429
        with taken(news(b"another").wanted):
            pass


def test_a_refused_or_broken_answer_keeps_no_place() -> None:
    places = Places(1)

    async def breaks(*_: Any) -> None:
        raise RuntimeError

    broken = Response()
    broken.__class__ = type("Broken", (Response,), {"__call__": breaks})
    for _ in range(3):
        with pytest.raises(RuntimeError):
            asyncio.run(Seated(broken, {"me": places})({}, cast(Any, None), cast(Any, None)))
    with places.take("me"), pytest.raises(Problem), taken({"you": places, "me": places}):
        pass
    with taken({"you": places, "me": places}):
        pass
