"""The decision table: every rule in the order in which ties are broken, and the hash that names this version of it."""

from __future__ import annotations

import hashlib
import types
from collections.abc import Mapping

from bot.domain.clauses import Clause
from bot.domain.rule import Rule
from bot.domain.rules_base import BASE_RULES
from bot.domain.rules_derived import DERIVED
from bot.domain.rules_doctor import DOCTOR_RULES
from bot.domain.rules_emergency import EMERGENCY_RULES
from bot.domain.rules_today import DEFER_RULES, TODAY_RULES

# Rules that stop or hold; then the base rules, of which the first that holds counts.
HOLDING_RULES: tuple[Rule, ...] = (*EMERGENCY_RULES, *TODAY_RULES, *DEFER_RULES, *DOCTOR_RULES)
RULES: tuple[Rule, ...] = (*HOLDING_RULES, *BASE_RULES)

# Said to the visitor and noted for staff, without any say in the result: id → (extra, words, staff).
NOTES: Mapping[str, tuple[str, str, str]] = {
    "R-X07": (
        "asked_to_skip",
        "I can't name a cause, and I can't book without these few safety questions.",
        "Asked to skip safety questions or for a diagnosis; boundary held.",
    ),
}


def by_id(rule_id: str) -> tuple[Rule, ...]:
    """The rows with this id; R-X00 has several. Empty when there is none."""
    return tuple(rule for rule in RULES if rule.id == rule_id)


def _code_of(code: types.CodeType) -> str:
    parts = [code.co_code.hex(), repr(code.co_names)]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            parts.append(_code_of(constant))
        elif isinstance(constant, frozenset):
            parts.append(repr(sorted(map(repr, constant))))
        elif not (isinstance(constant, str) and " " in constant):  # not its docstring
            parts.append(repr(constant))
    return "".join(parts)


def _clause_text(clause: Clause) -> str:
    """A condition as it reads and as it runs: its words, and the code of the fields it looks at."""
    atoms = "".join(
        atom.name + _code_of(atom.holds.__code__) for atom in clause.atoms if isinstance(atom.holds, types.FunctionType)
    )
    return f"{clause.words}|{atoms}"


def _version() -> str:
    digest = hashlib.sha256()
    for row in DERIVED:
        digest.update(f"{row.gives}|{_clause_text(row.when)}\n".encode())
    for rule in RULES:
        text = f"{rule.id}|{rule.outcome}|{rule.urgency}|{_clause_text(rule.when)}|{rule.because}|{rule.item}"
        digest.update(f"{text}|{rule.provisional}\n".encode())
    return digest.hexdigest()[:16]


RULES_VERSION = _version()
