"""Stand-ins for the networks on loopback: they check the sign-in, enforce the documented limits, and keep what they were sent."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from homeserver import PASSWORD
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from twilio.request_validator import RequestValidator

from bot.web.channels import setup

ACCOUNT, AUTH, NUMBER = "AC" + "0" * 32, "twilio-auth-token", "+12125550142"
BOT_TOKEN, BOT_SECRET = "123:abc", "telegram-secret"
PAGE_TOKEN, APP_SECRET, VERIFY, NUMBER_ID = "page-token", "app-secret", "verify-me", "1055512"


@dataclass
class Networks:
    """All of them in one server. `sent` is (channel, to, text, body); `trouble` is what is wrong with every channel of `sick`:

    500, 429, "a page" (200 from something that is not the network), "an error in a 200", "silence" (no answer for as long as
    it lasts) or "drops" (an answer that never ends). Texts that begin with `poison` are refused with a code nobody knows. After `only` so many messages it is 500.
    """

    sent: list[tuple[str, str, str, Mapping[str, Any]]] = field(default_factory=list)
    trouble: str = ""
    sick: tuple[str, ...] = ("sms", "whatsapp", "telegram", "messenger")
    poison: str | None = None
    only: int | None = None
    asked: int = 0
    refuse: Mapping[str, int] = field(default_factory=dict)
    webhook: str = ""
    url: str = ""

    def app(self) -> Starlette:
        """As an app."""
        return Starlette(
            routes=[
                Route("/2010-04-01/Accounts/{account}/Messages.json", self.twilio, methods=["POST"]),
                Route("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", self.twilio_numbers),
                Route("/2010-04-01/Accounts/{account}.json", self.twilio_account),
                Route("/bot{token}/sendMessage", self.telegram, methods=["POST"]),
                Route("/bot{token}/setWebhook", self.telegram_webhook, methods=["POST"]),
                Route("/bot{token}/getMe", self.telegram_me),
                Route("/bot{token}/getWebhookInfo", self.telegram_info),
                Route("/me/messages", self.messenger, methods=["POST"]),
                Route("/me", self.page),
                Route("/" + NUMBER_ID + "/messages", self.whatsapp, methods=["POST"]),
                Route("/" + NUMBER_ID, self.number),
            ]
        )

    def texts(self, channel: str | None = None) -> list[str]:
        """What was said, in order."""
        return [text for name, _, text, _ in self.sent if channel in (None, name)]

    def well(self) -> None:
        """Nothing is wrong, and nothing was sent."""
        self.sent.clear()
        self.trouble, self.refuse, self.webhook, self.poison, self.asked = "", {}, "", None, 0
        self.only = None
        self.sick = ("sms", "whatsapp", "telegram", "messenger")

    async def _trouble(self, channel: str, text: str = "") -> Response | None:
        self.asked += 1
        if self.poison is not None and text.startswith(self.poison):
            return JSONResponse({"code": 21999, "error_code": 400, "error": {"code": 99999}}, 400)
        if self.only is not None and len(self.sent) >= self.only:
            return JSONResponse({}, 500)
        if channel not in self.sick or not self.trouble:
            return None
        while self.trouble == "silence":  # noqa: ASYNC110 - switched from another thread
            await asyncio.sleep(0.02)
        return _TROUBLES.get(self.trouble, lambda _networks: JSONResponse({}, 500))(self)

    async def _dripping(self) -> AsyncIterator[bytes]:
        while self.trouble == "drops":
            yield b" "
            await asyncio.sleep(0.02)

    async def twilio(self, request: Request) -> Response:
        """Messages: at most 1,600 characters, to a number, signed in."""
        form = dict(parse_qsl((await request.body()).decode()))
        to = form["To"]
        channel = "whatsapp" if to.startswith("whatsapp:") else "sms"
        if (trouble := await self._trouble(channel, form.get("Body", ""))) is not None:
            return trouble
        if not _basic(request):
            return JSONResponse({"code": 20003}, 401)
        if to in self.refuse:
            return JSONResponse({"code": self.refuse[to]}, 400)
        if "ContentSid" not in form and not 0 < len(form.get("Body", "")) <= 1600:
            return JSONResponse({"code": 21617}, 400)
        self.sent.append((channel, to, form.get("Body", f"template {form.get('ContentSid')}"), form))
        return JSONResponse({"sid": f"SMout{len(self.sent)}"}, 201)

    async def twilio_account(self, request: Request) -> Response:
        """The account."""
        return JSONResponse({"status": "active"}, 200 if _basic(request) else 401)

    async def twilio_numbers(self, request: Request) -> Response:
        """Where the number sends its messages."""
        own = request.query_params.get("PhoneNumber") == NUMBER
        return JSONResponse({"incoming_phone_numbers": [{"sms_url": self.webhook}] if own else []})

    async def telegram(self, request: Request) -> Response:
        """sendMessage: at most 4,096 characters, button data at most 64 bytes, at most 100 buttons."""
        body = await request.json()
        if (trouble := await self._trouble("telegram", body["text"])) is not None:
            return trouble
        if request.path_params["token"] != BOT_TOKEN:
            return JSONResponse({"ok": False, "error_code": 401}, 401)
        if str(body["chat_id"]) in self.refuse:
            return JSONResponse({"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked"}, 403)
        rows = (body.get("reply_markup") or {}).get("inline_keyboard") or []
        buttons = [button for row in rows for button in row]
        fits = 0 < len(body["text"]) <= 4096 and len(buttons) <= 100 and all(len(row) <= 8 for row in rows)
        if not fits or any(
            not 0 < len(button["callback_data"].encode()) <= 64 or not button["text"] for button in buttons
        ):
            return JSONResponse({"ok": False, "error_code": 400, "description": "Bad Request"}, 400)
        self.sent.append(("telegram", str(body["chat_id"]), body["text"], body))
        return JSONResponse({"ok": True, "result": {"message_id": len(self.sent)}})

    async def telegram_webhook(self, request: Request) -> Response:
        """setWebhook."""
        self.webhook = (await request.json())["url"]
        return JSONResponse({"ok": True})

    async def telegram_me(self, request: Request) -> Response:
        """getMe."""
        return JSONResponse({"ok": True}, 200 if request.path_params["token"] == BOT_TOKEN else 401)

    async def telegram_info(self, _request: Request) -> Response:
        """getWebhookInfo."""
        return JSONResponse({"ok": True, "result": {"url": self.webhook}})

    async def messenger(self, request: Request) -> Response:
        """Send API: 2,000 characters, at most 13 quick replies with titles of 20."""
        body = await request.json()
        message, to = body["message"], body["recipient"]["id"]
        if (trouble := await self._trouble("messenger", message["text"])) is not None:
            return trouble
        if not _bearer(request):
            return JSONResponse({"error": {"code": 190}}, 401)
        if to in self.refuse:
            return JSONResponse({"error": {"code": self.refuse[to]}}, 400)
        quick = message.get("quick_replies") or []
        if not 0 < len(message["text"]) <= 2000 or len(quick) > 13 or any(not 0 < len(q["title"]) <= 20 for q in quick):
            return JSONResponse({"error": {"code": 100}}, 400)
        self.sent.append(("messenger", to, message["text"], message))
        return JSONResponse({"recipient_id": to, "message_id": f"m_{len(self.sent)}"})

    async def page(self, request: Request) -> Response:
        """The page."""
        if not _bearer(request):
            return JSONResponse({"error": {"code": 190}}, 401)
        return JSONResponse({"name": "Alder Row", "subscribed_apps": {"data": [{"id": "1"}] if self.webhook else []}})

    async def whatsapp(self, request: Request) -> Response:
        """Cloud API: text 4,096, interactive body 1,024, 3 buttons of 20, 10 rows of 24 and 72."""
        body = await request.json()
        text = body["text"]["body"] if body["type"] == "text" else (body.get("interactive") or {}).get("body", {}).get("text", f"template {(body.get('template') or {}).get('name')}")  # fmt: skip
        if (trouble := await self._trouble("whatsapp", text)) is not None:
            return trouble
        if not _bearer(request):
            return JSONResponse({"error": {"code": 190}}, 401)
        if body["to"] in self.refuse and body["type"] != "template":
            return JSONResponse({"error": {"code": self.refuse[body["to"]]}}, 400)
        if not _whatsapp_fits(body):
            return JSONResponse({"error": {"code": 131009}}, 400)
        self.sent.append(("whatsapp", body["to"], text, body))
        return JSONResponse({"messages": [{"id": f"wamid.out{len(self.sent)}"}]})

    async def number(self, request: Request) -> Response:
        """The number."""
        return JSONResponse({"display_phone_number": NUMBER}, 200 if _bearer(request) else 401)


_TROUBLES: Mapping[str, Callable[[Networks], Response]] = {
    "429": lambda _: JSONResponse({"parameters": {"retry_after": 7}}, 429, headers={"Retry-After": "1800"}),
    "a page": lambda _: Response("<html>Please sign in to the guest network</html>", media_type="text/html"),
    "an error in a 200": lambda _: JSONResponse({"ok": False, "error": {"code": 131016}}),
    "drops": lambda networks: StreamingResponse(networks._dripping(), media_type="application/json"),
}


def _whatsapp_fits(body: Mapping[str, Any]) -> bool:
    if body["type"] == "text":
        return 0 < len(body["text"]["body"]) <= 4096
    if body["type"] == "template":
        return True
    part = body["interactive"]
    if not 0 < len(part["body"]["text"]) <= 1024:
        return False
    if part["type"] == "button":
        buttons = part["action"]["buttons"]
        return 0 < len(buttons) <= 3 and all(0 < len(one["reply"]["title"]) <= 20 for one in buttons)
    rows = [row for section in part["action"]["sections"] for row in section["rows"]]
    return 0 < len(rows) <= 10 and all(
        0 < len(row["title"]) <= 24 and len(row.get("description", "")) <= 72 for row in rows
    )


def _basic(request: Request) -> bool:
    return request.headers.get("authorization") == "Basic " + b64encode(f"{ACCOUNT}:{AUTH}".encode()).decode()


def _bearer(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {PAGE_TOKEN}"


# What the networks send us, signed with their own signers.


def twilio_request(address: str, **fields: str) -> dict[str, Any]:
    """A webhook of Twilio for httpx: content and headers."""
    signature = RequestValidator(AUTH).compute_signature(address, fields)
    return {
        "content": urlencode(fields).encode(),
        "headers": {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature},
    }


def meta_request(body: Mapping[str, Any], secret: str = APP_SECRET) -> dict[str, Any]:
    """A webhook of Meta."""
    raw = json.dumps(body).encode()
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return {"content": raw, "headers": {"Content-Type": "application/json", "X-Hub-Signature-256": signature}}


def telegram_request(update: Mapping[str, Any], secret: str = BOT_SECRET) -> dict[str, Any]:
    """A webhook of Telegram."""
    headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
    return {"content": json.dumps(update).encode(), "headers": headers}


def channels_toml(home: Path, url: str, homeserver: str | None = None) -> None:
    """Set up every channel that has webhooks, against the stand-ins; Matrix too, where there is a homeserver."""
    tables: dict[str, dict[str, str]] = {
        "sms": {"account_sid": ACCOUNT, "auth_token": AUTH, "number": NUMBER, "api": url},
        "whatsapp": {"number_id": NUMBER_ID, "access_token": PAGE_TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY, "template": "clinic_wrote", "api": url},
        "telegram": {"token": BOT_TOKEN, "secret": BOT_SECRET, "api": url},
        "messenger": {"page_token": PAGE_TOKEN, "app_secret": APP_SECRET, "verify_token": VERIFY, "api": url},
    }  # fmt: skip
    if homeserver:
        tables["matrix"] = {"homeserver": homeserver, "user": "@palpate:localhost", "password": PASSWORD}
    path = home / setup.FILE
    path.touch(mode=0o600)
    rows = (
        f"[{name}]\n" + "".join(f'{key} = "{value}"\n' for key, value in table.items())
        for name, table in tables.items()
    )
    path.write_text("".join(rows), encoding="utf-8")
