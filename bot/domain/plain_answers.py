"""How the answer to each open question is read from plain words: one small reader per field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from bot.domain import ache_told, answers, cards, complaints, questions, spanish_answers, told, whose_visit
from bot.domain.complaints import field
from bot.domain.intake import Intake
from bot.domain.judge import held_back
from bot.domain.record import RANGES
from bot.domain.said import Said

_SELF = re.compile(
    r"\b(?:me|myself|mine|self|for my own|para mí|yo)\b|^\W*(?:it'?s )?(?:i|i'?m|i am)\W*$|\bi(?:'m| am)? (?:the one|coming|booking)\b",
    re.IGNORECASE,
)


def _read_for_whom(intake: Intake, said: Said) -> bool:
    if re.fullmatch(
        r"\W*((some(one|body) )?else|other|another person|(my )?(partner|family|friend))\W*", said.text, re.IGNORECASE
    ):
        intake.know("for_whom", "other", said.words())
        return True
    named = whose_visit.whose(said.text, intake.facts.get("for_whom")) or ("self" if _SELF.search(said.text) else None)
    if named is not None:
        intake.know("for_whom", named, said.words())
        return True
    whom = spanish_answers.whom(said.text)
    if whom is None:
        return False
    intake.know("for_whom", whom, said.words())
    return True


_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:.]\d{2})? ?(?:[ap]\.?m\b\.?|o'?clock|h\b|hs\b)|\ba las \d{1,2}(?:[:.]\d{2})?", re.IGNORECASE
)
_YEARS = re.compile(r"year|yr|año", re.IGNORECASE)


def _read_age(intake: Intake, said: Said) -> bool:
    born = next((m.detail.get("years") for m in said.of("person") if m.value == "age" and m.detail), None)
    age = born or answers.age_said(said.text) or answers.whole_number(_without_spans(said), 0, 120)
    if age is None or (age <= told.YOUNGEST_WRITER and intake.facts.get("for_whom") in (None, "self")):
        return False
    intake.know("age", age, said.words())
    whose = whose_visit.whose(said.text, intake.facts.get("for_whom"))
    if whose is not None and intake.facts.get("for_whom") != whose:
        intake.know("for_whom", whose, said.words())  # "my mum, she's 78": then the visit is hers
    return True


def _without_spans(said: Said) -> str:
    """The message without times and scores: "two weeks ago", "tomorrow at 5pm" and "6/10" are no age, a bare "46 years" is one."""
    text = _CLOCK.sub(lambda found: " " * len(found[0]), said.text)
    for found in said.mentions:
        words = text[found.start : found.end]
        if (
            found.kind in ("when", "contact")
            or (found.kind == "intensity" and "/" in words)
            or (found.kind in ("duration", "span") and not (_YEARS.search(words) and len(said.text.split()) <= 4))
        ):
            text = text[: found.start] + " " * len(words) + text[found.end :]
    return text


def _read_choice(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        named = answers.named_choices(said.text, questions.question(name, intake).choices)
        if not named:
            return False
        intake.know(name, named[0], said.words())
        return True

    return read


def _at(intake: Intake) -> int:
    """The complaint the open question is about."""
    return complaints.number(intake.open_field or "")


def _read_sites(intake: Intake, said: Said) -> bool:
    at = _at(intake)
    named = said.of("site")
    anew = field("sites", at) in intake.reopened
    if named and anew:
        return ache_told.take_sites(intake, said, at, anew=True)
    if named:
        return False  # `told.facts` keeps several places apart
    side = ache_told.side(said.text)
    if side is None or not questions.missing_sides(intake, at):
        return _side_unknown(intake, said, at)
    known = complaints.sites_of(intake, at)
    entries = [{**entry, "side": side} if ache_told.needs_side(entry) else entry for entry in known]
    ache_told.set_sites(intake, entries, said.words(), at)
    return True


def _side_unknown(intake: Intake, said: Said, at: int) -> bool:
    """ "The middle" and "not sure" settle the side: it changes no rule and the therapist will see."""
    if questions.missing_sides(intake, at) and (
        answers.polarity(said.text, said.guess) == "unsure"
        or re.search(r"\b(middle|cent(er|re)|neither)\b", said.text, re.I)
    ):
        intake.settle(field("side", at))
        return True
    return False


def _read_duration(intake: Intake, said: Said) -> bool:
    found = said.of("duration", "span") or [m for m in said.mentions if m.kind == "duration"]
    if found and ache_told.last_counts(intake, said):
        found = [m for m in reversed(said.mentions) if m.kind in ("duration", "span")]  # "3 weeks, no wait, 3 months"
    best = found[0] if found else None
    if best is None or (ache_told.vague(best) and (said.hurried or not intake.misses)):
        return False  # "ages": once more, in days, weeks, months or years
    intake.know(field("duration_days", _at(intake)), ache_told.days(best), said.words(best))
    return True


def _read_nrs(intake: Intake, said: Said) -> bool:
    found = said.of("intensity")
    numbers = answers.whole_numbers(said.text, 0, 10)
    anew = len(numbers) > len(found) and ache_told.last_counts(intake, said)
    if found and not anew:
        best = found[-1] if ache_told.last_counts(intake, said) else found[0]  # "6, no wait, 5"
        return ache_told.take_intensity(intake, said, _at(intake), best)
    if said.of("duration", "span", "when"):
        return False  # the four of "I've had it for 4 weeks" is no score
    if not numbers:
        return False
    intake.know(field("nrs", _at(intake)), numbers[-1 if ache_told.last_counts(intake, said) else 0], said.words())
    return True


def _read_onset(intake: Intake, said: Said) -> bool:
    if ache_told.take_cause(intake, said, _at(intake)):
        return True
    named = answers.named_choices(said.text, questions.question("onset", intake).choices)
    if not named:
        return False
    intake.know(field("onset", _at(intake)), named[0], said.words())
    return True


# "No, but it's hard to look over my shoulder" is a limit all the same.
_HARD = re.compile(
    r"\b(?:but|except|only|just|pero|salvo|excepto)\b.{0,40}?\b(?P<what>(?:it'?s |is )?(?:hard|difficult|tough|tricky|a struggle|awkward)(?: for me)? (?:to|when)\b.*"
    r"|(?:i |to )?(?:struggle|avoid|have (?:trouble|difficulty|problems?))\b.*|(?:me cuesta|evito|con dificultad)\b.*)",
    re.IGNORECASE,
)
_IN_PART = re.compile(
    r"^\W*(?:(?:just|only|well|yeah|yes)\W+)?(?:sometimes|a (?:bit|little)|some days|somewhat|kinda|kind of|sort of|often|always|mostly|constantly|very much|a lot)\b",
    re.IGNORECASE,
)


def _read_function(intake: Intake, said: Said) -> bool:
    name = field("function_limited", _at(intake))
    if said.of("function"):
        return ache_told.take_function(intake, said, _at(intake))
    # How it began tells nothing of what it stops, whatever the classifier makes of "just slept on it wrong".
    guess = "" if said.of("cause") else said.guess
    polarity = "yes" if _IN_PART.search(said.text) else answers.polarity(said.text, guess)
    if polarity == "no" and (hard := _HARD.search(said.text)):
        intake.facts[field("function", _at(intake))] = hard["what"].strip()
        polarity = "yes"
    if polarity in ("yes", "no"):
        intake.know(name, polarity == "yes", said.words())
        return True
    if polarity == "unsure":
        intake.unsure_of([name.partition("#")[0]])
        intake.settle(name)
        return True
    return False


def _read_scale(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        number = answers.whole_number(re.sub(r"(?:out of|/) ?10\b", "", said.text), 0, 10)
        if number is None:
            return False
        intake.know(name, number, said.words())
        return True

    return read


def _read_weeks(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        spans = [m for m in said.mentions if m.kind in ("duration", "span")]
        weeks = math.floor(ache_told.days(spans[0]) / 7) if spans else answers.whole_number(said.text, 0, 1000)
        if weeks is None:
            return False
        intake.know(name, min(weeks, int(RANGES[name][1])), said.words())
        return True

    return read


def _read_bp(intake: Intake, said: Said) -> bool:
    pressure = answers.blood_pressure(said.text)
    if pressure is None:
        return _settle_if_unknown(intake, said, "bp")
    intake.know("bp", pressure, said.words())
    return True


def _settle_if_unknown(intake: Intake, said: Said, name: str) -> bool:
    if answers.polarity(said.text, said.guess) in ("no", "unsure") or said.guess == "skip":
        intake.settle(name)
        return True
    return False


def _read_doctor(intake: Intake, said: Said) -> bool:
    if said.of("doctor"):
        told.take_doctor(intake, said)
        return True
    named = answers.named_choices(said.text, questions.question("doctor", intake).choices)
    polarity = answers.polarity(said.text, said.guess)
    value = named[0] if named else None
    if polarity in ("no", "unsure"):
        value = "none"
    elif polarity == "yes" and value is None and intake.misses:
        value = "seen"  # twice no more than "yes": a doctor was asked, and nobody knows what they said
    if value is None:
        return False
    told.set_doctor(intake, value, said.words())
    return True


def _read_clearance(intake: Intake, said: Said) -> bool:
    items = held_back(intake)
    named = answers.named_choices(said.text, cards.labelled(items, intake.locale))
    polarity = answers.polarity(said.text, said.guess)
    if not named and polarity is None and not re.search(r"\b(all|both|everything)\b", said.text, re.I):
        return False
    told.clear(intake, named or ([] if polarity in ("no", "unsure") else list(items)), said.words())
    return True


def _read_times(intake: Intake, said: Said) -> bool:
    if _settle_if_unknown(intake, said, "preferred_times"):
        return True
    if not said.text.strip() or (not said.of("when") and _no_wish(intake, said)):
        return False
    intake.know("preferred_times", said.text.strip(), said.words())
    return True


def _no_wish(intake: Intake, said: Said) -> bool:
    """True for a question, and for words beside the point; said again in a sentence, they are for staff to read."""
    again = intake.misses and len(said.text.split()) >= _A_SENTENCE
    return said.intent.startswith("faq_") or (said.is_beside_the_point and not again)


_A_SENTENCE = 3  # words


def _read_contact(intake: Intake, said: Said) -> bool:
    return told.take_contact(intake, said, name_too=True)


_PROGRESS = (
    ("worse", re.compile(r"\b(?:not (?:any |much )?better|worse|worsen\w*|peor|empeor\w*)\b", re.IGNORECASE)),
    ("better", re.compile(r"\b(?:better|improv\w*|gone|healed|mejor\w*)\b", re.IGNORECASE)),
    ("same", re.compile(r"\b(?:same|no change|unchanged|no different|igual)\b", re.IGNORECASE)),
)


def _read_since_last(intake: Intake, said: Said) -> bool:
    """Better, same or worse; "not better" is the same, unless it says worse."""
    text = said.text
    if re.search(r"\bnot (?:any |much |really )?better\b", text, re.IGNORECASE) and "worse" not in text.lower():
        intake.know("since_last", "same", said.words())
        return True
    named = next((value for value, pattern in _PROGRESS if pattern.search(text)), None)
    if named is None:
        return False
    intake.know("since_last", named, said.words())
    return True


def _read_still_true(intake: Intake, said: Said) -> bool:
    polarity = answers.polarity(said.text, said.guess)
    if re.search(r"\b(?:changed|different|not (?:all|any more|right)|ha cambiado|cambió)\b", said.text, re.IGNORECASE):
        polarity = "no" if not re.search(r"\b(?:nothing|not|hasn'?t|nada)\b", said.text, re.IGNORECASE) else "yes"
    if polarity not in ("yes", "no"):
        return False
    intake.know("still_true", "yes" if polarity == "yes" else "change", said.words())
    return True


def _read_safe_contact(intake: Intake, said: Said) -> bool:
    """A number that is private to the visitor; a no needs no reason."""
    phone = next((m.value for m in said.of("contact") if "@" not in str(m.value)), None)
    if phone is not None:
        intake.know("safe_contact", phone, said.words())
        return True
    return _settle_if_unknown(intake, said, "safe_contact")


def _read_text(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        intake.know(name, said.text.strip(), said.words())
        return True

    return read


def _read_yes_no(name: str) -> Callable[[Intake, Said], bool]:
    def read(intake: Intake, said: Said) -> bool:
        polarity = answers.polarity(said.text, said.guess)
        if polarity not in ("yes", "no"):
            return False
        intake.know(name, polarity == "yes", said.words())
        return True

    return read


def _read_read_back(_intake: Intake, said: Said) -> bool:
    return answers.polarity(said.text, said.guess) in ("yes", "no") or said.guess in ("affirm", "deny", "correct")


READERS: Mapping[str, Callable[[Intake, Said], bool]] = {
    "for_whom": _read_for_whom,
    "age": _read_age,
    "sex": _read_choice("sex"),
    "complaint": lambda intake, said: told.take_goal(intake, said) or _read_choice("complaint")(intake, said),
    "sites": _read_sites,
    "duration_days": _read_duration,
    "onset": _read_onset,
    "peg_enjoyment": _read_scale("peg_enjoyment"),
    "peg_activity": _read_scale("peg_activity"),
    "psfs": _read_scale("psfs"),
    "nrs": _read_nrs,
    "function_limited": _read_function,
    "weeks_since_surgery": _read_weeks("weeks_since_surgery"),
    "weeks_since_fracture": _read_weeks("weeks_since_fracture"),
    "weeks_since_birth": _read_weeks("weeks_since_birth"),
    "bp": _read_bp,
    "doctor": _read_doctor,
    "clearance": _read_clearance,
    "consent_share": _read_yes_no("consent_share"),
    "preferred_times": _read_times,
    "contact": _read_contact,
    "since_last": _read_since_last,
    "still_true": _read_still_true,
    "safe_contact": _read_safe_contact,
    "preferences": _read_text("preferences"),
    "read_back": _read_read_back,
}
