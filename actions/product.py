"""The actions' door to the rest of the product: settings and booking storage, opened at first use, never at import."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot import bootstrap
from bot.domain import judge, returning
from bot.domain.intake import CONSENT_VERSION, Intake
from bot.domain.speech import language_of
from bot.notify.visits import link
from bot.services import booking
from bot.services import hand_off as handing
from bot.services import returning as coming_back
from bot.settings import Settings


@functools.cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings.from_env(os.environ)


@functools.cache
def _storage() -> Any:
    """Opened at the start of the server, or by the first action of a test."""
    return bootstrap.storage(settings())


def load() -> None:
    """Import all that storage needs, without a connection yet: a database may come and go while a spare waits."""
    _storage()


def warm_up() -> None:
    """Open storage before the first visitor needs it."""
    with _storage()():
        pass


def hand_off(conversation: str, intake: Intake, result: Mapping[str, Any]) -> Any:
    """Store the hand-off of this conversation, once; raises StorageUnavailable when nothing could be written."""
    told = _told(conversation, intake)
    if returning.is_rescreen(intake):
        del told["conversation"]
        earlier = str(intake.earlier["conversation"])
        return coming_back.rescreen(_storage()(), earlier, spoken_in=conversation, result=dict(result), **told)
    return handing.hand_off(_storage()(), result=dict(result), **told)


def code_to_return(conversation: str, intake: Intake) -> str | None:
    """The code shown with the reference; none for the check on the day of a visit. Raises StorageUnavailable."""
    if returning.is_rescreen(intake):
        return None
    return coming_back.code_for(_storage()(), conversation, now=datetime.now(UTC))


def last_time(conversation: str) -> coming_back.Earlier | None:
    """What was handed off last time, or None; raises StorageUnavailable."""
    return coming_back.last_time(_storage()(), conversation, now=datetime.now(UTC))


def page_of_visit(conversation: str) -> str | None:
    """The page of the visit that stands for this conversation, where one does; raises StorageUnavailable."""
    with _storage().reading() as uow:
        visit = booking.of_conversation(uow, conversation)
    return link(settings(), visit) if visit else None


def amend(conversation: str, intake: Intake) -> Any:
    """Add what was answered after the hand-off to it; raises StorageUnavailable when nothing could be written."""
    return handing.amend(_storage()(), **_told(conversation, intake))


def _told(conversation: str, intake: Intake) -> dict[str, Any]:
    facts = {name: value for name, value in intake.facts.items() if value is not None}
    if intake.wants_person:
        facts["wants_person"] = True
    if intake.corrected:
        facts["corrected"] = intake.corrected
    if intake.disputed:
        facts["disputed"] = intake.disputed
    return {
        "conversation": conversation,
        "record": {**judge.record_json(intake), "facts": facts},
        "consent": {
            "privacy": bool(facts.get("consent_privacy")),
            "share": bool(facts.get("consent_share")),
            "version": CONSENT_VERSION,
            "language": language_of(intake.locale),
        },
        "said": intake.said,
        "now": datetime.now(UTC),
    }
