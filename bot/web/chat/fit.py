"""Says whether a structured answer fits the open question, and how a person would have said it (contract §5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain import sites, wished_times
from bot.domain.record import BP_RANGE, RANGES
from bot.domain.speech import ENGLISH, say
from bot.web.chat.bodies import MAX_TEXT, clean

SKIPPED = "Skip"
_EXCLUSIVE = {"none": "None of these", "unsure": "Not sure"}
_YES_NO = {"yes": "Yes", "no": "No", "unsure": "Not sure"}
_SIDES = ("left", "right", "both", None)
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]{1,64}@[^@\s.,;:<>()\[\]\\\"]+(\.[^@\s.,;:<>()\[\]\\\"]+)+")
_MAX_LIST = 60
_HOW_LONG = "The answer is a number of days or a date such as 2026-03-01."


class DoesNotFit(ValueError):
    """The value cannot be an answer to this question; the message says what would fit, never what was sent."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A value that fits, in its stored form, and the words it stands for."""

    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class Given:
    """On which day, and in which language, an answer was given."""

    today: date
    locale: str

    def say(self, text: str, **values: object) -> str:
        """What the choice is called to the visitor."""
        return say(self.locale, text, **values)


def fit(question: Mapping[str, Any], value: Any, *, today: date, locale: str = ENGLISH) -> Fitted:
    """Check a value against a question of contract §4; its words in the language of a locale. Raises `DoesNotFit`."""
    if value is None:
        if question.get("skippable"):
            return Fitted(None, say(locale, SKIPPED))
        raise DoesNotFit("This question cannot be skipped.")
    check = _KINDS.get(str(question.get("kind")), _text)
    fitted = check(question, value, Given(today, locale))
    return Fitted(fitted.value, fitted.label[:MAX_TEXT])


def _labels(question: Mapping[str, Any]) -> dict[Any, str]:
    """The choices that have a plain value, with their labels."""
    return {
        choice["value"]: str(choice["label"])
        for choice in question.get("choices") or ()
        if isinstance(choice.get("value"), str | int)
    }


def _yes_no(question: Mapping[str, Any], value: Any, given: Given) -> Fitted:
    offered = _labels(question) or _YES_NO
    if not isinstance(value, str) or value not in offered:
        raise DoesNotFit(f"The answer is one of {', '.join(map(str, offered))}.")
    return Fitted(value, given.say(offered[value]))


def _choice(question: Mapping[str, Any], value: Any, _given: Given) -> Fitted:
    offered = _labels(question)
    if isinstance(value, bool) or not isinstance(value, str | int) or value not in offered:
        raise DoesNotFit(f"The answer is one of {', '.join(map(str, offered))}.")
    return Fitted(value, offered[value])


def _multi(question: Mapping[str, Any], value: Any, given: Given) -> Fitted:
    offered = {**_EXCLUSIVE, **_labels(question)}
    if isinstance(value, list) and len(value) == 1 and value[0] in ("none", "unsure"):
        value = value[0]
    if isinstance(value, str) and value in _EXCLUSIVE:
        return Fitted(value, given.say(offered[value]))
    if not isinstance(value, list) or not value or len(value) > _MAX_LIST:
        raise DoesNotFit("The answer is a list of choices, or none, or unsure.")
    if not all(isinstance(item, str) and item in offered and item not in _EXCLUSIVE for item in value):
        raise DoesNotFit("The list may hold only the choices of this question; none and unsure stand alone.")
    picked = list(dict.fromkeys(value))
    return Fitted(picked, "; ".join(offered[item] for item in picked))


def _scale(question: Mapping[str, Any], value: Any, _given: Given) -> Fitted:
    low, high = question.get("min", 0), question.get("max", 10)
    number = _whole(value, low, high)
    if number is None:
        raise DoesNotFit(f"The answer is a whole number from {low} to {high}.")
    return Fitted(number, str(number))


def _body_map(_question: Mapping[str, Any], value: Any, given: Given) -> Fitted:
    entries = [value] if isinstance(value, dict) else value
    if not isinstance(entries, list) or not 0 < len(entries) <= _MAX_LIST:
        raise DoesNotFit('The answer is a list of {"site", "side"}.')
    places = [_place(entry) for entry in entries]
    unique = [place for at, place in enumerate(places) if place not in places[:at]]
    words = sites.say_all(unique, given.locale)
    return Fitted(unique, words[:1].upper() + words[1:])


