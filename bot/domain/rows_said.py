"""A row of a question said in its own words is a tap in words: it means that row and nothing else that could be read in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Small words that people leave out or change when they say a row: "pain with my illness" for "pain with an illness".
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "your",
        "our",
        "his",
        "her",
        "i",
        "me",
        "you",
        "it",
        "to",
        "of",
        "or",
        "and",
        "un",
        "una",
        "el",
        "la",
        "los",
        "las",
        "mi",
        "mis",
        "su",
        "sus",
        "yo",
        "me",
        "lo",
        "al",
        "del",
        "de",
        "o",
        "y",
        "e",
        "que",
    ]
)
_NO = frozenset(
    ["no", "not", "never", "without", "none", "nor", "denies", "nope", "nunca", "sin", "ningún", "ninguna", "ni"]
)
# Words that one row alone may have and that still do not name it.
_NAME_NOTHING = frozenset(
    {
        "new", "now", "had", "have", "has", "been", "be", "is", "are", "was", "very", "bad", "so", "that", "this", "which", "with", "for",
        "in", "on", "at", "last", "past", "year", "years", "weeks", "days", "six", "feel", "some", "more", "can", "cannot", "those", "these", "whose",
        "them", "there", "other", "others", "all", "any", "over", "both", "everything", "anything", "nothing", "like", "else", "really", "please",
        "nuevo", "nueva", "ahora", "he", "ha", "tengo", "tuve", "muy", "mal", "mala", "en", "con", "por", "para", "año", "años",
        "semanas", "días", "último", "últimos", "puedo", "siento", "todo", "toda", "todos", "todas", "nada", "algo", "alguno",
    }
)  # fmt: skip
# "Lovely weather, isn't it?" denies nothing.
_TAG = re.compile(r"\b(?:is|are|was|do|does|did|has|have)n['’]t (?:it|they|he|she|you|we)\s*\?", re.IGNORECASE)
_ALIKE = 0.8  # of two words, so that a slip of the pen does not matter
_FULL = 0.85  # of a row's words must be there
_MOSTLY = 0.8  # of a short message must be words of the row
_LEAST = 3  # words, below which only the whole row counts


@dataclass(frozen=True, slots=True)
class Rows:
    """The values of the rows said, and where in the text (start, end) they stand."""

    values: tuple[Any, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()

    def covers(self, start: int, end: int) -> bool:
        """True when this stretch of the text stands within a row that was said, and so tells nothing of its own."""
        return any(left < end and start < right for left, right in self.spans)


NONE = Rows()


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int


def said(text: str, choices: Iterable[Mapping[str, Any]]) -> Rows:
    """The rows that a text says: whole, one after the other, or one of them for the most part."""
    tokens = [_Token(found.group().lower(), found.start(), found.end()) for found in _WORD.finditer(text)]
    tokens = [token for token in tokens if token.word not in _SMALL]
    labels = [(choice["value"], _words(str(choice["label"]))) for choice in choices]
    found = _whole(tokens, [row for row in labels if row[1]])
    found = found if found.values else _mostly(tokens, labels)
    own = sum(_denials(words) for value, words in labels if value in found.values)
    said_no = _denials(word.group().lower() for word in _WORD.finditer(_TAG.sub("", text)))
    return NONE if said_no > own else found


def _denials(words: Iterable[str]) -> int:
    """How often words deny something: "no new numbness between the legs" is not the row about numbness."""
    return sum(map(_denies, words))


def _denies(word: str) -> bool:
    return word in _NO or word.endswith(("n't", "n’t"))


def _words(label: str) -> list[str]:
    return [found.group().lower() for found in _WORD.finditer(label) if found.group().lower() not in _SMALL]


def _whole(tokens: Sequence[_Token], labels: Sequence[tuple[Any, list[str]]]) -> Rows:
    """Longest rows first, so that "pain" within a longer row is no row of its own."""
    free = [True] * len(tokens)
    values: list[Any] = []
    spans: list[tuple[int, int]] = []
    for value, words in sorted(labels, key=lambda row: -len(row[1])):
        at = _place(tokens, free, words, listing=bool(values))
        if at is None:
            continue
        values.append(value)
        spans.append((tokens[at].start, tokens[at + len(words) - 1].end))
        for place in range(at, at + len(words)):
            free[place] = False
    order = [value for value, _ in labels]
    return Rows(tuple(sorted(values, key=order.index)), tuple(spans))


def _place(tokens: Sequence[_Token], free: Sequence[bool], words: Sequence[str], *, listing: bool) -> int | None:
    """Where a row begins. A row of one or two words could stand in any sentence: it must be all, or follow another."""
    if len(words) < _LEAST and len(words) != len(tokens) and not listing:
        return None
    for at in range(len(tokens) - len(words) + 1):
        window = tokens[at : at + len(words)]
        if not all(free[at : at + len(words)]):
            continue
        same = sum(_alike(token.word, word) for token, word in zip(window, words, strict=True))
        if same >= _FULL * len(words):
            return at
    return None


def _mostly(tokens: Sequence[_Token], labels: Sequence[tuple[Any, list[str]]]) -> Rows:
    """The one row that a short message is about: "a blood clot in the past", or "illness" where one row alone has it."""
    scored = []
    if all(token.word in _NAME_NOTHING for token in tokens):
        return NONE
    for value, words in labels:
        shared = sum(any(_alike(token.word, word) for word in words) for token in tokens if not _denies(token.word))
        enough = shared * 2 >= len(words) if len(tokens) >= _LEAST else shared == len(tokens)
        if value not in ("none", "unsure") and shared and enough and shared >= _MOSTLY * len(tokens):
            scored.append((shared, shared / len(words), value))
    scored.sort(key=lambda row: row[:2], reverse=True)
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return NONE
    return Rows((scored[0][2],), ((tokens[0].start, tokens[-1].end),))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 2:
        return False
    return sorted(one) == sorted(other) or SequenceMatcher(None, one, other).ratio() >= _ALIKE
