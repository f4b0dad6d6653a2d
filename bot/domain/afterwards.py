"""After the result the chat goes on: optional questions, kind words, and a person to talk to."""

from __future__ import annotations

import re

from bot.domain import absorb, answers, cards, hints, plan, planned_visit, questions, stopped
from bot.domain.intake import Intake
from bot.domain.move import Move, stop_if_in_danger
from bot.domain.said import Said

_ENOUGH = re.compile(
    r"\b(?:skip (?:all|them|the rest)|no more|that'?s all|i'?m done|stop asking|not now|later(?! (?:in|this|next|on|today)\b)|no thanks?|no,? thank you)\b",
    re.IGNORECASE,
)


def begin(intake: Intake) -> None:
    """Open the first optional question, if there is one; the hand-off is done."""
    intake.misses = 0
    intake.open_field = plan.next_optional(intake)
    if intake.open_field is not None:
        intake.asked += 1


def take(intake: Intake, said: Said, move: Move) -> None:
    """One message after the interview. A danger read with doubt is still asked once, as in the interview."""
    if intake.phase == "stopped":
        stopped.take(intake, said, move)
    elif intake.phase == "closed":
        _after_no(intake, said, move)
    else:
        _after_hand_off(intake, said, move)


def _after_hand_off(intake: Intake, said: Said, move: Move) -> None:
    name = intake.open_field
    asked = name is not None and (name == cards.EMERGENCY or name.startswith(("RF-", "CI-")))
    unknown = len(intake.rf_unknown)
    if asked and absorb.answer(intake, said):
        intake.open_field = None
        if stop_if_in_danger(intake, move, new=True):
            return
    if (doubted := plan.in_doubt(intake)) is not None:
        intake.open_field = doubted
    elif len(intake.rf_unknown) > unknown:
        _person(intake, move)  # "not sure" about an emergency is for somebody to clear up
    elif said.intent == "ask_person":
        _person(intake, move)
    elif planned_visit.is_about_one(said.text) and not said.tells_something_of("when"):
        _other_time(intake, said, move)
    elif name is not None and name in plan.optional(intake) and not _asks(said):
        _optional(intake, said, move, name)
    elif (said.asks or (said.is_interruption and said.intent not in ("book", "repeat"))) and not said.tells_something:
        move.interruption = True
    else:
        move.say.append("utter_after_hand_off")


def _asks(said: Said) -> bool:
    """True for a question of the visitor's own, as against an answer or "later"."""
    asks = said.is_interruption or bool(said.asks)
    return said.question is None and asks and not said.tells_something and not _ENOUGH.search(said.text)


def _optional(intake: Intake, said: Said, move: Move, name: str) -> None:
    """An answer to an optional question is added to the hand-off; "skip" passes one over, "no thanks" all of them."""
    if said.question is None and said.intent == "ask_why":
        move.say.append(questions.question(name, intake).why)
        return
    if said.question is None and _ENOUGH.search(said.text):
        for open_name in plan.optional(intake):
            intake.settle(open_name)
    elif said.question is None and (said.declines or (said.intent == "deny" and name != "consent_share")):
        intake.settle(name)
    elif absorb.answer(intake, said):
        move.amend = intake.facts.get(name) is not None
    else:
        intake.misses += 1
        if intake.misses > 1:
            intake.settle(name)
        else:
            move.say.append(hints.hint(name, intake.misses, intake.locale))
    if name in intake.settled:
        begin(intake)
        if intake.open_field is None:
            helped = any(intake.facts.get(one) is not None for one in plan.optional(intake))
            move.say.append("utter_all_told" if helped else "utter_all_left")


def _person(intake: Intake, move: Move) -> None:
    intake.wants_person = True
    move.amend = intake.consented and intake.reference is not None
    move.say.append("utter_person")


def _other_time(intake: Intake, said: Said, move: Move) -> None:
    """Another time for the visit, or none: staff hear of the wish; who only asks how is told, with the page of the visit."""
    if planned_visit.asks_how(said.text):
        move.say += ["utter_faq_cancel", "utter_change_of_visit"]
    else:
        _person(intake, move)
        move.say[-1] = "utter_person_for_visit"
    move.say.append(PAGE_OF_VISIT)


PAGE_OF_VISIT = "utter_page_of_visit"  # said only where a visit stands: the action knows


def _after_no(intake: Intake, said: Said, move: Move) -> None:
    """A visitor who said no may begin after all."""
    if said.is_interruption and said.intent != "book":
        move.interruption = True
    elif answers.polarity(said.text, said.intent) == "yes":
        intake.phase = "consent"
        intake.open_field = plan.next_field(intake)
        intake.misses = 0
        move.say.append("utter_reopened")
    else:
        move.say.append("utter_closed")
