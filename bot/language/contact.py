"""Finds e-mail addresses and telephone numbers; a number is a telephone number only when `phonenumbers` says it can be."""

from __future__ import annotations

import re
from itertools import islice

import phonenumbers

from bot.domain.mention import Mention

# Local part and domain as in RFC 5321, the plain form; each part bounded so that no text can make it slow.
_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,4}[A-Za-z]{2,24}(?![\w@])"
)
_MOST_NUMBERS = 20  # telephone numbers looked at in one text
_MOST_SLASHES = 3  # in a telephone number; more are fractions or dates
_DIGITS = re.compile(r"\+?\(?\d(?:[\d\s().\-/]{5,22})\d")
_REGIONS = ("US", "GB", "AU", "NZ", "IE", "CA", "ES", "MX")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")


def read(text: str, *, asked: str | None) -> list[Mention]:
    """Contacts with `value` in a form a machine can dial or mail, and `type` "email" or "phone" beside it."""
    if not any(char == "@" or char.isdigit() for char in text):
        return []
    out = [
        Mention("contact", found.group(), found.start(), found.end(), detail={"type": "email"})
        for found in _EMAIL.finditer(text)
    ]
    for found in islice(_DIGITS.finditer(text), _MOST_NUMBERS):
        number = _phone(found.group(), wanted=asked is not None and asked.startswith("contact"))
        if number and not any(m.start < found.end() and found.start() < m.end for m in out):
            out.append(Mention("contact", number, found.start(), found.end(), detail={"type": "phone"}))
    return out


def _phone(written: str, *, wanted: bool) -> str | None:
    digits = sum(char.isdigit() for char in written)
    fractions = written.count("/") > _MOST_SLASHES
    if not 7 <= digits <= 15 or (digits < 9 and not wanted) or fractions or _DATE.fullmatch(written.strip()):
        return None
    abroad = written.lstrip().startswith("+")
    if not (wanted or abroad or any(_valid(written, region) for region in _REGIONS)):
        return None
    if abroad and _valid(written, None):
        return phonenumbers.format_number(phonenumbers.parse(written), phonenumbers.PhoneNumberFormat.E164)
    return re.sub(r"[^\d+]", "", written)  # as it was written: a guessed country would ring somebody else


def _valid(written: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False
