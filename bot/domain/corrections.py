"""What a visitor takes back in words: another side, number, unit or place, or a complaint or condition taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.domain import ache_told, answers, complaints, sites, told
from bot.domain.complaints import field
from bot.domain.flags import CONDITIONS
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.said import Said

_NUMBER = r"(\d{1,3}|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
# Each with the new number and the old one, where it is told.
_NEW_OLD = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<new>{_NUMBER})(?:/10)?,? (?:and )?not (?:a |an |about )?(?P<old>{_NUMBER})\b",
        rf"\b(?P<new>{_NUMBER})(?:/10)? (?:instead of|rather than) (?:a |an )?(?P<old>{_NUMBER})\b",
        rf"\bnot (?:a |an )?(?P<old>{_NUMBER})(?:/10)?\b.{{0,20}}?\b(?P<new>{_NUMBER})\b",
        rf"\bfrom (?:a |an )?(?P<old>{_NUMBER}) to (?:a |an )?(?P<new>{_NUMBER})\b",
        rf"\b(?:said|put|wrote|gave) (?:a |an )?(?P<old>{_NUMBER})\b.{{0,20}}?\b(?:meant?|should be|is|it'?s)\b.{{0,12}}?\b(?P<new>{_NUMBER})\b",
    )
)
_UNITS = {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
_UNIT = re.compile(r"\b(day|week|month|year)s?\b", re.IGNORECASE)
_COUNTED = re.compile(rf"\b{_NUMBER}\b|\b\d+\b", re.IGNORECASE)
_TAKE_OUT = re.compile(
    r"\b(?:remove|delete|drop|forget(?: about)?|ignore|leave out|take (?:out|off|away)|scrap|strike|don'?t (?:count|include))"
    r"(?: the| my| his| her| that| this)?(?: left| right)?\s*$",
    re.IGNORECASE,
)
_TAKE = re.compile(r"\b(?:take|leave)(?: the| my| his| her| that| this)?(?: left| right)?\s*$", re.IGNORECASE)
_OUT = re.compile(r"\s*(?:out|off|away)\b", re.IGNORECASE)
_IS_FINE = re.compile(
    r"\W*(?:is|are|feels?|was)(?: actually| really| now| all)? (?:fine|ok|okay|good|all ?right|better now|gone)\b|\W*(?:does|do)(?:n'?t| not) hurt\b",
    re.IGNORECASE,
)
_SCORE = re.compile(r"\b(?:score|pain|number|scale|level|out of|intensity)\b|/10", re.IGNORECASE)
_AGE = re.compile(r"\b(?:age|old|years)\b", re.IGNORECASE)


def take(intake: Intake, said: Said) -> list[str]:
    """Change what the words take back; the fields that changed, none when they take nothing back.

    Only facts that are there are changed here: a corrected complaint keeps all the rest, and other complaints keep
    everything.
    """
    if said.question is not None or not _may_correct(intake, said):
        return []
    before = {**intake.facts, "ci": [*intake.ci]}
    for step in _STEPS:
        if step(intake, said):
            break
    _conditions(intake, said)
    after: dict[str, Any] = {**intake.facts, "ci": [*intake.ci]}
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _may_correct(intake: Intake, said: Said) -> bool:
    return (
        told.overwrites(intake, said)
        or any(_is_out(said, m) for m in said.mentions)
        or any(p.search(said.text) for p in _NEW_OLD)
    )


def _is_out(said: Said, place: Mention) -> bool:
    """True for a place that is to be taken out, or that turns out to be fine."""
    before, after = said.text[: place.start], said.text[place.end :]
    if place.kind != "site":
        return False
    return bool(_TAKE_OUT.search(before) or (_TAKE.search(before) and _OUT.match(after)) or _IS_FINE.match(after))


def _places_out(intake: Intake, said: Said) -> bool:
    """ "Remove the shoulder", "the shoulder is fine actually"; the last place left is only asked again."""
    gone = [str(m.value) for m in said.mentions if _is_out(said, m) and complaints.with_site(intake, str(m.value))]
    for site in gone:
        at = complaints.with_site(intake, site)
        if at is None:
            continue
        rest = [entry for entry in complaints.sites_of(intake, at) if not complaints.same_place(entry["site"], site)]
        if rest:
            ache_told.set_sites(intake, rest, said.words(), at)
        elif len(complaints.numbers(intake)) > 1:
            complaints.drop(intake, at)
        else:
            reopen(intake, field("sites", at))
    return bool(gone)


def _other_place(intake: Intake, said: Said) -> bool:
    """ "Not the shoulder, the elbow": one place in the stead of another, in the complaint that has it."""
    named = [m for m in said.mentions if m.kind == "site" and not (m.past or m.other_person or m.hypothetical)]
    wrong = [m for m in named if m.negated or ache_told.NOT_THIS.search(said.text[: m.start])]
    right = [m for m in named if m not in wrong]
    for old in wrong:
        at = complaints.with_site(intake, str(old.value))
        if at is None or not right:
            continue
        kept = [
            entry
            for entry in complaints.sites_of(intake, at)
            if not complaints.same_place(entry["site"], str(old.value))
        ]
        new = [{"site": m.value, "side": m.side} for m in right if m.value in sites.SITES]
        if new and {m.value for m in right} != {old.value}:
            ache_told.set_sites(intake, ache_told.merged(kept, new), said.words(right[0]), at)
            return True
    return False


def _side(intake: Intake, said: Said) -> bool:
    """ "Actually it's the right one", "it's my right knee, not the left": the other side of a place that is known."""
    side = _side_meant(said)
    if side is None:
        return False
    named = [str(m.value) for m in said.mentions if m.kind == "site" and complaints.with_site(intake, str(m.value))]
    if not named and any(m.kind == "site" for m in said.mentions):
        return False  # another place altogether
    open_at = complaints.number(intake.open_field or "")
    order = sorted(complaints.numbers(intake), key=lambda at: (at != open_at, at))
    for at in order:
        entries = complaints.sites_of(intake, at)
        wrong = [
            entry["site"]
            for entry in entries
            if sites.paired(entry["site"])
            and entry.get("side") not in (None, side)
            and (not named or entry["site"] in named)
        ]
        if wrong:
            changed = [{**entry, "side": side} if entry["site"] in wrong else entry for entry in entries]
            ache_told.set_sites(intake, changed, said.words(), at)
            return True
    return False


_NOT_SIDE = re.compile(r"\bnot (?:on )?(?:the |my |his |her )?(?:left|right)(?: one| side)?\b", re.IGNORECASE)
_AS_SIDE = (
    re.compile(r"\b(?:the|my|his|her|on|in) (?P<side>left|right)\b", re.IGNORECASE),
    re.compile(r"\b(?P<side>left|right)[ -](?:one|side|hand)\b", re.IGNORECASE),
    re.compile(r"\b(?P<side>both)\b(?! of (?:them|these|those))", re.IGNORECASE),
    re.compile(r"\W*(?:(?:no|nope|sorry|actually|oops|wait|i meant?|it'?s|its)\W+)+(?P<side>left|right)\W*$", re.IGNORECASE),
)  # fmt: skip


def _side_meant(said: Said) -> str | None:
    """The side the words name as a side: "that's right" is none."""
    text = _NOT_SIDE.sub("", said.text)
    told = {m.side for m in said.mentions if m.kind == "site" and m.side and not m.negated}
    told |= {found["side"].lower() for pattern in _AS_SIDE if (found := pattern.search(text))}
    return "both" if {"left", "right"} <= told else next(iter(told - {None}), None)


def _instead(intake: Intake, said: Said) -> bool:
    """ "I meant the elbow": another place for the only one there is."""
    right = [m for m in said.of("site") if m.value in sites.SITES]
    if not (told.overwrites(intake, said) and right) or any(complaints.with_site(intake, str(m.value)) for m in right):
        return False
    if len(complaints.numbers(intake)) > 1 or len(complaints.sites_of(intake, 1)) != 1 or _also(said):
        return False
    return ache_told.take_sites(intake, said, named=right, anew=True)


def _also(said: Said) -> bool:
    return bool(re.search(r"\b(?:also|too|as well|plus|another)\b", said.text, re.IGNORECASE))


def _unit(intake: Intake, said: Said) -> bool:
    """ "I said weeks, I meant months": the same count in another unit."""
    units = [found.group(1).lower() for found in _UNIT.finditer(said.text)]
    if len(units) != 2 or units[0] == units[1] or any(map(str.isdigit, said.text)):
        return False
    wrong_first = bool(re.search(r"\b(?:said|put|wrote|not)\b[^,.;]*?\b" + units[0], said.text, re.IGNORECASE))
    old, new = units if wrong_first else reversed(units)
    for at in complaints.numbers(intake):
        name = field("duration_days", at)
        days, words = intake.facts.get(name), intake.said.get(name) or []
        if days is None or not (words and re.search(rf"\b{old}", str(words[-1]["text"]), re.IGNORECASE)):
            continue
        intake.know(name, round(days / _UNITS[old] * _UNITS[new]), said.words())
        return True
    return False


def _number(intake: Intake, said: Said) -> bool:
    """ "No, 4 not 7": the field that has the old number; without an old one, the score of the place named or spoken of."""
    for pattern in _NEW_OLD:
        found = pattern.search(said.text)
        if found and not _UNIT.match(said.text[found.end() :].lstrip()):
            new, old = (answers.whole_number(found[name], 0, 120) for name in ("new", "old"))
            if new is not None and new != old:
                return _numbered(intake, said, old, new)
    return _scores(intake, said)


def _numbered(intake: Intake, said: Said, old: int | None, new: int) -> bool:
    named = next((at for m in said.of("site") if (at := complaints.with_site(intake, str(m.value)))), None)
    scores = [field("nrs", at) for at in complaints.numbers(intake) if named in (None, at)]
    ages = ["age"] if _AGE.search(said.text) and not _SCORE.search(said.text) else []
    for name in (*ages, *scores, "age"):
        if intake.facts.get(name) == old and (new <= 10 or name == "age"):
            intake.know(name, new, said.words())
            return True
    if (
        told.overwrites(intake, said)
        and old is not None
        and old <= 10
        and new <= 10
        and scores
        and intake.facts.get(scores[0]) is not None
    ):
        intake.know(scores[0], new, said.words())
        return True
    return False


_FOR_PLACE = re.compile(
    rf"\b(?P<new>{_NUMBER})(?:/10| out of (?:10|ten))? (?:for|in|on|at) (?:my |the |his |her )?$", re.IGNORECASE
)
_PLACE_IS = re.compile(
    rf"\s*(?:is|was|should be|=|:|,)?\s*(?:really |actually |only |about |an? )?(?P<new>{_NUMBER})(?!\s*(?:day|week|month|year|hour))\b",
    re.IGNORECASE,
)


def _scores(intake: Intake, said: Said) -> bool:
    """ "6 for the knee and 3 for the neck", "change the score to 4", "it's 4"."""
    changed = False
    for place in said.of("site"):
        at = complaints.with_site(intake, str(place.value))
        found = _FOR_PLACE.search(said.text[: place.start]) or _PLACE_IS.match(said.text[place.end :])
        score = answers.whole_number(found["new"], 0, 10) if found else None
        if at is not None and score is not None:
            intake.know(field("nrs", at), score, said.words(place))
            changed = True
    if (
        changed
        or said.of("site")
        or not (_SCORE.search(said.text) or _bare(said))
        or said.of("duration", "span", "when", "contact")
    ):
        return changed
    score = answers.whole_number(re.sub(r"out of (?:10|ten)|/10", "", said.text), 0, 10)
    scored = [at for at in complaints.numbers(intake) if intake.facts.get(field("nrs", at)) is not None]
    if score is None or len(scored) != 1:
        return False
    intake.know(field("nrs", scored[0]), score, said.words())
    return True


def _bare(said: Said) -> bool:
    """A number and hardly a word more, such as "no, it's 4"."""
    return bool(
        re.fullmatch(
            rf"\W*(?:(?:no|actually|sorry|it'?s|its|i|meant?|more like|should be|make it|a|an|only)\W+)*{_NUMBER}\W*",
            said.text,
            re.IGNORECASE,
        )
    )


def _conditions(intake: Intake, said: Said) -> None:
    """ "I don't have diabetes, that was a mistake": taken out, unless it is a danger that only a person may lift."""
    if not said.corrects:
        return
    for mention in said.mentions:
        name = mention.value
        if (
            mention.kind in ("condition", "medicine")
            and mention.negated
            and name in intake.ci
            and not _stops(str(name))
        ):
            intake.corrected.append({"field": name, "old": True, "new": False})
            intake.ci.remove(name)
            intake.settle(str(name))


def _stops(name: str) -> bool:
    return name in CONDITIONS and CONDITIONS[name].gate == "STOP_U"


def reopen(intake: Intake, name: str) -> None:
    """Ask a field again; what is known stays until a better answer comes."""
    if name not in intake.reopened:
        intake.reopened.append(name)


_STEPS: tuple[Callable[[Intake, Said], bool], ...] = (
    _places_out, _other_place, _side, _unit, _number, _instead,
)  # fmt: skip
