"""What the web's parts share: storage, settings, clock, rules, reader, and a bell for news."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from bot import bootstrap
from bot.domain import record, triage
from bot.domain.mention import Reading
from bot.domain.policy import DEFAULT_POLICY, Policy
from bot.notify.outbox import Kind
from bot.services.ports import Storage
from bot.settings import Settings
from bot.vault import Vault
from bot.web.limits import Allowance
from bot.web.turns.wake import Hub


class Reads(Protocol):
    """The language reader, as far as the edge needs it."""

    def read(
        self,
        text: str,
        *,
        asked: str | None = None,
        now: datetime | None = None,
        subject: str = "self",
        locale: str | None = None,
    ) -> Reading:
        """Mentions and dangers of any text; never raises."""


def classify(raw: Mapping[str, Any], policy: Policy = DEFAULT_POLICY) -> Mapping[str, Any]:
    """A record of contract §3 to its result, by a clinic's policy. Raises `BadRecord`."""
    return triage.result_to_json(triage.classify(record.from_json(raw), policy))


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class WebContext:
    """Everything `create_app` needs; tests give their own parts."""

    uow: Storage
    settings: Settings
    vault: Vault
    reader: Reads
    clock: Callable[[], datetime] = utc_now
    classify: Callable[[Mapping[str, Any]], Mapping[str, Any]] = classify
    allowance: Allowance = field(default_factory=Allowance)
    hub: Hub = field(default_factory=Hub)
    carriers: Mapping[str, Kind] = field(default_factory=dict)  # what else leaves the house: kind → how
    channels: Mapping[str, Any] = field(default_factory=dict)  # the other networks that are set up: name → adapter

    def here(self, moment: datetime) -> datetime:
        """The moment on the clinic's own clock: "today", "since Monday" and a date in the calendar are meant by it."""
        return moment.astimezone(self.settings.clinic.zone)

    def wake(self, conversation: str) -> None:
        """There is news in this conversation. Safe from any thread."""
        self.hub.wake(conversation)


def from_environment() -> WebContext:
    """The context of a real process. Raises `BadSettings`."""
    from bot.language import reader
    from bot.web.channels import service, setup

    settings = Settings.from_env(os.environ)
    storage = cast(Storage, bootstrap.storage(settings))
    channels = setup.read(settings.home, settings.public_url)
    return WebContext(
        uow=storage,
        settings=settings,
        vault=Vault.open(settings.home),
        reader=reader.load(),
        classify=lambda raw: classify(raw, settings.clinic.policy),
        allowance=Allowance.from_env(os.environ),
        carriers=service.carriers(channels, storage, settings, utc_now),
        channels=channels,
    )
