"""Looks a second time at a text in which no rule found a danger: does it, as a whole, sound like the dangers people told us?

Rules need the right words; people find others. The weights of words, pairs of words and concepts in `second_look.csv` were
learned from the sentences of this project (`palpate train --second-look`, models/README.md says what they gain). What they
find is never certain, and its flag a guess: it makes the emergency card be asked, and no more. What is denied, over, imagined or about
somebody else is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bot.domain.mention import Danger
from bot.language import tables
from bot.language.context import HYPOTHETICAL, NEGATED, OTHER, OVER, PAST, Context
from bot.language.lexicon import CONCEPT, CONTEXT, MASK, Lexicon
from bot.language.phrases import Found
from bot.language.tables import HOME
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

BIAS = "bias"
_SURE = 0.7
_LEAST, _MOST = 4, 120  # words; a short answer says too little, a long story has everything in it
_UNMEANT = NEGATED | PAST | OTHER | HYPOTHETICAL | OVER
_NOT_MEANT = "#"
_TURNS = word_set("but however though although except")


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a feature speaks for danger (below 0: against), and the flag it speaks for; "" when for none."""

    weight: float
    flag: str


def load(home: Path = HOME) -> dict[str, Weight]:
    """The learned weights by feature; raises `BadVocabulary`."""
    weights = {}
    for row in tables.rows("second_look", ("feature", "weight", "flag"), home):
        try:
            weights[row["feature"]] = Weight(float(row["weight"]), row["flag"])
        except ValueError as error:
            raise row.refuse(f"{row['weight']!r} is no number") from error
    return weights


def features(tokens: Tokens, found: Sequence[Found], context: Context, words: Lexicon) -> set[str]:
    """What is said and meant, as the names of words ("w breath"), neighbours ("b no air") and concepts ("c breathless")."""
    meant = _meant(tokens, context)
    said = list(_said(tokens, meant))
    names = {f"w {word}" for word in said if word != _NOT_MEANT}
    names |= {f"b {one} {two}" for one, two in pairwise(said) if _NOT_MEANT not in (one, two)}
    for hit in found:
        if hit.table not in (CONTEXT, MASK) and meant[hit.first]:
            names |= {f"c {name}" for name in _concepts(hit, words)}
    return names


def _meant(tokens: Tokens, context: Context) -> list[bool]:
    """For each word, whether it is meant.

    A plain denial, the past and other people are taken to reach to the end of their sentence or a "but": the rules read
    what comes after them more closely, a second look would only guess.
    """
    meant = [not context.flags(at, at + 1) & _UNMEANT for at in range(len(tokens))]
    for scope in context.scopes:
        at = scope.first
        while (scope.strong or scope.flag != NEGATED) and scope.flag & _UNMEANT and at < len(tokens):
            if tokens.sentence[at] != tokens.sentence[scope.at] or tokens.words[at] in _TURNS:
                break
            meant[at] = False
            at += 1
    return meant


def _said(tokens: Tokens, meant: Sequence[bool]) -> Iterator[str]:
    for word, counts in zip(tokens.words, meant, strict=True):
        if not word[0].isalnum():
            continue
        yield ("0" if word[0].isdigit() else word) if counts else _NOT_MEANT


def _concepts(hit: Found, words: Lexicon) -> frozenset[str]:
    return words.concepts_of(hit) if hit.table == CONCEPT or hit.value.value is not None else frozenset()


def chance(names: set[str], weights: Mapping[str, Weight]) -> float:
    """How likely a text with these features tells a danger, 0 to 1."""
    known = [weights[name].weight for name in names if name in weights]
    score = weights[BIAS].weight + sum(known) / math.sqrt(max(len(names), 1))
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


def look(
    tokens: Tokens, found: Sequence[Found], context: Context, words: Lexicon, weights: Mapping[str, Weight]
) -> tuple[Danger, ...]:
    """An uncertain danger over the whole text, or nothing."""
    if not _LEAST <= sum(word[0].isalnum() for word in tokens.words) <= _MOST:
        return ()
    names = features(tokens, found, context, words)
    if chance(names, weights) < _SURE:
        return ()
    flag = nearest(names, weights)
    return (Danger(flag, False, tokens.starts[0], tokens.ends[-1], guessed=True),) if flag else ()


def nearest(names: set[str], weights: Mapping[str, Weight]) -> str:
    """The flag that most of what speaks for danger speaks for; "" when nothing does."""
    votes: dict[str, float] = {}
    for name in sorted(names & weights.keys()):
        one = weights[name]
        if one.flag and one.weight > 0:
            votes[one.flag] = votes.get(one.flag, 0.0) + one.weight
    return max(votes, key=lambda flag: votes[flag]) if votes else ""
