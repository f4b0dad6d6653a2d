"""The name of this version of the rules: a hash of what they say and of the code that decides, so that no change hides."""

from __future__ import annotations

import functools
import hashlib
import types
from collections.abc import Iterator

from bot.domain import (
    clauses,
    decision,
    facts,
    rule,
    rules_base,
    rules_derived,
    rules_doctor,
    rules_emergency,
    rules_today,
    scores,
    screens,
)
from bot.domain.modifiers import MODIFIERS
from bot.domain.policy import DEFAULT_POLICY, Policy, settings
from bot.domain.rules import RULES

_DECIDING = (
    clauses, decision, facts, rule, rules_base, rules_derived, rules_doctor, rules_emergency, rules_today, scores, screens,
)  # fmt: skip


def _code(code: types.CodeType) -> str:
    """What a function does, without its docstring, line numbers or file."""
    parts = [code.co_code.hex(), repr(code.co_names)]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            parts.append(_code(constant))
        elif isinstance(constant, frozenset):
            parts.append(repr(sorted(map(repr, constant))))
        elif not (isinstance(constant, str) and " " in constant):
            parts.append(repr(constant))
    return "".join(parts)


def _functions(owner: types.ModuleType | type) -> Iterator[str]:
    module = owner.__name__ if isinstance(owner, types.ModuleType) else owner.__module__
    for name, value in sorted(vars(owner).items()):
        if isinstance(value, types.FunctionType) and value.__module__ == module:
            yield f"{name}={_code(value.__code__)}"
        elif isinstance(owner, types.ModuleType) and isinstance(value, type) and value.__module__ == module:
            yield from _functions(value)
        elif isinstance(value, frozenset):
            yield f"{name}={sorted(map(repr, value))}"


def _clause(clause: clauses.Clause) -> str:
    atoms = (
        atom.name + _code(atom.holds.__code__) for atom in clause.atoms if isinstance(atom.holds, types.FunctionType)
    )
    return f"{clause.words}|{''.join(atoms)}"


def _version() -> str:
    digest = hashlib.sha256()
    for module in _DECIDING:
        digest.update("\n".join(_functions(module)).encode())
    for row in rules_derived.DERIVED:
        digest.update(f"{row.gives}|{_clause(row.when)}\n".encode())
    for one in RULES:
        said = f"{one.id}|{one.outcome}|{one.urgency}|{_clause(one.when)}|{one.because}|{one.item}|{one.provisional}"
        digest.update(f"{said}\n".encode())
    for modifier in MODIFIERS:
        digest.update(f"{modifier.id}|{_clause(modifier.when)}|{modifier.instruction}\n".encode())
    for setting in settings(DEFAULT_POLICY):
        digest.update(f"{setting.name}={setting.value!r}\n".encode())
    return digest.hexdigest()[:16]


RULES_VERSION = _version()


@functools.lru_cache(maxsize=64)
def version_of(policy: Policy) -> str:
    """The version under a clinic's policy: that of the rules, with a mark of its own for every choice that is not the default.

    So a switch that is turned is a version nobody has signed yet.
    """
    chosen = "|".join(
        f"{one.name}={one.value!r}"
        for one, shipped in zip(settings(policy), settings(DEFAULT_POLICY), strict=True)
        if one.value != shipped.value
    )
    return f"{RULES_VERSION}-{hashlib.sha256(chosen.encode()).hexdigest()[:8]}" if chosen else RULES_VERSION
