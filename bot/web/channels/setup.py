"""Reads `channels.toml` in PALPATE_HOME: which networks a clinic has set up, with their credentials, checked by name."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.settings import BadSettings
from bot.web.channels import wording
from bot.web.channels.matrix import Matrix
from bot.web.channels.meta import API as META_API
from bot.web.channels.meta import Messenger, WhatsAppCloud
from bot.web.channels.protocol import Channel
from bot.web.channels.telegram import API as TELEGRAM_API
from bot.web.channels.telegram import Telegram
from bot.web.channels.twilio import API as TWILIO_API
from bot.web.channels.twilio import Twilio

FILE = "channels.toml"
NAMES = ("sms", "whatsapp", "telegram", "messenger", "matrix")


def address_of(public_url: str, name: str) -> str:
    """Where a network sends what people write."""
    return f"{public_url}/channels/{name}"


def read(home: Path, public_url: str) -> Mapping[str, Channel]:
    """The channels of this home; none without the file. Raises `BadSettings` naming what is wrong, never a credential."""
    path = home / FILE
    if not path.exists():
        return {}
    if path.stat().st_mode & 0o077:
        raise BadSettings(f"{path} holds credentials: let nobody else read it (chmod 600 {path})")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(f"{path}: {error}") from error
    unknown = sorted(set(raw) - set(NAMES))
    if unknown:
        raise BadSettings(f"{path}: [{unknown[0]}] is no channel; the known ones are {', '.join(NAMES)}")
    return {name: _MAKERS[name](Section(path, name, raw[name]), public_url) for name in NAMES if name in raw}


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the file."""

    path: Path
    name: str
    raw: Any

    def text(self, key: str, default: str | None = None) -> str:
        """A value, which must be there unless there is a default."""
        table = self.raw if isinstance(self.raw, dict) else {}
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise BadSettings(f"{self.path}: [{self.name}] needs {key} as a text")
        return value.strip()

    def only(self, *keys: str) -> None:
        """Refuse keys nobody reads: a misspelt one would otherwise be missed."""
        table = self.raw if isinstance(self.raw, dict) else {}
        unknown = sorted(set(table) - set(keys))
        if unknown:
            raise BadSettings(f"{self.path}: [{self.name}] has no {unknown[0]}; the known keys are {', '.join(keys)}")


def _twilio(section: Section, public_url: str) -> Twilio:
    section.only("provider", "account_sid", "auth_token", "number", "template", "api")
    number = section.text("number").removeprefix("whatsapp:")
    if not (number.startswith("+") and number[1:].isdigit()):
        raise BadSettings(f"{section.path}: [{section.name}] number must be like +12125550142")
    return Twilio(
        section.name, section.text("account_sid"), section.text("auth_token"), number,
        address_of(public_url, section.name), section.text("template", ""), section.text("api", TWILIO_API),
        wording.COMPANIES["sms" if section.name == "sms" else "whatsapp by twilio"],
    )  # fmt: skip


def _whatsapp(section: Section, public_url: str) -> Channel:
    provider = section.text("provider", "meta")
    if provider == "twilio":
        return _twilio(section, public_url)
    if provider != "meta":
        raise BadSettings(f"{section.path}: [whatsapp] provider must be meta or twilio")
    section.only(
        "provider", "number_id", "access_token", "app_secret", "verify_token", "template", "template_language", "api"
    )
    return WhatsAppCloud(
        section.text("number_id"), section.text("access_token"), section.text("app_secret"), section.text("verify_token"),
        section.text("template", ""), section.text("template_language", "en"), section.text("api", META_API),
    )  # fmt: skip


def _messenger(section: Section, _public_url: str) -> Messenger:
    section.only("page_token", "app_secret", "verify_token", "api")
    return Messenger(
        section.text("page_token"),
        section.text("app_secret"),
        section.text("verify_token"),
        section.text("api", META_API),
    )


def _telegram(section: Section, public_url: str) -> Telegram:
    section.only("token", "secret", "api")
    return Telegram(
        section.text("token"),
        section.text("secret"),
        address_of(public_url, section.name),
        section.text("api", TELEGRAM_API),
    )


def _matrix(section: Section, _public_url: str) -> Matrix:
    section.only("homeserver", "user", "password")
    return Matrix(section.text("homeserver"), section.text("user"), section.text("password"))


_MAKERS: Mapping[str, Callable[[Section, str], Channel]] = {
    "sms": _twilio, "whatsapp": _whatsapp, "telegram": _telegram, "messenger": _messenger, "matrix": _matrix,
}  # fmt: skip

EXAMPLE = """\
# Which networks people can write to the clinic on. Remove the # before what you use; `palpate channels check` tests it.
# This file holds credentials: keep it to yourself (chmod 600).

#[sms]
#account_sid = "AC…"
#auth_token = "…"
#number = "+12125550142"

#[whatsapp]                 # Meta's Cloud API; provider = "twilio" takes the keys of [sms] instead
#number_id = "…"
#access_token = "…"
#app_secret = "…"
#verify_token = "{fresh}"
#template = ""              # an approved template's name, for messages after 24 hours

#[telegram]
#token = "…"                # from @BotFather
#secret = "{fresh}"

#[messenger]
#page_token = "…"
#app_secret = "…"
#verify_token = "{fresh}"

#[matrix]
#homeserver = "https://matrix.example.org"
#user = "@palpate:example.org"
#password = "…"
"""


def write_example(home: Path) -> Path:
    """Make the file with every channel in it, none switched on; what is there stays."""
    path = home / FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(EXAMPLE.replace("{fresh}", secrets.token_urlsafe(24)), encoding="utf-8")
    return path
