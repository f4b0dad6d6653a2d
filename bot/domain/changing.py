"""Changing an answer by tapping: which fields are offered, how one is asked again, and what has to be asked with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.domain import answers, cards
from bot.domain.changeable import NOTHING, changeable, choices
from bot.domain.corrections import reopen
from bot.domain.intake import Intake
from bot.domain.move import Move
from bot.domain.said import Said

# Whose visit it is decides whose facts these are.
_PERSONAL = ("age",)  # its cards are asked again by `for_somebody_else`


def offer(intake: Intake) -> None:
    """Ask which answer to change."""
    intake.open_field = "change"
    intake.phase = "interview"
    intake.offers += 1
    intake.asked += 1
    intake.misses = 0


def take(intake: Intake, said: Said, move: Move) -> bool:
    """A field tapped or named: it is asked again. False when the words are no choice but perhaps the change itself."""
    picked = [str(said.value)] if said.question == "change" else _named(intake, said)
    offered = [name for name in picked if name in changeable(intake)]
    if not offered and NOTHING not in picked:
        return False
    intake.misses = 0
    for name in offered:
        reopen(intake, name)
        intake.offers = 0
    intake.open_field = None
    return True


def _named(intake: Intake, said: Said) -> list[str]:
    """The fields named in few words: "the pain", "age", "neck pain", or by their number in the list."""
    words = re.findall(r"\w+", said.text.lower())
    rows = choices(intake)
    if said.corrects or said.is_interruption or not words or len(words) > 4:
        return []
    if len(words) == 1 and words[0].isdigit():
        return [str(name) for name in answers.named_choices(said.text, rows)]
    if answers.says_none(said.text, said.guess):
        return [NOTHING]
    scored = [(_shared(words, str(row["label"]).partition(":")[0]), str(row["value"])) for row in rows]
    best = max(score for score, _ in scored)
    return [next(name for score, name in scored if score == best)] if best else []


def _shared(words: Sequence[str], label: str) -> int:
    """How many telling words of a label were said."""
    told = {word.rstrip("s") for word in re.findall(r"\w+", label.lower()) if len(word) > 2} - _SMALL
    return len(told & {word.rstrip("s") for word in words})


_SMALL = frozenset({"the", "you", "what", "for", "how", "it"})


def for_somebody_else(intake: Intake, before: str | None) -> None:
    """Cards answered while the visit was thought to be another person's are asked again; what was ticked stays.

    `before` is whom it was for until now; who has not said answered for themselves.
    """
    now = intake.facts.get("for_whom")
    if now is None or now == (before or "self"):
        return
    for card in [name for name in intake.settled if cards.is_card(name)]:
        intake.ask_again((card, *cards.every_row(card, intake)))


def follow(intake: Intake, changed: Iterable[str]) -> None:
    """Ask again what hangs on the fields that changed, and nothing else."""
    names = set(changed)
    intake.offers = 0 if names else intake.offers
    if names and intake.open_field == "change":
        intake.open_field = None
    corrected = {entry["field"] for entry in intake.corrected[-4:]}
    if "for_whom" in names & corrected:
        for name in _PERSONAL:
            if name in intake.settled:
                reopen(intake, name)
