"""Finds what may be dangerous now: rows of concepts that together mean a red flag, from one word to facts scattered over a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from bot.domain.mention import Danger
from bot.language import tables
from bot.language.context import HYPOTHETICAL, NEGATED, OTHER, OVER, PAST, UNCERTAIN
from bot.language.tables import HOME
from bot.language.tokens import Tokens

_WITHIN = 30  # words between the first and the last fact of a row, unless the row says another number
_CHAINS = {">": 5, "+": 1}  # words between the parts of `a>b` and of `a+b`
_COMBINATIONS = 400


@dataclass(frozen=True, slots=True)
class Sign:
    """A concept said at words `first`..`last` (exclusive), with its context flags."""

    concept: str
    first: int
    last: int
    flags: int


@dataclass(frozen=True, slots=True)
class Link:
    """A part of a chain: one of `names`, at most `gap` words after the part before."""

    names: frozenset[str]
    gap: int = 0


Chain = tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of danger.csv. `needs`: each term a chain of alternatives. `past`: dangerous also when `recent` (just over) or `long` ago."""

    flag: str
    certain: bool
    needs: tuple[Chain, ...]
    unless: frozenset[str]
    within: int
    past: str
    where: str


def load(known: Iterable[str], home: Path = HOME) -> tuple[Pattern, ...]:
    """The rows of danger.csv; raises `BadVocabulary` for a concept that no table has."""
    names = frozenset(known)
    out = []
    for row in tables.rows("danger", ("flag", "certain", "needs", "unless", "within", "past", "note"), home):
        needs = tuple(_chain(term) for term in row["needs"].split())
        unless = frozenset(row["unless"].split())
        for name in unless.union(*(link.names for chain in needs for link in chain)):
            if name not in names:
                raise row.refuse(f"{name} is no concept of any table")
        if row["certain"] not in ("yes", "no") or not row["flag"].startswith("RF-"):
            raise row.refuse("flag must be RF-…, certain yes or no")
        within = int(row["within"] or _WITHIN)
        if row["past"] not in ("", "recent", "long"):
            raise row.refuse("past must be empty, recent or long")
        out.append(Pattern(row["flag"], row["certain"] == "yes", needs, unless, within, row["past"], row.where))
    return tuple(out)


def _chain(term: str) -> Chain:
    """ "a|b>c" and "a+b": the parts with the signs before them."""
    first, *rest = re.split(r"([>+])", term)
    links = [Link(frozenset(first.split("|")))]
    links += [Link(frozenset(part.split("|")), _CHAINS[sign]) for sign, part in zip(rest[::2], rest[1::2], strict=True)]
    return tuple(links)


@lru_cache(maxsize=1)
def cached(known: frozenset[str]) -> tuple[Pattern, ...]:
    """The product's rows, read once."""
    return load(known)


def find(patterns: Sequence[Pattern], signs: Iterable[Sign], tokens: Tokens) -> tuple[Danger, ...]:
    """The flags that the signs assert for the visitor now: one entry per flag, the certain one before the uncertain."""
    said: dict[str, dict[str, list[Sign]]] = {"": {}, "recent": {}, "long": {}}
    for sign in signs:
        if sign.flags & (NEGATED | OTHER | HYPOTHETICAL):
            continue
        said["long"].setdefault(sign.concept, []).append(sign)
        if not sign.flags & PAST:
            said["recent"].setdefault(sign.concept, []).append(sign)
            if not sign.flags & OVER:
                said[""].setdefault(sign.concept, []).append(sign)
    best: dict[str, Danger] = {}
    for pattern in patterns:
        hit = _match(pattern, said[pattern.past])
        if hit is None or any(name in said[""] for name in pattern.unless):
            continue
        danger = _danger(pattern, hit, tokens)
        if pattern.flag not in best or (danger.certain and not best[pattern.flag].certain):
            best[pattern.flag] = danger
    return tuple(sorted(best.values(), key=lambda danger: (danger.start, danger.flag)))


def _danger(pattern: Pattern, hit: Sequence[Sign], tokens: Tokens) -> Danger:
    certain = pattern.certain and not any(sign.flags & UNCERTAIN for sign in hit)
    first, last = min(sign.first for sign in hit), max(sign.last for sign in hit)
    return Danger(pattern.flag, certain, tokens.starts[first], tokens.ends[last - 1])


def _match(pattern: Pattern, said: Mapping[str, Sequence[Sign]]) -> tuple[Sign, ...] | None:
    """The signs that meet every term within reach of each other; the closest such choice."""
    choices = []
    for term in pattern.needs:
        found = _chains(term, said)
        if not found:
            return None
        choices.append(found)
    if len(choices) == 1:
        return (choices[0][0],)
    best: tuple[int, tuple[Sign, ...]] | None = None
    for count, combination in enumerate(product(*choices)):
        if count > _COMBINATIONS:
            break
        span = max(sign.last for sign in combination) - min(sign.first for sign in combination)
        apart = len({(sign.first, sign.last) for sign in combination}) == len(combination)
        if span <= pattern.within and apart and (best is None or span < best[0]):
            best = span, combination
    return best[1] if best else None


def _chains(chain: Chain, said: Mapping[str, Sequence[Sign]]) -> list[Sign]:
    """The places where the parts of a chain follow each other; a chain of one part is any of its signs."""
    found = _any(chain[0].names, said)
    for link in chain[1:]:
        if not found:
            break
        following = _any(link.names, said)
        found = [
            Sign(left.concept, left.first, right.last, left.flags | right.flags)
            for left in found
            for right in following
            if 0 <= right.first - left.last <= link.gap
        ]
    return found


def _any(names: frozenset[str], said: Mapping[str, Sequence[Sign]]) -> list[Sign]:
    unique = {(sign.first, sign.last): sign for name in sorted(names) for sign in said.get(name, ())}
    return [unique[place] for place in sorted(unique)]  # the same choice in every process
