"""Reads how long ago something began, how long it has lasted, and any other length of time, as ranges of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.mention import Mention
from bot.language import days, numbers
from bot.language.context import Context, said
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

_SECOND, _MINUTE, _HOUR = 1 / 86400, 1 / 1440, 1 / 24
_UNITS: dict[str, float] = {}
for _names, _length in (
    ("second seconds sec secs s", _SECOND), ("minute minutes min mins minuets m", _MINUTE), ("hour hours hr hrs h", _HOUR),
    ("day days night nights nite nites d morning mornings afternoon afternoons evening evenings weekday weekdays workday workdays", 1),
    ("week weeks wk wks w", 7), ("weekend weekends", 2), ("fortnight fortnights", 14),
    ("month months mth mths mo mos mnth mnths", 30.4), ("quarter quarters", 91), ("season seasons", 91),
    ("year years yr yrs y yeras", 365), ("decade decades", 3650), ("century centuries", 36500),
):  # fmt: skip
    _UNITS |= dict.fromkeys(_names.split(), _length)
_VAGUE_PLURAL = {
    "minutes": (2, 20), "mins": (2, 20), "hours": (2, 10), "hrs": (2, 10), "days": (2, 7), "nights": (2, 7), "weeks": (2, 7), "wks": (2, 7),
    "months": (2, 11), "mths": (2, 11), "years": (2, 12), "yrs": (2, 12), "decades": (1, 4), "centuries": (1, 2),
}  # fmt: skip
_NEEDS_DIGIT = word_set(
    "s m h d w y",
)  # "3h", never "h"
_A = word_set(
    "a an one the this that whole entire full past last",
)
_QUALIFIERS = word_set(
    "full whole entire long good solid straight consecutive business working calendar short more or so school light",
    "work odd",
)
_ABOUT = word_set(
    "about around roughly approximately approx maybe probably like say some nearly almost just only well at least",
    "over under more less than up to between upwards of the a good little bit close perhaps exactly i think",
    "honestly nearly coming on um uh",
)
_BEGAN_BEFORE = word_set(
    "for past last previous since over within these during started began in throughout ongoing lasted going x",
)
_BEGAN_AFTER = word_set(
    "ago back now already earlier prior previously before since straight running solid",
)
_MEASURED_FROM = word_set(
    "after later before into of off between apart rest course supply pregnant gone along postpartum postop"
)
_SPENT = word_set("rest resting wait another next within in of on off every sleep good bad")
_OPERATED = (["op"], ["surgery"], ["partum"])
_SPENT_ON = word_set("took take taking rested waited did tried try")
_TOLD_OF = word_set("history hx duration")
_TODAY = word_set("today tonight this right earlier")
_WISHED = word_set("relax relaxing massage session book booking appointment slot visit treatment stay wait meet rest")
ABOUT_THE_BODY = frozenset({"site", "quality", "finding", "cause", "condition", "intensity"})
_DURATION_FIELDS = ("duration", "onset", "weeks_since")

# Words that say a length by themselves: (low, high) in days.
_FIXED: dict[tuple[str, ...], tuple[float, float]] = {
    ("ages",): (90, 1800), ("for", "ever"): (730, 7300), ("forever",): (730, 7300), ("a", "long", "time"): (60, 1800), ("long", "time"): (60, 1800),
    ("a", "long", "while"): (60, 900), ("quite", "some", "time"): (60, 900), ("some", "time"): (30, 400), ("a", "while"): (14, 300), ("awhile",): (14, 300),
    ("quite", "a", "while"): (30, 400), ("my", "whole", "life"): (3650, 29200), ("my", "entire", "life"): (3650, 29200), ("all", "my", "life"): (3650, 29200),
    ("most", "of", "my", "life"): (3650, 29200), ("since", "birth"): (3650, 29200), ("since", "childhood"): (2900, 29200), ("as", "long", "as", "i", "can", "remember"): (3650, 29200),
    ("my", "whole", "adult", "life"): (1800, 25000), ("all", "my", "adult", "life"): (1800, 25000), ("since", "i", "turned"): (30, 22000),
    ("since", "i", "was", "a", "teenager"): (365, 25000), ("since", "i", "was", "a", "teen"): (365, 25000), ("since", "my", "teens"): (365, 25000), ("since", "my", "twenties"): (365, 22000), ("since", "my", "thirties"): (365, 18000),
    ("since", "i", "was", "at", "school"): (365, 25000), ("since", "school"): (365, 25000), ("since", "college"): (365, 22000), ("since", "university"): (365, 22000), ("since", "uni"): (365, 22000), ("since", "i", "was", "a", "student"): (365, 22000),
    ("since", "i", "woke", "up"): (0, 0.7), ("since", "i", "woke"): (0, 0.7), ("since", "waking", "up"): (0, 0.7), ("since", "i", "got", "up"): (0, 0.7),
    ("since", "i", "was", "a", "kid"): (2900, 29200), ("since", "i", "was", "a", "child"): (2900, 29200), ("since", "i", "was", "little"): (2900, 29200), ("since", "i", "was", "young"): (2900, 29200),
    ("a", "short", "while"): (1, 30), ("not", "long"): (1, 21), ("recently",): (1, 45), ("lately",): (1, 45), ("not", "that", "long"): (1, 30), ("donkey", "years"): (730, 7300), ("donkeys", "years"): (730, 7300),
    ("yonks",): (365, 7300), ("all", "day"): (0.3, 1), ("all", "night"): (0.3, 1), ("all", "week"): (5, 7), ("all", "month"): (20, 31), ("all", "year"): (180, 365), ("just", "now"): (0, 0.05),
    ("a", "moment", "ago"): (0, 0.02), ("a", "few", "moments"): (0, 0.02), ("overnight",): (0, 1), ("half", "term"): (7, 7),
}  # fmt: skip
_LONGEST_FIXED = max(map(len, _FIXED))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A length of time of `low`..`high` days said by words `first`..`last`; `onset` True: it says when it began.

    `plain`: nothing says what the length is of, so that it may be that of the ache told beside it.
    """

    low: float
    high: float
    first: int
    last: int
    onset: bool
    plain: bool = False


