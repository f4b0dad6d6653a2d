"""Hears the wish to move or to cancel a visit that is planned already: a person does that, not this interview."""

from __future__ import annotations

import re

_VISIT = r"(?:appointments?|bookings?|visits?|sessions?|slot|reservation|massage)"
_CITA = r"(?:citas?|reservas?|visitas?|sesi[oó]n|hora|turno|masaje)"
_OWN = r"(?:my|our|the|this|that|his|her|an?|tomorrow'?s|today'?s)"
_WISHES = re.compile(
    rf"\b(?:change|move|reschedule|postpone|cancel|shift|rebook|push back|call off|swap)(?:ling|ing)?\s+{_OWN}\s+(?:\w+\s+)?{_VISIT}\b"
    rf"|\b(?:can(?:'?t|not)|won'?t|unable to)\s+(?:be able to\s+)?(?:make|come to|attend|get to)\s+{_OWN}\s+(?:\w+\s+)?{_VISIT}\b"
    rf"|\b{_VISIT}\b[^.?!]{{0,30}}\b(?:needs? to be|be|moved?)\s*(?:changed|moved|cancel?led|postponed|rescheduled)\b"
    rf"|\b(?:cambi|muev|mov[ei]|cancel|aplaz|aplac|pospon|pospong|anul|reprogram|pas)\w*\s+(?:de\s+)?(?:mi|mis|la|nuestra|esta|una)\s+{_CITA}\b"
    rf"|\bno (?:puedo|podr[eé]|voy a poder) (?:ir|venir|acudir|llegar) a (?:mi|la|nuestra)\s+{_CITA}\b",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"^\W*(?:how|what|when|is there|do you|does|c[oó]mo|qu[eé]|cu[aá]nto|hay|me cobran|cobran)\b", re.IGNORECASE
)


def is_about_one(text: str) -> bool:
    """True for "change my booking to Friday" and "cancel my appointment", asked or wished."""
    return bool(_WISHES.search(text))


def asks_how(text: str) -> bool:
    """True for "how do I cancel my appointment?": a question, and no order yet."""
    return bool(_ASKS_HOW.search(text))
