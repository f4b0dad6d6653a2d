"""Telegram: a secret token on every webhook, inline keyboards for choices."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.web.channels import menu, outward, parts, wording
from bot.web.channels.protocol import (
    Capabilities,
    Finding,
    Forged,
    Incoming,
    Line,
    Parcel,
    Receipt,
    Unreadable,
    Webhook,
    table,
)

API = "https://api.telegram.org"
MOST_TEXT = 4096
MOST_BUTTONS = 24
A_ROW = 6  # numbers of the scale beside each other
SHORT = 28  # characters up to which a choice fits on a button; longer ones are numbered in the text
_OTHERS = ("voice", "audio", "photo", "video", "video_note", "document", "location", "venue", "contact", "sticker", "animation", "poll", "dice")  # fmt: skip
_NAMES = {"audio": "voice", "photo": "image", "video_note": "video", "document": "file", "venue": "location", "animation": "image", "poll": "file", "dice": "sticker"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telegram:
    """One bot. `secret` is what Telegram sends along with each webhook, as set by `palpate channels connect`."""

    token: str
    secret: str
    address: str
    api: str = API
    name: str = "telegram"
    company: str = wording.COMPANIES["telegram"]
    capabilities = Capabilities(MOST_TEXT, buttons=MOST_BUTTONS, title=SHORT)

    def verify(self, request: Webhook) -> None:
        """The secret token, in constant time."""
        told = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(told.encode(), self.secret.encode()):
            raise Forged("secret")

    def greet(self, request: Webhook) -> str | None:
        """Telegram asks nothing."""
        return None

    def parse(self, request: Webhook) -> Sequence[Incoming | Receipt]:
        """One update; only private chats are read."""
        update = _update(request.body)
        number = update.get("update_id")
        if not isinstance(number, int):
            raise Unreadable("no_update_id")
        if isinstance(pressed := update.get("callback_query"), dict):
            return self._pressed(str(number), pressed)
        edited = "edited_message" in update
        message = update.get("edited_message") if edited else update.get("message")
        if not isinstance(message, dict) or _chat(message).get("type", "private") != "private":
            return []  # channels, groups, membership: nobody's intake
        sender = str(_chat(message).get("id") or "")
        if not sender:
            raise Unreadable("no_chat")
        text = str(message.get("text") or message.get("caption") or "").strip()
        other = "edit" if edited else None if text else _other(message)
        return [Incoming(str(number), sender, "" if edited else text, other=other, at=_time(message.get("date")))]

    def _pressed(self, number: str, pressed: Mapping[str, Any]) -> Sequence[Incoming]:
        sender = str(_chat(pressed.get("message")).get("id") or table(pressed.get("from")).get("id") or "")
        if not sender:
            raise Unreadable("no_chat")
        return [Incoming(number, sender, choice=str(pressed.get("data") or ""))]

    def render(self, line: Line) -> Sequence[Parcel]:
        """Text, and under the last part the keyboard; choices too long for a button are numbered in the text as well."""
        choices = _on_buttons(line.question)
        long = any(len(str(choice["label"])) > SHORT for _, choice in choices)
        some = len(choices) < len(menu.choices(line.question))
        listed = menu.numbered(line.question) if long or some else ""
        whole = "\n".join(part for part in (line.text, listed) if part)
        texts = [whole] if line.urgent else parts.cut(whole, MOST_TEXT)
        parcels: list[dict[str, Any]] = [{"text": text} for text in texts]
        if choices and parcels:
            parcels[-1]["reply_markup"] = {"inline_keyboard": _keyboard(line, choices, numbers=long)}
        return parcels

    def send(self, to: str, parcel: Parcel, *, key: str) -> str | None:
        """sendMessage."""
        body = {"chat_id": to, "link_preview_options": {"is_disabled": True}, "protect_content": True, **parcel}
        sent = outward.post(f"{self._bot}/sendMessage", json=body, never=_never)
        return outward.received(table(sent.get("result")).get("message_id"))

    def outside(self) -> Parcel | None:
        """Telegram has no window."""
        return None

    def check(self, address: str) -> Sequence[Finding]:
        """The bot, and where its messages go."""
        status, _ = outward.get(f"{self._bot}/getMe")
        if status != 200:
            return [
                Finding(
                    "Telegram bot",
                    False,
                    "check token (from @BotFather)" if status else "Telegram cannot be reached from this machine",
                )
            ]
        _, body = outward.get(f"{self._bot}/getWebhookInfo")
        info = table(body.get("result"))
        fix = "" if info.get("url") == address else "run `palpate channels connect telegram`"
        found = [Finding("Telegram bot", True), Finding("where messages go", not fix, fix)]
        if not fix and info.get("pending_update_count") and (trouble := info.get("last_error_message")):
            found.append(Finding("messages arrive", False, f"Telegram could not bring them: {trouble}"))
        return found

    def connect(self, address: str) -> None:
        """Tell Telegram where we are and the secret to send along. Raises `NotDelivered`."""
        allowed = ["message", "edited_message", "callback_query"]
        outward.post(
            f"{self._bot}/setWebhook", json={"url": address, "secret_token": self.secret, "allowed_updates": allowed}
        )

    @property
    def _bot(self) -> str:
        return f"{self.api}/bot{self.token}"


def _update(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("not_json") from None
    if not isinstance(update, dict):
        raise Unreadable("not_an_object")
    return update


def _chat(message: Any) -> Mapping[str, Any]:
    return table(table(message).get("chat"))


def _other(message: Mapping[str, Any]) -> str:
    found = next((name for name in _OTHERS if name in message), "empty")
    return _NAMES.get(found, found)


def _time(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < 2**33 else None


def _on_buttons(question: Mapping[str, Any] | None) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """(index, choice) of what gets a button. One tap must be a whole answer, so of a card of many only what stands alone."""
    if question is None:
        return ()
    listed = list(enumerate(question.get("choices") or ()))
    if question.get("kind") == "multi":
        return [(at, choice) for at, choice in listed if choice["value"] in ("none", "unsure")]
    shown = question.get("kind") in ("yes_no", "scale") or bool(menu.choices(question))
    return listed if shown and len(listed) <= MOST_BUTTONS else ()


def _keyboard(
    line: Line, choices: Sequence[tuple[int, Mapping[str, Any]]], *, numbers: bool
) -> list[list[dict[str, str]]]:
    buttons = [
        {
            "text": str(at + 1) if numbers else str(choice["label"]),
            "callback_data": menu.button_id(line.tag, line.seq, at),
        }
        for at, choice in choices
    ]
    a_row = A_ROW if all(len(button["text"]) <= 2 for button in buttons) else 1
    return [buttons[at : at + a_row] for at in range(0, len(buttons), a_row)]


def _never(answer: Mapping[str, Any]) -> str | None:
    told = str(answer.get("description") or "").lower()
    code = answer.get("error_code")
    if code == 403:
        return "blocked"
    return "unknown_chat" if code == 400 and "chat not found" in told else None