def _place(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict) or not set(entry) <= {"site", "side"}:
        raise DoesNotFit('Each place is {"site", "side"}.')
    site, side = entry.get("site"), entry.get("side")
    if not isinstance(site, str) or site not in sites.SITES:
        raise DoesNotFit("There is no such body site.")
    if not (side is None or isinstance(side, str)) or side not in _SIDES:
        raise DoesNotFit("side is left, right, both or null.")
    return {"site": site, "side": side}


def _contact(_question: Mapping[str, Any], value: Any, _given: Given) -> Fitted:
    if not isinstance(value, dict) or not set(value) <= {"name", "phone", "email"}:
        raise DoesNotFit('The answer is {"name", "phone", "email"}.')
    tidy = {key: _line(part, 200) for key, part in value.items() if part not in (None, "")}
    phone, email = tidy.get("phone"), tidy.get("email")
    if not phone and not email:
        raise DoesNotFit("A phone number or an e-mail address is needed.")
    if phone and not 6 <= sum(map(str.isdigit, phone)) <= 15:
        raise DoesNotFit("The phone number needs 6 to 15 digits.")
    if email and not _EMAIL.fullmatch(email):
        raise DoesNotFit("The e-mail address needs a name, an @ and a domain.")
    return Fitted({"name": None, "phone": None, "email": None} | tidy, ", ".join(tidy.values()))


def _times(_question: Mapping[str, Any], value: Any, given: Given) -> Fitted:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list) or not 0 < len(entries) <= 20:
        raise DoesNotFit("The answer is a list of times or words.")
    lines = [_line(entry, 200) for entry in entries]
    return Fitted(lines, wished_times.say(lines, given.locale))


def _text(question: Mapping[str, Any], value: Any, given: Given) -> Fitted:
    """The free kind: a string, but a number, a date or a pair where the field says so."""
    field = str(question.get("field", "")).split("#", 1)[0]
    if field == "age":
        return _numbered(value, "age", "The age is a whole number of years from 0 to 120.")
    if field.startswith("weeks_since_"):
        return _numbered(value, field, "The answer is a number of weeks.")
    if field == "duration_days":
        return _duration(value, given)
    if field == "bp":
        return _blood_pressure(value)
    line = _line(value, MAX_TEXT)
    return Fitted(line, line)


def _numbered(value: Any, field: str, otherwise: str) -> Fitted:
    """A whole number that a record may hold in this field."""
    number = _whole(value, *RANGES.get(field, RANGES["weeks_since_injury"]))
    if number is None:
        raise DoesNotFit(otherwise)
    return Fitted(number, str(number))


def _duration(value: Any, given: Given) -> Fitted:
    """A number of days, or the date it began; where the visitor is, it may be a day later than at the clinic."""
    if isinstance(value, str):
        try:
            began = datetime.fromisoformat(value).date()
        except ValueError:
            raise DoesNotFit(_HOW_LONG) from None
        if began > given.today + timedelta(days=1):
            raise DoesNotFit("The date lies in the future.")
        ago = _numbered(max((given.today - began).days, 0), "duration_days", _HOW_LONG)
        return Fitted(ago.value, given.say("Since {date}", date=began.isoformat()))
    number = _numbered(value, "duration_days", _HOW_LONG).value
    return Fitted(number, given.say("{count} day" if number == 1 else "{count} days", count=number))


def _blood_pressure(value: Any) -> Fitted:
    """Systolic and diastolic in mmHg."""
    told = value if isinstance(value, list) and len(value) == 2 else (None, None)
    pair = [_whole(part, *ends) for part, ends in zip(told, BP_RANGE, strict=True)]
    if None in pair or pair[0] <= pair[1]:  # type: ignore[operator]
        raise DoesNotFit("The answer is [systolic, diastolic], such as [120, 80].")
    return Fitted(pair, f"{pair[0]}/{pair[1]}")


def _whole(value: Any, low: float, high: float) -> int | None:
    """The value as a whole number within the range, or None; true and false are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        return None
    return int(value) if value == int(value) else None


def _line(value: Any, limit: int) -> str:
    if not isinstance(value, str):
        raise DoesNotFit("The answer is a text.")
    tidy = clean(value).strip()
    if not 0 < len(tidy) <= limit:
        raise DoesNotFit(f"The answer is a text of 1 to {limit} characters.")
    return tidy


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Any, Given], Fitted]] = {
    "yes_no": _yes_no,
    "choice": _choice,
    "multi": _multi,
    "scale": _scale,
    "body_map": _body_map,
    "contact": _contact,
    "date": _times,
    "text": _text,
}


def ticked_flags(value: Any) -> Sequence[str]:
    """The red flags a visitor ticked in a list answer."""
    items = value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str) and item.startswith("RF-"))
