"""Messenger and the WhatsApp Cloud API of Meta: one signature, one kind of batch, two sorts of message."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
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
    rows,
    table,
)

API = "https://graph.facebook.com/v23.0"
MESSENGER_TEXT, WHATSAPP_TEXT, WHATSAPP_BODY = 2000, 4096, 1024
QUICK_REPLIES, QUICK_TITLE = 13, 20
_THUMBS = (
    369239263222822,
    369239343222814,
    369239383222810,
)  # the thumb beside Messenger's text field, in its three sizes
WA_BUTTONS, WA_BUTTON_TITLE, WA_ROWS, WA_ROW_TITLE, WA_ROW_WORDS = 3, 20, 10, 24, 72
# Meta's codes for what will not change: (#551) person not available, (#100) no such user, 131026 undeliverable, 131030/131051.
NEVER = {
    551: "not_available",
    131026: "unknown_number",
    131030: "not_allowed",
    131050: "unsubscribed",
    131051: "unsupported",
    131047: outward.CLOSED,
}
OUTSIDE_WINDOW = (10, 2018278)  # Messenger's code and subcode
# What passes or is mended by the clinic: trouble of theirs, rates, a sign-in or a permission that ended, a bill not paid.
PASSING = (1, 2, 3, 4, 10, 32, 190, 200, 368, 613, 80007, 130429, 131000, 131005, 131016, 131031, 131042, 131045, 131048, 131056, 133004)  # fmt: skip


def verified(request: Webhook, app_secret: str) -> None:
    """`X-Hub-Signature-256` over the raw body, in constant time; the old SHA-1 header is not looked at. Raises `Forged`."""
    told = request.headers.get("x-hub-signature-256", "")
    right = "sha256=" + hmac.new(app_secret.encode(), request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(told.encode(), right.encode()):
        raise Forged("signature")


def greeted(request: Webhook, verify_token: str) -> str | None:
    """The challenge Meta asks once when the address is entered. Raises `Forged` for a wrong token."""
    if request.query.get("hub.mode") != "subscribe":
        return None
    if not hmac.compare_digest(request.query.get("hub.verify_token", "").encode(), verify_token.encode()):
        raise Forged("verify_token")
    return request.query.get("hub.challenge", "")


def entries(body: bytes, what: str) -> Iterator[Mapping[str, Any]]:
    """The entries of a batch. Raises `Unreadable`."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("not_json") from None
    if not isinstance(raw, dict) or raw.get("object") != what or not isinstance(raw.get("entry"), list):
        raise Unreadable("not_a_batch")
    return (entry for entry in raw["entry"] if isinstance(entry, dict))


def _never(answer: Mapping[str, Any]) -> str | None:
    error = table(answer.get("error"))
    code = error.get("code")
    if (code, error.get("error_subcode")) == OUTSIDE_WINDOW:
        return outward.CLOSED
    return NEVER.get(code, "" if code in PASSING else None) if isinstance(code, int) else None


@dataclass(frozen=True, slots=True)
class Messenger:
    """One Facebook page."""

    page_token: str
    app_secret: str
    verify_token: str
    api: str = API
    name: str = "messenger"
    company: str = wording.COMPANIES["messenger"]
    capabilities = Capabilities(MESSENGER_TEXT, buttons=QUICK_REPLIES, title=QUICK_TITLE, window=24)

    def verify(self, request: Webhook) -> None:
        """See `verified`."""
        verified(request, self.app_secret)

    def greet(self, request: Webhook) -> str | None:
        """See `greeted`."""
        return greeted(request, self.verify_token)

    def parse(self, request: Webhook) -> Sequence[Incoming | Receipt]:
        """Every message of every entry; what the page itself wrote is passed over."""
        found: list[Incoming | Receipt] = []
        for entry in entries(request.body, "page"):
            for event in rows(entry.get("messaging")):
                found += _messenger_event(event)
        return found

    def render(self, line: Line) -> Sequence[Parcel]:
        """Text with quick replies under it, where the choices fit; else numbered."""
        choices = _fitting(line.question, QUICK_REPLIES, QUICK_TITLE)
        listed = "" if choices else menu.numbered(line.question)
        whole = "\n".join(part for part in (line.text, listed) if part)
        parcels: list[dict[str, Any]] = [
            {"text": text} for text in ([whole] if line.urgent else parts.cut(whole, MESSENGER_TEXT))
        ]
        if choices and parcels:
            parcels[-1]["quick_replies"] = [
                {
                    "content_type": "text",
                    "title": str(choice["label"]),
                    "payload": menu.button_id(line.tag, line.seq, at),
                }
                for at, choice in choices
            ]
        return parcels

    def send(self, to: str, parcel: Parcel, *, key: str) -> str | None:
        """The Send API."""
        body = {"recipient": {"id": to}, "messaging_type": "RESPONSE", "message": dict(parcel)}
        sent = outward.post(f"{self.api}/me/messages", json=body, headers=_bearer(self.page_token), never=_never)
        return outward.received(sent.get("message_id"))

    def outside(self) -> Parcel | None:
        """Nothing may be sent to a person who has not written for a day; staff are told."""
        return None

    def check(self, address: str) -> Sequence[Finding]:
        """The page, and whether it sends its messages to an app."""
        status, page = outward.get(f"{self.api}/me?fields=name,subscribed_apps", headers=_bearer(self.page_token))
        if status != 200:
            return [
                Finding(
                    "Facebook page", False, "check page_token" if status else "Meta cannot be reached from this machine"
                )
            ]
        well = bool(table(page.get("subscribed_apps")).get("data"))
        return [
            Finding("Facebook page", True),
            Finding(
                "where messages go",
                well,
                ""
                if well
                else f"in the app's Messenger settings, add {address} as callback and subscribe the page to messages",
            ),
        ]


