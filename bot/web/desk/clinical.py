"""Says in the reader's language what the rules say to staff: sentence by sentence, as the rows of the rules are put together."""

from __future__ import annotations

import functools
import re

from bot.domain.flags import RED_FLAGS
from bot.domain.guardian import to_guardian
from bot.domain.rules import RULES
from bot.domain.summary import Voice, name_of
from bot.web.desk import tongue

_SENTENCE = re.compile(r"(?<=\.) (?=\S)")
_SUSPECTED = re.compile(r"(?P<name>.+) (?P<how>suspected|possible)")
_NAMES = frozenset(flag.name for flag in RED_FLAGS.values())
_ID = re.compile(r"(?:RF|CI)-[A-Z0-9-]+")
_TOGETHER = " together with "


def voice() -> Voice:
    """The voice of the brief in the language of this request."""
    return Voice(tongue.language(), tongue.say, staff, tongue.number)


def name(key: str) -> str:
    """A flag, condition, extra or field in the language of this request."""
    return name_of(key, voice())


def staff(text: str) -> str:
    """A text of a rule, a condition or a modifier for staff; what has no translation stays as it is."""
    whole = tongue.say(text)
    return whole if whole != text else " ".join(_sentence(one) for one in _SENTENCE.split(text))


def because(rule: str, text: str) -> str:
    """What the visitor was told, from the English that is kept with the result."""
    whole = tongue.say(text)
    if whole != text:
        return whole
    for words in _told_by(rule):
        before, _, after = words.partition("{told}")
        if text.startswith(before) and text.endswith(after):
            parts = text[len(before) : len(text) - len(after)].split(_TOGETHER)
            told = tongue.say(_TOGETHER).join(tongue.say(part) for part in parts)
            return tongue.say(words).replace("{told}", told)
    return text


def condition(text: str) -> str:
    """What would have to be different, with the ids in words: "CI-CHRONIC cleared"."""
    return tongue.say(" and ").join(_changed(part) for part in text.split(" and "))


def _changed(text: str) -> str:
    found = _ID.match(text)
    if found is not None:
        what = text[found.end() :].strip()
        return tongue.say(f"{{what}} {what}", what=name(found[0])) if what else name(found[0])
    before, colon, after = text.partition(": ")
    return f"{tongue.say(before)}: {tongue.say(after)}" if colon else tongue.say(text)


def _sentence(text: str) -> str:
    bare = text.removesuffix(".")
    dot = text[len(bare) :]
    found = _SUSPECTED.fullmatch(bare)
    if found is not None and found["name"] in _NAMES:
        return tongue.say(f"{{name}} {found['how']}", name=tongue.say(found["name"])) + dot
    return tongue.say(bare) + dot


@functools.cache
def _told_by(rule: str) -> tuple[str, ...]:
    """The texts of a rule's rows that quote what was told."""
    rows = [row.because for row in RULES if row.id == rule and "{told}" in row.because]
    return (*rows, *map(to_guardian, rows))
