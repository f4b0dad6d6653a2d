"""Rasa's slots on one side, the intake on the other: the only place that knows how one becomes the other."""

from __future__ import annotations

import copy
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions import product
from bot.domain.intake import FACTS, Intake
from bot.domain.mention import Danger, Mention
from bot.domain.said import Said
from bot.domain.speech import ENGLISH

FINDINGS = ("rf", "rf_unknown", "ci", "extra")
PROGRESS = (
    "asked", "misses", "open_field", "wants_person", "corrected", "reopened", "disputed", "earlier", "offers", "guessed",
    "pieces",
)  # fmt: skip
DANGERS = ("danger", "other_danger")
ALSO = "also"
DIRECT = ("said", "settled", "waiting", "to_confirm", "phase", "reference")


def slots_of(intake: Intake) -> dict[str, Any]:
    """Every slot of ours with its value; unset ones are None."""
    slots: dict[str, Any] = {name: intake.facts.get(name) for name in FACTS}
    slots["complaints"] = {name: value for name, value in intake.facts.items() if "#" in name} or None
    slots["findings"] = {name: list(getattr(intake, name)) for name in FINDINGS}
    slots["progress"] = {name: getattr(intake, name) for name in PROGRESS}
    slots.update({name: getattr(intake, name) for name in DIRECT})
    return slots


def intake_of(tracker: Tracker) -> Intake:
    """The intake as the slots remember it, under the clinic's policy of today, in the language the edge speaks."""
    slots = copy.deepcopy(
        tracker.slots
    )  # the interview changes lists in place; what the tracker holds must stay to compare with
    facts = {name: slots[name] for name in FACTS if slots.get(name) is not None}
    facts.update(facts.pop("complaints", None) or {})  # the fields of further complaints, such as `nrs#2`
    kept: dict[str, Any] = {**(slots.get("findings") or {}), **(slots.get("progress") or {})}
    kept.update({name: slots[name] for name in DIRECT if slots.get(name) is not None})
    intake = Intake.from_json({**kept, "facts": facts})
    intake.policy = product.settings().clinic.policy
    intake.locale = (tracker.latest_message.get("metadata") or {}).get("locale") or ENGLISH
    return intake


def changed_slots(tracker: Tracker, intake: Intake) -> list[EventType]:
    """Slot events for what is different now, so that a turn stores no more than it changed."""
    return [SlotSet(name, value) for name, value in slots_of(intake).items() if value != tracker.slots.get(name)]


def said_in(tracker: Tracker) -> Said:
    """The latest message: what our NLU components read, or the choice that the edge passed along."""
    latest = tracker.latest_message
    metadata = latest.get("metadata") or {}
    answer = metadata.get("answer") or {}
    entities = latest.get("entities") or []
    return Said(
        text=latest.get("text") or "",
        intent=(latest.get("intent") or {}).get("name") or "",
        mentions=tuple(Mention.from_json(_bare(raw)) for raw in entities if raw.get("entity") not in (*DANGERS, ALSO)),
        danger=_dangers(entities, "danger"),
        other_danger=_dangers(entities, "other_danger"),
        question=answer.get("question"),
        value=answer.get("value"),
        message=latest.get("message_id") or "",
        also=tuple(str(raw["value"]) for raw in entities if raw.get("entity") == ALSO),
        parts=tuple((part["start"], part["message"]) for part in metadata.get("parts") or ()),
        hurried=bool(metadata.get("hurried")),
        early=bool(metadata.get("early")),
    )


def _dangers(entities: list[dict[str, Any]], kind: str) -> tuple[Danger, ...]:
    return tuple(
        Danger(str(raw["value"]), bool(raw.get("certain")), raw["start"], raw["end"], bool(raw.get("guessed")))
        for raw in entities
        if raw.get("entity") == kind
    )


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    """A mention without what Rasa adds to entities."""
    added = ("entity", "extractor", "confidence_entity", "processors", "role", "group")
    bare = {key: value for key, value in raw.items() if key not in added}
    bare.setdefault("kind", raw.get("entity"))
    return bare