def _messenger_event(event: Mapping[str, Any]) -> list[Incoming | Receipt]:
    sender, at = str(table(event.get("sender")).get("id") or ""), _time(event.get("timestamp"), 1000)
    message, postback = table(event.get("message")), table(event.get("postback"))
    reaction, edit = table(event.get("reaction")), table(event.get("message_edit"))
    if sender and message.get("mid") and not message.get("is_echo"):
        return [_messenger_message(message, sender, at)]
    if sender and postback.get("mid"):
        title, pressed = str(postback.get("title") or ""), postback.get("payload")
        return [Incoming(str(postback["mid"]), sender, title, choice=None if pressed is None else str(pressed), at=at)]
    if sender and reaction:
        ident = f"{reaction.get('mid')}:{reaction.get('action')}:{event.get('timestamp')}"
        return [Incoming(ident, sender, other="reaction", at=at)]
    if sender and edit:
        return [Incoming(f"{edit.get('mid')}:edit:{edit.get('num_edit')}", sender, other="edit", at=at)]
    mids = table(event.get("delivery")).get("mids")
    return [Receipt(str(mid), "delivered") for mid in mids] if isinstance(mids, list) else []


def _messenger_message(message: Mapping[str, Any], sender: str, at: datetime | None) -> Incoming:
    parts_of_it = rows(message.get("attachments"))
    pressed = table(message.get("quick_reply")).get("payload")
    text = str(message.get("text") or "").strip()
    if any(table(part.get("payload")).get("sticker_id") in _THUMBS for part in parts_of_it):
        text = text or "👍"
    kinds = [str(part.get("type")) for part in parts_of_it]
    other = None if text or pressed else _OTHERS.get(kinds[0], kinds[0]) if kinds else "empty"
    if message.get("is_deleted"):
        other = "edit"
    return Incoming(
        str(message["mid"]), sender, text, choice=None if pressed is None else str(pressed), other=other, at=at
    )


@dataclass(frozen=True, slots=True)
class WhatsAppCloud:
    """One number at Meta's WhatsApp Cloud API. `template` is an approved template's name, for after the 24 hours."""

    number_id: str
    access_token: str
    app_secret: str
    verify_token: str
    template: str = ""
    template_language: str = "en"
    api: str = API
    name: str = "whatsapp"
    company: str = wording.COMPANIES["whatsapp"]
    capabilities = Capabilities(WHATSAPP_TEXT, buttons=WA_ROWS, title=WA_ROW_TITLE, window=24, opt_out=True)

    def verify(self, request: Webhook) -> None:
        """See `verified`."""
        verified(request, self.app_secret)

    def greet(self, request: Webhook) -> str | None:
        """See `greeted`."""
        return greeted(request, self.verify_token)

    def parse(self, request: Webhook) -> Sequence[Incoming | Receipt]:
        """Every message and status of every change of every entry, for our number."""
        found: list[Incoming | Receipt] = []
        for entry in entries(request.body, "whatsapp_business_account"):
            for change in rows(entry.get("changes")):
                value = table(change.get("value"))
                if str(table(value.get("metadata")).get("phone_number_id")) == self.number_id:
                    found += [_whatsapp_message(one) for one in rows(value.get("messages")) if _is_said(one)]
                    found += [_whatsapp_status(one) for one in rows(value.get("statuses")) if one.get("id")]
        return found

    def render(self, line: Line) -> Sequence[Parcel]:
        """Up to three short choices as buttons, up to ten as a list, more as numbered text."""
        buttons = _fitting(line.question, WA_BUTTONS, WA_BUTTON_TITLE)
        listed = buttons or _fitting(line.question, WA_ROWS, WA_ROW_WORDS)
        if not listed or len(line.text) > WHATSAPP_BODY:
            whole = "\n".join(part for part in (line.text, menu.numbered(line.question)) if part)
            return [_text(text) for text in ([whole] if line.urgent else parts.cut(whole, WHATSAPP_TEXT))]
        action = _buttons(line, buttons) if buttons else _list(line, listed)
        kind = "button" if buttons else "list"
        return [{"type": "interactive", "interactive": {"type": kind, "body": {"text": line.text}, "action": action}}]

    def send(self, to: str, parcel: Parcel, *, key: str) -> str | None:
        """POST messages."""
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, **parcel}
        url = f"{self.api}/{self.number_id}/messages"
        sent = outward.post(url, json=body, headers=_bearer(self.access_token), never=_never)
        taken = rows(sent.get("messages"))
        return outward.received(taken[0].get("id") if taken else None)

    def outside(self) -> Parcel | None:
        """The approved template, which says nothing of health."""
        if not self.template:
            return None
        return {"type": "template", "template": {"name": self.template, "language": {"code": self.template_language}}}

    def check(self, address: str) -> Sequence[Finding]:
        """The number."""
        status, _ = outward.get(
            f"{self.api}/{self.number_id}?fields=display_phone_number", headers=_bearer(self.access_token)
        )
        if status != 200:
            return [
                Finding(
                    "WhatsApp number",
                    False,
                    "check number_id and access_token" if status else "Meta cannot be reached from this machine",
                )
            ]
        return [
            Finding("WhatsApp number", True),
            Finding("where messages go", True, f"in the app's WhatsApp settings the callback must be {address}"),
        ]


