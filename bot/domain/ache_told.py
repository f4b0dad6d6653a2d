"""Takes what a message tells of one complaint: its places, time, score, cause, limits and kind of pain."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.domain import answers, complaints, questions, sites, spanish_answers
from bot.domain.complaints import field
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.record import RANGES
from bot.domain.said import Said
from bot.domain.speech import ENGLISH, language_of
from bot.domain.taken_back import IN_STEAD, LONE_SCORE, NO_BETWEEN

_SIDES = (
    ("both", r"\bboth\b|\beach side\b|\beither\b"),
    ("left", r"\bleft\b"),
    ("right", r"\bright\b(?! now| away| after)"),
)
_ONSETS = ("gradual", "sudden", "overuse", "injury", "post_op")
_CAUSE_ONSET = {
    "fall": "injury", "crash": "injury", "accident": "injury", "twist": "injury", "sprain": "injury", "strain": "injury", "injury": "injury", "blow": "injury",
    "sport": "injury", "overuse": "overuse", "work": "overuse", "desk": "overuse", "computer": "overuse", "training": "overuse", "running": "overuse", "gym": "overuse",
    "lifting": "sudden", "surgery": "post_op", "sudden": "sudden", "gradual": "gradual", "posture": "gradual", "sleep": "sudden", "sleeping": "sudden", "stress": "gradual",
}  # fmt: skip
_ITS_OBJECT = re.compile(
    r"\s*(?:up |down |over )?(?:(?:my|her|his|their|the|both|your) )?(?:left |right )?", re.IGNORECASE
)


def take_sites(intake: Intake, said: Said, at: int = 1, *, named: Sequence[Mention] = (), anew: bool = False) -> bool:
    """The places named, added to those known; with `anew` they take their stead."""
    found = [m for m in (named or said.of("site")) if not no_place(said, m)]
    entries = [{"site": m.value, "side": _side_of(said, m)} for m in found if m.value in sites.SITES]
    if not entries:
        return False
    old = [] if anew else intake.facts.get(field("sites", at)) or []
    set_sites(intake, merged(old, entries), said.words(found[0]), at)
    return True


def _side_of(said: Said, place: Mention) -> str | None:
    """The side of a place; a neck takes none from the left wrist beside it."""
    if sites.paired(str(place.value)):
        return place.side
    before = said.text[max(0, place.start - 24) : place.start]
    own = side(said.text[place.start : place.end]) or (side(before) if _SIDE_OF.search(before) else None)
    return place.side if own else None


_SIDE_OF = re.compile(r"\bside of (?:my |the |his |her )?$", re.IGNORECASE)


def set_sites(intake: Intake, entries: Sequence[Mapping[str, Any]], words: Mapping[str, Any], at: int = 1) -> None:
    """The places of a complaint as they are from now on; a side that is still missing will be asked."""
    kept = [{"site": entry["site"], "side": entry.get("side")} for entry in entries]
    intake.know(field("sites", at), kept, words)
    if field("side", at) in intake.settled:
        intake.settled.remove(field("side", at))
    if not questions.missing_sides(intake, at):
        intake.settle(field("side", at))


NOT_THIS = re.compile(
    r"\b(?:not|isn'?t|never|instead of|rather than)(?: in| on)?(?: the| my| his| her)?\s*$"
    r"|\b(?:no(?: es| era| son| fue)?(?: en)?|en (?:vez|lugar) del?) ?(?:el|la|los|las|mi|mis)?\s*$",
    re.IGNORECASE,
)
_NO_BACK = re.compile(
    r"\b(?:i'?m|i am|im|be|been|come|came|coming|get|got|go|going|went|are you|call|text|write|hear|bring|right|way)\s*$",
    re.IGNORECASE,
)

_LOOKS_OVER = re.compile(
    r"\b(?:look\w*|glanc\w*|check\w*|see\w*|turn\w*)(?: back| round| around)? over\s*$|\b(?:mir\w+|ver) (?:hacia atr[aá]s )?por encima del?\s*$",
    re.IGNORECASE,
)


def no_place(said: Said, place: Mention) -> bool:
    """True for a place where it does not hurt.

    Such as the back of "I'm back", the knee of "not the knee", and the head of "can't turn my head", which cannot be done.
    """
    if NOT_THIS.search(said.text[: place.start]):
        return True
    before = said.text[: place.start]
    if (place.value == "back" and _NO_BACK.search(before)) or (
        place.value == "shoulder" and _LOOKS_OVER.search(before)
    ):
        return True
    return any(
        done.start < place.end and (place.start <= done.end or _ITS_OBJECT.fullmatch(said.text[done.end : place.start]))
        for done in said.mentions
        if done.kind == "function"
    )


def merged(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Old and new sites without doubles; a side told later completes a site told before."""
    out = [dict(entry) for entry in old]
    for entry in new:
        same = [known for known in out if complaints.same_place(known["site"], entry["site"])]
        if not same:
            out.append(dict(entry))
        elif same[0]["site"] != entry["site"]:
            same[0].update(_closer(same[0], entry))
        elif entry["side"] and not same[0]["side"]:
            same[0]["side"] = entry["side"]
        elif entry["side"] and entry["side"] not in [known["side"] for known in same]:
            same[0]["side"] = "both"
    return out


