"""What one message leads to, and how danger ends the interview: shared by all steps of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain import plan
from bot.domain.intake import Intake
from bot.domain.judge import judge


@dataclass(slots=True)
class Move:
    """What one message led to.

    say          texts to send, in order: plain words, or `utter_…` names of domain.yml
    alert        {"urgency", "flags"} when the danger script is due in this turn
    interruption True when nothing of the message concerned the interview: a rule answers and the question returns
    hand_off     True when the record is to be handed off now
    short        True when the open question returns in fewer words
    amend        True when an answer that came after the hand-off is to be added to it
    """

    say: list[str] = field(default_factory=list)
    alert: Mapping[str, Any] | None = None
    interruption: bool = False
    hand_off: bool = False
    amend: bool = False
    short: bool = False


def stop_if_in_danger(intake: Intake, move: Move, *, new: bool) -> bool:
    """End the interview for good when the record as it stands means emergency or same-day care."""
    if not new:
        return False
    result = judge(intake)
    if result.outcome != "not_now" or result.urgency not in ("emergency", "same_day"):
        return False
    if intake.phase != "stopped" and result.urgency == "same_day" and plan.hangs_on_a_follow_up(intake):
        return False  # "how many weeks ago was the operation?" comes next
    move.alert = {"urgency": result.urgency, "flags": [*intake.rf]}
    move.hand_off = intake.consented
    move.say.clear()
    intake.phase = "stopped"
    intake.open_field = _private_call(intake)
    return True


def _private_call(intake: Intake) -> str | None:
    """Whom somebody hurts is offered a call on a safe number; never a proxy, and nothing before consent."""
    own = intake.facts.get("for_whom") in (None, "self")
    offered = "RF-ABUSE" in intake.rf and own and intake.consented and "safe_contact" not in intake.settled
    return "safe_contact" if offered else None
