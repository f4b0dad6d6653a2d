"""Takes every fact that a message tells into the intake, whatever was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bot.domain import ache_told, answers, apart, cards, complaints, more_signs, split_up, whose_visit
from bot.domain.ache_told import onset_of
from bot.domain.flags import CONDITIONS
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.said import Said
from bot.domain.told_scores import scores_of_places

_ALSO = re.compile(
    r"\b(?:also|too|as well|plus|another|other|también|tambien|además|ademas|otro|otra)\b", re.IGNORECASE
)


def _still_open(intake: Intake, name: str) -> bool:
    """True for what is not answered: not asked yet, asked again, or passed over and told late."""
    return (
        name not in intake.settled
        or name in intake.reopened
        or (name in _PASSED_OVER and intake.facts.get(name) is None)
    )


_PASSED_OVER = ("age", "nrs", "duration_days")
_ACHES = frozenset({"pain", "injury", "joint_pain", "muscle_ache", "stiffness", "swelling", "numbness", "tingling"})


def facts(intake: Intake, said: Said, *, but: Iterable[str] = ()) -> list[str]:
    """Take every fact of the message that is new, or that corrects an old one; return the fields that changed.

    `but` names fields that this message has corrected already.
    """
    if said.question is not None:
        return []
    before, known = dict(intake.facts), (*intake.ci,)
    split_up.take(intake, said)
    fresh, done = overwrites(intake, said), {complaints.base(name) for name in but}
    for at, part in _addressed(intake, said):
        for name, take in ache_told.TAKERS.items():
            own = complaints.field(name, at)
            asked = own == intake.open_field  # "her left hip", when only the side of the hip was open
            if name not in done and (fresh or asked or _still_open(intake, own)):
                take(intake, part, at)
    if "nrs" not in done:
        _take_scores_of_places(intake, said)
    for name, taker in _TAKERS.items():
        if name not in done and (
            fresh or _still_open(intake, name) or (name == "for_whom" and whose_visit.says_whom(said))
        ):
            taker(intake, said)
    _take_conditions(intake, said)
    if said.intent == "describe_pain" and "narrative" not in intake.settled:
        tell(intake, said)
    changed = [name for name in intake.facts if intake.facts[name] != before.get(name)]
    told = [name for name in changed if complaints.base(name) in _TOLD]
    return sorted(told, key=_order) + [name for name in intake.ci if name not in known]


_YES_OR_NO = ("RF-", "CI-", "screen_", "function_limited", "consent_", "doctor", "clearance")


def overwrites(intake: Intake, said: Said) -> bool:
    """True when what the message tells counts more than what is known: it takes something back, or it is the read-back."""
    if said.corrects or intake.open_field in ("read_back", "change", "still_true"):
        return True
    name = intake.open_field or ""
    return said.starts_with_no and not cards.is_card(name) and not name.startswith(_YES_OR_NO)


def tell(intake: Intake, said: Said) -> None:
    """Keep the words of the story whole; a second telling is added to the first."""
    old = intake.facts.get("narrative")
    intake.facts["narrative"] = f"{old}\n{said.text}" if old and said.text not in old else said.text
    intake.quote("narrative", said.words())
    intake.settle("narrative")


def in_own_words(intake: Intake) -> dict[str, str]:
    """Flag → the words in which the visitor first told it; none for what was only ticked or answered with yes."""
    first = {flag: str((intake.said.get(flag) or [{"text": ""}])[0]["text"]) for flag in intake.rf}
    return {
        flag: text
        for flag, text in first.items()
        if text and len(text.split()) > 1 and text != cards.label(flag, intake.locale) and not answers.polarity(text)
    }


def _order(name: str) -> tuple[int, int]:
    """Complaint by complaint, each in the order in which it is read back."""
    return complaints.number(name), _TOLD.index(complaints.base(name))


def _addressed(intake: Intake, said: Said) -> Iterator[tuple[int, Said]]:
    """Each part of the message with the complaint it is about; a place not known yet may begin a new one."""
    whole = apart.parts(said)
    for part in whole:
        named = [m for m in part.of("site") if not ache_told.no_place(said, m)]
        if not named:
            yield _spoken_of(intake), part
            continue
        known = next((at for m in named if (at := complaints.with_site(intake, str(m.value)))), None)
        if known is not None:
            about_it, before = _sentences_before(intake, part, named[0], known)
            if before is not None:
                yield _spoken_of(intake), before
            yield known, _without_others(intake, about_it, known)
        elif (at := _place_for(intake, said, part, alone=len(whole) == 1)) is not None:
            yield at, part
        else:
            rest = tuple(m for m in part.mentions if m.kind not in apart.KINDS)
            yield _spoken_of(intake), replace(part, mentions=rest)


def _take_scores_of_places(intake: Intake, said: Said) -> None:
    """Of two places of one complaint the worse one counts."""
    told = list(scores_of_places(intake, said))
    for at in {one[0] for one in told}:
        score, place = max(((score, place) for number, place, score in told if number == at), key=lambda one: one[0])
        intake.know(complaints.field("nrs", at), score, said.words(place))


def _sentences_before(intake: Intake, part: Said, place: Mention, at: int) -> tuple[Said, Said | None]:
    """The part from the sentence of its place on, and what went before: "it's my desk. The heel came on gradually."

    Asked about the neck, people end its answer before they go on to the heel.
    """
    spoken = _spoken_of(intake)
    ends = [found.end() for found in _SENTENCE_END.finditer(part.text[: place.start])]
    if at == spoken or not ends or complaints.base(intake.open_field or "") not in complaints.OWN:
        return part, None
    earlier = tuple(m for m in part.mentions if m.end <= ends[-1] and m.kind in apart.KINDS)
    later = tuple(m for m in part.mentions if m not in earlier)
    return replace(part, mentions=later), replace(part, mentions=earlier)


_SENTENCE_END = re.compile(r"[.;!?\n]")


def _without_others(intake: Intake, part: Said, at: int) -> Said:
    """The part without places that are another complaint's: "5 for the knee and 2 for the neck" joins nothing."""
    others = [m for m in part.of("site") if complaints.with_site(intake, str(m.value)) not in (None, at)]
    return replace(part, mentions=tuple(m for m in part.mentions if m not in others)) if others else part


