"""For whom the visit is: the visitor, a child or somebody else, as plain words tell it."""

from __future__ import annotations

import re

from bot.domain import answers, spanish_answers
from bot.domain.intake import Intake
from bot.domain.said import Said

_AGED = r"(?:\d{1,3}[ -](?:years?|yrs?|months?)[ -]old |\w+ )?"
_RELATIVE = r"husband|wife|partner|mum|mom|mother|dad|father|gran\w*|nan|friend|brother|sister"
CHILD = re.compile(
    rf"\bmy {_AGED}(?:son|daughter|child|kid|boy|girl|baby|toddler|teenager|little one)(?:'?s)?\b", re.IGNORECASE
)
OTHER = re.compile(
    rf"\b(?:my {_AGED}(?:{_RELATIVE}|parents?)|(?:someone|somebody) else|him|her|them)\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(i|i'm|im|my|me|mi|mis|yo|necesito|quiero|quisiera|tengo|estoy|busco)\b", re.IGNORECASE)
_FOR_OTHER = re.compile(rf"\bfor\s+{OTHER.pattern}", re.IGNORECASE)
_FOR_CHILD = re.compile(rf"\bfor\s+{CHILD.pattern}", re.IGNORECASE)
_PARA = re.compile(r"\bpara (?:(?:mi|mis|nuestr[oa]s?|un|una|otra|alguien|[eé]l|ella)\b)", re.IGNORECASE)
_IS_FOR = re.compile(
    rf"\b(?:it'?s|it is|this is|that'?s|the (?:massage|visit|appointment|booking) is|booking|not) for (?:me|myself|{OTHER.pattern}|{CHILD.pattern})"
    r"|\b(?:es|ser[ií]a|la cita es|el masaje es|la quiero) para (?:m[ií]\b|mi |nuestr|otra persona|[eé]l\b|ella\b)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:him|her|them)\b", re.IGNORECASE)
_WANTS = re.compile(
    r"(?:'s| is| has been)? (?:needs?|wants?|could do with|would (?:like|love)|looking for|asked for|deserves?|requires?)"
    r"(?: to (?:have|get|book|come))?(?: \w+){0,3} (?:massage|appointment|treatment|session|visit|help with)\b",
    re.IGNORECASE,
)
_BOOKED_FOR = re.compile(r"\b(?:for|book(?:ing)?|appointment|he|she|his|her|they)\b", re.IGNORECASE)


def says_whom(said: Said) -> bool:
    """True for "it's for my husband actually", whenever it comes."""
    return bool(_IS_FOR.search(said.text)) and not answers.is_question(said.text)


def whose(text: str, known: str | None) -> str | None:
    """ "child" or "other", as a text names somebody; "her" means the child when that is whose visit it is."""
    if CHILD.search(text):
        return "child"
    without = _PRONOUN.sub("", text) if known == "child" else text
    return "other" if OTHER.search(without) else None


_THEIRS = re.compile(
    rf"^\W*(?:(?:hi|hello|hey|so|well|ok|yes|it'?s|hola|buen[oa]s?|d[ií]as|tardes|noches|s[ií]|pues)\W+)*(?P<who>{CHILD.pattern}|my {_AGED}(?:{_RELATIVE})\b"
    r"|(?:a )?(?:mi|nuestr[oa])s? (?:hij[oa]s?|niñ[oa]s?|nen[ea]s?|espos[oa]|marido|mujer|pareja|madre|padre|mam[aá]|pap[aá]|abuel[oa]|herman[oa]|suegr[oa]|amig[oa])\b)",
    re.IGNORECASE,
)
_LE_DUELE = re.compile(
    r"\ba (?:mi|nuestr[oa]) (?P<who>\w+) (?:\w+ ){0,6}?(?:le|se le) (?:duele|molest|da|ha)", re.IGNORECASE
)
_I = re.compile(r"\b(?:i|i'?m|i'?ve|i'?d|me|myself|we|us|yo|me|tengo|estoy|necesito|quiero|nos)\b", re.IGNORECASE)
_OWN_ACHE = re.compile(
    r"\bi(?:'ve| have|'m)? (?:got |have |had )?(?:hurt|hurting|pulled|strained|twisted|sprained|injured|tweaked|wrenched) my\b|\bme (?:duelen?|molestan?|he (?:hecho|lesionado|torcido))\b",
    re.IGNORECASE,
)
_MY = re.compile(r"\b(?:my|mi|mis)(?: (?:left|right|lower|upper|poor|whole|entire|other))*\s*$", re.IGNORECASE)


def aches_oneself(said: Said) -> bool:
    """True for "my back hurts from carrying my daughter": the ache is of who writes, whoever else is named."""
    if _OWN_ACHE.search(said.text):
        return True
    return any(
        said.text[m.start :].lower().startswith(("my ", "mi ", "mis ")) or bool(_MY.search(said.text[: m.start]))
        for m in said.of("site")
    )


def _speaks_of(said: Said) -> str | None:
    """ "child" or "other" when a relative is who it is about: "my 14 year old son hurt his ankle", "a mi hija le duele …"."""
    found = _THEIRS.search(said.text)
    if (found is None or _I.search(said.text)) and (found := _LE_DUELE.search(said.text)) is None:
        return None
    return "child" if CHILD.search(found["who"]) else spanish_answers.whom(f"mi {found['who']}") or "other"


def _implied(intake: Intake, said: Said) -> str | None:
    """Whose ache is told, while nobody has said for whom the visit is; a relative's danger alone tells no visit."""
    said_so = says_whom(said) or _FOR_CHILD.search(said.text) or _FOR_OTHER.search(said.text)
    if intake.facts.get("for_whom") is not None or said_so or said.other_danger or not said.tells_something:
        return None
    return "self" if aches_oneself(said) else _speaks_of(said)


def take(intake: Intake, said: Said) -> bool:
    """A child or another person only when the visit is plainly for them; "I" and "my" with an ache mean the visitor."""
    named = whose(said.text, intake.facts.get("for_whom"))
    child, other = CHILD.search(said.text), OTHER.search(said.text) if named == "other" else None
    spanish = spanish_answers.whom(said.text)
    if spanish in ("child", "other") and (_PARA.search(said.text) or said.of_somebody_else):
        intake.know("for_whom", spanish, said.words())
    elif (meant := _implied(intake, said)) is not None:
        intake.know("for_whom", meant, said.words())
    elif child and (_BOOKED_FOR.search(said.text) or said.of_somebody_else):
        intake.know("for_whom", "child", said.words())
    elif other and (
        _FOR_OTHER.search(said.text)
        or _WANTS.match(said.text[other.end() :])
        or (said.of_somebody_else and _BOOKED_FOR.search(said.text))
    ):
        intake.know("for_whom", "other", said.words())
    elif (
        not child
        and not OTHER.search(said.text)
        and _SELF.search(said.text)
        and (said.tells_something or says_whom(said))
    ):
        intake.know("for_whom", "self", said.words())
    else:
        return False
    return True
