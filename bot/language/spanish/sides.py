"""Left, right or both in Spanish: the side stands after the site ("rodilla izquierda") or names a half ("lado derecho del cuello")."""

from __future__ import annotations

from bot.language.sides import Sided
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

_SIDES = {
    **dict.fromkeys(word_set("izquierdo izquierda izquierdos izquierdas izq izqda izqdo izda izdo"), "left"),
    **dict.fromkeys(word_set("derecho derecha derechos derechas der dcha dcho drcho drcha"), "right"),
    **dict.fromkeys(word_set("ambos ambas bilateral bilaterales"), "both"),
}
_TWO = frozenset({"dos", "2"})
# Between a site and the side after it, and between a side and the site after it.
_AFTER = word_set(
    "( , - a del de la el lado en mi es sobre todo mas que solo solamente parte al costado hacia : y me duele duelen"
)
_BEFORE = word_set("de del la el mi lado parte costado los las mis un una su sus lateral baja alta superior inferior")
_PLURALS = word_set(
    "rodillas caderas hombros tobillos munecas codos pantorrillas gemelos muslos pies manos piernas brazos talones espinillas",
    "antebrazos gluteos nalgas cuadriceps plantas trapecios ingles sienes axilas biceps triceps isquiotibiales femorales",
    "chamorros batatas canillas pompis cachetes",
)
_STRAIGHT = word_set("todo sigo recto camino estudio estudiante abogado tengo por")
_REACH = 6


def side_words(tokens: Tokens) -> list[Sided]:
    """Every word of the text that names a side: "las dos" and "ambos" too."""
    words, out = tokens.words, []
    for at, word in enumerate(words):
        if word in _TWO and at and words[at - 1] in ("las", "los", "mis"):
            out.append(Sided("both", at - 1, at + 1))
        side = _SIDES.get(word)
        if side and not (word == "derecho" and at and words[at - 1] in _STRAIGHT):
            out.append(Sided(side, at, at + 1))
    return out


def of_site(tokens: Tokens, sides: list[Sided], first: int, last: int) -> tuple[str | None, int, int]:
    """The side of the site at words `first`..`last`, and the words from site to side."""
    words = tokens.words
    inside = [s for s in sides if s.first >= first and s.last <= last]
    if inside:
        return inside[0].side, first, last
    after = [s for s in sides if last <= s.first <= last + _REACH and all(w in _AFTER for w in words[last : s.first])]
    before = [
        s for s in sides if s.last <= first <= s.last + _REACH and all(w in _BEFORE for w in words[s.last : first])
    ]
    if before and before[-1].side == "both":  # "los dos codos, más el izquierdo"
        return "both", before[-1].first, last
    if after:
        end, side = after[0].last, after[0].side
        if len(after) > 1 and words[end : end + 1] in (["y"], ["e"]) and after[1].side != side:
            return "both", first, after[1].last
        return side, first, end
    if before:
        return before[-1].side, before[-1].first, last
    return ("both" if words[last - 1] in _PLURALS and first == last - 1 else None), first, last