def _spoken_of(intake: Intake) -> int:
    """The complaint the open question is about; the first one otherwise."""
    at = complaints.number(intake.open_field or "")
    return at if at in complaints.numbers(intake) else 1


def _place_for(intake: Intake, said: Said, part: Said, *, alone: bool) -> int | None:
    """The complaint that a place named for the first time belongs to, or None when it is no complaint at all."""
    open_field = intake.open_field or ""
    if not complaints.sites_of(intake, 1):
        return 1
    if complaints.base(open_field) == "sites" and not complaints.sites_of(intake, complaints.number(open_field)):
        return complaints.number(open_field)
    also = bool(_ALSO.search(said.text))
    aches = bool(part.of("quality", "intensity")) or any(m.value in _ACHES for m in part.of("finding"))
    if cards.is_card(open_field) or open_field.startswith(("RF-", "CI-")):
        if not (also and aches):
            return None  # "arthritis in my hands" answers the card and is no new complaint
    elif not (also or aches or said.intent == "describe_pain" or complaints.base(open_field) == "sites"):
        return None
    if alone and said.corrects and not also:
        return 1 if len(complaints.numbers(intake)) == 1 else _spoken_of(intake)
    first = str(part.of("site")[0].value)
    if not also and complaints.base(open_field) == "sites":
        near = [at for at in complaints.numbers(intake) if _near(intake, at, first)]
        if near:
            return near[0]
    return min(complaints.numbers(intake)[-1] + 1, complaints.MOST)


def _near(intake: Intake, at: int, site: str) -> bool:
    return any(apart.near(str(entry["site"]), site) for entry in complaints.sites_of(intake, at))


def take_goal(intake: Intake, said: Said) -> bool:
    goal = next((m for m in said.of("goal") if m.value in _GOALS), None)
    pain = [m for m in said.of("quality", "intensity") if m.value != "tight"] or [
        m for m in said.of("finding") if m.value in ("pain", "injury", "joint_pain", "muscle_ache")
    ]
    injury = [m for m in said.of("finding", "cause") if onset_of(m) == "injury"]
    if goal is None and intake.facts.get("complaint") is not None:
        return False  # an ache named later changes no goal that was told
    mild = not injury and not any((m.hi or 0) > 3 for m in said.of("intensity"))
    if goal is not None and (not pain or goal.value not in _RELAXING or mild):
        intake.know("complaint", _GOALS[goal.value], said.words(goal))
    elif injury and (pain or said.of("site")):
        intake.know("complaint", "injury", said.words(injury[0]))
    elif pain:
        intake.know("complaint", "pain", said.words(pain[0]))
    elif goal is not None:
        intake.know("complaint", _GOALS[goal.value], said.words(goal))
    else:
        return False
    return True


