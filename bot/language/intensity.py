"""Reads how bad it is on 0–10: numbers, ranges, "seven out of ten", words, and a different peak."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.mention import Mention
from bot.language import numbers
from bot.language.context import FLAGS, Context
from bot.language.context import said as said_flags
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

_FEW = 3  # words of an answer that is nothing but its number
_HEDGES = word_set("maybe a an even like about or um uh sometimes possibly perhaps probably at times up to")
_SCALES = ("nrs", "peg", "psfs")
_JOIN = word_set(
    "- – to or / and , till maybe o",
)
_OUT_OF = (
    ("out", "of"), ("/",), ("of",), ("over",), ("on",), ("in",), ("outta",), ("from",), ("by",), ("upon",), ("outa",), ("outof",),
)  # fmt: skip
_TOP = word_set(
    "10 ten 100",
)
# A number before one of these counts something else.
_OTHER_UNITS = word_set(
    "second seconds sec secs minute minutes min mins hour hours hr hrs day days night nights week weeks wk wks",
    "fortnight month months mth mths year years yr yrs yo times time mg ml kg g km k mile miles m cm mm stone",
    "pounds lbs lb percent % x reps sets tablets pills paracetamol ibuprofen people kids children cans beers",
    "glasses cigarettes fingers toes am pm o'clock : st nd rd th old steps flights stairs",
)
_CUES = word_set(
    "pain scale rate rating level score scored nrs intensity severity hurts hurt ache aches aching sore about it's",
    "its is at maybe like say around probably was bad worst average",
)
_PEAK = word_set(
    "worst worse peaks peak spikes spike flares flare max maximum highest top",
)
_PARTS = word_set(", ; . but and")  # between two clauses
_NOT_NOW = word_set(
    "before yesterday earlier was initially first",
)
# Words for how bad it is: (low, high). From the verbal anchors of the numeric scale (clinical D: 1–3 mild, 4–6 moderate, 7–10 severe).
_WORDS: dict[tuple[str, ...], tuple[float, float]] = {
    ("unbearable",): (9, 10), ("excruciating",): (9, 10), ("agony",): (9, 10), ("agonising",): (9, 10), ("agonizing",): (9, 10), ("worst", "pain", "of", "my", "life"): (10, 10),
    ("worst", "pain", "ever"): (10, 10), ("worst", "pain", "i've", "ever"): (10, 10), ("severe",): (7, 9), ("horrendous",): (8, 10), ("horrific",): (8, 10), ("terrible",): (7, 9), ("awful",): (7, 9), ("horrible",): (7, 9), ("intense",): (7, 9),
    ("really", "bad"): (7, 9), ("very", "bad"): (7, 9), ("so", "bad"): (7, 9), ("extremely", "painful"): (8, 10), ("very", "painful"): (7, 9), ("really", "painful"): (7, 9), ("pretty", "bad"): (6, 8), ("quite", "bad"): (6, 8),
    ("moderate",): (4, 6), ("moderately",): (4, 6), ("medium",): (4, 6), ("middling",): (4, 6), ("mild",): (1, 3), ("slight",): (1, 3), ("slightly",): (1, 3), ("niggle",): (1, 3), ("niggling",): (1, 3), ("barely", "there"): (1, 2),
    ("hardly", "any", "pain"): (1, 2), ("hardly", "hurts"): (1, 2), ("barely", "hurts"): (1, 2), ("barely", "notice"): (1, 2), ("hardly", "notice"): (1, 2), ("through", "the", "roof"): (9, 10), ("not", "too", "bad"): (2, 4), ("not", "that", "bad"): (2, 4), ("not", "bad"): (2, 4), ("not", "very", "bad"): (2, 4), ("off", "the", "scale"): (10, 10), ("off", "the", "charts"): (10, 10),
    ("as", "bad", "as", "it", "gets"): (9, 10), ("as", "bad", "as", "can", "be"): (9, 10), ("bearable",): (3, 6), ("manageable",): (3, 5), ("tolerable",): (3, 5),
}  # fmt: skip
_LONGEST = max(map(len, _WORDS))
_BEGIN = frozenset(phrase[0] for phrase in _WORDS)
# Said of the scale that was asked for, and of nothing else.
_ON_THE_SCALE: dict[tuple[str, ...], tuple[float, float]] = {
    ("half", "way"): (5, 5), ("halfway",): (5, 5), ("about", "half"): (5, 5), ("half",): (5, 5), ("in", "the", "middle"): (4, 6), ("middle",): (4, 6), ("average",): (4, 6),
    ("top", "of", "the", "scale"): (10, 10), ("the", "top"): (10, 10), ("maximum",): (10, 10), ("max",): (10, 10), ("full", "marks"): (10, 10),
    ("bottom", "of", "the", "scale"): (0, 1), ("barely", "registers"): (1, 2), ("low",): (1, 3), ("high",): (7, 9), ("very", "low"): (1, 2), ("very", "high"): (8, 10),
}  # fmt: skip
_ZERO = (("no", "pain"), ("none",), ("nothing",), ("pain", "free"), ("doesn't", "hurt"), ("not", "hurting"))


@dataclass(frozen=True, slots=True)
class Score:
    """A score said by words `first`..`last` (exclusive)."""

    low: float
    high: float
    first: int
    last: int
    scaled: bool


def read(
    tokens: Tokens,
    context: Context,
    *,
    asked: str | None,
    now: datetime,
    taken: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
) -> list[Mention]:
    """Scores on 0–10. A plain number counts only when a scale is asked for or said ("7/10", "pain level 6")."""
    wanted = (asked is not None and asked.startswith(_SCALES)) or (asked is None and _only_a_number(tokens))
    free = _free(tokens, taken)
    scores = _scores(tokens, free, wanted=wanted)
    out = _merge(tokens, scores, context)
    if not out and asked in _STORIES and any(mention.kind in _ABOUT_AN_ACHE for mention in mentions):
        out = _merge(tokens, _set_apart(tokens.words, free), context)
    if not out:
        out = _in_words(tokens, context, wanted=wanted)
    return out


_STORIES = (None, "narrative")  # nothing else is asked that a bare number would answer
_ABOUT_AN_ACHE = frozenset({"site", "quality", "finding"})
_SET_APART = frozenset([",", ".", ";", "-", "–", "(", "!"])
_SAYS = word_set(
    "about like maybe around probably prob roughly say i'd id i would it's its a an only just of level score its' now today currently"
)
_THEN = frozenset([".", ",", ";", "!", ")"]) | word_set("now when whenever if at once after on")
_TAKEN_BACK = word_set("son daughter boy girl lad kid child baby grandson granddaughter aged age room ward bed size")


def _set_apart(words: Sequence[str], free: Sequence[bool]) -> list[Score]:
    """ "right knee, six weeks, 5", "sore traps. a 4 maybe": a number that stands alone between two signs of a told ache; "4ish" anywhere."""
    out, at = [], 0
    while at < len(words):
        count = _number(words, at) if free[at] and words[at] != "one" else None
        score = _ranged(words, _down_to(words, count), wanted=True) if count else None
        if score is None or not 0 < score.high <= 10 or _counts_else(words, score.last):
            at += 1
            continue
        last, roughly = score.last, words[score.last : score.last + 1] == ["ish"]
        last += roughly
        begin = at
        while begin and words[begin - 1] in _SAYS:
            begin -= 1
        signs = begin > 1 and words[begin - 1] in _SET_APART and _lets(words[begin - 2])
        guessed = begin < at and words[at - 1] in _GUESSED and begin > 0 and words[begin - 1] not in _TIMED
        alone = (signs and (last == len(words) or words[last] in _THEN)) or (guessed and last == len(words))
        if alone or (roughly and words[at - 1 : at] and words[at - 1] not in _TIMED):
            out.append(Score(score.low, score.high, at, last, False))
        at = max(last, at + 1)
    return out


def _down_to(words: Sequence[str], count: numbers.Number) -> numbers.Number:
    """ "7 going down to 2": the range of the two."""
    step = count.last
    while step < len(words) and words[step] in ("going", "down", "dropping", "easing", "up", "to"):
        step += 1
    other = _number(words, step) if step > count.last + 1 and step < len(words) else None
    if other is None or other.high > 10 or _counts_else(words, other.last):
        return count
    return numbers.Number(min(count.low, other.low), max(count.high, other.high), count.first, other.last)


def _lets(before: str) -> bool:
    """Whether a number after this word and a sign may be a score: not in a list of numbers, not the age of a child."""
    return not before[0].isdigit() and before not in _TAKEN_BACK and numbers.value(before) is None


_FILLING = word_set(
    "a an the about around roughly approximately probably maybe perhaps like say i'd i would it's its it is um uh",
    "uhm well at least think guess or to - – so now just right currently ok yeah hmm , . ! um, how oh honestly kind",
    "of sort out ten be rate as ish",
)


def _only_a_number(tokens: Tokens) -> bool:
    """True for "probably around 6" and "a 7, maybe 8": nothing said but one or two numbers up to ten."""
    rest = [word for word in tokens.words if word not in _FILLING]
    values = [numbers.value(word) for word in rest]
    return 0 < len(rest) <= 2 and all(value is not None and value <= 10 for value in values)


def _free(tokens: Tokens, taken: Sequence[tuple[int, int]]) -> list[bool]:
    """For each word, whether no other reading (a date, a duration) has taken it."""
    free = [True] * len(tokens)
    for start, end in taken:
        first, last = bisect_left(tokens.starts, start), bisect_left(tokens.starts, end)
        free[first:last] = [False] * (last - first)
    return free


def _scores(tokens: Tokens, free: Sequence[bool], *, wanted: bool) -> list[Score]:
    words, at, out = tokens.words, 0, []
    while at < len(words):
        score = _score(words, at, wanted=wanted) if free[at] else None
        if score is None:
            at += 1
            continue
        out.append(score)
        at = max(at + 1, score.last)
    return out


def _score(words: Sequence[str], at: int, *, wanted: bool) -> Score | None:
    count = _number(words, at)
    if count is None or _question_scale(words, at):
        return None
    score = _ranged(words, count, wanted=wanted)
    if words[score.last : score.last + 1] == ["ish"]:
        score = Score(score.low, score.high, at, score.last + 1, score.scaled)
    if score.scaled:
        tenth = 10 if words[score.last - 1] == "100" else 1
        return Score(score.low / tenth, score.high / tenth, at, score.last, True)
    return score if _stands_alone(words, score, wanted=wanted) else None


def _ranged(words: Sequence[str], count: numbers.Number, *, wanted: bool) -> Score:
    """The number with its range ("6 or 7", "3 to 8", "a seven eight") and its "out of ten"."""
    low, high, first, last = count.low, count.high, count.first, count.last
    scaled, end = _out_of_ten(words, last)
    if not scaled and words[last : last + 1] and words[last] in _JOIN:
        step = last + 1
        while step < len(words) and words[step] in _HEDGES:
            step += 1
        other = _number(words, step) if step < len(words) else None
        plain = words[last] in ("-", "–", "to", "or", "/", "o")
        if other and (plain or wanted) and other.high <= 10 and not _counts_else(words, other.last):
            scaled_too, stop = _out_of_ten(words, other.last)
            if abs(other.high - low) <= 5 or words[last] in ("to", "-", "–"):
                return Score(min(low, other.low), max(high, other.high), first, stop, scaled_too)
    if wanted and not scaled and end < len(words):
        beside = _number(words, end)
        if beside and beside.low - low == 1 and beside.high <= 10:
            return Score(low, beside.high, first, beside.last, False)
    return Score(low, high, first, end, scaled)


def _stands_alone(words: Sequence[str], score: Score, *, wanted: bool) -> bool:
    """Whether a number without "out of ten" is a score at all."""
    at = score.first
    if _counts_else(words, score.last) or not (
        wanted or _scale_word_before(words, at) or _given_as_score(words, score)
    ):
        return False
    if words[at] == "one" and words[at - 1 : at] in (
        ["this"],
        ["that"],
        ["right"],
        ["left"],
        ["the"],
        ["no"],
        ["other"],
    ):
        return False
    most = (
        10.0 if not wanted else 100.0 if len(words) > _FEW else math.inf
    )  # "10000!" is a ten, a year in a sentence is not
    return score.high <= most


def _number(words: Sequence[str], at: int) -> numbers.Number | None:
    if words[at : at + 2] == ["a", "hundred"]:
        return numbers.Number(100, 100, at, at + 2)
    if words[at] in ("a", "an", "some", "half", "few", "the", "couple", "several", "quite", "many"):
        return None
    low = numbers.value(words[at])
    if low is None:
        return None
    tenths = numbers.value(words[at + 2]) if words[at + 1 : at + 2] == ["point"] and at + 2 < len(words) else None
    if tenths is not None and tenths < 10:
        return numbers.Number(low + tenths / 10, low + tenths / 10, at, at + 3)
    if words[at + 1 : at + 4] == ["and", "a", "half"]:
        return numbers.Number(low + 0.5, low + 0.5, at, at + 4)
    return numbers.Number(low, low, at, at + 1)


def _out_of_ten(words: Sequence[str], at: int) -> tuple[bool, int]:
    for joint in _OUT_OF:
        size = len(joint)
        if tuple(words[at : at + size]) == joint and at + size < len(words):
            skip = at + size
            if words[skip] == "a" or words[skip] == "the":
                skip += 1
            if skip < len(words) and words[skip] in _TOP:
                if joint in (("in",), ("on",), ("of",), ("over",), ("from",), ("by",)) and words[skip] == "100":
                    continue
                return True, skip + 1
    return False, at


def _counts_else(words: Sequence[str], at: int) -> bool:
    if at >= len(words):
        return False
    following = words[at]
    if following in ("more", "or", "full", "whole", "to") and at + 1 < len(words) and following != "to":
        following = words[at + 1]
    return following in _OTHER_UNITS


def _question_scale(words: Sequence[str], at: int) -> bool:
    """ "on a scale of 1 to 10" repeats the question."""
    before = list(words[max(0, at - 3) : at])
    ends = words[at + 1 : at + 3] in (["to", "10"], ["to", "ten"], ["-", "10"], ["being", "the"], ["is", "the"])
    if "scale" in before and ends:
        return True
    if words[at] in _TOP and words[max(0, at - 2) : at] in (["scale", "of"], ["scale", "to"]):  # "on a scale of ten"
        return True
    if before[-1:] == ["to"] and words[at] in _TOP and "scale" in words[max(0, at - 6) : at]:
        return True
    return words[at] in _TOP and words[at + 1 : at + 3] in (["being", "the"], ["is", "the"], ["being", "worst"])


# "I'd say it's a five", "at its worst a seven", "maybe a three": an article before the bare number, and nothing counted after it.
_GIVES = word_set("it's its is was be say rate give it that that's call worst maybe probably about around pain's to at")
_SAID_FLAT = (("i'd", "say"), ("give", "it"), ("rate", "it"), ("give", "that"), ("it", "at"), ("rate", "that"))
_AFTER_SCORE = word_set(
    ". , ; ! ) now today usually most when whenever but or if at on in walking sitting resting standing lying just really i it by and though",
)


def _given_as_score(words: Sequence[str], score: Score) -> bool:
    at, last = score.first, score.last
    scale = words[at - 1 : at] in (["a"], ["an"], [","]) and "scale" in words[max(0, at - 7) : at]
    if score.high <= 10 and (scale or _on_a_day(words, last)):
        return True
    if list(words[last : last + 2]) == ["at", "worst"] or list(words[last : last + 3]) == ["at", "its", "worst"]:
        return score.high <= 10
    if score.high <= 10 and "worst" in words[max(0, at - 2) : at] and words[at - 1] in ("worst", "is", "was"):
        return last >= len(words) or words[last] in _AFTER_SCORE
    if words[at] == "one" or score.high > 10 or (last < len(words) and words[last] not in _AFTER_SCORE):
        return False
    if _closes_an_ache(words, score):
        return True
    before = [
        word
        for word in words[max(0, at - 6) : at]
        if word not in ("about", "maybe", "around", "probably", "like", "only")
    ]
    if (
        before[-1:] and before[-1] in _FEELS and last < len(words)
    ):  # "dull ache 4, sharp 7 if I jerk it", "it's a dull 3 but"
        return words[last] in (",", ".", ";", "if", "when", "at", "but", "and", "on") or before[-2:-1] in (
            ["a"],
            ["an"],
        )
    if before[-1:] in (["a"], ["an"]):
        told = before[-2:-1] or words[at - 2 : at - 1]
        return bool(told) and (told[0] in _GIVES or words[at - 2] in _HEDGES) and told != ["for"]
    return tuple(before[-2:]) in _SAID_FLAT or tuple(before[-3:]) in (("i'd", "say", "it's"), ("i", "would", "say"))


_FEELS = word_set("ache pain dull sharp throbbing soreness tightness stiffness steady constant burning stabbing")
_ACHES = word_set("pain pains hurts hurt hurting ache aches aching sore stiff stiffness tight tender throbbing painful")
_GUESSED = word_set("maybe like roughly say probably about around")
_TIMED = word_set("for since at by in of last until till from after before on come free book next")


def _on_a_day(words: Sequence[str], last: int) -> str | None:
    """ "4 on a good day", "7 on a bad day": good or bad."""
    day = words[last : last + 4]
    named = len(day) == 4 and day[0] == "on" and day[1] == "a" and day[3] == "day"
    return day[2] if named and day[2] in ("good", "bad") else None


def _closes_an_ache(words: Sequence[str], score: Score) -> bool:
    """ "sore calves, maybe 2": a guessed number at the very end of an ache; "hurts since about 4" is a time."""
    at = score.first
    ends = score.last == len(words) or (score.last == len(words) - 1 and words[-1] in (".", "!"))
    guessed = at > 1 and words[at - 1] in _GUESSED and words[at - 2] not in _TIMED
    return ends and guessed and not _ACHES.isdisjoint(words[:at])


def _scale_word_before(words: Sequence[str], at: int) -> bool:
    before = words[max(0, at - 5) : at]
    if words[at][0].isalpha() and words[at] == "one":
        return False
    for index, word in enumerate(before):
        if word in ("pain", "hurts", "hurt", "scale", "rate", "level", "score", "nrs", "intensity", "severity"):
            return all(
                mid in _CUES
                or mid
                in (
                    "a",
                    "an",
                    "of",
                    "to",
                    ":",
                    "=",
                    ",",
                    "it",
                    "as",
                    "the",
                    "i'd",
                    "i",
                    "would",
                    "be",
                    "now",
                    "today",
                    "currently",
                )
                for mid in before[index + 1 :]
            )
    return False


def _merge(tokens: Tokens, scores: Sequence[Score], context: Context) -> list[Mention]:
    """One mention per score; a second one that is the worst becomes `worst` of the first."""
    if not scores:
        return []
    words = tokens.words
    peaks = [score for score in scores if _is_peak(words, score)]
    if len(peaks) == len(scores) > 1:  # "4 out of 10 but 8 at worst": the word belongs to the number beside it
        peaks = _beside_the_peak(words, scores)
    usual = [score for score in scores if score not in peaks] or list(scores)
    worst = max((score.high for score in peaks if score not in usual), default=None)
    out = []
    for score in usual:
        flags = context.flags(score.first, score.last, site=True)
        clamped = score.high > 10 or score.low > 10
        low, high = min(score.low, 10.0), min(score.high, 10.0)
        out.append(
            Mention(
                "intensity",
                None,
                tokens.starts[_with_about(words, score.first)],
                tokens.ends[score.last - 1],
                lo=_neat(low),
                hi=_neat(high),
                clamped=clamped,
                worst=_neat(min(worst, 10.0)) if worst is not None and worst > high else None,
                **{name: True for name in said_flags(flags) if name in ("past", "other_person", "hypothetical")},
            )
        )
    return out


def _with_about(words: Sequence[str], first: int) -> int:
    """Takes in the "about" of "about 7/10"."""
    return first - 1 if first and words[first - 1] in ("about", "around", "roughly", "maybe", "probably") else first


def _is_peak(words: Sequence[str], score: Score) -> bool:
    near = words[max(0, score.first - 6) : score.first] + words[score.last : score.last + 4]
    day = _on_a_day(words, score.last)
    return day == "bad" or (day is None and any(word in _PEAK for word in near))


def _beside_the_peak(words: Sequence[str], scores: Sequence[Score]) -> list[Score]:
    """For each "worst", "max" and the like the one score that stands nearest to it."""

    def away(score: Score, at: int) -> int:
        between = words[at + 1 : score.first] if at < score.first else words[score.last : at]
        return len(between) + 2 * sum(word in _PARTS for word in between)

    return [min(scores, key=lambda score: away(score, at)) for at, word in enumerate(words) if word in _PEAK]


def _in_words(tokens: Tokens, context: Context, *, wanted: bool) -> list[Mention]:
    words = tokens.words
    for at in [at for at, word in enumerate(words) if word in _BEGIN]:
        for size in range(_LONGEST, 0, -1):
            said = _WORDS.get(tuple(words[at : at + size])) if at + size <= len(words) else None
            if said:
                flags = context.flags(at, at + size)
                if flags & FLAGS["negated"] and size == 1:
                    break
                meant = {name: True for name in said_flags(flags) if name != "negated"}
                return [
                    Mention(
                        "intensity",
                        " ".join(words[at : at + size]),
                        tokens.starts[at],
                        tokens.ends[at + size - 1],
                        lo=said[0],
                        hi=said[1],
                        **meant,
                    )
                ]
    if wanted:
        for phrase, (low, high) in _ON_THE_SCALE.items():
            if words[-len(phrase) :] == list(phrase) or tuple(words) == phrase:
                at = len(words) - len(phrase)
                return [Mention("intensity", " ".join(phrase), tokens.starts[at], tokens.ends[-1], lo=low, hi=high)]
        for phrase in _ZERO:
            for at in range(len(words) - len(phrase) + 1):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    return [
                        Mention("intensity", None, tokens.starts[at], tokens.ends[at + len(phrase) - 1], lo=0, hi=0)
                    ]
    return []


def _neat(value: float) -> float:
    return int(value) if value == int(value) else round(value, 1)
