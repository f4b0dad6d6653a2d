"""The conditions of rules, built so that the same thing is evaluated, read as a sentence, and quoted back to a visitor."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.domain.extras import EXTRAS
from bot.domain.facts import Facts
from bot.domain.flags import plain

Test = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Atom:
    """One fact a condition can rest on: its id (or field) and how it is said back to the visitor ("" = not said)."""

    name: str
    said: str
    holds: Test


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition: `words` for the clinicians' page, `holds` for the rules, `atoms` for the reasons."""

    words: str
    holds: Test
    atoms: tuple[Atom, ...]

    def met_by(self, facts: Facts) -> list[Atom]:
        """The facts of this record that speak for the condition."""
        return [atom for atom in self.atoms if atom.holds(facts)]


Part = Clause | str


def has(name: str) -> Clause:
    """A flag, condition or extra that is present, derived or possible."""
    said = EXTRAS.get(name) or plain(name)

    def holds(facts: Facts) -> bool:
        return name in facts.found

    return Clause(f"{said} (`{name}`)", holds, (Atom(name, said, holds),))


def fact(name: str, words: str, holds: Test, said: str = "") -> Clause:
    """A condition on a field of the record; `said` is how it is named to the visitor, if at all."""
    return Clause(words, holds, (Atom(name, said, holds),))


def switch(name: str, *, on: bool = True) -> Clause:
    """A policy switch that is on (or off)."""

    def holds(facts: Facts) -> bool:
        return bool(getattr(facts.policy, name)) is on

    return Clause(f"switch {name} is {'on' if on else 'off'}", holds, ())


def any_of(*parts: Part) -> Clause:
    """At least one part holds."""
    clauses = _clauses(parts)
    names = frozenset(part for part in parts if isinstance(part, str))
    tests = tuple(clause.holds for part, clause in zip(parts, clauses, strict=True) if not isinstance(part, str))

    def holds(facts: Facts) -> bool:
        if not names.isdisjoint(facts.found):
            return True
        return any(test(facts) for test in tests)

    return Clause(f"({' or '.join(clause.words for clause in clauses)})", holds, _atoms(clauses))


def all_of(*parts: Part) -> Clause:
    """Every part holds."""
    clauses = _clauses(parts)
    tests = tuple(clause.holds for clause in clauses)

    def holds(facts: Facts) -> bool:
        for test in tests:  # a plain loop: this runs for every rule of every decision  # noqa: SIM110
            if not test(facts):
                return False
        return True

    return Clause(" and ".join(clause.words for clause in clauses), holds, _atoms(clauses))


def age_from(years: int) -> Clause:
    """Aged so much or more; an unknown age counts, because unknown never means no risk."""

    def holds(facts: Facts) -> bool:
        return facts.age is None or facts.age >= years

    def known(facts: Facts) -> bool:
        return facts.age is not None and facts.age >= years

    said = Atom("age", f"being {years} or older", known)  # an age nobody told is not quoted back
    return Clause(f"age {years} or more, or not known", holds, (said,))


def _clauses(parts: Iterable[Part]) -> tuple[Clause, ...]:
    return tuple(has(part) if isinstance(part, str) else part for part in parts)


def _atoms(clauses: Iterable[Clause]) -> tuple[Atom, ...]:
    return tuple(atom for clause in clauses for atom in clause.atoms)
