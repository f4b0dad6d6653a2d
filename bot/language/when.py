"""Finds wished appointment times: days to come, parts of the day, clock times; kept in the visitor's words for staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.mention import Mention
from bot.language.context import FLAGS, Context
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

_DAYS = word_set(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays",
    "saturdays sundays mon tues tue weds wed thurs thur thu fri weekday weekdays weekend weekends tomorrow tmrw",
)
_PARTS = word_set(
    "morning mornings afternoon afternoons evening evenings lunchtime lunch noon midday night",
)
_NEXT = word_set(
    "week month weekend monday tuesday wednesday thursday friday saturday sunday available free",
)
_GLUE = word_set(
    "or and at in on the after before from around about between to any , - – next this early late mid till until",
    "anytime any of",
)
_HALVES = word_set(
    "am pm a.m p.m o'clock oclock",
)
_WISH = word_set(
    "book booking appointment appt available availability slot come free prefer preferably suit suits works work",
    "could can would like fit schedule reschedule visit see ideally best next please",
)
# These make a day word a time that is over or a pattern, not a wish.
_OVER = word_set(
    "since last every each started began happened hurt fell hurts wake woke was were been yesterday worse stiff ago",
    "did",
)


def read(tokens: Tokens, context: Context, *, asked: str | None, now: datetime) -> list[Mention]:
    """Wished times. Without the question for them, a sentence must speak of coming, booking or being free."""
    wanted = asked is not None and asked.startswith("preferred")
    out, at, words = [], 0, tokens.words
    while at < len(words):
        end = _phrase(words, at)
        if end is None or not (wanted or _wished(tokens, at, end)):
            at += 1
            continue
        flags = context.flags(at, end)
        out.append(
            Mention(
                "when",
                " ".join(words[at:end]),
                tokens.starts[at],
                tokens.ends[end - 1],
                negated=bool(flags & FLAGS["negated"]),
            )
        )
        at = end
    return out


def _phrase(words: Sequence[str], at: int) -> int | None:
    """The end of the longest run of time words that begins at `at`; None when there is none."""
    if not _core(words, at):
        return None
    end = at = _core_end(words, at)
    while at < len(words):
        if _core(words, at):
            end = at = _core_end(words, at)
        elif words[at] in _GLUE:
            at += 1
        else:
            break
    return end


def _core(words: Sequence[str], at: int) -> bool:
    word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
    if word in _DAYS or word in _PARTS or word in ("asap", "anytime", "today", "tonight", "whenever"):
        return True
    if word in ("next", "coming", "this") and after in _NEXT:
        return True
    if word == "as" and after == "soon":
        return True
    return (
        word.isdigit()
        and len(word) <= 2
        and (after in _HALVES or _clock(words, at) or after in ("st", "nd", "rd", "th"))
    )


def _clock(words: Sequence[str], at: int) -> bool:
    return words[at + 1 : at + 2] == [":"] and at + 2 < len(words) and words[at + 2].isdigit()


def _core_end(words: Sequence[str], at: int) -> int:
    word = words[at]
    if word == "as":
        return min(at + 4, len(words))
    if word in ("next", "coming", "this") and words[at + 1 : at + 2] and words[at + 1] in _NEXT:
        return at + 2
    if word.isdigit():
        end = at + 3 if _clock(words, at) else at + 1
        return end + 1 if end < len(words) and words[end] in (_HALVES | {"st", "nd", "rd", "th"}) else end
    return at + 1


def _wished(tokens: Tokens, at: int, end: int) -> bool:
    sentence = tokens.sentence[at]
    said = [word for word, number in zip(tokens.words, tokens.sentence, strict=True) if number == sentence]
    if any(word in _OVER for word in said) or (tokens.words[at] in ("today", "tonight") and "book" not in said):
        return False
    return any(word in _WISH for word in said) and not (
        tokens.words[at] in ("night", "morning", "mornings") and end == at + 1
    )
