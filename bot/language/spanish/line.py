"""A text's words as one line with single blanks, so that a pattern can be written as it is said, and found again in the words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Line:
    """The words, framed and parted by single blanks, and where each begins."""

    text: str
    begins: list[int]

    @classmethod
    def of(cls, tokens: Tokens) -> Line:
        """Sentences are parted by `|`, which no pattern crosses."""
        parts, begins, at = [" "], [], 1
        for index, word in enumerate(tokens.words):
            if index and tokens.sentence[index] != tokens.sentence[index - 1]:
                parts.append("| ")
                at += 2
            begins.append(at)
            parts.append(word + " ")
            at += len(word) + 1
        return cls("".join(parts), begins)

    def find(self, pattern: re.Pattern[str]) -> Iterator[tuple[re.Match[str], int, int]]:
        """Each match with its first word and the word after its last. A pattern begins and ends between words."""
        for match in pattern.finditer(self.text):
            yield match, *self.words(match.start(), match.end())

    def words(self, start: int, end: int) -> tuple[int, int]:
        """The words that lie between two places of the line."""
        first = max(0, bisect_right(self.begins, start) - 1)
        if self.begins[first] < start:
            first = min(first + 1, len(self.begins) - 1)
        return first, max(first + 1, bisect_right(self.begins, max(start, end - 1)))


def said(*phrases: str) -> str:
    """A group that matches any of these words, the longest first; a blank in a phrase is a blank in the line."""
    words = sorted({phrase for line in phrases for phrase in line.split("; ")}, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", " ") for word in words) + ")"
