"""What may happen to a hand-off, as one table: states, moves, and how cautious an outcome is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import IllegalMove

NEW, CLAIMED = "new", "claimed"
WAITING_FOR_PATIENT, WAITING_FOR_DOCTOR = "waiting_for_patient", "waiting_for_doctor"
BOOKED, DECLINED = "booked", "declined"

STATUSES = (NEW, CLAIMED, WAITING_FOR_PATIENT, WAITING_FOR_DOCTOR, BOOKED, DECLINED)
WAITING = (WAITING_FOR_PATIENT, WAITING_FOR_DOCTOR)
OPEN = (NEW, CLAIMED, *WAITING, BOOKED)

NOT_LEGAL = "{move} is not legal while {status}; legal: {legal}"
_STAYS = {status: status for status in OPEN}

# move → {from: to}. What is not here is illegal. `danger` is the visitor's: new danger in the chat.
MOVES: Mapping[str, Mapping[str, str]] = {
    "claim": {NEW: CLAIMED},
    "release": {CLAIMED: NEW},
    "note": _STAYS,
    "agree": _STAYS,
    "override": _STAYS,
    "withdraw": _STAYS,
    "clear": _STAYS,
    "assign": {NEW: CLAIMED, CLAIMED: CLAIMED, **{status: status for status in WAITING}},
    "label": {**_STAYS, DECLINED: DECLINED},
    "wait_for_patient": {CLAIMED: WAITING_FOR_PATIENT},
    "wait_for_doctor": {CLAIMED: WAITING_FOR_DOCTOR},
    "resume": dict.fromkeys(WAITING, CLAIMED),
    "book": {CLAIMED: BOOKED},
    "propose": {CLAIMED: WAITING_FOR_PATIENT},
    "confirm": {WAITING_FOR_PATIENT: BOOKED},
    "reschedule": {BOOKED: BOOKED},
    "give_up": {WAITING_FOR_PATIENT: CLAIMED, BOOKED: CLAIMED},
    "decline": {CLAIMED: DECLINED},
    "reopen": dict.fromkeys((BOOKED, DECLINED, *WAITING), CLAIMED),
    "danger": dict.fromkeys(STATUSES, NEW),
}

# Done to a hand-off that somebody claimed: theirs to do, or a lead's.
HOLDERS_MOVES = (
    "release",
    "assign",
    "wait_for_patient",
    "wait_for_doctor",
    "resume",
    "book",
    "propose",
    "confirm",
    "reschedule",
    "give_up",
    "decline",
)

# How cautious an answer is; a higher number always wins. Stored in the queue, so a change needs a migration.
RANKS: Mapping[tuple[str, str | None], int] = {
    ("relaxation_massage", None): 1,
    ("clinical_massage", None): 2,
    ("doctor_first", "gp"): 3,
    ("doctor_first", "gp_urgent"): 4,
    ("not_now", "defer"): 5,
    ("not_now", "same_day"): 6,
    ("not_now", "emergency"): 7,
}
URGENT_FROM = RANKS["not_now", "same_day"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What counts for a hand-off: outcome, urgency, and whether a person has to look before it is firm."""

    outcome: str
    urgency: str | None
    provisional: bool = False

    @property
    def rank(self) -> int:
        """Its place in the order of caution."""
        return rank(self.outcome, self.urgency)

    @property
    def booking(self) -> str | None:
        """The state a new appointment would have, or None when there may be none (design §1)."""
        if self.outcome == "not_now":
            return None
        return "pending" if self.provisional or self.outcome == "doctor_first" else "confirmed"


def rank(outcome: str, urgency: str | None) -> int:
    """The place of an answer in the order of caution; raises ValueError for a pair that is none."""
    try:
        return RANKS[outcome, urgency]
    except KeyError:
        raise ValueError("no such outcome and urgency") from None


def target(move: str, status: str) -> str:
    """Where a move leads; raises `IllegalMove` saying what is legal instead."""
    to = MOVES[move].get(status)
    if to is None:
        raise IllegalMove(NOT_LEGAL, move=say(move), status=status, legal=legal(status))
    return to


def legal(status: str) -> tuple[str, ...]:
    """The moves staff can make from here, as the staff API calls them."""
    names = [say(move) for move, ways in MOVES.items() if status in ways and move != "danger"]
    return tuple(dict.fromkeys(names))


def say(move: str) -> str:
    """The name of a move in the staff API: both ways of waiting are `wait`."""
    return "wait" if move.startswith("wait_for_") else move


def direction(before: Answer, after: Answer) -> str:
    """How a person's answer lies to the one before: `up` is more cautious, so the rules were too mild."""
    if before.rank == after.rank:
        return "same"
    return "up" if after.rank > before.rank else "down"


def page() -> str:
    """The page docs/reference/review-states.md, generated from the table."""
    lines = [
        "# States of a hand-off",
        "",
        "Generated from `bot/domain/review.py`; a test fails when this page is stale.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> new: handed off",
    ]
    ways = [(move, source, to) for move, pairs in MOVES.items() for source, to in pairs.items() if source != to]
    lines += [f"    {source} --> {to}: {move}" for move, source, to in ways if move != "danger"]
    lines += ["```", "", "`danger` in the chat leads from every state back to `new`, and puts a booking on hold.", ""]
    lines += ["| state | possible moves |", "|---|---|"]
    lines += [f"| `{status}` | {', '.join(f'`{move}`' for move in legal(status)) or '–'} |" for status in STATUSES]
    return "\n".join([*lines, ""])