def read(
    tokens: Tokens,
    context: Context,
    *,
    asked: str | None,
    now: datetime,
    taken: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
) -> list[Mention]:
    """Durations (how long it has been there) and spans (any other length), in days before `now`.

    When the open question asks for a time, every length answers it.
    """
    wanted = asked is not None and asked.startswith(_DURATION_FIELDS)
    aching = any(mention.kind in ABOUT_THE_BODY for mention in mentions)
    found: list[Stretch] = []
    at = 0
    while at < len(tokens):
        sign = not tokens.words[at][0].isalnum()
        stretch = None if sign else _stretch(tokens, at, now, wanted=wanted, asked=asked)
        if stretch is None:
            at += 1
            continue
        if wanted or aching or not _only_today(tokens.words, stretch):
            found.append(stretch)
        at = max(stretch.last, at + 1)
    return [_mention(tokens, context, one) for one in of_the_ache(found, told=aching and asked in STORIES)]


STORIES = (None, "narrative")


def of_the_ache(found: list[Stretch], *, told: bool) -> list[Stretch]:
    """ "Dull ache both hips about a fortnight": the only length of a told ache, where nothing else says when it began, is its own."""
    plain = [one for one in found if one.plain and one.low >= 1]
    if not told or len(plain) != 1 or any(one.onset and one.high >= 1 for one in found):
        return found
    return [replace(one, onset=True) if one is plain[0] else one for one in found]


def _only_today(words: Sequence[str], stretch: Stretch) -> bool:
    """ "lovely weather today": a day named beside something that is no ache, and nothing began on it."""
    said = words[stretch.first : stretch.last]
    return stretch.onset and stretch.high <= 1 and said[0] in _TODAY and "since" not in said


def _mention(tokens: Tokens, context: Context, stretch: Stretch) -> Mention:
    flags = context.flags(stretch.first, stretch.last, site=True)
    meant = {name: True for name in said(flags) if name != "past"}  # when it began is told in the past anyway
    return Mention(
        "duration" if stretch.onset else "span", None, tokens.starts[stretch.first], tokens.ends[stretch.last - 1],
        days_lo=_neat(stretch.low), days_hi=_neat(stretch.high), **meant,
    )  # fmt: skip


def _neat(value: float) -> float:
    rounded = round(value, 1 if value >= 10 else 3) if value >= 1 else float(f"{value:.4g}")
    return int(rounded) if rounded == int(rounded) else rounded


_PANDEMIC = word_set("covid pandemic lockdown corona coronavirus")
_FROM, _TO = date(2020, 3, 1), date(2022, 6, 1)


