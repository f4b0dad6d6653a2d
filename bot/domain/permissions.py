"""Who may do what: one table from role to acts, asked before every act."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.errors import NotAllowed

ROLES = ("reviewer", "lead", "admin")

_REVIEWER = frozenset(
    {
        "list", "read", "claim", "release", "assign", "note", "label", "misread", "agree", "override", "withdraw", "clear", "wait", "resume", "book", "propose", "confirm", "reschedule", "give_up", "decline",
        "reopen", "takeover", "say", "hand_back", "export", "call_back", "deliver",
    }
)  # fmt: skip
_LEAD = _REVIEWER | {"act_for_others", "read_audit", "export_many", "change_settings", "read_figures"}
_ADMIN = _LEAD | {"manage_staff", "erase", "run_retention"}

MAY: Mapping[str, frozenset[str]] = {"reviewer": _REVIEWER, "lead": _LEAD, "admin": _ADMIN}


def may(role: str, act: str) -> bool:
    """True when the role includes the act; an unknown role may do nothing."""
    return act in MAY.get(role, frozenset())


def check(role: str, act: str) -> None:
    """Raise `NotAllowed` when the role does not include the act."""
    if not may(role, act):
        raise NotAllowed("{act} needs the role {role}", act=act, role=needed(act))


def needed(act: str) -> str:
    """The lowest role that includes the act."""
    return next((role for role in ROLES if may(role, act)), "nobody has")
