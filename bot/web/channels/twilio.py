"""SMS and WhatsApp through Twilio: its own signature check, form-encoded webhooks, plain text with numbered choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator

from bot.web.channels import menu, outward, parts, sms_alphabet, wording
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
)

API = "https://api.twilio.com"
MOST_TEXT = 1600  # of one message, by Twilio's limit for both networks
# Twilio's codes for what will not change: not a number, no such network, blocked, unsubscribed, landline, not on WhatsApp.
NEVER = {21211: "not_a_number", 21214: "unreachable", 21408: "not_allowed", 21610: "unsubscribed", 21612: "unreachable", 21614: "not_mobile", 63003: "unknown_number", 63024: "unknown_number", 63016: outward.CLOSED, 30003: "unreachable", 30004: "blocked", 30005: "unknown_number", 30006: "not_mobile", 30007: "filtered", 30034: "not_registered"}  # fmt: skip
_KINDS = (("image/", "image"), ("audio/", "voice"), ("video/", "video"))
_STATUS = {"queued": "sent", "sending": "sent", "sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Twilio:
    """One number at Twilio. `network` is sms or whatsapp; `address` the public address of our webhook, as Twilio calls it.

    `template` is the id of an approved WhatsApp template (`HX…`) for after the 24 hours, or empty.
    """

    name: str
    account: str
    token: str
    number: str
    address: str
    template: str = ""
    api: str = API
    company: str = wording.COMPANIES["sms"]

    @property
    def capabilities(self) -> Capabilities:
        """Buttons need templates approved beforehand; numbered text works everywhere."""
        window, private = (24, True) if self.name == "whatsapp" else (None, False)
        return Capabilities(MOST_TEXT, window=window, opt_out=True, repeats=False, private=private)

    def verify(self, request: Webhook) -> None:
        """Twilio's own validator on the configured address: behind a proxy the request's own is not the one Twilio signed."""
        signature = request.headers.get("x-twilio-signature", "")
        query = "&".join(f"{key}={value}" for key, value in request.query.items())
        url = f"{self.address}?{query}" if query else self.address
        if not RequestValidator(self.token).validate(url, dict(_fields(request.body)), signature):
            raise Forged("signature")

    def greet(self, request: Webhook) -> str | None:
        """Twilio asks nothing."""
        return None

    def parse(self, request: Webhook) -> Sequence[Incoming | Receipt]:
        """A message, or a status callback."""
        fields = dict(_fields(request.body))
        sid = fields.get("MessageSid") or fields.get("SmsSid") or ""
        if not sid:
            raise Unreadable("no_sid")
        status = fields.get("MessageStatus")
        if status and "Body" not in fields:
            code = fields.get("ErrorCode", "")
            return [Receipt(sid, _STATUS.get(status, "sent"), NEVER.get(int(code), code) if code.isdecimal() else "")]
        sender = fields.get("From", "")
        if not sender:
            raise Unreadable("no_sender")
        text = fields.get("Body", "").strip()
        return [Incoming(sid, sender, text, other=None if text else _other(fields))]

    def render(self, line: Line) -> Sequence[Parcel]:
        """Text, with numbered choices under it; an emergency script goes out whole."""
        whole = "\n".join(part for part in (line.text, menu.numbered(line.question)) if part)
        if self.name == "sms":
            whole = sms_alphabet.spelled(whole)
        return [{"Body": part} for part in ([whole] if line.urgent else parts.cut(whole, MOST_TEXT))]

    def send(self, to: str, parcel: Parcel, *, key: str) -> str | None:
        """POST Messages; Twilio reports back to the same address."""
        form = {
            "From": self._own,
            "To": to,
            "StatusCallback": self.address,
            **{str(k): str(v) for k, v in parcel.items()},
        }
        sent = outward.post(
            f"{self._account_url}/Messages.json", form=form, auth=(self.account, self.token), never=_never
        )
        return outward.received(sent.get("sid"))

    def outside(self) -> Parcel | None:
        """What may be sent after the 24 hours: the approved template, which says nothing of health."""
        return {"ContentSid": self.template} if self.template else None

    def check(self, address: str) -> Sequence[Finding]:
        """The account, and where the number sends its messages."""
        status, _ = outward.get(f"{self._account_url}.json", auth=(self.account, self.token))
        if status != 200:
            fix = (
                "check account_sid and auth_token"
                if status in (401, 403, 404)
                else "Twilio cannot be reached from this machine"
            )
            return [Finding("Twilio account", False, fix)]
        found = [Finding("Twilio account", True)]
        if self.name == "sms":
            found.append(self._number_points_to(address))
        return found

    def _number_points_to(self, address: str) -> Finding:
        url = f"{self._account_url}/IncomingPhoneNumbers.json?PhoneNumber={self.number.replace('+', '%2B')}"
        _, body = outward.get(url, auth=(self.account, self.token))
        numbers: list[dict[str, Any]] = list(body.get("incoming_phone_numbers") or [])
        if not numbers:
            return Finding("the number", False, f"{self.number} is not a number of this account")
        well = numbers[0].get("sms_url") == address
        return Finding(
            "where messages go",
            well,
            "" if well else f"at Twilio, set “A message comes in” of this number to {address}",
        )

    @property
    def _own(self) -> str:
        return f"whatsapp:{self.number}" if self.name == "whatsapp" else self.number

    @property
    def _account_url(self) -> str:
        return f"{self.api}/2010-04-01/Accounts/{self.account}"


def _fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise Forged("not_a_form") from None


def _other(fields: dict[str, str]) -> str:
    if fields.get("Latitude"):
        return "location"
    kind = fields.get("MediaContentType0", "")
    return next((name for start, name in _KINDS if kind.startswith(start)), "file" if kind else "empty")


def _never(answer: Any) -> str | None:
    code = answer.get("code")
    return NEVER.get(code) if isinstance(code, int) else None