def _closer(known: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """Of "the back" and "the lower back" the closer one, with the side that either of them tells."""
    closer = known if complaints.is_part(known["site"], entry["site"]) else entry
    side = closer.get("side") or known.get("side") or entry.get("side")
    return {"site": closer["site"], "side": side if sites.paired(closer["site"]) else None}


def needs_side(entry: Mapping[str, Any]) -> bool:
    """True for a place that comes in pairs and was named without a side."""
    return sites.paired(entry["site"]) and not entry.get("side")


def side(text: str) -> str | None:
    """The side a text names, or None."""
    named = [name for name, pattern in _SIDES if re.search(pattern, text, re.I)]
    named_here = "both" if {"left", "right"} <= {*named} else next(iter(named), None)
    return named_here or spanish_answers.side(text)


def days(found: Mention) -> int:
    """One number of days for a range: its middle, so that neither end is favoured; at most what a record holds."""
    lo, hi = float(found.days_lo or 0), float(found.days_hi if found.days_hi is not None else found.days_lo or 0)
    return round(min((lo + hi) / 2, RANGES["duration_days"][1]))


def take_duration(intake: Intake, said: Said, at: int = 1) -> bool:
    """How long ago it began; of several times the longest."""
    told = [m for m in said.of("duration") if not vague(m) and not _in_passing(intake, said, m)]
    told = told or [m for m in _alone(said) if not vague(m)]
    found = told if _of_the_ache(intake, said) or _told_late(intake, said, at) else []
    if not found:
        return False
    longest = max(found, key=lambda m: m.days_hi or 0)
    if last_counts(intake, said):
        named = [
            m for m in said.mentions if m.kind in ("duration", "span")
        ]  # the "no" of "no wait" denies none of them
        longest = max(named, key=lambda m: m.start)
    intake.know(field("duration_days", at), days(longest), said.words(longest))
    return True


def lengths(said: Said) -> list[Mention]:
    """How long it has hurt, wherever that is told: durations, or a length that stands by itself."""
    return said.of("duration") or _alone(said)


def _alone(said: Said) -> list[Mention]:
    return [found for found in said.of("span") if _stands_alone(said, found)]


def _stands_alone(said: Said, found: Mention) -> bool:
    """True for the "3 weeks" of "neck pain, 3 weeks, 6/10" and of "neck 3 weeks, knee 2 months"."""
    before, after = said.text[: found.start], said.text[found.end :]
    behind_place = any(_ABOUT_SO_LONG.fullmatch(said.text[place.end : found.start]) for place in said.of("site"))
    begins = behind_place or re.search(r"[,;.]\s*(?:for |about |now )?$", before)
    return bool(begins and re.match(r"\s*(?:now)?\s*(?:[,;.]|$)", after))


_ABOUT_SO_LONG = re.compile(
    r"\s*[:=-]?\s*(?:(?:for|about|around|maybe|like|now|a|the last|unos|unas|hace|como)\s+)*", re.IGNORECASE
)


_SENTENCE = re.compile(r"[^.!?\n]+")
_BEGAN = re.compile(
    r"\b(start|began|begin|since|came on|happen|did it|hurt|felt|woke|empez|comenz|desde|pas[oó]|doli)", re.IGNORECASE
)


def _in_passing(intake: Intake, said: Said, found: Mention) -> bool:
    """True for the "today" of a sentence that says nothing of the ache, nor that anything began: "lovely weather today"."""
    if (found.days_hi or 0) > 1 or (intake.open_field or "").startswith("duration_days"):
        return False
    place = next((one for one in _SENTENCE.finditer(said.text) if one.start() <= found.start < one.end()), None)
    if place is None or _BEGAN.search(place[0]) or _HAD.search(place[0]):
        return False
    about = said.of("site", "quality", "intensity", "cause", "function", "finding")
    return not any(place.start() <= one.start < place.end() for one in about)


_CHRONIC_DAYS = 90


def vague(found: Mention) -> bool:
    """True for "ages" and "months": so wide that nobody can tell whether it is long-lasting pain; it is asked once more."""
    lo, hi = found.days_lo or 0, found.days_hi if found.days_hi is not None else found.days_lo or 0
    return lo <= _CHRONIC_DAYS < hi and hi > 2 * max(lo, 1)


_HAD = re.compile(r"\bhad (?:it|this|that|them)\b|\bl[oa] tengo\b|\btengo esto\b", re.IGNORECASE)


def _told_late(intake: Intake, said: Said, at: int) -> bool:
    """True for "I've had it for 4 weeks, by the way" of who passed the question over."""
    name = field("duration_days", at)
    passed_over = name in intake.settled and intake.facts.get(name) is None
    return passed_over and bool(_HAD.search(said.text) or _BEGAN.search(said.text))


def _of_the_ache(intake: Intake, said: Said) -> bool:
    """True when the words are about the ache: "lovely weather today" tells no time of it."""
    open_field = (intake.open_field or "").partition("#")[0]
    about = said.of("site", "quality", "intensity", "cause", "function", "finding")
    return bool(about) or open_field in ("duration_days", "onset", "narrative", "sites", "read_back", "change")


def last_counts(intake: Intake, said: Said) -> bool:
    """True for "4, no wait, 6" and the English "4, no, 6"; the Spanish "4, no 6" keeps the first."""
    if IN_STEAD.search(said.text):
        return said.corrects
    return bool(NO_BETWEEN.search(said.text)) and language_of(intake.locale) == ENGLISH


def take_intensity(intake: Intake, said: Said, at: int = 1, found: Mention | None = None) -> bool:
    """The score now, on 0 to 10; of a range the upper end."""
    told = said.of("intensity")
    mention = found or (told[-1 if last_counts(intake, said) else 0] if told else None)
    if (mention is None or not _has_number(said, mention)) and (score := _lone_score(intake, said, at)) is not None:
        intake.know(field("nrs", at), score, said.words())
        return True
    if mention is None or mention.hi is None or _is_an_age(said, mention):
        return False
    intake.know(field("nrs", at), min(10, math.ceil(mention.hi)), said.words(mention))
    return True


def _has_number(said: Said, found: Mention) -> bool:
    return bool(answers.whole_numbers(said.text[found.start : found.end], 0, 10))


def _lone_score(intake: Intake, said: Said, at: int) -> int | None:
    """ "…, un 4, …" and "pretty bad, like 7": a number by itself after a comma, where one complaint is told of."""
    found = LONE_SCORE.search(said.text)
    told_of = {m.value for m in said.of("site")}
    if (
        found is None
        or not complaints.sites_of(intake, at)
        or (len(told_of) > 1 and len(complaints.numbers(intake)) > 1)
    ):
        return None
    return answers.whole_number(found["score"], 0, 10)


def _is_an_age(said: Said, found: Mention) -> bool:
    """True for the 40 of "I'm 40, by the way", said where the score was asked."""
    words = said.text[found.start : found.end]
    return "/" not in words and words.isdigit() and str(answers.age_said(said.text)) == words


# "I lift boxes at work all day": done again and again, no sudden strain.
_AGAIN_AND_AGAIN = re.compile(
    r"\b(?:all day|every ?day|daily|always|a lot|for a living|my (?:job|work)|at work|i work|constantly|todo el d[ií]a|todos los d[ií]as"
    r"|siempre|a diario|(?:mi|en el) trabajo|trabajo (?:carg|levant|de|en|como))",
    re.IGNORECASE,
)


def _onset_in(said: Said, mention: Mention) -> str | None:
    onset = onset_of(mention)
    again = mention.value == "lifting" and onset == "sudden" and _AGAIN_AND_AGAIN.search(said.text)
    return "overuse" if again else onset


def onset_of(mention: Mention) -> str | None:
    """How it began, as a cause or finding tells it."""
    told = mention.detail.get("onset") if mention.detail else None
    value = str(told or mention.value)
    return value if value in _ONSETS else _CAUSE_ONSET.get(value)


# "Tennis elbow" and "runner's knee" are names.
_NAMES_AN_ACHE = re.compile(
    r"(?:er)?(?:['’]?s['’]?)? (?:elbow|knee|toe|thumb|shoulder|neck|wrist|heel)\b", re.IGNORECASE
)
# What makes an ache worse or better began nothing: "worse when I sit at work".
_MAKES_WORSE = re.compile(
    r"\b(?:worse|worst|better|easier|aggravated|flares?(?: up)?|peor|mejor|empeora|mejora)(?: (?:when|whenever|while|with|if|at|on|by|cuando|si|al|con))\b[^.;,!?]*$",
    re.IGNORECASE,
)
_SLEEP = ("sleep", "sleeping")  # says less of how it began than "gradually" beside it


def _within(found: Mention, other: Mention) -> bool:
    return other.start <= found.start and found.end <= other.end


def _of_no_ache(intake: Intake, said: Said, found: Mention) -> bool:
    """True for the stress of who wants to relax and has named no place that hurts."""
    return found.value == "stress" and not said.of("site") and not any(complaints.every_site(intake))


_UNRELATED = re.compile(
    r"\b(?:nothing to do with|unrelated|not related|isn'?t related|not because of|not the (?:cause|reason)|no tiene (?:nada )?que ver|nada que ver|no es por eso)\b",
    re.IGNORECASE,
)
# "Too much", said of a pain or a price, tells no overuse.
_A_LOT = re.compile(r"\W*(?:way |far |a bit )?(?:too|so) much\W*|\W*demasiado\W*", re.IGNORECASE)


def take_cause(intake: Intake, said: Said, at: int = 1) -> bool:
    """How it began; of several causes the gravest."""
    stopped = said.of("function")  # the sleep of "can't sleep" began nothing
    told = [m for m in said.of("cause", "finding") if onset_of(m) and not any(_within(m, one) for one in stopped)]
    told = [m for m in told if m.value in _ONSETS or not _MAKES_WORSE.search(said.text[: m.start])]
    told = [m for m in told if not _NAMES_AN_ACHE.match(said.text[m.end :])]
    named = [m for m in told if m.value in _ONSETS and m.value in ("gradual", "sudden")]
    found = [m for m in told if not (named and m.value in _SLEEP) and not _of_no_ache(intake, said, m)]
    asked = complaints.base(intake.open_field or "") == "onset"
    if not found or (_A_LOT.fullmatch(said.text) and not asked) or _UNRELATED.search(said.text):
        return False
    order = ("injury", "post_op", "overuse", "sudden", "gradual")
    strongest = min(found, key=lambda m: order.index(_onset_in(said, m) or "gradual"))
    intake.know(field("onset", at), _onset_in(said, strongest), said.words(strongest))
    intake.facts[field("cause", at)] = said.text[strongest.start : strongest.end]
    return True


STOPS_NOTHING = re.compile(
    r"\b(?:does(?:n'?t| not)|do(?:n'?t| not)|is(?:n'?t| not)|not|never) (?:really |actually |even )?(?:stop|stopping|limit|limiting|prevent|preventing)(?:s|ed)? me\b(?! from (?:\w+ing))(?: (?:from )?doing (?:anything|things|stuff|what i want))?(?=\s*(?:[.,;!]|$|and\b|but\b|at all\b|though\b))"
    r"|\bi can (?:still )?do (?:everything|anything|all)\b|\bno me (?:impide|limita)(?: hacer)?(?: nada)?(?=\s*(?:[.,;!]|$|y\b))|\bpuedo hacer (?:de )?todo\b",
    re.IGNORECASE,
)


def take_function(intake: Intake, said: Said, at: int = 1) -> bool:
    """What cannot be done any more."""
    found = said.of("function")
    if not found and STOPS_NOTHING.search(said.text):
        intake.know(field("function_limited", at), False, said.words())
        return True
    if not found:
        return False
    intake.facts[field("function", at)] = said.text[found[0].start : found[0].end]
    intake.know(field("function_limited", at), True, said.words(found[0]))
    return True


def take_quality(intake: Intake, said: Said, at: int = 1) -> bool:
    """How it feels, added to what was told before."""
    found = said.of("quality")
    if not found:
        return False
    name = field("quality", at)
    intake.facts[name] = list(dict.fromkeys([*(intake.facts.get(name) or []), *(m.value for m in found)]))
    intake.quote(name, said.words(found[0]))
    return True


TAKERS: Mapping[str, Callable[[Intake, Said, int], bool]] = {
    "sites": take_sites,
    "duration_days": take_duration,
    "nrs": take_intensity,
    "onset": take_cause,
    "function_limited": take_function,
    "quality": take_quality,
}
