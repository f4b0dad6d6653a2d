"""Compares what was accepted with what is stored, what Rasa said with what the log holds, hand-offs with alerts."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from bot.chaos.load import Talk
from bot.services.stored import Message
from bot.settings import Settings
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web.turns import words

OWN_WORDS = ("trouble:", "danger:", "noted:", "kindly:")  # ids of the edge's own lines: Rasa did not say them


@dataclass(slots=True)
class Verdict:
    """What was found; everything but the first two lines must be 0."""

    conversations: int = 0
    accepted: int = 0
    lost: int = 0  # accepted, and not in the log
    doubled: int = 0  # in the log more than once
    disordered: int = 0  # in the log in another order than accepted
    unanswered: int = 0
    given_up: int = 0  # answered with "I couldn't work with that"
    turns_lost: int = 0  # answered without a turn of Rasa
    replies_lost: int = 0  # said by Rasa, and not in the log
    replies_doubled: int = 0  # in the log more often than Rasa said it
    handoffs_missing: int = 0  # told of danger after consent, and not handed off
    lines_lost: int = 0  # in the log, and never sent to the network its visitor writes on
    lines_doubled: int = 0  # sent there twice: only where a process died between "sent" and "noted"
    lines_disordered: int = 0
    alerts_lost: int = 0
    alerts_doubled: int = 0  # carried twice with the same key, which a receiver can drop
    outbox_left: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """True when nothing was lost, doubled or out of order. An alert carried twice with one key is no second alert."""
        return not any(getattr(self, name) for name in self.__slots__ if name not in _NO_FAULTS)


_NO_FAULTS = ("conversations", "accepted", "notes", "alerts_doubled", "lines_doubled")


def judge(
    settings: Settings, talks: Sequence[Talk], alerts: Counter[str], delivered: Mapping[str, Sequence[str]]
) -> Verdict:
    """Look into the database of the product once it is at rest; `delivered` is chat → texts on the other network."""
    vault = Vault.open(settings.home)
    storage = SqlStorage.open(settings.database_url, vault)
    found = Verdict(conversations=len(talks))
    turns = _turns(settings, vault)
    try:
        _look_up(storage, talks)
        for talk in talks:
            log = _one(found, storage, talk, turns.get(talk.id, {}), settings)
            if talk.chat:
                _delivered(found, log, delivered.get(talk.chat, ()))
        _handed_over(found, storage, alerts)
    finally:
        storage.close()
    return found


def _look_up(storage: SqlStorage, talks: Sequence[Talk]) -> None:
    """Whose conversation is whose, for those who wrote on another network."""
    texting = {talk.chat: talk for talk in talks if talk.chat}
    with storage.reading() as uow, storage.engine.connect() as connection:
        for (conversation,) in connection.exec_driver_sql("SELECT id FROM conversations WHERE channel <> 'web'"):
            thread = uow.threads.of(conversation)
            if thread is not None and thread.address in texting:
                texting[thread.address].id = conversation


def _delivered(found: Verdict, log: Sequence[Message], texts: Sequence[str]) -> None:
    """Every line of the bot once, in order; the network's form may add to a line and never takes from it."""
    left, in_order = dict(enumerate(texts)), True
    reached = {False: 0, True: 0}  # an emergency's words have a lane of their own and may overtake
    for line in (line for line in log if line.sender != "visitor"):
        come = reached[bool(line.body.get("alert"))]
        places = [at for at, text in left.items() if line.text in text]
        if not places:
            found.lines_lost += 1
            continue
        at = next((at for at in places if at >= come), places[0])
        in_order, reached[bool(line.body.get("alert"))] = in_order and at >= come, at + 1
        del left[at]
    found.lines_doubled += len(left)
    found.lines_disordered += not in_order


def _one(
    found: Verdict, storage: SqlStorage, talk: Talk, turns: Mapping[str, list[str]], settings: Settings
) -> Sequence[Message]:
    with storage.reading() as uow:
        chat = uow.conversations.get(talk.id)
        log = uow.conversations.messages(talk.id)
        handoff = uow.handoffs.by_conversation(talk.id) if talk.ended else None
    said = [line.id if talk.chat else line.text for line in log if line.sender == "visitor"]
    told = [one.id if talk.chat else one.text for one in talk.accepted]
    mine, sent = Counter(said), Counter(told)
    found.accepted += len(talk.accepted)
    found.lost += sum((sent - mine).values())
    found.doubled += sum((mine - sent).values())
    found.disordered += [one for one in said if one in sent] != [one for one in told if one in mine]
    found.unanswered += chat is None or chat.answered_through < chat.spoken_through
    found.handoffs_missing += talk.ended and handoff is None
    _replies(found, talk, log, turns, settings)
    return log


def _replies(
    found: Verdict, talk: Talk, log: Sequence[Message], turns: Mapping[str, list[str]], settings: Settings
) -> None:
    clinic = settings.clinic
    said = Counter(words.fill(text, clinic, "en").strip() for texts in turns.values() for text in texts)
    shown = Counter(line.text for line in log if line.sender == "bot" and not (line.id or "").startswith(OWN_WORDS))
    for own in (words.NO_ANSWER, words.GAVE_UP):
        told = shown.pop(words.fill(own, clinic, "en"), 0)
        found.given_up += told if own == words.GAVE_UP else 0
    for name, differing in (("replies_lost", said - shown), ("replies_doubled", shown - said)):
        setattr(found, name, getattr(found, name) + sum(differing.values()))
        where = "the other network" if talk.chat else "the web"
        found.notes += [f"{name} on {where}: {text[:80]!r}" for text in differing]  # nobody's words but our own
    asked = {f"{talk.id}-{line.seq}" for line in log if line.sender == "visitor"}
    found.turns_lost += len(asked - set(turns))


def _handed_over(found: Verdict, storage: SqlStorage, alerts: Counter[str]) -> None:
    with storage.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT h.reference, r.number FROM handoffs h JOIN handoff_revisions r ON r.handoff = h.id"
        )
        wanted = {f"alert:{reference}:{number}" for reference, number in rows}
    found.alerts_lost = len(wanted - set(alerts))
    found.alerts_doubled = sum(count - 1 for count in alerts.values())
    if extra := set(alerts) - wanted:
        found.notes.append(f"{len(extra)} alerts about something else than a hand-off")
    with storage.reading() as uow:
        found.outbox_left = uow.outbox.waiting() + len(uow.outbox.given_up())


def _turns(settings: Settings, vault: Vault) -> dict[str, dict[str, list[str]]]:
    """What Rasa has on disk: conversation → message id → the texts it said."""
    found: dict[str, dict[str, list[str]]] = {}
    for conversation, message, sealed in _rows(settings):
        events = json.loads(vault.unseal(bytes(sealed)))
        texts = [str(event.get("text") or "") for event in events if event.get("event") == "bot" and _is_shown(event)]
        found.setdefault(conversation, {})[str(message)] = texts
    return found


def _rows(settings: Settings) -> list[Any]:
    query = "SELECT conversation, message_id, events FROM rasa_turns ORDER BY conversation, seq"
    if settings.database_url.startswith("postgresql"):
        import psycopg

        with psycopg.connect(settings.database_url) as server:
            return server.execute(query).fetchall()
    with closing(sqlite3.connect(settings.home / "rasa.db")) as file:
        return file.execute(query).fetchall()


def _is_shown(event: Mapping[str, Any]) -> bool:
    custom = (event.get("data") or {}).get("custom") or {}
    return bool(event.get("text") or custom.get("alert") or custom.get("outcome"))
