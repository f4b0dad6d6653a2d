"""Which question comes next, and what a message changes: the whole conversation as one pure step after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain import absorb, answers, cards, questions, told, wording
from bot.domain.intake import Intake
from bot.domain.judge import held_back, judge
from bot.domain.said import Said

MISSES_BEFORE_A_WAY_OUT = 2
AFTERWARDS = ("handed_off", "stopped", "with_staff", "closed")


@dataclass(slots=True)
class Move:
    """What one message led to.

    say          texts to send, in order: plain words, or `utter_…` names of domain.yml
    alert        {"urgency", "flags"} when the danger script is due in this turn
    interruption True when nothing of the message concerned the interview: a rule answers and the question returns
    hand_off     True when the record is to be handed off now
    """

    say: list[str] = field(default_factory=list)
    alert: Mapping[str, Any] | None = None
    interruption: bool = False
    hand_off: bool = False


def take(intake: Intake, said: Said) -> Move:
    """Take one message of a visitor into the intake (changed in place) and say what follows.

    Danger first, whatever was asked; then consent; then the answer; then everything else the message holds.
    """
    move = Move()
    if said.question == "open":
        move.say.append("utter_open")
        _ask_next(intake)
        return move
    before = len(intake.rf) + len(intake.ci)
    absorb.danger(intake, said)
    if _stop_if_in_danger(intake, move, new=len(intake.rf) + len(intake.ci) > before):
        return move
    if intake.phase in AFTERWARDS:
        _take_afterwards(intake, said, move)
    elif not intake.consented:
        _take_consent(intake, said, move)
    else:
        _take_answer(intake, said, move)
    if not move.interruption and intake.phase in ("consent", "interview", "read_back") and not move.hand_off:
        _stop_if_in_danger(intake, move, new=True)
        _ask_next(intake)
    return move


def _stop_if_in_danger(intake: Intake, move: Move, *, new: bool) -> bool:
    """End the interview for good when the record as it stands means emergency or same-day care."""
    if not new and intake.phase != "stopped":
        return False
    result = judge(intake)
    if result.outcome != "not_now" or result.urgency not in ("emergency", "same_day"):
        return False
    if new:
        move.alert = {"urgency": result.urgency, "flags": [*intake.rf]}
        move.hand_off = intake.consented
        move.say.clear()
    intake.phase = "stopped"
    intake.open_field = None
    return new


def _take_consent(intake: Intake, said: Said, move: Move) -> None:
    """Yes reads on what was told before it, no ends the chat; anything else waits and the question comes back."""
    answer = said.value if said.question == "consent_privacy" else answers.polarity(said.text, said.intent)
    opening = said.intent not in ("affirm", "deny") and said.tells_something
    if said.question is None and opening and answer != "yes":
        intake.waiting.append(said.to_json())
        move.say.append("utter_heard_before_consent")
    elif answer == "yes":
        intake.know("consent_privacy", True, said.words())
        intake.phase = "interview"
        move.say.append("utter_consent_thanks")
        waiting, intake.waiting = intake.waiting, []
        stories = [Said.from_json(raw) for raw in waiting] + ([said] if opening else [])
        for story in stories:
            absorb.story(intake, story)
    elif answer == "no":
        intake.facts["consent_privacy"] = False
        intake.waiting = []
        intake.phase = "closed"
        intake.open_field = None
        move.say.append("utter_consent_refused")
    elif said.is_interruption:
        move.interruption = True
    elif said.intent == "ask_why":
        move.say.append(questions.question("consent_privacy", intake).why)
    else:
        _missed(intake, move)


def _take_afterwards(intake: Intake, said: Said, move: Move) -> None:
    """The interview is over, the chat is not: the number again after a stop, a word on how to reach staff otherwise.

    A danger read with doubt is still asked once, as in the interview.
    """
    if intake.open_field and absorb.answer(intake, said):
        intake.open_field = None
        if _stop_if_in_danger(intake, move, new=True):
            return
    if intake.to_confirm and intake.phase == "handed_off":
        intake.open_field = intake.to_confirm[0]
        return
    if said.intent == "ask_person":
        intake.wants_person = True
        move.say.append("utter_person")
    elif said.is_interruption:
        move.interruption = True
    elif intake.phase == "stopped":
        move.say.append("utter_stopped")
    elif intake.phase == "closed":
        if answers.polarity(said.text, said.intent) == "yes":
            intake.phase = "consent"
            _ask_next(intake)
        move.say.append("utter_reopened" if intake.phase == "consent" else "utter_closed")
    else:
        move.say.append("utter_after_hand_off")


def _take_answer(intake: Intake, said: Said, move: Move) -> None:
    """The answer to the open question, and everything else the message tells."""
    if said.intent == "ask_person":
        intake.wants_person = True
        move.say.append("utter_person")
        return
    if said.intent == "ask_why" and intake.open_field:
        move.say.append(questions.question(intake.open_field, intake).why)
        return
    if said.intent in ("stop", "start_over"):
        move.say.append("utter_stop" if said.intent == "stop" else "utter_start_over")
        return
    answered = absorb.answer(intake, said)
    news = told.facts(intake, said)
    absorb.whose(intake)
    if said.is_interruption and not answered:
        move.interruption = not news
        if news:
            move.say += [wording.acknowledge(intake, news), f"utter_{said.intent}"]
        return
    if intake.open_field == "read_back" and answered and said.confirms():
        move.hand_off = True
        return
    if answered or news:
        intake.misses = 0
        if news:
            move.say.append(wording.acknowledge(intake, news))
    elif said.declines and intake.open_field and _may_be_left(intake.open_field):
        move.say.append("utter_left_open")
        _let_go(intake, intake.open_field)
    else:
        _missed(intake, move)


def _missed(intake: Intake, move: Move) -> None:
    """First a plainer question, then an example, then a way out; a good value is never touched."""
    intake.misses += 1
    move.say.append(wording.hint(intake.open_field or "", intake.misses, intake.locale))
    if intake.misses > MISSES_BEFORE_A_WAY_OUT and intake.open_field:
        _let_go(intake, intake.open_field)
        intake.misses = 0


def _may_be_left(name: str) -> bool:
    return name not in ("consent_privacy", "contact", "read_back")


def _let_go(intake: Intake, name: str) -> None:
    """Give up a question without a loop: what guards safety becomes an unknown that a person resolves."""
    if not _may_be_left(name):
        return
    if cards.is_card(name):
        intake.unsure_of(cards.items(name, intake))
    elif name.startswith(("RF-", "CI-")):
        absorb.confirm(intake, name, "unsure", None)
    elif name == "age":
        intake.unsure_of(["age"])
    intake.settle(name)


def _ask_next(intake: Intake) -> None:
    """Open the next question; the read-back comes when nothing is missing."""
    name = next_field(intake)
    if name != intake.open_field:
        intake.asked += 1
        intake.misses = 0
    intake.open_field = name
    if intake.consented and intake.phase != "stopped":
        intake.phase = "read_back" if name == "read_back" else "interview"


def next_field(intake: Intake) -> str:
    """The field of the next question: danger, then the story, then what decides, then what staff need."""
    if not intake.consented:
        return "consent_privacy"
    if intake.to_confirm:
        return intake.to_confirm[0]
    for name in _plan(intake):
        if name == "sites" and questions.missing_sides(intake) and "side" not in intake.settled:
            return name
        if name not in intake.settled:
            return name
    return "read_back"


def left(intake: Intake) -> int:
    """About how many questions are still to come, the read-back among them."""
    if intake.phase not in ("consent", "interview", "read_back"):
        return 0
    todo = [name for name in _plan(intake) if name not in intake.settled]
    return len(todo) + len(intake.to_confirm) + 1


def _plan(intake: Intake) -> list[str]:
    """Every question this visitor needs, in order; those already settled are passed over by the caller."""
    facts = intake.facts
    plan = ["emergency_gate", "narrative", "for_whom", "age", "complaint"]
    hurts = facts.get("complaint") != "relax" or bool(facts.get("sites")) or facts.get("nrs") is not None
    if hurts:
        plan += ["sites", "duration_days", "onset", "nrs", "function_limited"]
    if "complaint" in intake.settled:
        plan += [name for name in cards.screen_fields(intake) if cards.items(name, intake)]
    plan += ["general_screen", "conditions", "medicines", "skin"]
    plan += _follow_ups(intake)
    if hurts or cards.clearable(intake.ci):
        plan.append("doctor")
        if len(_claimable(intake)) > 1:
            plan.append("clearance")
    return [*plan, "preferred_times", "contact"]


def _follow_ups(intake: Intake) -> list[str]:
    pairs = (
        ("CI-SURG", "weeks_since_surgery"),
        ("CI-FX-HEAL", "weeks_since_fracture"),
        ("CI-POSTPARTUM", "weeks_since_birth"),
        ("CI-HTN-UNC", "bp"),
    )
    return [name for condition, name in pairs if condition in intake.ci]


def _claimable(intake: Intake) -> tuple[str, ...]:
    """What a doctor's yes could be about; empty unless a doctor said yes."""
    if intake.facts.get("doctor") not in ("ok", "ordered"):
        return ()
    return held_back(intake)