def _whatsapp_message(message: Mapping[str, Any]) -> Incoming:
    kind, ident, sender = str(message.get("type") or ""), str(message["id"]), str(message.get("from") or "")
    at = _time(message.get("timestamp"), 1)
    if kind == "text":
        text = str(table(message.get("text")).get("body") or "").strip()
        return Incoming(ident, sender, text, other=None if text else "empty", at=at)
    if kind == "interactive":
        part = table(message.get("interactive"))
        reply = table(part.get("button_reply")) or table(part.get("list_reply"))
        return Incoming(ident, sender, str(reply.get("title") or ""), choice=str(reply.get("id") or ""), at=at)
    if kind == "button":  # the reply to a template
        return Incoming(ident, sender, str(table(message.get("button")).get("text") or "").strip(), at=at)
    caption = str(table(message.get(kind)).get("caption") or "").strip()
    return Incoming(ident, sender, caption, other=None if caption else _OTHERS.get(kind, kind or "empty"), at=at)


def _whatsapp_status(status: Mapping[str, Any]) -> Receipt:
    told = str(status.get("status") or "sent")
    errors = rows(status.get("errors"))
    code = errors[0].get("code") if errors else None
    return Receipt(
        str(status["id"]),
        told if told in ("sent", "delivered", "read", "failed") else "sent",
        NEVER.get(code, str(code)) if isinstance(code, int) else "",
    )


_OTHERS = {
    "audio": "voice",
    "document": "file",
    "contacts": "contact",
    "fallback": "file",
    "share": "file",
    "unsupported": "empty",  # what opens once, among others: Meta tells only that there was something
    "ephemeral": "empty",
}


def _is_said(message: Mapping[str, Any]) -> bool:
    """False for what WhatsApp itself tells, as that somebody has a new number: they begin anew from there."""
    return bool(message.get("id") and message.get("from")) and message.get("type") != "system"


def _fitting(question: Mapping[str, Any] | None, most: int, title: int) -> list[tuple[int, Mapping[str, Any]]]:
    """(index, choice) of the choices that fit on buttons; one tap must be a whole answer, so never a card of many."""
    if question is None or question.get("kind") not in ("choice", "yes_no", "scale", "body_map"):
        return []
    listed = list(enumerate(question.get("choices") or ()))
    return listed if 0 < len(listed) <= most and all(len(str(choice["label"])) <= title for _, choice in listed) else []


def _buttons(line: Line, choices: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": menu.button_id(line.tag, line.seq, at), "title": str(choice["label"])}}
            for at, choice in choices
        ]
    }


def _list(line: Line, choices: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, Any]:
    rows = []
    for number, (at, choice) in enumerate(choices, 1):
        label = str(choice["label"])
        row = {
            "id": menu.button_id(line.tag, line.seq, at),
            "title": label if len(label) <= WA_ROW_TITLE else f"{number}",
        }
        rows.append(row if len(label) <= WA_ROW_TITLE else {**row, "description": label[:WA_ROW_WORDS]})
    return {"button": "▾", "sections": [{"rows": rows}]}


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _time(raw: Any, units: int) -> datetime | None:
    """The time of a stamp in seconds (`units` 1) or milliseconds (1000)."""
    try:
        seconds = int(raw) / units
    except (TypeError, ValueError):
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 2**33 else None
