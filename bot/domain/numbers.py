"""Whom to call or text in which country; numbers change, so each row says when it was last looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

CHECKED = "2026-11-23 (from memory, verify)"


@dataclass(frozen=True, slots=True)
class Lines:
    """The numbers of one country. `emergency` is what a phone dials; the rest are words with the number in them.

    crisis_call and crisis_text are kept apart: not every line takes both.
    """

    country: str
    emergency: str
    emergency_words: str
    nonurgent: str
    crisis_call: str
    crisis_text: str | None
    checked: str = CHECKED


NUMBERS: Mapping[str, Lines] = {
    lines.country: lines
    for lines in (
        Lines("US", "911", "911", "a nurse line", "988", "988"),
        Lines("CA", "911", "911", "811", "988", "988"),
        Lines("GB", "999", "999 or 112", "NHS 111", "Samaritans on 116 123", "SHOUT to 85258"),
        Lines("IE", "112", "112 or 999", "your GP out-of-hours service", "Samaritans on 116 123", "HELLO to 50808"),
        Lines(
            "EU", "112", "112", "your GP out-of-hours service", "your local crisis line, in many places 116 123", None
        ),
        Lines("AU", "000", "000", "healthdirect on 1800 022 222", "Lifeline on 13 11 14", "Lifeline on 0477 13 11 14"),
        Lines("NZ", "111", "111", "Healthline on 0800 611 116", "1737", "1737"),
        Lines("ES", "112", "112", "your health centre", "024", None),
        Lines("MX", "911", "911", "your health centre", "Línea de la Vida on 800 911 2000", None),
        Lines("AR", "107", "107 or 911", "your health centre", "135 or 0800 345 1435", None),
    )
}
# What a line asks of who wants to be helped in another language, in that language. Same date as the numbers.
_SPOKEN: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("US", "es"): {"crisis_call": "988 (marque el 2 para español)", "crisis_text": "la palabra AYUDA al 988"},
}
EVERYWHERE = Lines(
    "",
    "112",
    "your emergency number (911 in the US and Canada, 999 in the UK, 112 in Europe, 000 in Australia, 111 in New Zealand)",
    "a medical advice line",
    "a crisis line (988 in the US and Canada, 116 123 in the UK and Ireland, 13 11 14 in Australia, 1737 in New Zealand)",
    None,
)


def own_lines(country: str, settings: Mapping[str, str]) -> Lines:
    """The numbers of a country with what a clinic's settings say instead; unknown names raise TypeError."""
    return replace(lines_for(country), **settings)


def in_language(lines: Lines, language: str) -> Lines:
    """The numbers as they are used in a language; a clinic's own words stay as they are."""
    shipped = NUMBERS.get(lines.country, EVERYWHERE)
    spoken = _SPOKEN.get((lines.country, language), {})
    return replace(
        lines, **{key: words for key, words in spoken.items() if getattr(lines, key) == getattr(shipped, key)}
    )


_OTHER_NAMES = {"UK": "GB", "USA": "US"}
_EU_MEMBERS = "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IT LT LU LV MT NL PL PT RO SE SI SK"
_EU = frozenset(_EU_MEMBERS.split())


def lines_for(country: str | Lines) -> Lines:
    """The numbers of a country; of an unknown one: all of them in one sentence. A clinic's own `Lines` stay as they are."""
    if isinstance(country, Lines):
        return country
    name = country.strip().upper()
    return NUMBERS.get(name) or NUMBERS.get("EU" if name in _EU else _OTHER_NAMES.get(name, name), EVERYWHERE)