def since_the_pandemic(now: datetime) -> tuple[float, float]:
    """Days since "covid": from its beginning, or from when it had long been there."""
    return float((now.date() - _TO).days), float((now.date() - _FROM).days)


def _pandemic(words: Sequence[str], at: int, now: datetime) -> Stretch | None:
    last = at + 2 + (words[at + 1 : at + 2] == ["the"])
    named = words[at] == "since" and last <= len(words) and words[last - 1] in _PANDEMIC
    return Stretch(*since_the_pandemic(now), at, last, True) if named else None


_OF_A_YEAR = {"52": 7.0, "12": 30.4, "7": 1.0}  # what a clinician counts: "3/52" is weeks, "6/12" months, "4/7" days
_NO_DATE = word_set("x for past last hx history of pain pn ache lbp") | {"~"}
_DATED = word_set("on from by until till before book come free")


def _shorthand(words: Sequence[str], at: int) -> Stretch | None:
    """ "LBP x3/52", "shoulder pain 6/12", "2/7 ago": a clinician's weeks, months and days. 6/12 alone may be a date."""
    part = words[at : at + 3]
    if len(part) < 3 or part[1] != "/" or not part[0].isdecimal() or part[2] not in _OF_A_YEAR:
        return None
    if words[at + 3 : at + 4] == ["/"] or words[at - 1 : at] == ["/"] or int(part[0]) > int(part[2]) * 2:
        return None
    before, after = words[at - 1] if at else "", words[at + 3 : at + 4]
    told = before in _NO_DATE or after in (["ago"], ["hx"], ["history"])
    if not told and (part[2] != "52" or before in _DATED):
        return None
    length = int(part[0]) * _OF_A_YEAR[part[2]]
    last = at + 3 + (after in (["ago"], ["hx"], ["history"]))
    return Stretch(length, length, at - (before in ("x", "for")), last, True)


def _bare(words: Sequence[str], at: int) -> Stretch | None:
    """ "Fortnight": one unit is the whole answer to how long."""
    unit = _UNITS.get(words[at], 0) if words[at] not in _NEEDS_DIGIT else 0
    return Stretch(unit, unit, at, at + 1, False) if unit >= 7 and len(words) <= 2 else None


def _bare_apart(words: Sequence[str], at: int) -> Stretch | None:
    """ "right shin, fortnight, 5": the unit stands alone between two signs."""
    apart = words[at] == "fortnight" and words[at - 1 : at] == [","] and words[at + 1 : at + 2] in ([], [","], ["."])
    return Stretch(14, 14, at, at + 1, False) if apart else None


def _stretch(tokens: Tokens, at: int, now: datetime, *, wanted: bool, asked: str | None) -> Stretch | None:
    words = tokens.words
    fixed = _fixed(words, at) or _pandemic(words, at, now) or _shorthand(words, at)
    if fixed:
        return fixed
    length = _length(words, at) or (_bare(words, at) if wanted else _bare_apart(words, at))
    if length:
        return _judged(tokens, length, wanted=wanted)
    if asked is not None and asked.startswith("preferred"):
        return None
    point = days.read(words, at, now, wanted=wanted)
    return Stretch(point.low, point.high, point.first, point.last, True) if point else None


def _fixed(words: Sequence[str], at: int) -> Stretch | None:
    for size in range(_LONGEST_FIXED, 0, -1):
        known = _FIXED.get(tuple(words[at : at + size])) if at + size <= len(words) else None
        if known:
            last = at + size
            if words[last : last + 1] in (["ago"], ["now"], ["back"]):
                last += 1
            return Stretch(*known, at, last, True)
    return None


def _length(words: Sequence[str], at: int) -> Stretch | None:
    """ "3 weeks", "two to three months", "a year and a half", "2 hours and 30 minutes", "for years"."""
    first = _single(words, at)
    if first is None:
        return None
    low, high, last = first.low, first.high, first.last
    while last < len(words):
        step = last + 1 if words[last] in ("and", ",") else last
        if words[last] == "and" and (words[step : step + 2] == ["a", "half"] or words[step : step + 1] == ["half"]):
            unit = _UNITS.get(words[last - 1], 0)
            low, high, last = low + unit / 2, high + unit / 2, step + (2 if words[step] == "a" else 1)
            continue
        more = _single(words, step) if step < len(words) else None
        if (
            more is None
            or low == 0
            or _rate(words, last)
            or words[more.first] in _VAGUE_PLURAL
            or (more.high >= low and step > last)
            or more.high == high
        ):
            break
        low, high, last = low + more.low, high + more.high, more.last
    return Stretch(low, high, at, last, False)


