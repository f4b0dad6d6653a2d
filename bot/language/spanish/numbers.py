"""Spanish numbers: digits with a decimal comma, words, halves, "un par de", "unos cuantos"; each as low and high."""

from __future__ import annotations

import re

from bot.language.spanish.line import said
from bot.language.wordlist import in_order

_ONES = in_order(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete",
    "dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete",
    "veintiocho veintinueve",
)
_TENS = {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90}
_MORE = {
    "un": 1,
    "una": 1,
    "cien": 100,
    "ciento": 100,
    "mil": 1000,
    "veintiun": 21,
    "veintiuna": 21,
    "medio": 0.5,
    "media": 0.5,
}
_WORDS: dict[str, float] = {**{word: number for number, word in enumerate(_ONES)}, **_TENS, **_MORE}
_VAGUE = {
    "un par de": (2, 3), "par de": (2, 3), "un par": (2, 3), "unos cuantos": (3, 8), "unas cuantas": (3, 8), "unos pocos": (2, 5),
    "unas pocas": (2, 5), "pocos": (2, 5), "pocas": (2, 5), "algunos": (2, 6), "algunas": (2, 6), "varios": (3, 7), "varias": (3, 7),
    "muchos": (4, 20), "muchas": (4, 20), "un monton de": (4, 20), "media docena de": (6, 6), "una docena de": (12, 12),
    "un cuarto de": (0.25, 0.25), "tres cuartos de": (0.75, 0.75),
}  # fmt: skip
_HIGHEST = 1_000_000.0

PLAIN = (
    rf"(?:\d{{1,7}}(?:\.\d{{1,3}})?(?: , \d(?!\d))?|½|{said(*_TENS)} y {said(*_ONES[1:10], 'un', 'una')}"
    rf"|{said(*_ONES, *_TENS, *_MORE)})"
)
ANY = rf"(?:{said(*_VAGUE)}|{PLAIN})"


def value(words: str) -> tuple[float, float]:
    """Low and high of what `ANY` matched."""
    if words in _VAGUE:
        return _VAGUE[words]
    number = _number(words)
    return number, number


def _number(words: str) -> float:
    if words == "½":
        return 0.5
    if words[0].isdigit():
        whole = re.fullmatch(r"(\d{1,3})\.(\d{3})", words)
        digits = whole.group(1) + whole.group(2) if whole else words.replace(" , ", ".")
        return min(float(digits), _HIGHEST)
    tens, _, ones = words.partition(" y ")
    return _WORDS[tens] + (_WORDS[ones] if ones else 0)
