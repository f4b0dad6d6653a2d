"""The few sentences the edge says by itself, and the clinic's facts in place of the `[[…]]` in the bot's answers."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain import wished_times
from bot.domain.speech import language_of, say
from bot.settings import RETENTION, Clinic

_PLACE = re.compile(r"\[\[([a-z_]+)\]\]")

TROUBLE = (
    "I'm having trouble answering just now. Your message is kept and will be answered. "
    "In an emergency, call [[emergency]]. Call us on [[phone]], or leave your name and number here and we'll call you back."
)
NOT_STARTED = (
    "Hello. I'm having trouble starting just now. What you write is kept and will be answered. "
    "In an emergency, call [[emergency]]. Call us on [[phone]], or leave your name and number here and we'll call you back."
)
CALL_BACK_NOTED = "Thank you. We have your details, and somebody from the clinic will get in touch with you."
CALL_BACK_WHY = "So that somebody from the clinic can reach you while I can't answer."
NO_ANSWER = "I'm sorry, I have no answer to that. Could you put it in other words?"
GAVE_UP = (
    "I'm sorry, I couldn't work with that message. Could you put it in other words? You can also call us on [[phone]]."
)
NOTHING_KEPT = "I keep nothing of what you tell me unless you say yes. Until then it only waits here, and without a yes it is deleted."
PERSON_TOLD = "I have told our team that you want to talk to a person. Someone writes here as soon as they can."
PERSON_LATER = "Our team is not here right now. Your request waits for them: someone answers from {when}."


def person_told(clinic: Clinic, locale: str, now: datetime) -> str:
    """When a person will answer: soon while the clinic is open, else from its next opening on."""
    opens = clinic.opening.next_opening(now, clinic.zone)
    if opens is None or opens <= now:
        return say(locale, PERSON_TOLD)
    return say(locale, PERSON_LATER, when=wished_times.moment(opens.astimezone(clinic.zone), locale))


KEPT = (
    "A chat that leads to no visit is deleted after [[abandoned_days]] days, the chat behind a visit after [[transcript_days]] days. "
    "The record of a visit stays as long as the law asks. You can have it deleted at any time: just ask."
)
UNFILLED = "The clinic hasn't told me that yet. I can ask someone to call you back, or you can call us on [[phone]]."


SWITCHED = "We can go on in English. To change back, write “{back}”."
_BACK = {"en": "en español, por favor", "es": "English, please"}


def switched(locale: str) -> str:
    """Said when the visitor wrote in another language than before: in theirs, with the words that lead back."""
    return say(locale, SWITCHED, back=_BACK[language_of(locale)])


def fill(text: str, clinic: Clinic, locale: str) -> str:
    """The text in the language of a locale, with every place filled.

    A text that is in that language already stays as it is; a question the clinic has not answered gets an honest answer.
    """
    return _PLACE.sub(lambda found: _fact(found[1], clinic, locale), say(locale, text))


def _fact(name: str, clinic: Clinic, locale: str) -> str:
    if name.startswith("faq_"):
        key = name.removeprefix("faq_")
        told = clinic.facts_in(locale).get(key, "").strip() or _derived(key, clinic, locale)
        return told or fill(UNFILLED, clinic, locale)
    if name in ("emergency", "emergency_number"):
        return say(locale, clinic.lines.emergency_words)
    if name in RETENTION:
        return str(clinic.retention[name])
    plain = name.removeprefix("clinic_")
    return str(getattr(clinic, plain)) if plain in ("name", "phone", "email", "address", "hours") else ""


def _derived(key: str, clinic: Clinic, locale: str) -> str:
    """Answers that follow from what the clinic says of itself."""
    if key == "location" and clinic.address:
        return say(locale, "You find us at {address}.", address=clinic.address)
    if key == "hours" and clinic.hours:
        return say(locale, "We are open {hours}.", hours=clinic.hours)
    if key == "retention":
        return fill(KEPT, clinic, locale)
    return ""