def _rate(words: Sequence[str], at: int) -> bool:
    """True for the "a day" of "8 hours a day", which says how often and adds nothing."""
    return words[at] in ("a", "an", "per", "each", "every") and words[at + 1 : at + 2] != [] and words[at + 1] in _UNITS


def _single(words: Sequence[str], at: int) -> Stretch | None:
    """A number or range with its unit, or a bare unit that stands for one or several."""
    count = numbers.read(words, at)
    if count:
        return _counted(words, count)
    word = words[at]
    if word in ("full", "whole", "entire") and _is_unit(words, at + 1, digit=False):
        return Stretch(_UNITS[words[at + 1]], _UNITS[words[at + 1]], at, at + 2, False)
    if word in ("a", "an", "the", "this", "another"):
        step = at + 1
        while (
            step < len(words) and words[step] in (_QUALIFIERS | {"past", "last"}) and words[step] not in ("more", "or")
        ):
            step += 1
        if (
            step < len(words)
            and words[step] in _UNITS
            and words[step] not in _NEEDS_DIGIT
            and (word in ("a", "an", "another") or step > at + 1 or (word == "the" and words[at - 1 : at] == ["for"]))
        ):
            unit = words[step]
            if unit in _VAGUE_PLURAL:
                low, high = _VAGUE_PLURAL[unit]
                return Stretch(low * _UNITS[unit], high * _UNITS[unit], at, step + 1, False)
            return Stretch(_UNITS[unit], _UNITS[unit], at, step + 1, False)
        return None
    if (
        word in ("past", "last", "previous")
        and at + 1 < len(words)
        and words[at + 1] in ("year", "month", "week", "decade", "fortnight")
        and words[at - 1 : at] == ["the"]
    ):
        return Stretch(_UNITS[words[at + 1]], _UNITS[words[at + 1]], at, at + 2, False)
    if word in _VAGUE_PLURAL and not (
        at and words[at - 1] in ("most", "some", "these", "other", "working", "my", "all", "office", "opening")
    ):
        low, high = _VAGUE_PLURAL[word]
        if words[at + 1 : at + 3] == ["and", word]:
            return Stretch(low * 2 * _UNITS[word], high * 2 * _UNITS[word], at, at + 3, False)
        return Stretch(low * _UNITS[word], high * _UNITS[word], at, at + 1, False)
    return None


def _counted(words: Sequence[str], count: numbers.Number) -> Stretch | None:
    low, high, last = count.low, count.high, count.last
    unit_at = _skip(words, last)
    joiner = words[last : last + 1]
    if joiner and joiner[0] in ("to", "-", "–", "or", "and", "/", ",", "maybe", "till", "if") and last + 1 < len(words):
        step = last + 1
        while step < len(words) and words[step] in (
            "maybe",
            "even",
            "about",
            "not",
            "possibly",
            "um",
            "uh",
            "like",
            ",",
        ):
            step += 1
        other = numbers.read(words, step) if step < len(words) else None
        if (
            other
            and _is_unit(words, _skip(words, other.last), digit=words[other.first][0].isdigit())
            and not (joiner[0] == "and" and words[at_before(count.first)] != "between")
        ):
            low, high, unit_at = min(low, other.low), max(high, other.high), _skip(words, other.last)
    elif joiner:
        other = numbers.read(words, last)
        if other and other.low > low and _is_unit(words, _skip(words, other.last), digit=True):
            high, unit_at = other.high, _skip(words, other.last)
    digit = words[count.first][0].isdigit()
    if not _is_unit(words, unit_at, digit=digit):
        return None
    unit = _UNITS[words[unit_at]]
    end = unit_at + 1
    # "two weeks to three weeks", "a month or two" and "a week or so"
    if words[end : end + 1] and words[end] in ("to", "-", "–", "or"):
        again = numbers.read(words, end + 1) if end + 1 < len(words) else None
        if (
            again
            and _is_unit(words, _skip(words, again.last), digit=True)
            and _UNITS[words[_skip(words, again.last)]] >= unit
        ):
            stop = _skip(words, again.last)
            return Stretch(low * unit, again.high * _UNITS[words[stop]], count.first, stop + 1, False)
    return Stretch(low * unit, high * unit, count.first, end, False)


