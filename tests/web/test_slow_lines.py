"""Who dawdles loses the line: headers, bodies and readers have bounded time, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest
from conftest import Running
from standin_rasa import Serving
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from actions import server
from bot.bounded_line import BoundedLine
from bot.web import __main__ as web

LET_GO = threading.Event()
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\n"


class QuickLine(BoundedLine):
    """The same bounds in a fraction of the time."""

    HEAD_SECONDS = 0.3
    HEAD_BYTES = 8192
    BODY_SECONDS = 0.3
    READ_SECONDS = 0.3


async def echo(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} bytes, {len(request.headers)} headers")


async def hasty(_request: Request) -> Response:
    return PlainTextResponse("answered unread")


async def endless(_request: Request) -> Response:
    async def parts() -> Any:
        try:
            while True:
                yield b"x" * 65536
                await asyncio.sleep(0)
        finally:
            LET_GO.set()

    return StreamingResponse(parts())


@pytest.fixture(scope="module")
def serving() -> Iterator[Serving]:
    """Something that answers, behind such a line."""
    app = Starlette(
        routes=[
            Route("/echo", echo, methods=["GET", "POST"]),
            Route("/hasty", hasty, methods=["POST"]),
            Route("/endless", endless),
        ]
    )
    one = Serving(app, http=QuickLine, timeout_graceful_shutdown=1, timeout_keep_alive=600).start()
    yield one
    one.stop()


@pytest.fixture
def line(serving: Serving) -> Iterator[socket.socket]:
    """A line of our own."""
    with closing(socket.create_connection(("127.0.0.1", serving.port), timeout=20)) as made:
        yield made


def rest_of(line: socket.socket) -> bytes:
    """All that comes until the other side closes; a line that is never closed fails by its time-out."""
    heard = b""
    try:
        while part := line.recv(65536):
            heard += part
    except ConnectionResetError:  # closed over bytes that nobody read
        pass
    return heard


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        pytest.param(b"", b"", id="nothing at all"),
        pytest.param(b"GET /echo HT", b"408 ", id="half a line"),
        pytest.param(b"GET /echo HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"408 ", id="headers without an end"),
        pytest.param(POST + b"Content-Length: 10\r\n\r\nabc", b"408 ", id="half a body"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"408 ", id="chunks without an end"),
        pytest.param(
            b"GET /echo HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20000, b"431 ", id="a header without an end"
        ),
        pytest.param(
            b"GET /echo HTTP/1.1\r\nHost: x\r\n" + b"X-Many: a\r\n" * 2000, b"431 ", id="headers without number"
        ),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n" + b"X-Trailer: a\r\n" * 2000,
            b"431 ",
            id="trailers without number",
        ),
    ],
)
def test_a_line_that_brings_no_whole_request_ends(line: socket.socket, sent: bytes, heard: bytes) -> None:
    line.sendall(sent)
    assert rest_of(line)[: 9 + len(heard)].removeprefix(b"HTTP/1.1 ") == heard


def test_an_answered_line_is_not_kept_by_empty_lines(line: socket.socket) -> None:
    line.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in line.recv(4096)
    line.sendall(b"\r\n")
    assert b"200 OK" not in rest_of(line)


def test_an_answer_before_the_body_leaves_a_line_that_can_be_used_again(line: socket.socket) -> None:
    line.sendall(b"POST /hasty HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")
    assert line.recv(4096).endswith(b"answered unread")
    line.sendall(b"abc")
    line.settimeout(3 * QuickLine.HEAD_SECONDS)
    with pytest.raises(TimeoutError):  # nothing comes that the next request would take for its answer
        line.recv(1)
    line.settimeout(20)
    line.sendall(b"GET /echo HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"200 OK" in line.recv(4096)


def test_an_answer_before_a_body_that_never_ends_is_the_last(line: socket.socket) -> None:
    line.sendall(b"POST /hasty HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
    heard = rest_of(line)
    assert heard.count(b"HTTP/1.1 ") == 1
    assert heard.endswith(b"answered unread")


def test_drop_by_drop_gains_no_time(line: socket.socket) -> None:
    """The headers are due at a fixed moment, however many single bytes keep coming."""
    line.sendall(b"GET /echo HTTP/1.1\r\nX-Drop: ")
    line.settimeout(0.02)
    heard = b""
    for _ in range(1000):
        try:
            line.sendall(b"a")
            heard = line.recv(100)
            break
        except TimeoutError:
            continue
    assert b"408" in heard


def test_who_does_not_read_is_let_go(line: socket.socket) -> None:
    LET_GO.clear()
    line.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
    assert line.recv(1, socket.MSG_PEEK), "the answer has begun, and nobody takes any of it"
    assert LET_GO.wait(20)


def test_two_hundred_who_dawdle_hold_up_nobody(serving: Serving) -> None:
    with ExitStack() as stack:
        for _ in range(200):
            slow = stack.enter_context(closing(socket.create_connection(("127.0.0.1", serving.port))))
            slow.sendall(b"POST /echo HTTP/1.1\r\nContent-Length: 99\r\n")
        answered = httpx.post(f"{serving.url}/echo", content=b"hello")
    assert (answered.status_code, answered.text[:7]) == (200, "5 bytes")


def test_a_kept_line_takes_many_requests_and_trailers_are_no_headers(line: socket.socket) -> None:
    ask = POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"
    for _ in range(3):
        line.sendall(ask)
        got = b""
        while not got.endswith(b"headers"):
            got += line.recv(4096)
        assert got.endswith(b"3 bytes, 2 headers")


def test_the_product_listens_on_such_lines(edge: Running) -> None:
    assert web.config(edge.context).http is BoundedLine
    assert server.config(edge.context.uow, 0).http is BoundedLine  # type: ignore[arg-type]