_RELAXING = ("relax", "relaxation")  # with a mild ache beside it, it is still the wish (clinical_changes §4)
_GOALS = {
    "relax": "relax", "relaxation": "relax", "stress": "relax", "tension": "tension", "knots": "tension", "pain": "pain", "pain_relief": "pain",
    "injury": "injury", "rehab": "rehab", "recovery": "rehab", "illness": "illness", "mobility": "rehab",
}  # fmt: skip


def take_doctor(intake: Intake, said: Said) -> bool:
    found = next((m for m in said.of("doctor") if m.value in _DOCTOR), None)
    if found is None:
        return False
    set_doctor(intake, _DOCTOR[found.value], said.words(found))
    return True


_DOCTOR = {
    "none": "none", "not_seen": "none", "seen": "seen", "ok": "ok", "allowed": "ok", "ordered": "ordered", "refused": "refused", "forbidden": "refused",
}  # fmt: skip


def set_doctor(intake: Intake, value: str, words: Mapping[str, Any]) -> None:
    intake.know("doctor", value, words)


def clear(intake: Intake, items: list[str], words: Mapping[str, Any]) -> None:
    intake.know("clearance", items, words)


# In the first two a day is that of the ache; the third is kept in the visitor's own words: "not Wednesdays, Tuesdays are bad".
_NO_TIMES_IN = ("narrative", "duration_days", "preferred_times")


def _take_times(intake: Intake, said: Said) -> bool:
    found = said.of("when")
    if not found or said.intent == "faq_cancel" or intake.open_field in _NO_TIMES_IN:
        return False
    intake.know("preferred_times", "; ".join(said.text[m.start : m.end] for m in found), said.words(found[0]))
    return True


def take_contact(intake: Intake, said: Said, *, name_too: bool = False) -> bool:
    contact = dict(intake.facts.get("contact") or {})
    rest = said.text
    for mention in said.of("contact"):
        kind = mention.detail.get("type") if mention.detail else None
        kind = str(kind or ("email" if "@" in str(mention.value) else "phone"))
        if kind in ("email", "phone", "name"):
            contact[kind] = mention.value
            rest = rest.replace(said.text[mention.start : mention.end], " ")
    if name_too or said.of("contact"):
        name = answers_name(rest)
        if name and (said.of("contact") or "name" not in contact):
            contact["name"] = name
    if not said.of("contact") and contact == (intake.facts.get("contact") or {}):
        return False  # nothing of it was said: what is known is no answer
    if not (contact.get("phone") or contact.get("email")):
        if contact:
            intake.facts["contact"] = contact
        return False
    intake.know("contact", contact, said.words())
    return True


_NAME = re.compile(
    r"\b(?:my name is|name'?s|i'?m|i am|this is|it'?s)\s+([A-Za-zÀ-ÿ'’\-]+(?:\s+[A-Za-zÀ-ÿ'’\-]+){0,2})", re.IGNORECASE
)
_LEADING_NAME = re.compile(r"^\W*([A-ZÀ-Þ][a-zà-ÿ'’\-]+(?:\s+[A-ZÀ-Þ][A-Za-zà-ÿ'’\-]+){0,2})\b")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mornings", "evenings", "any")
_NO_NAME = frozenset(
    [
        *_DAYS,
        "yes",
        "no",
        "ok",
        "okay",
        "sure",
        "phone",
        "email",
        "mobile",
        "number",
        "call",
        "me",
        "my",
        "you",
        "can",
        "reach",
        "tel",
        "and",
        "or",
        "at",
        "on",
        "the",
    ]
)


def answers_name(text: str) -> str | None:
    """The name in a contact answer, when it is plain: "Ana Ruiz, 555…", "my name is Ana"."""
    found = _NAME.search(text) or _LEADING_NAME.search(text)
    if not found:
        return None
    words = [word for word in found.group(1).split() if word.lower() not in _NO_NAME]
    return " ".join(words) or None


