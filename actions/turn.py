"""One turn, the same for every action: read the message into the intake, do what follows, tell the edge the state."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import memory, product
from bot.domain import (
    afterwards,
    changeable,
    complaints,
    interview,
    judge,
    questions,
    returning,
    scripts,
    sites,
    told,
    triage,
    wording,
)
from bot.domain.errors import StorageUnavailable
from bot.domain.flags import RED_FLAGS
from bot.domain.intake import Intake
from bot.domain.interview import Move
from bot.domain.said import Said
from bot.domain.speech import say

# Fields whose question text is the same whatever stands behind them; domain.yml has one utter_ask_… for each.
_SIDE = "side"


@dataclass(slots=True)
class Turn:
    """What an action needs: the intake after the message, the move it led to, and the events to store."""

    intake: Intake
    move: Move
    events: list[EventType]
    ask: str | None


async def played(tracker: Tracker, dispatcher: CollectingDispatcher) -> Turn | None:
    """`play` in a thread of its own: a locked database holds up this turn alone, no other turn and no sign of life."""
    return await asyncio.to_thread(play, tracker, dispatcher)


def play(tracker: Tracker, dispatcher: CollectingDispatcher) -> Turn | None:
    """Take the latest message; None when a rule is to answer it and nothing of ours changed."""
    intake, said = memory.intake_of(tracker), memory.said_in(tracker)
    open_before = intake.open_field
    move = interview.take(intake, said)
    if move.interruption:
        return None
    if returning.wants_recall(intake):
        _recall(intake, move)
    if move.hand_off or move.alert:
        _settle(tracker, dispatcher, intake, move, said)
    else:
        if move.amend:
            product.amend(tracker.sender_id, intake)
        _speak(dispatcher, [text for text in move.say if text != afterwards.PAGE_OF_VISIT])
        if afterwards.PAGE_OF_VISIT in move.say and (link := product.page_of_visit(tracker.sender_id)):
            dispatcher.utter_message(response=afterwards.PAGE_OF_VISIT, link=link)
        if intake.open_field == "still_true" and open_before != "still_true":
            dispatcher.utter_message(text=wording.last_time(intake))
        if intake.open_field == "read_back" and (open_before != "read_back" or move.say or intake.misses):
            dispatcher.utter_message(text=wording.read_back(intake))
    ask = slot_of(intake.open_field, intake) if intake.open_field else None
    _report(dispatcher, intake, asks_person=intake.wants_person and _asks_person(move))
    events = memory.changed_slots(tracker, intake) + _ask_slots(intake, move)
    return Turn(intake, move, events, ask)


def _recall(intake: Intake, move: Move) -> None:
    """Fetch what was told last time, now that the visitor has agreed; without it the interview is as for anybody."""
    try:
        earlier = product.last_time(intake.earlier["conversation"])
    except StorageUnavailable:
        earlier = None
    if earlier is None:
        interview.recall(intake, None, move)
    else:
        interview.recall(intake, earlier.record, move, days=earlier.days, reference=earlier.reference)


def slot_of(field: str, intake: Intake) -> str:
    """The slot (and utter_ask_… response) that stands for a field of contract §5."""
    if field.startswith(("RF-", "CI-")):
        return "confirm_flag"
    if field.startswith("screen_"):
        return "region_screen"
    if field == "consent_privacy" and intake.phase == "stopped":
        return "consent_after_stop"
    name, at = complaints.base(field), complaints.number(field)
    if name == "sites" and field not in intake.reopened and questions.missing_sides(intake, at):
        return _SIDE
    several = name in complaints.OWN and len(complaints.numbers(intake)) > 1
    return f"{name}_of_another" if several and complaints.sites_of(intake, at) else name


def ask(dispatcher: CollectingDispatcher, played: Turn) -> None:
    """Ask the open question where no form does it: after the result, and after a stop."""
    if played.ask is not None:
        dispatcher.utter_message(response=f"utter_ask_{played.ask}", about=about(played.intake))


def go_on(dispatcher: CollectingDispatcher, played: Turn) -> list[EventType]:
    """Ask what is open now; the form becomes active again when the interview does."""
    if played.ask is not None and played.intake.phase == "interview":
        return [*played.events, ActiveLoop("intake_form"), SlotSet("requested_slot", played.ask)]  # the form asks
    ask(dispatcher, played)
    return played.events


def about(intake: Intake) -> str | None:
    """What the words of the open question need beside the field: the danger to confirm, the site whose side is open."""
    field = intake.open_field or ""
    if field.startswith(("RF-", "CI-")):
        lines, whom = product.settings().clinic.lines, intake.facts.get("for_whom")
        return scripts.confirmation(field, country=lines, locale=intake.locale, whom=whom)
    if complaints.base(field) == "sites":
        missing = questions.missing_sides(intake, complaints.number(field))
        return say(intake.locale, sites.label(missing[0])) if missing else None
    return wording.place_of(intake, field) or None if complaints.base(field) in complaints.OWN else None


def _ask_slots(intake: Intake, move: Move) -> list[EventType]:
    """What the response to come needs: the place or danger it names, and whether a few words are enough now."""
    named = about(intake)
    return ([SlotSet("about", named)] if named else []) + ([SlotSet("interrupted", True)] if move.short else [])


def _speak(dispatcher: CollectingDispatcher, texts: list[str]) -> None:
    for text in texts:
        if text.startswith("utter_"):
            dispatcher.utter_message(response=text)
        else:
            dispatcher.utter_message(text=text)


def _settle(tracker: Tracker, dispatcher: CollectingDispatcher, intake: Intake, move: Move, said: Said) -> None:
    """The end of the interview: hand off when consent was given, then tell the result or the danger script.

    A hand-off that cannot be stored fails the whole turn: the edge keeps the message, tells the visitor and tries again.
    """
    result = judge.judge(intake)
    result_json = triage.result_to_json(result)
    country = product.settings().clinic.lines
    code = None
    if move.hand_off:
        receipt = product.hand_off(tracker.sender_id, intake, result_json)
        code = product.code_to_return(tracker.sender_id, intake) if move.alert is None else None
        intake.reference = receipt.reference if receipt else None
    if move.alert:
        wrote, whom = told.in_own_words(intake), intake.facts.get("for_whom")
        script = scripts.for_result(result, country=country, locale=intake.locale, whom=whom, wrote=wrote)
        _tell_danger(tracker, dispatcher, intake, script)
        return
    intake.phase = "handed_off"
    if returning.is_rescreen(intake) and result.outcome != "not_now":
        intake.open_field = None
        dispatcher.utter_message(response="utter_day_is_fine", reference=intake.reference)
        return
    afterwards.begin(intake)
    whom = intake.facts.get("for_whom")
    message = scripts.result_message(result, country=country, locale=intake.locale, whom=whom)
    shown = triage.result_to_json(result, intake.locale)
    dispatcher.utter_message(text=message, json_message={"outcome": shown})
    if unsure := wording.left_unsure(intake):
        dispatcher.utter_message(text=unsure)
    dispatcher.utter_message(text=say(intake.locale, scripts.SAFETY_NET))
    dispatcher.utter_message(response="utter_handed_off", reference=intake.reference)
    if code:
        dispatcher.utter_message(response="utter_code_to_return", code=code)
    if intake.open_field:
        dispatcher.utter_message(response="utter_before_optional")


def _tell_danger(tracker: Tracker, dispatcher: CollectingDispatcher, intake: Intake, script: scripts.Script) -> None:
    """The script, unless the edge has shown one as urgent already; then the reference, so that the visitor knows staff were told."""
    metadata = tracker.latest_message.get("metadata") or {}
    if not metadata.get("scripted") or _more_urgent_than_each(script, intake):
        dispatcher.utter_message(
            text=script.text, json_message={"alert": {"urgency": script.urgency, "call": script.call}}
        )
    if intake.reference:
        dispatcher.utter_message(response="utter_staff_told", reference=intake.reference)


def _more_urgent_than_each(script: scripts.Script, intake: Intake) -> bool:
    """True when only the combination of what was told makes it an emergency; the edge sees single flags."""
    return script.urgency == "emergency" and all(RED_FLAGS[flag].urgency != "emergency" for flag in intake.rf)


def _asks_person(move: Move) -> bool:
    """True when this very message asked for a person, whatever was asked before."""
    return any(text.startswith(("utter_person", "utter_misread")) for text in move.say)


def _report(dispatcher: CollectingDispatcher, intake: Intake, *, asks_person: bool) -> None:
    """Tell the edge where the conversation stands; a reply without text is never shown."""
    field = intake.open_field
    dispatcher.utter_message(
        json_message={
            "state": {
                "phase": intake.phase,
                "field": field,
                "asked": intake.asked,
                "left": interview.left(intake),
                "handoff": intake.reference,
                "changeable": changeable.listed(intake),
            },
            "question": questions.question(field, intake).to_json() if field else None,
            "record": known(intake) if intake.consented else {},
            "said": _quoted(intake) if intake.consented else {},
            "wants_person": intake.wants_person,
            "asks_person": asks_person,
        }
    )


def _quoted(intake: Intake) -> dict[str, Any]:
    """Field → the words behind it; those of all complaints stand behind the list of them."""
    own = [complaints.field(name, at) for at in complaints.numbers(intake) for name in complaints.OWN]
    every = [words for name in own for words in intake.said.get(name, ())]
    return {**intake.said, "complaints": every}


def known(intake: Intake) -> dict[str, Any]:
    """What is known about this person, field by field, as `GET …/record` shows it."""
    record = judge.record_json(intake)
    extra: dict[str, Any] = {
        name: intake.facts[name]
        for name in (
            "narrative",
            "for_whom",
            "function",
            "quality",
            "cause",
            "preferred_times",
            "contact",
            "preferences",
            "consent_share",
            "peg_enjoyment",
            "peg_activity",
        )
        if name in intake.facts
    }
    return {**record, **extra}
