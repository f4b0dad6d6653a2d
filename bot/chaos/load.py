"""Visitors who write at a steady rate and send a message again, with the same id, until the product says that it has it."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.chaos import network

STORY = (
    "yes",
    "my left knee hurts when I climb stairs, note {number}",
    "what does it cost? {number}",
    "it is about 4 out of 10, note {number}",
    "where are you? {number}",
    "it began three weeks ago, note {number}",
)
LAST = "I have crushing chest pain right now, note {number}"
PAUSE = 0.25  # between tries of one message
PATIENCE = 300.0  # for one message, however often it has to be sent
ONE_IN = 5  # visitors who write on another network


@dataclass(slots=True)
class Accepted:
    """A message the product answered with 2xx."""

    text: str
    seq: int
    tries: int
    id: str = ""


@dataclass(slots=True)
class Talk:
    """One conversation, and what was accepted in it, in order. `chat` is who writes on another network."""

    id: str = ""
    token: str = ""
    chat: str = ""
    accepted: list[Accepted] = field(default_factory=list)
    ended: bool = False

    @property
    def auth(self) -> dict[str, str]:
        """The header of every call."""
        return {"Authorization": f"Bearer {self.token}"}


class Visitors:
    """Many conversations at once; together they write `rate` messages a second while the product takes them."""

    def __init__(self, url: str, *, rate: float, at_once: int, heard: Callable[[str], int]) -> None:
        """`heard` is how many lines a chat of the other network was sent."""
        self._http = httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(20.0, connect=3.0), trust_env=False)
        self._rate = rate
        self._at_once = at_once
        self._heard = heard
        self._turns: asyncio.Queue[None] = asyncio.Queue(maxsize=at_once)
        self._numbers = itertools.count(1)
        self._chats = itertools.count(1001)
        self._updates = itertools.count(1)
        self._stopping = False
        self.talks: list[Talk] = []
        self.refused: list[str] = []
        self.tries = 0

    async def run(self) -> None:
        """Write until `stop`; every message that was begun is finished first."""
        async with asyncio.TaskGroup() as group:
            clock = group.create_task(self._tick())
            visitors = [group.create_task(self._visit(texts=at % ONE_IN == 0)) for at in range(self._at_once)]
            await asyncio.gather(*visitors)
            clock.cancel()

    def stop(self) -> None:
        """Bring the conversations to their end."""
        self._stopping = True

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def open(self) -> Talk:
        """A new conversation."""
        answer = (await self._until_taken("/api/conversations", {"channel": "web", "locale": "en"}, {})).json()
        talk = Talk(answer["id"], answer["token"])
        self.talks.append(talk)
        return talk

    async def text(self) -> Talk:
        """Somebody new on the other network, who has pressed "start"."""
        talk = Talk(chat=str(next(self._chats)))
        await self._until_taken(f"/channels/{network.CHANNEL}", self._update(talk, "/start")[1], network.HEADERS)
        self.talks.append(talk)
        return talk

    def _update(self, talk: Talk, text: str) -> tuple[str, dict[str, Any]]:
        number = next(self._updates)
        known_as = hashlib.sha256(f"{network.CHANNEL}\n{number}".encode()).hexdigest()[:40]
        return known_as, network.update(number, talk.chat, text)

    async def say(self, talk: Talk, text: str) -> Accepted:
        """Send one message until it is accepted."""
        before, seq = self.tries, 0
        if talk.chat:
            client_id, body = self._update(talk, text)
            await self._until_taken(f"/channels/{network.CHANNEL}", body, network.HEADERS)
        else:
            client_id = str(uuid.uuid4())
            sent = {"id": client_id, "text": text}
            seq = (await self._until_taken(f"/api/conversations/{talk.id}/messages", sent, talk.auth)).json()["seq"]
        talk.accepted.append(Accepted(text, seq, self.tries - before, client_id))
        return talk.accepted[-1]

    async def try_to_say(self, talk: Talk, text: str) -> Accepted | None:
        """The same; None, and noted, when nobody took it for too long."""
        try:
            return await self.say(talk, text)
        except TimeoutError as error:
            self.refused.append(str(error))
            return None

    async def answered(self, talk: Talk, seq: int, *, within: float) -> bool:
        """Wait until this message is dealt with; False when it takes longer than `within` seconds."""
        ends = time.monotonic() + within
        while time.monotonic() < ends:
            try:
                got = await self._http.get(
                    f"/api/conversations/{talk.id}/messages", params={"after": seq, "wait": 1}, headers=talk.auth
                )
                if got.status_code == 200 and got.json()["state"]["answered_through"] >= seq:
                    return True
                await asyncio.sleep(0.05)
            except (httpx.HTTPError, ValueError):
                await asyncio.sleep(PAUSE)
        return False

    async def _tick(self) -> None:
        """One turn to write at each beat; a beat nobody is free for is dropped, as a real crowd would wait."""
        while True:
            await asyncio.sleep(1 / self._rate)
            if not self._turns.full():
                self._turns.put_nowait(None)

    async def _visit(self, *, texts: bool) -> None:
        while not self._stopping:
            try:
                talk = await (self.text() if texts else self.open())
            except TimeoutError as error:
                self.refused.append(str(error))
                continue
            for line in (*STORY, LAST):
                if self._stopping and line not in (STORY[0], LAST):  # without consent there is no hand-off to look for
                    continue
                await self._turns.get()
                if await self.try_to_say(talk, line.format(number=next(self._numbers))) is None:
                    break
            else:
                talk.ended = True
                await self._wait_for_answers(talk)

    async def _wait_for_answers(self, talk: Talk) -> None:
        """Nobody opens the next chat before the last one is answered: a slow machine is not buried under messages."""
        if not talk.chat:
            await self.answered(talk, talk.accepted[-1].seq, within=PATIENCE)
            return
        for _ in range(int(PATIENCE / PAUSE)):
            if self._heard(talk.chat) >= len(talk.accepted):
                return
            await asyncio.sleep(PAUSE)

    async def _until_taken(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            self.tries += 1
            try:
                answer = await self._http.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.is_success:
                return answer
            if answer.status_code not in (429, 503):
                self.refused.append(f"{answer.status_code} {path.rsplit('/', 1)[-1]}")
            await asyncio.sleep(PAUSE)
        raise TimeoutError(f"{path} was not taken within {PATIENCE:.0f} s")