YOUNGEST_WRITER = 10  # "five" of who writes is a score, told early or late, rather than an age
_FEW = 3  # words


_THEIR_AGE = re.compile(r"\b(?:s?he|they|ella|[eé]l)(?:'s| is|'re| are| tiene) (?:\w+ )?\d", re.IGNORECASE)


def _take_age(intake: Intake, said: Said) -> bool:
    told = next((m.detail.get("years") for m in said.of("person") if m.value == "age"), None)
    age = answers.age_said(said.text) if told is None else int(told)
    if age is None or not 0 <= age <= 120:
        return False
    if (
        intake.facts.get("for_whom") in (None, "self")
        and whose_visit.aches_oneself(said)
        and _THEIR_AGE.search(said.text)
    ):
        return False
    if age <= YOUNGEST_WRITER and len(said.text.split()) <= _FEW and intake.facts.get("for_whom") in (None, "self"):
        return False
    intake.know("age", age, said.words())
    return True


_SEXES = (
    ("F", re.compile(r"\b(?:\d{1,3}\s*f|(?:i'?m|i am|im) (?:a |an )?(?:\w+[ -]){0,4}(?:woman|female|lady|girl)|(?:year|yr)s?[ -]?old (?:\w+ )?(?:woman|female|lady)|(?:woman|female|lady) here|my (?:\d{1,3}[ -](?:years?|yrs?)[ -]old |\w+ )?(?:daughter|wife|mum|mom|mother|gran|grandma|nan|sister|girl)(?:'s)?)\b", re.IGNORECASE)),
    ("M", re.compile(r"\b(?:\d{1,3}\s*m|(?:i'?m|i am|im) (?:a |an )?(?:\w+[ -]){0,4}(?:man|male|guy|bloke|boy)|(?:year|yr)s?[ -]?old (?:\w+ )?(?:man|male|guy)|(?:man|male|guy) here|my (?:\d{1,3}[ -](?:years?|yrs?)[ -]old |\w+ )?(?:son|husband|dad|father|grandad|grandpa|brother|boy)(?:'s)?)\b", re.IGNORECASE)),
)  # fmt: skip
_SOMEBODY = re.compile(r"\bmy \w+", re.IGNORECASE)


def _take_sex(intake: Intake, said: Said) -> bool:
    """ "46F", "I'm a 30-year-old man"; of somebody else only when the visit is theirs: "my daughter"."""
    named = [(value, found.group()) for value, pattern in _SEXES if (found := pattern.search(said.text))]
    theirs = intake.facts.get("for_whom") in ("child", "other")
    fitting = [value for value, words in named if bool(_SOMEBODY.match(words)) == theirs]
    if len(fitting) != 1:
        return False
    intake.know("sex", fitting[0], said.words())
    return True


# "Since my second pregnancy" tells of one that is over.
_SINCE_ONE = re.compile(
    r"\b(?:since|after|before|during|desde|despu[eé]s de|tras|durante)(?: (?:my|the|her|mi|el|su|los|mis))?(?: (?:first|second|third|last|previous|primer|segundo|tercer|[uú]ltimo))?\s*$",
    re.IGNORECASE,
)


def _take_conditions(intake: Intake, said: Said) -> None:
    for mention in said.of("condition", "medicine"):
        over = mention.value == "CI-PREG" and _SINCE_ONE.search(said.text[: mention.start])
        if isinstance(mention.value, str) and mention.value in CONDITIONS and not mention.uncertain and not over:
            intake.assert_all([mention.value], said.words(mention))
    for mention in said.of("finding"):
        extra = more_signs.OF_FINDING.get(str(mention.value))
        if extra:
            intake.add_extra(extra, said.words(mention))


_TAKERS: Mapping[str, Callable[[Intake, Said], bool]] = {
    "complaint": take_goal,
    "doctor": take_doctor,
    "preferred_times": _take_times,
    "contact": take_contact,
    "age": _take_age,
    "for_whom": whose_visit.take,
    "sex": _take_sex,
}
_TOLD = (
    "sites", "nrs", "duration_days", "onset", "function_limited", "complaint", "doctor", "preferred_times", "contact",
    "age", "for_whom",
)  # fmt: skip
