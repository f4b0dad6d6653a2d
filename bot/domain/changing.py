"""Changing an answer by tapping: which fields are offered, how one is asked again, and what has to be asked with it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain import answers
from bot.domain.changeable import NOTHING, changeable, choices
from bot.domain.corrections import reopen
from bot.domain.intake import Intake
from bot.domain.move import Move
from bot.domain.said import Said

# Whose visit it is decides whose facts these are.
_PERSONAL = ("age", "general_screen", "conditions", "medicines", "skin")


def offer(intake: Intake) -> None:
    """Ask which answer to change."""
    intake.open_field = "change"
    intake.phase = "interview"
    intake.asked += 1
    intake.misses = 0


def take(intake: Intake, said: Said, move: Move) -> bool:
    """A field tapped or named: it is asked again. False when the words are no choice but perhaps the change itself."""
    if said.question == "change":
        picked = [str(said.value)]
    elif said.mentions or said.corrects or said.is_interruption:
        return False
    else:
        picked = [str(name) for name in answers.named_choices(said.text, choices(intake))]
        if not picked and answers.says_none(said.text, said.intent):
            picked = [NOTHING]
    offered = [name for name in picked if name in changeable(intake)]
    if not offered and NOTHING not in picked:
        return False
    intake.misses = 0
    for name in offered:
        reopen(intake, name)
    if intake.open_field == "change":
        intake.open_field = None
    return True


def follow(intake: Intake, changed: Iterable[str]) -> None:
    """Ask again what hangs on the fields that changed, and nothing else."""
    if intake.open_field == "change":
        intake.open_field = None
    corrected = {entry["field"] for entry in intake.corrected[-4:]}
    if "for_whom" in set(changed) & corrected:
        for name in _PERSONAL:
            if name in intake.settled:
                reopen(intake, name)
