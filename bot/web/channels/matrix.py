"""Matrix: signed in as a user of the clinic's homeserver, one direct room a visitor, no webhook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.web.channels import menu, outward, parts, wording
from bot.web.channels.protocol import Capabilities, Finding, Forged, Incoming, Line, Parcel, Receipt, Webhook

MOST_TEXT = 16_000  # an event may have 65,536 bytes with everything in it


@dataclass(frozen=True, slots=True)
class Matrix:
    """One account. What comes in is fetched by `bot.web.channels.matrix_rooms`; this half says things in a room.

    An address is a room id: `!abc:example.org`.
    """

    homeserver: str
    user: str
    password: str
    name: str = "matrix"
    company: str = wording.COMPANIES["matrix"]
    capabilities = Capabilities(MOST_TEXT)

    def verify(self, request: Webhook) -> None:
        """Nothing is taken from the open internet: the account signs in and fetches."""
        raise Forged("no_webhook")

    def greet(self, request: Webhook) -> str | None:
        """Nobody asks."""
        return None

    def parse(self, request: Webhook) -> Sequence[Incoming | Receipt]:
        """Nothing comes this way."""
        return []

    def render(self, line: Line) -> Sequence[Parcel]:
        """Text, with numbered choices."""
        whole = "\n".join(part for part in (line.text, menu.numbered(line.question)) if part)
        return [
            {"msgtype": "m.text", "body": text} for text in ([whole] if line.urgent else parts.cut(whole, MOST_TEXT))
        ]

    def send(self, to: str, parcel: Parcel, *, key: str) -> str | None:
        """Put the message into the room; the key is Matrix's transaction id, so that a repeat is one message."""
        token = _TOKENS.get(self) or self._sign_in()
        url = f"{self.homeserver}/_matrix/client/v3/rooms/{quote(to)}/send/m.room.message/{quote(key, safe='')}"
        sent = outward.put(
            url, json=dict(parcel), headers={"Authorization": f"Bearer {token}"}, never=_never, expired=self._forget
        )
        return outward.received(sent.get("event_id"))

    def outside(self) -> Parcel | None:
        """There is no window."""
        return None

    def check(self, address: str) -> Sequence[Finding]:
        """The homeserver and the sign-in."""
        status, _ = outward.get(f"{self.homeserver}/_matrix/client/versions")
        if status != 200:
            return [Finding("homeserver", False, "check homeserver: it cannot be reached from this machine")]
        try:
            self._sign_in()
        except (outward.NotDelivered, outward.Refused):
            return [Finding("homeserver", True), Finding("sign-in", False, "check user and password")]
        return [Finding("homeserver", True), Finding("sign-in", True)]

    def _sign_in(self) -> str:
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.user},
            "password": self.password,
            "device_id": "palpate-out",
        }
        token = str(outward.post(f"{self.homeserver}/_matrix/client/v3/login", json=body).get("access_token") or "")
        if not token:
            raise outward.NotDelivered("sign_in")
        _TOKENS[self] = token
        return token

    def _forget(self) -> None:
        _TOKENS.pop(self, None)


_TOKENS: dict[Matrix, str] = {}


def _never(answer: Mapping[str, Any]) -> str | None:
    code = str(answer.get("errcode") or "")
    return {"M_FORBIDDEN": "left_the_room", "M_NOT_FOUND": "no_room"}.get(code)