def at_before(at: int) -> int:
    """The word before `at`, or the first."""
    return max(at - 1, 0)


def _skip(words: Sequence[str], at: int) -> int:
    steps = 0
    while at < len(words) and steps < 3 and words[at] in _QUALIFIERS and at + 1 < len(words):
        at, steps = at + 1, steps + 1
    return at


def _is_unit(words: Sequence[str], at: int, *, digit: bool) -> bool:
    if at >= len(words) or words[at] not in _UNITS:
        return False
    return digit or words[at] not in _NEEDS_DIGIT


def _judged(tokens: Tokens, length: Stretch, *, wanted: bool) -> Stretch | None:
    """Decides what a length is about from the words around it; None when it is an age."""
    words, first, last = tokens.words, length.first, length.last
    after = words[last] if last < len(words) else ""
    low, high = length.low, length.high
    if after in ("old", "young"):
        return None
    if words[last : last + 2] in (["or", "two"], ["or", "so"], ["or", "more"], ["or", "three"]):
        high = {"two": high * 2, "three": high * 3, "so": high * 1.4, "more": high * 2}[words[last + 1]]
        last += 2
        after = words[last] if last < len(words) else ""
    start, low, high = _bounds(words, first, low, high)
    before = words[start - 1] if start else ""
    began = (
        after in _BEGAN_AFTER
        or before in _BEGAN_BEFORE
        or any(w in ("past", "last", "previous", "for", "these", "over") for w in words[start:first])
    )
    if after in _TOLD_OF and low >= 1:  # "a 4 month history of back pain", "of 3 months duration"
        last, began = last + 1, True
    began = began or (before == "from" and after != "of" and low >= 1)  # "hurting from 3 months"
    closes = last == len(words) or after in (".", "!", ")")
    began = began or (closes and before in (",", "-", "(") and low >= 1)  # "left knee, 4 weeks"
    every = before in (
        "every",
        "each",
        "per",
        "after",
        "lasts",
        "takes",
        "another",
        "next",
        "once",
        "twice",
        "times",
    ) or after in ("walk", "drive", "run", "session", "massage", "appointment", "breaks", "shifts", "long")
    if words[start - 2 : start] in (["lasts", "for"], ["last", "for"], ["within", "the"]) or (
        before == "in" and after not in _BEGAN_AFTER and not wanted and words[start:first] == []
    ):
        every = True
    if after and _rate(words, last):
        last, every = last + 2, True
    if not wanted and low < 1 and any(word in _WISHED for word in words[max(0, first - 8) : first]):
        every = True  # "I'd love to relax for an hour"
    if after in ("ago", "back", "now"):
        last, every, began = last + 1, False, True
    alone = last - start >= len(words) - 3 - sum(word in _ABOUT for word in words[:start])
    onset = (began and not every) or (wanted and not every) or (alone and not every)
    told_of_else = after in _MEASURED_FROM or (after == "post" and words[last + 1 : last + 2] in _OPERATED)
    spent = before in _SPENT or not _SPENT_ON.isdisjoint(words[max(0, start - 3) : start])
    good_day = "good" in words[first:last]  # "4 on a good day"
    plain = not (onset or every or told_of_else or spent or good_day)
    # "3 weeks after surgery" and "two days later" measure from something else.
    return Stretch(low, high, start if began else first, last, onset, plain)


def _bounds(words: Sequence[str], first: int, low: float, high: float) -> tuple[int, float, float]:
    """Takes in the words before: "over", "less than", "nearly", "for the past"."""
    start = first
    while (
        start > 0
        and words[start - 1] in (_ABOUT | {"for", "past", "last", "previous", "these", "those"})
        and first - start < 5
    ):
        start -= 1
    near = words[start:first]
    text = " ".join(near)
    if (
        "more than" in text
        or "at least" in text
        or ("over" in near and "just" not in near and "the" not in near)
        or "upwards" in near
    ):
        high *= 1.5
    elif "just over" in text or "bit over" in text:
        high *= 1.3
    elif "less than" in text or "under" in near:
        low, high = 0.5 * low, high
    elif "nearly" in near or "almost" in near or "coming on" in text:
        low *= 0.85
    return start, low, high
