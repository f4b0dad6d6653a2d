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
    )
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


_OTHER_NAMES = {"UK": "GB", "USA": "US"}
_EU_MEMBERS = "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IT LT LU LV MT NL PL PT RO SE SI SK"
_EU = frozenset(_EU_MEMBERS.split())


def lines_for(country: str | Lines) -> Lines:
    """The numbers of a country; of an unknown one: all of them in one sentence. A clinic's own `Lines` stay as they are."""
    if isinstance(country, Lines):
        return country
    name = country.strip().upper()
    return NUMBERS.get("EU" if name in _EU else _OTHER_NAMES.get(name, name), EVERYWHERE)
