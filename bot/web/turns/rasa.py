"""The edge's line to the Rasa process: bounded in time, typed, and clear about what may be tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.settings import Settings

CONNECT_SECONDS = 2.0
TURN_SECONDS = 25.0
HEALTH_SECONDS = 3.0
FORGET_SECONDS = 10.0


class RasaUnavailable(Exception):
    """No answer that can be used; the same message may be sent again with the same id."""


class RasaRefused(Exception):
    """Rasa will never take this message as it is."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn on its way to the dialogue; `message_id` is the same at every try.

    `parts` says where each of several messages begins in the text, when they are taken as one; `hurried` that it was
    written before the last reply, `early` that it was written before the open question was put; `before`
    holds the short words it then goes on with.
    """

    conversation: str
    message_id: str
    text: str
    asked: str | None
    answer: Mapping[str, Any] | None
    subject: str | None
    now: str
    locale: str
    scripted: bool
    parts: tuple[Mapping[str, Any], ...] = ()
    hurried: bool = False
    early: bool = False
    before: str = ""

    def to_json(self) -> dict[str, Any]:
        """The body of the turn request."""
        return {
            "conversation": self.conversation,
            "message_id": self.message_id,
            "text": self.text,
            "metadata": {
                "asked": self.asked,
                "answer": self.answer,
                "for": self.subject,
                "now": self.now,
                "locale": self.locale,
                "scripted": self.scripted,
                **({"parts": list(self.parts)} if self.parts else {}),
                **({"hurried": True} if self.hurried else {}),
                **({"early": True} if self.early else {}),
                **({"before": self.before} if self.before else {}),
            },
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """One thing the bot said, and what it carried for the edge."""

    text: str
    custom: Mapping[str, Any] = field(default_factory=dict)


class Rasa:
    """A pool of kept-alive connections to Rasa on loopback."""

    def __init__(self, settings: Settings) -> None:
        self._client = httpx.AsyncClient(
            base_url=settings.rasa_url,
            headers=_secret(settings),
            timeout=httpx.Timeout(TURN_SECONDS, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            trust_env=False,  # loopback only: no proxy may see this
        )

    async def turn(self, turn: Turn) -> tuple[Reply, ...]:
        """The bot's replies. Raises `RasaUnavailable` or `RasaRefused`; neither quotes the message."""
        try:
            response = await self._client.post("/webhooks/palpate/turns", json=turn.to_json())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RasaUnavailable(type(error).__name__) from None
        if response.status_code in (400, 413, 422):
            raise RasaRefused(str(response.status_code))
        if response.status_code != 200:
            raise RasaUnavailable(str(response.status_code))
        return _replies(response)

    async def health(self) -> Mapping[str, Any] | None:
        """What Rasa says of itself, or None when it cannot take turns."""
        well, told = await self.told()
        return told if well else None

    async def told(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether Rasa can take turns, and what it says of its parts; nothing when it does not answer."""
        try:
            response = await self._client.get("/webhooks/palpate/health", timeout=HEALTH_SECONDS)
            return response.status_code == 200, dict(response.json())
        except (httpx.HTTPError, ValueError, TypeError):
            return False, {}

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _replies(response: httpx.Response) -> tuple[Reply, ...]:
    try:
        raw = response.json()
    except ValueError:
        raise RasaUnavailable("not JSON") from None
    rows = raw.get("replies") if isinstance(raw, dict) else None
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise RasaUnavailable("no replies")
    return tuple(_reply(row) for row in rows if isinstance(row, Mapping))


def _reply(row: Mapping[str, Any]) -> Reply:
    custom = row.get("custom")
    return Reply(str(row.get("text") or ""), custom if isinstance(custom, Mapping) else {})


def forget_tracker(settings: Settings, conversation: str) -> None:
    """Delete the dialogue's memory of a conversation; fine when there is none. Raises `RasaUnavailable`. Blocks."""
    url = f"{settings.rasa_url}/webhooks/palpate/conversations/{conversation}"
    try:
        response = httpx.delete(url, headers=_secret(settings), timeout=FORGET_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise RasaUnavailable(type(error).__name__) from None
    if response.status_code not in (200, 204, 404):
        raise RasaUnavailable(str(response.status_code))


def _secret(settings: Settings) -> dict[str, str]:
    return {"X-Palpate-Secret": settings.internal_secret} if settings.internal_secret else {}
