"""Looks a second time at a text in which no rule found a danger: does it, as a whole, sound like the dangers people told us?

Rules need the right words; people find others. The weights of words, pairs of words and concepts in `second_look.csv` were
learned from the sentences of this project (`palpate train --second-look`, models/README.md says what they gain). What they
find is never certain, and its flag a guess: it makes the emergency card be asked, and no more. What is denied, over, imagined or about
somebody else is not looked at. A long story is looked at piece by piece: as a whole it has something of everything in it.
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
_LEAST = 4  # words; less says too little
_SHORT = 25  # words of a text that is looked at as a whole too
_PIECE = 30  # words of a piece of a sentence without an end; the next piece begins in its middle
_UNMEANT = NEGATED | PAST | OTHER | HYPOTHETICAL | OVER
_NOT_MEANT = "#"
_TURNS = word_set("but however though although except")


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a feature speaks for danger (below 0: against), and the flag it speaks for; "" when for none."""

    weight: float
    flag: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Words `first`..`last` (exclusive) of a text."""

    first: int
    last: int


def load(home: Path = HOME) -> dict[str, Weight]:
    """The learned weights by feature; raises `BadVocabulary`."""
    weights = {}
    for row in tables.rows("second_look", ("feature", "weight", "flag"), home):
        try:
            weights[row["feature"]] = Weight(float(row["weight"]), row["flag"])
        except ValueError as error:
            raise row.refuse(f"{row['weight']!r} is no number") from error
    return weights


def features(
    tokens: Tokens, found: Sequence[Found], context: Context, words: Mapping[str, Lexicon], piece: Piece | None = None
) -> set[str]:
    """What is said and meant, as the names of words ("w breath"), neighbours ("b no air") and concepts ("c breathless").

    Of the whole text, or of a `piece`; `words` are the tables of the languages heard.
    """
    return _named(tokens, found, _meant(tokens, context), words, piece or Piece(0, len(tokens)))


def _named(
    tokens: Tokens, found: Sequence[Found], meant: Sequence[bool], words: Mapping[str, Lexicon], piece: Piece
) -> set[str]:
    said = list(_said(tokens, meant, piece))
    names = {f"w {word}" for word in said if word != _NOT_MEANT}
    names |= {f"b {one} {two}" for one, two in pairwise(said) if _NOT_MEANT not in (one, two)}
    for hit in found:
        if piece.first <= hit.first < piece.last and hit.table not in (CONTEXT, MASK) and meant[hit.first]:
            names |= {f"c {name}" for name in _concepts(hit, words[hit.language])}
    return names


def _meant(tokens: Tokens, context: Context) -> list[bool]:
    """For each word, whether it is meant.

    A plain denial, the past and other people are taken to reach to the end of their sentence or a "but": the rules read
    what comes after them more closely, a second look would only guess.
    """
    count = len(tokens)
    meant = [not context.flags(at, at + 1) & _UNMEANT for at in range(count)]
    reached: dict[int, int] = {}  # word: the sentence whose denial ran over it; two of one sentence end alike
    for scope in context.scopes:
        at, sentence = scope.first, tokens.sentence[scope.at]
        while (scope.strong or scope.flag != NEGATED) and scope.flag & _UNMEANT and at < count:
            if tokens.sentence[at] != sentence or tokens.words[at] in _TURNS or reached.get(at) == sentence:
                break
            meant[at], reached[at] = False, sentence
            at += 1
    return meant


def _said(tokens: Tokens, meant: Sequence[bool], piece: Piece) -> Iterator[str]:
    here = slice(piece.first, piece.last)
    for word, counts in zip(tokens.words[here], meant[here], strict=True):
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
    tokens: Tokens,
    found: Sequence[Found],
    context: Context,
    words: Mapping[str, Lexicon],
    weights: Mapping[str, Weight],
) -> tuple[Danger, ...]:
    """An uncertain danger over the piece of the text that sounds most like one, or nothing."""
    meant = _meant(tokens, context)
    looked = [(piece, _named(tokens, found, meant, words, piece)) for piece in pieces(tokens)]
    if not looked:
        return ()
    piece, names = max(looked, key=lambda one: chance(one[1], weights))
    flag = nearest(names, weights) if chance(names, weights) >= _SURE else ""
    return (Danger(flag, False, tokens.starts[piece.first], tokens.ends[piece.last - 1], guessed=True),) if flag else ()


def pieces(tokens: Tokens) -> list[Piece]:
    """A short text as a whole, then its sentences, the long ones in overlapping pieces; none of fewer than `_LEAST` words."""
    whole = Piece(0, len(tokens))
    out = [whole] if _length(tokens, whole) <= _SHORT else []
    starts = [at for at in range(len(tokens)) if at == 0 or tokens.sentence[at] != tokens.sentence[at - 1]]
    for first, last in pairwise([*starts, len(tokens)]):
        step = _PIECE if last - first <= _PIECE else _PIECE // 2
        out += [Piece(at, min(at + _PIECE, last)) for at in range(first, max(last - _PIECE // 2, first + 1), step)]
    return [piece for piece in dict.fromkeys(out) if _length(tokens, piece) >= _LEAST]


def _length(tokens: Tokens, piece: Piece) -> int:
    return sum(word[0].isalnum() for word in tokens.words[piece.first : piece.last])


def nearest(names: set[str], weights: Mapping[str, Weight]) -> str:
    """The flag that most of what speaks for danger speaks for; "" when nothing does."""
    votes: dict[str, float] = {}
    for name in sorted(names & weights.keys()):
        one = weights[name]
        if one.flag and one.weight > 0:
            votes[one.flag] = votes.get(one.flag, 0.0) + one.weight
    return max(votes, key=lambda flag: votes[flag]) if votes else ""
