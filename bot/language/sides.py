"""Left, right or both: finds the side words that belong to a body site and widens the site to them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

_SIDES = {
    "left": "left", "right": "right", "both": "both", "bilateral": "both", "lt": "left", "rt": "right", "lhs": "left", "rhs": "right",
    "l": "left", "r": "right", "leftie": "left", "either": "both", "bilaterally": "both",
    "lefthand": "left", "righthand": "right",
}  # fmt: skip
# May stand between a side and its site: "left-hand side of my lower neck".
_BETWEEN = word_set(
    "hand handed side sides sided of my the me lower upper inner outer front back top bottom side's and or part half",
    "whole entire inside outside big little ring index middle pinky side, mid rear a on in both his her their old",
    "bad sore dodgy painful poor lateral medial anterior posterior distal proximal",
)
# "right" as an adverb or "correct" is no side.
_NOT_SIDE_AFTER = word_set(
    "now away after before here there through where behind below above beside between near when as up down",
)
_NOT_SIDE_BEFORE = word_set(
    "all that's thats is quite alright that's that not you're feel feels doesn't isn't",
)
_PLURALS = word_set(
    "knees hips shoulders ankles wrists elbows calves thighs feet hands legs arms hamstrings heels shins forearms",
    "glutes buttocks quads soles traps groins temples armpits biceps triceps kneecaps hammies hams delts pecs",
    "collarbones forearms adductors",
)
_HALVES = frozenset({"lower", "upper", "inner", "outer"})
_REACH = 6


@dataclass(frozen=True, slots=True)
class Sided:
    """A side and the words that say it."""

    side: str
    first: int
    last: int


def side_words(tokens: Tokens) -> list[Sided]:
    """Every word of the text that names a side."""
    words = tokens.words
    out = []
    for at, word in enumerate(words):
        side = _SIDES.get(word)
        if side is None or (side == "right" and _adverb(words, at)):
            continue
        if side == "left" and _departed(words, at):
            continue
        bracketed = words[at - 1 : at] == ["("] and words[at + 1 : at + 2] == [")"]  # "wrist (R)"
        named = at + 1 < len(words) and words[at + 1].isalpha() and len(words[at + 1]) > 2
        if word in ("l", "r") and not (bracketed or named):
            continue
        if (
            word == "both"
            and words[at + 1 : at + 2] in (["of"], ["my"])
            and words[at + 2 : at + 3] in (["us"], ["parents"])
        ):
            continue
        out.append(Sided(side, at, at + 1))
    return out


def _departed(words: list[str], at: int) -> bool:
    """ "I left the house", "they left work"."""
    before, after = words[max(0, at - 1) : at], words[at + 1 : at + 2]
    leaving = before and before[0] in ("have", "has", "i", "i've", "he", "she", "they", "just", "was")
    return bool(leaving and after and after[0] in ("the", "my", "it", "a", "work"))


def _adverb(words: list[str], at: int) -> bool:
    after = words[at + 1] if at + 1 < len(words) else ""
    before = words[at - 1] if at else ""
    if after == "in" and words[at + 2 : at + 3] in (["the"], ["my"], ["between"]):
        return before not in ("my", "the")
    return after in _NOT_SIDE_AFTER or before in _NOT_SIDE_BEFORE or (after == "at" and before != "my")


def of_site(tokens: Tokens, sides: list[Sided], first: int, last: int) -> tuple[str | None, int, int]:
    """The side of the site at words `first`..`last`, and the words from side to site."""
    words = tokens.words
    inside = [s for s in sides if s.first >= first and s.last <= last]
    if inside:
        return inside[0].side, first, last
    before = [s for s in sides if s.last <= first and first - s.last <= _REACH and _leads_to(words, s, first)]
    if before:
        nearest = before[-1]
        others = {s.side for s in before}
        side = "both" if {"left", "right"} <= others or "both" in others else nearest.side
        return side, min(s.first for s in before), last
    after = [s for s in sides if s.first >= last and s.first - last <= 5 and _follows(words, last, s.first)]
    if after:
        sided = after[0]
        both = len(after) > 1 and after[1].side != sided.side and after[1].first - sided.last <= 2
        return ("both" if both else sided.side), first, last
    afar = next((s for s in sides if s.first >= last and _said_later(tokens, last, s)), None)
    if afar:
        return afar.side, first, last
    if words[last - 1] in _PLURALS and all(word in _HALVES for word in words[first : last - 1]):
        return "both", first, last
    return None, first, last


def _leads_to(words: list[str], sided: Sided, end: int) -> bool:
    """ "left lower leg"; not "neck on the left, hip ...", where the side closes what stands before it."""
    closes = words[sided.first - 2 : sided.first] in (["on", "the"], ["on", "my"]) and "," in words[sided.last : end]
    return not closes and _only_between(words, sided.last, end)


def _only_between(words: list[str], start: int, end: int) -> bool:
    return all(word in _BETWEEN or word in _SIDES or word in ("-", ",", "/", "(", ")") for word in words[start:end])


_LATER = 7  # words between a site and "on the left"
_NOT_LATER = word_set("and but or while when then . , ; not")


def _said_later(tokens: Tokens, start: int, sided: Sided) -> bool:
    """ "my groin is pulling on the right": the end of the statement says the side, and names no other part."""
    words, at = tokens.words, sided.first
    closes = at + 1 == len(words) or words[at + 1] in ("side", ".", ",", ";", "and", "!", "?", "hand", "only")
    said = words[at - 2 : at] == ["on", "the"] or words[at - 2 : at] == ["on", "my"]
    same = at - start <= _LATER and tokens.sentence[start - 1] == tokens.sentence[at]
    return said and closes and same and not any(word in _NOT_LATER for word in words[start:at])


_JOINS = frozenset({"and", ","})
_OWN = word_set(
    "side sides one ones of but and when more mainly mostly hand handed only worse is are too as especially"
)
_FOLLOWING = word_set(
    "( , - on the my side hand of it's is its mostly mainly only just more that's worse to at it in and one outside inside bit",
    "part area bone base joint",
)
_CLOSING = frozenset({"side", "one", ",", ".", ")", ";"})
_ACHING = word_set("pain pains ache aches aching sore hurts hurt")


_TAIL_BEFORE = word_set("the on my mostly mainly just only it's its")


def at_the_end(tokens: Tokens, sides: list[Sided], sentence: int) -> Sided | None:
    """The side that a sentence ends with: "pain from my hip to my ankle, left side"; it is that of every place named before."""
    words = tokens.words
    for sided in sides:
        if tokens.sentence[sided.first] != sentence:
            continue
        before, after = sided.first - 1, sided.last
        while before > 0 and words[before] in _TAIL_BEFORE:
            before -= 1
        while after < len(words) and words[after] in ("side", "one", "sides", "hand", "-", ")", "only"):
            after += 1
        # "heel, left, three months"; ", right," is also a filler
        apart = words[after : after + 1] == [","] and sided.side == "left"
        ends = after == len(words) or words[after] in (".", "!", ";") or apart
        if ends and before > 0 and words[before] in (",", "(", "-", "–"):
            return sided
    return None


def _follows(words: list[str], start: int, at: int) -> bool:
    """ "knee (left)", "hip on the right side", "shoulder, mostly the left"."""
    joined = not _JOINS.isdisjoint(words[start:at])
    if joined and words[at + 1 : at + 2] and words[at + 1].isalpha() and words[at + 1] not in _OWN:
        return False  # "lower back and both hips": the side is the next site's
    between = words[start:at]
    following = words[at + 1] if at + 1 < len(words) else "."
    if not _ACHING.isdisjoint(between) and following not in _CLOSING:
        return False  # "neck pain left arm numb": the side is the next site's
    return all(word in _FOLLOWING or word in _ACHING for word in between) and (
        at - start > 0 or words[at] in ("both", "lhs", "rhs", "bilaterally", "left", "right")
    )
