"""A power cut in the middle of everything: no answered message may be lost."""

from __future__ import annotations

import http.client
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.engine import servers
from bot.engine.servers import Server


class Visitor(threading.Thread):
    """Counts up in its own conversation as fast as it is answered, until the server is gone."""

    def __init__(self, server: Server, conversation: str, number: int, answered: threading.Semaphore) -> None:
        super().__init__()
        self.server, self.conversation, self.number, self.answered = server, conversation, number, answered
        self.replies: list[str] = []

    def run(self) -> None:
        while True:
            try:
                (reply,) = self.server.say(
                    self.conversation, self.message(len(self.replies)), "count", line=self.number
                )
            except (OSError, http.client.HTTPException):
                return
            self.replies.append(reply["text"])
            self.answered.release()

    def message(self, number: int) -> str:
        return f"message-{number:06d}"


def test_kill_9_under_load_loses_no_answered_turn(
    project: Path, model: Path, action_server: Any, tmp_path: Path, new_id: Callable[[], str]
) -> None:
    server = servers.start(project, model, tmp_path, action_server.port, ours=True)
    answered = threading.Semaphore(0)
    visitors = [Visitor(server, new_id(), number, answered) for number in range(6)]
    for visitor in visitors:
        visitor.start()
    for _ in range(150):
        answered.acquire(timeout=30)
    server.process.send_signal(signal.SIGKILL)
    for visitor in visitors:
        visitor.join(30)
    server.stop()
    server = servers.start(project, model, tmp_path, action_server.port, ours=True)
    try:
        for visitor in visitors:
            _check(server, visitor)
    finally:
        server.stop()


def _check(server: Server, visitor: Visitor) -> None:
    """Every answered message is known with its answer; the one that was under way is answered now, once."""
    for number, reply in enumerate(visitor.replies):
        status, answer, _ = server.post(server.body(visitor.conversation, visitor.message(number), "count"))
        assert (status, answer["repeat"], answer["replies"][0]["text"]) == (200, True, reply)
    count = len(visitor.replies)
    for number in (count, count, count + 1):
        (reply,) = server.say(visitor.conversation, visitor.message(number), "count")
        assert reply["text"].startswith(f"{number + 1} ")
