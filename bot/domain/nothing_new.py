"""Tells when every word of a message is understood, so that nothing is left for a guess at danger to be about."""

from __future__ import annotations

import re

from bot.domain import answers, complaints
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.said import Said

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_UNDERSTOOD = ("intensity", "duration", "span", "when", "contact", "person")
_PLAIN_WORDS = (
    "a an the and or but of for in on at to my his her their your it it's its that that's this i i'd i'm me is are "
    "was were be am so no not yes ok okay oh sorry actually wait meant mean rather instead correction change "
    "changed make say said would think guess left right both side sides one ones pain score ache hurts hurt about "
    "around like maybe only just really more less now today again also too el la los las un una unos y e o pero de "
    "del en al mi mis su sus es son era está esta eso le yo sí si perdón perdon realidad espera espere quise quería "
    "queria decir digo mejor dicho más mas bien cambia cambie derecho derecha izquierdo izquierda ambos ambas lado "
    "dolor duele como solo sólo casi ahora hoy también tambien diría diria creo que "
)
_PLAIN = frozenset(_PLAIN_WORDS.split())


def all_understood(intake: Intake, said: Said) -> bool:
    """True for "actually it's the left one and the pain is a 5": sides, numbers and places known before, and no word besides."""
    places = said.of("site")
    if any(complaints.with_site(intake, str(place.value)) is None for place in places):
        return False
    known = [*places, *said.of(*_UNDERSTOOD)]
    words = list(_WORD.finditer(said.text))
    return bool(words) and all(_is_understood(word, known) for word in words)


def _is_understood(word: re.Match[str], known: list[Mention]) -> bool:
    if word.group().lower().replace("’", "'") in _PLAIN or answers.whole_numbers(word.group(), 0, 120):
        return True
    return any(one.start <= word.start() and word.end() <= one.end for one in known)
