"""A visitor's end of the chat API (contract §4): say something, wait until it is dealt with, see what is asked."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

TURN_SECONDS = 30.0


class TooSlow(Exception):
    """A message was not dealt with in time."""


class Chat:
    """One conversation over HTTP. Raises `httpx.HTTPError` when the product cannot be reached, `TooSlow` when it is silent."""

    def __init__(self, http: httpx.Client, locale: str = "en") -> None:
        self._http = http
        made = http.post("/api/conversations", json={"channel": "web", "locale": locale}).raise_for_status().json()
        self.id: str = made["id"]
        self._headers = {"Authorization": f"Bearer {made['token']}"}
        self.lines: list[Mapping[str, Any]] = []
        self.state: Mapping[str, Any] = {}
        self.turns = 0
        self._wait(lambda: self.question is not None)

    @property
    def question(self) -> Mapping[str, Any] | None:
        """The question that stands last in the chat, if any."""
        last = next((line for line in reversed(self.lines) if line["from"] == "bot"), None)
        return last["question"] if last else None

    @property
    def over(self) -> bool:
        """True when the interview is at its end, whichever."""
        return self.state.get("phase") not in ("consent", "interview", "read_back")

    def say(self, text: str) -> list[Mapping[str, Any]]:
        """Write; returns what came back."""
        return self.say_at_once([text])

    def say_at_once(self, texts: Sequence[str]) -> list[Mapping[str, Any]]:
        """Write several short messages in a row, without waiting in between: one turn of the talk."""
        self.turns += 1
        before, mine = len(self.lines), 0
        for text in texts:
            sent = self._http.post(self._path, headers=self._headers, json={"id": secrets.token_hex(8), "text": text})
            mine = sent.raise_for_status().json()["seq"]
        self._wait(lambda: self.state.get("answered_through", 0) >= mine)
        return [line for line in self.lines[before:] if line["from"] != "visitor"]

    def look_again(self) -> None:
        """Come back after a while: read the whole conversation anew, as a reloaded page does."""
        self.lines = []
        self._wait(lambda: bool(self.lines))

    def transcript(self) -> str:
        """The conversation as lines of text."""
        return "\n".join(f"{line['from']:>8}: {line['text']}" for line in self.lines)

    @property
    def _path(self) -> str:
        return f"/api/conversations/{self.id}/messages"

    def _wait(self, done: Any) -> None:
        deadline = time.monotonic() + TURN_SECONDS
        while True:
            after = self.lines[-1]["seq"] if self.lines else 0
            got = self._http.get(self._path, headers=self._headers, params={"after": after, "wait": 5})
            news = got.raise_for_status().json()
            self.lines += news["messages"]
            self.state = news["state"]
            if done():
                return
            if time.monotonic() > deadline:
                raise TooSlow(f"no answer in {TURN_SECONDS:g} s")
