"""An HTTP line that nobody can hold open for nothing: a request must come, and an answer must be read, in bounded time.

The server library waits for ever for the rest of a request, keeps headers of any size in memory, and waits for ever
for whoever does not read. A few thousand such lines (slowloris) would take every place, so each of these has an end.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_TOO_SLOW = "408 Request Timeout"
_TOO_LARGE = "431 Request Header Fields Too Large"


class BoundedLine(HttpToolsProtocol):
    """Uvicorn's own protocol with four bounds; what is refused before an answer began hears why, and the line ends."""

    HEAD_SECONDS: ClassVar[float] = 15.0
    """From the first moment of a line, or the first byte of a later request, to the end of its headers."""
    HEAD_BYTES: ClassVar[int] = 64 * 1024
    """Bytes that bring a request no further: headers, trailers, extensions of chunks."""
    BODY_SECONDS: ClassVar[float] = 20.0
    BODY_RATE: ClassVar[int] = 2000
    """A body has `BODY_SECONDS`, and a second more for each so many bytes: a letter over a poor mobile line passes."""
    READ_SECONDS: ClassVar[float] = 60.0
    """A reader who takes nothing for so long is gone."""

    _head: TimerHandle | None = None
    _body: TimerHandle | None = None
    _stalled: TimerHandle | None = None
    _idle_bytes = 0
    _body_bytes = 0
    _body_began = 0.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """A line opens; its first request is due."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is due any more."""
        self._head, self._body, self._stalled = _off(self._head), _off(self._body), _off(self._stalled)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        if self._body is None and (self.cycle is None or self.cycle.response_complete):
            self._expect_head()
        self._idle_bytes += len(data)
        super().data_received(data)
        if self._idle_bytes > self.HEAD_BYTES:
            self._end(_TOO_LARGE)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes after the body under this name is nobody's."""
        if self._body is None:
            super().on_header(name, value)
        else:
            self._idle_bytes += len(name) + len(value)

    def on_headers_complete(self) -> None:
        """The request begins, its body is due."""
        self._idle_bytes = self._body_bytes = 0
        self._head = _off(self._head)
        super().on_headers_complete()
        self._body_began = self.loop.time()
        self._body = self.loop.call_later(self.BODY_SECONDS, self._body_is_due)

    def on_body(self, body: bytes) -> None:
        """A piece of a body."""
        self._idle_bytes = 0
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._idle_bytes = 0
        self._body = _off(self._body)
        super().on_message_complete()
        if (
            self.cycle.response_complete and self.timeout_keep_alive_task is None
        ):  # the answer came before the body's end
            idle = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
            self.timeout_keep_alive_task = idle

    def pause_writing(self) -> None:
        """The other side does not read."""
        super().pause_writing()
        self._stalled = self._stalled or self.loop.call_later(self.READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads again."""
        self._stalled = _off(self._stalled)
        super().resume_writing()

    def _expect_head(self) -> None:
        self._head = self._head or self.loop.call_later(self.HEAD_SECONDS, self._head_is_due)

    def _head_is_due(self) -> None:
        """A line on which nothing came ends without a word: browsers open some in advance and would show what they hear."""
        self._end(_TOO_SLOW if self._idle_bytes else "")

    def _body_is_due(self) -> None:
        allowed = self.BODY_SECONDS + self._body_bytes / self.BODY_RATE
        left = self._body_began + allowed - self.loop.time()
        if self.flow.read_paused:  # it is us who do not read
            left = max(left, self.BODY_SECONDS)
        if left > 0:
            self._body = self.loop.call_later(left, self._body_is_due)
        else:
            self._end(_TOO_SLOW)

    def _end(self, status: str) -> None:
        """End the line, and say why where nothing was answered yet."""
        self._head = _off(self._head)
        if self.transport.is_closing():
            return
        answered = self._body is None and self.cycle is not None and self.cycle.response_complete
        under_way = self.cycle is not None and self.cycle.response_started and not answered
        if status and not under_way:
            self.transport.write(f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        self.transport.close()


def _off(timer: TimerHandle | None) -> TimerHandle | None:
    """Nothing in the place of a timer."""
    if timer is not None:
        timer.cancel()
    return None
