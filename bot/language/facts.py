"""Facts that are numbers or roles, not words of a table: ages, blood pressure, weeks of pregnancy, for whom the visit is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime

from bot.domain.mention import Mention
from bot.language import numbers
from bot.language.context import FLAGS, Context
from bot.language.danger import Sign
from bot.language.lexicon import CONCEPT, CONTEXT
from bot.language.phrases import Found
from bot.language.tokens import Tokens, fold
from bot.language.wordlist import words as word_set

# What danger.csv may ask for beside the tables' concepts.
CONCEPTS = frozenset(
    {"aged_under_18", "aged_under_46", "aged_50", "aged_60", "aged_65", "aged_70", "bp_crisis", "bp_high", "score_9", "fever_reading",
     "weeks_pregnant", "lost_weight", "pill_count", "sugar_reading", "pulse_fast", "pulse_slow"}
)  # fmt: skip
_AGE_AFTER = (
    ("year", "old"),
    ("years", "old"),
    ("yr", "old"),
    ("yrs", "old"),
    ("yo",),
    ("y", "/", "o"),
    ("years", "of", "age"),
    ("yr", "olds"),
)
_NOT_AGE = word_set(
    "weeks week days day months month hours hour years year minutes mins min cm kg mg km miles mile / out of %",
    "percent times stone pounds lbs pm am : - to or per over reps sessions pillows tablets paracetamol and mm gone",
    "for k sets children kids on pain",
)
_FEVERISH = word_set(
    "temp temperature fever reading thermometer degrees degree c f celsius",
)

_MYSELF = word_set("i'm im i've ive myself mine yo tengo estoy soy siento")
_MAYBE_MYSELF = word_set("i me")
_MINE = word_set("my mi mis")
# "My nan has chest pain" is told as what runs in the family; what follows after an "and" is no more that illness.
_NOW_TOO, _ONCE = word_set("has have got tiene padece sufre"), word_set("had tuvo tenia")
_JOINS = word_set("and , . ; y pero but")
_GONE_FROM_US = word_set("died dead late passed murio fallecio")
_NOT_MYSELF = word_set("should do can as to beside of with if")  # before "i" or "me": "what should i do", "next to me"
_BURNING, _HOTTEST = 39, 43  # nobody tells the degrees of a fever that runs in the family


def subject(tokens: Tokens, found: Sequence[Found], told: str) -> str:
    """For whom: as told, or `other` when the text itself speaks for a relative ("booking for my dad", "mum fell").

    Also when something goes on now and the visitor tells nothing of themselves: "my dad has chest pain right now",
    "grandad has a sudden bad belly and he's gone grey". "My dad has chest pain" alone is family history (clinical A.10).
    """
    said = {f.value for f in found if f.table == CONCEPT}
    theirs = ("happening_now" in said or _goes_on(tokens.words, found, said)) and not _speaks_of_self(
        tokens.words, found
    )
    return "other" if told in ("other", "child") or "proxy" in said or theirs else told


def _goes_on(words: Sequence[str], found: Sequence[Found], said: Set[object]) -> bool:
    """A relative is named, nothing of it is long over, and it is told as going on or a few hours old."""
    kin = [f for f in found if f.table == CONTEXT and f.value.role == "other_person"]
    over = any(f.table == CONTEXT and f.value.role in ("past", "over") for f in found) or not _GONE_FROM_US.isdisjoint(
        words
    )
    if not kin or over:
        return False
    acute = [f.first for f in found if f.table == CONCEPT and f.value == "acute_of_them"]
    told = [_NOW_TOO.intersection(words[f.last : f.last + 2]) for f in kin]
    had = any(_ONCE.intersection(words[f.last : f.last + 2]) for f in kin)
    has = [f.last for f, now in zip(kin, told, strict=True) if now]
    apart = not has or any(not _JOINS.isdisjoint(words[has[0] : at]) for at in acute)
    measured = any(word[0].isdigit() and _BURNING <= (numbers.value(word) or 0) <= _HOTTEST for word in words)
    return "soon_ago" in said or (bool(acute) and apart and not had) or (measured and "fever_word" in said and not had)


def _speaks_of_self(words: Sequence[str], found: Sequence[Found]) -> bool:
    pairs = zip(("", *words), words, strict=False)
    kin = {at for f in found if f.table == CONTEXT and f.value.role == "other_person" for at in range(f.first, f.last)}
    sites = [f for f in found if f.table == "site" and f.first not in kin]  # "mi mamá" is no breast
    own = any(_MINE.intersection(words[max(0, f.first - 2) : f.first]) for f in sites)
    return own or any(
        word in _MYSELF or (word in _MAYBE_MYSELF and before not in _NOT_MYSELF) for before, word in pairs
    )


_AGE_BEGINS = frozenset(form[0] for form in _AGE_AFTER)


def _unit_of_age(words: Sequence[str], at: int) -> bool:
    if at >= len(words) or words[at] not in _AGE_BEGINS:
        return False
    after = tuple(words[at : at + 3])
    return any(after[: len(form)] == form for form in _AGE_AFTER)


def ages(tokens: Tokens) -> Iterator[tuple[int, int, int]]:
    """Each age said, with its words: (age, first, last)."""
    words = tokens.words
    for at, word in enumerate(words):
        number = numbers.read(words, at) if word[0].isdigit() or word in _NUMBER_WORDS else None
        if number is None or number.low != number.high or not 0 < number.low < 115 or number.low % 1:
            continue
        if _unit_of_age(words, number.last) or _said_as_age(words, at, number.last):
            yield int(number.low), at, number.last


_NUMBER_WORDS = word_set(
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety sixteen seventeen fourteen fifteen",
    "thirteen twelve",
)


_KIN = word_set(
    "mum mom mam mother dad father nan nana gran granny grandma grandmother grandad grandpa wife husband partner sister brother",
    "son daughter lad boy girl kid child baby aunt uncle friend neighbour grandson granddaughter",
)


def _said_as_age(words: Sequence[str], at: int, last: int) -> bool:
    after = words[last] if last < len(words) else "."
    before = words[max(0, at - 2) : at]
    if after in _NOT_AGE and not (
        after in ("and", "with", "on") and before[-1:] and before[-1] in ("i'm", "im", "aged", "am")
    ):
        return False
    if (
        (before[-1:] and before[-1] in ("i'm", "im", "aged", "age", "turned", "turning"))
        or before == ["i", "am"]
        or before in (["she's"], ["he's"])
        or (before[-1:] == ["is"] and before[0] in _KIN and words[at].isdecimal())
        or before[-1:] in (["she's"], ["he's"])
        or before == ["age", "is"]
    ):
        return True
    alone = (not before or before[-1] in (",", ".", "at", "(")) and after in (",", ".", ")", ";")
    # "72, stiff shoulders", "jaw pain at 70": only ages that people give so.
    return (
        alone
        and words[at].isdecimal()
        and 40 <= int(float(words[at])) <= 99
        and (at == 0 or before[-1] in (",", "at", "(", "."))
    )


def people(tokens: Tokens, context: Context, *, asked: str | None) -> list[Mention]:
    """Ages as `person` mentions: value `age`, with `years`."""
    return [
        Mention(
            "person",
            "age",
            tokens.starts[first],
            tokens.ends[last - 1],
            other_person=bool(context.flags(first, last) & FLAGS["other_person"]),
            detail={"years": age},
        )
        for age, first, last in ages(tokens)
    ]


_BORN = re.compile(
    r"\b(?:born|date of birth|year of birth|birth ?date|dob|nac[ií]|nacid[oa]|nacimiento)\b[^!?\n]{0,24}?\b(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_ONLY_A_YEAR = re.compile(r"\W*(?:\d{1,2}\s*[/.-]\s*){0,2}(?P<year>(?:19|20)\d\d)\W*", re.IGNORECASE)
_OLDEST = 115


_MY_OWN = re.compile(r"\b(?:i|i'?m|yo)\b[^.!?]{0,8}$", re.IGNORECASE)
_THEIR_OWN = re.compile(r"\b(?:he|she|they|who|is|was|mi|[eé]l|ella|my \w+)\b[^.!?]{0,12}$", re.IGNORECASE)


def births(tokens: Tokens, *, asked: str | None, now: datetime, subject: str) -> list[Mention]:
    """The age behind "I was born in 1980", or behind a bare year where the age was asked; before the birthday the higher one."""
    found = _ONLY_A_YEAR.fullmatch(tokens.text) if asked == "age" else None
    found = found or _BORN.search(tokens.text)
    age = now.year - int(found["year"]) if found else 0
    if found is None or not 0 < age < _OLDEST:
        return []
    start, end = found.span()
    before = tokens.text[:start]
    own = bool(_MY_OWN.search(before)) or not _THEIR_OWN.search(before)
    somebody_elses = own != (subject == "self") and found.re is not _ONLY_A_YEAR
    return [Mention("person", "age", start, end, other_person=somebody_elses, detail={"years": age})]


def signs(tokens: Tokens, context: Context, mentions: Iterable[Mention], asked: str | None) -> Iterator[Sign]:
    """The number facts as concepts for danger.csv."""
    for age, first, last in ages(tokens):
        flags = context.flags(first, last, site=True)
        for name, true in (
            ("aged_under_18", age < 18), ("aged_under_46", age < 46), ("aged_50", age >= 50), ("aged_60", age >= 60), ("aged_65", age >= 65), ("aged_70", age >= 70),
        ):  # fmt: skip
            if true:
                yield Sign(name, first, last, flags)
    yield from _pressure(tokens, context)
    yield from _fever(tokens, context)
    yield from _weeks(tokens, context)
    yield from _lost_weight(tokens, context)
    yield from _pills(tokens, context)
    yield from _sugar(tokens, context)
    yield from _pulse(tokens, context)
    for mention in mentions:
        if mention.kind == "intensity" and mention.lo is not None and mention.lo >= 9:
            yield Sign("score_9", *_words_at(tokens, mention), 0 if mention.counts else FLAGS["past"])


def _words_at(tokens: Tokens, mention: Mention) -> tuple[int, int]:
    first = next(i for i, end in enumerate(tokens.ends) if end > mention.start)
    last = max(i for i, start in enumerate(tokens.starts) if start < mention.end)
    return first, last + 1


def _pressure(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """ "190 over 120", "185/125"; the limits of 180/120 and 160/100 are those of clinical A.9."""
    words = tokens.words
    for at in range(len(words) - 2):
        if not (words[at].isdecimal() and len(words[at]) == 3 and words[at + 1] in ("over", "/")):
            continue
        low = numbers.value(words[at + 2])
        high = numbers.value(words[at]) or 0
        if low is None or not (70 <= high <= 300 and 30 <= low <= 200):
            continue
        flags = context.flags(at, at + 3)
        if high >= 180 or low >= 120:
            yield Sign("bp_crisis", at, at + 3, flags)
        elif high >= 160 or low >= 100:
            yield Sign("bp_high", at, at + 3, flags)


def _fever(tokens: Tokens, context: Context) -> Iterator[Sign]:
    words = tokens.words
    for at, word in enumerate(words):
        if not word[0].isdigit():
            continue
        degrees = numbers.value(word) or 0
        hot = 38 <= degrees <= 43 or 100.4 <= degrees <= 108
        if hot and any(near in _FEVERISH for near in words[max(0, at - 4) : at + 3]):
            yield Sign("fever_reading", at, at + 1, context.flags(at, at + 1))


def _weeks(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """ "34 weeks, bad headache", "7 wks": weeks without ago, for or since may be weeks of pregnancy."""
    words = tokens.words
    for at in range(len(words) - 1):
        if not (
            words[at].isdecimal() and words[at + 1] in ("weeks", "wks", "week", "wk") and 4 <= int(words[at]) <= 42
        ):
            continue
        before = words[max(0, at - 2) : at]
        after = words[at + 2] if at + 2 < len(words) else ""
        if after in ("pregnant", "preggo", "preg", "gone") or (
            (not before or before[-1] in (",", "i'm", "im", "at", "and", "am"))
            and after in ("", ",", ".", "with", "and", "now")
        ):
            yield Sign("weeks_pregnant", at, at + 2, context.flags(at, at + 2))


def _lost_weight(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """ "I've lost 10 kg", "dropped two stone", "10 kilos gone", "down twelve pounds"."""
    words = tokens.words
    for at in range(1, len(words)):
        if words[at] not in _WEIGHTS:
            continue
        lost = any(word in _LOST for word in words[max(0, at - 6) : at])
        gone = any(word in _GONE for word in words[at + 1 : at + 3])
        counted = numbers.value(words[at - 1]) is not None or words[at - 1] in ("a", "of", "few")
        if counted and (lost or gone):
            yield Sign("lost_weight", at - 1, at + 1, context.flags(at - 1, at + 1))


_WEIGHTS = word_set(
    "kg kilo kilos kgs pounds lbs lb stone pound kilograms stones",
)
_LOST = word_set("lost dropped losing shed down dropping lose")
_GONE = word_set("gone lighter less disappeared vanished lost")
_PILLS = word_set(
    "paracetamol tylenol panadol acetaminophen ibuprofen nurofen advil codeine tramadol cocodamol codamol naproxen aspirin",
    "tablets pills painkillers capsules caplets tabs morphine oxycodone diazepam",
)
_MOST_PILLS = 9  # eight paracetamol a day is what the packet allows
_SUGAR = word_set("sugar sugars glucose bm bg")
_SUGAR_MMOL, _SUGAR_MG = (15, 45), (300, 900)  # very high in the two units that meters show


def _pills(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """ "swallowed twenty paracetamol", "ibuprofen, maybe 15 a day": more than a packet allows."""
    words = tokens.words
    for at, word in enumerate(words):
        number = numbers.read(words, at) if word[0].isdigit() or word in _NUMBER_WORDS or word in _TEENS else None
        if number is None or not _MOST_PILLS <= number.low <= 500:
            continue
        after = words[number.last : number.last + 4]
        counted = any(near in _PILLS for near in after[:3])
        daily = after[:2] in (["a", "day"], ["per", "day"], ["every", "day"]) or after[:1] in (["daily"], ["today"])
        if (counted or (daily and any(near in _PILLS for near in words[max(0, at - 10) : at]))) and "mg" not in after:
            yield Sign("pill_count", at, number.last, context.flags(at, number.last))


_TEENS = word_set("nine ten eleven")


def _sugar(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """ "my sugar is 28", "glucose of 450"."""
    words = tokens.words
    for at, word in enumerate(words):
        value = numbers.value(word) if word[0].isdigit() else None
        if value is None or not any(low <= value <= high for low, high in (_SUGAR_MMOL, _SUGAR_MG)):
            continue
        if any(near in _SUGAR for near in words[max(0, at - 4) : at]):
            yield Sign("sugar_reading", at, at + 1, context.flags(at, at + 1))


_PULSE = re.compile(
    r"(?:\b(?:heart|pulse|hr|bpm|pulso|latidos|fc|frecuencia cardiaca|pulsaciones|corazon)\b[^.!?\d]{0,40}(?P<after>\d{2,3})\b(?! ?(?:/|over|con|years|anos|%|mg))"
    r"|\b(?P<before>\d{2,3}) ?(?:bpm|beats per minute|beats a minute|pulsaciones|latidos por minuto))",
)
_FAST, _FASTEST, _SLOW, _SLOWEST = 130, 260, 40, 20  # beats a minute of somebody who does nothing


def _pulse(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """ "heart rate 170 at rest", "pulse of 32", "140 bpm": what a watch or a monitor shows, in either language."""
    for match in _PULSE.finditer(fold(tokens.text)):
        beats = int(match["after"] or match["before"])
        name = "pulse_fast" if _FAST <= beats <= _FASTEST else "pulse_slow" if _SLOWEST <= beats <= _SLOW else ""
        if name:
            at = bisect_right(tokens.ends, match.start("after" if match["after"] else "before"))
            yield Sign(name, at, at + 1, context.flags(at, at + 1))
