"""What a visitor takes back in words: another side, number, unit or place, or a complaint or condition taken out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.domain import ache_told, answers, complaints, sites, split_up, told, told_scores
from bot.domain import taken_back as words
from bot.domain.complaints import field
from bot.domain.flags import CONDITIONS
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.said import Said
from bot.domain.speech import ENGLISH, language_of


def take(intake: Intake, said: Said) -> list[str]:
    """Change what the words take back; the fields that changed, none when they take nothing back.

    Only facts that are there are changed here: a corrected complaint keeps all the rest, and other complaints keep
    everything.
    """
    if said.question is not None or not _may_correct(intake, said):
        return []
    before = {**intake.facts, "ci": [*intake.ci]}
    split_up.take(intake, said)
    for kind in _STEPS:  # "it's the left one, and the pain is a 5" takes back two things
        next((step for step in kind if step(intake, said)), None)
    _conditions(intake, said)
    after: dict[str, Any] = {**intake.facts, "ci": [*intake.ci]}
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def _may_correct(intake: Intake, said: Said) -> bool:
    return (
        told.overwrites(intake, said)
        or any(_is_out(intake, said, m) for m in said.mentions)
        or any(p.search(said.text) for p in (*words.NEW_OLD, words.NO_BETWEEN))
        or _tells_other_scores(intake, said)
        or any(_is_the_other_side(intake, said, m) for m in said.of("site"))
        or bool(words.ONLY_THE_SIDE.fullmatch(said.text))
    )


def _tells_other_scores(intake: Intake, said: Said) -> bool:
    """True for "the knee is a 6" where 4 is known: who names place and score again means the new one."""
    known = ((at, score) for at, _, score in told_scores.scores_of_places(intake, said))
    return any(intake.facts.get(field("nrs", at)) not in (None, score) for at, score in known)


def _is_the_other_side(intake: Intake, said: Said, place: Mention) -> bool:
    """True for "it's the right wrist" where the left one is known; "my right wrist" could be one more."""
    at = complaints.with_site(intake, str(place.value))
    if at is None or place.side is None or not words.IT_IS.fullmatch(said.text[: place.start]):
        return False
    return {"site": place.value, "side": place.side} not in complaints.sites_of(intake, at)


def _is_out(intake: Intake, said: Said, place: Mention) -> bool:
    """True for a place that is to be taken out, or that turns out to be fine.

    "The heel is fine otherwise" takes nothing out where it was asked what the heel stops.
    """
    before, after = said.text[: place.start], said.text[place.end :]
    if place.kind != "site":
        return False
    if words.TAKE_OUT.search(before) or (words.TAKE.search(before) and words.OUT.match(after)):
        return True
    asked = complaints.base(intake.open_field or "") == "function_limited"
    about = complaints.with_site(intake, str(place.value)) == complaints.number(intake.open_field or "")
    return bool(words.IS_FINE.match(after)) and not (asked and about)


def _places_out(intake: Intake, said: Said) -> bool:
    """ "Remove the shoulder", "the shoulder is fine actually"; the last place left is only asked again."""
    gone = [
        str(m.value) for m in said.mentions if _is_out(intake, said, m) and complaints.with_site(intake, str(m.value))
    ]
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
    if _side_of_each(intake, said):
        return True
    side = _side_meant(said)
    if side is None:
        return False
    places = [
        m for m in said.mentions if m.kind == "site" and not words.ONLY_A_SIDE.fullmatch(said.text[m.start : m.end])
    ]
    named = [str(m.value) for m in places if complaints.with_site(intake, str(m.value))]
    if not named and places:
        return False  # another place altogether
    changed = [entry["field"] for entry in intake.corrected if complaints.base(entry["field"]) == "sites"]
    last, open_at = complaints.number(changed[-1]) if changed else 0, complaints.number(intake.open_field or "")
    # "No, it was the left one": what was changed last, then what is spoken of; two sides are meant only when no one side is.
    order = sorted(complaints.numbers(intake), key=lambda at: (at != last, at != open_at, at))
    for at, other in [(at, other) for other in (_ONE_SIDE, _ANY_SIDE) for at in order]:
        entries = complaints.sites_of(intake, at)
        wrong = [
            entry["site"]
            for entry in entries
            if sites.paired(entry["site"])
            and entry.get("side") in other
            and entry.get("side") != side
            and (not named or entry["site"] in named)
        ]
        if wrong:
            anew = [{**entry, "side": side} if entry["site"] in wrong else entry for entry in entries]
            ache_told.set_sites(intake, anew, said.words(), at)
            return True
    return False


def _side_of_each(intake: Intake, said: Said) -> bool:
    """ "The knee is the left one and the shoulder the right": each place has its own side, and none of them both."""
    places = [m for m in said.of("site") if complaints.with_site(intake, str(m.value)) and sites.paired(str(m.value))]
    ends = [*(m.start for m in places[1:]), len(said.text)]
    told = [(m, ache_told.side(said.text[m.start : end])) for m, end in zip(places, ends, strict=False)]
    if len({str(m.value) for m, side in told if side}) < _TWO:
        return False
    for place, side in told:
        at = complaints.with_site(intake, str(place.value))
        if at is not None and side is not None:
            known = complaints.sites_of(intake, at)
            anew = [{**entry, "side": side} if entry["site"] == place.value else entry for entry in known]
            ache_told.set_sites(intake, anew, said.words(place), at)
    return True


_TWO = 2
_ONE_SIDE = ("left", "right")
_ANY_SIDE = (*_ONE_SIDE, "both")


def _side_meant(said: Said) -> str | None:
    """The side the words name as a side: "that's right" is none."""
    text = words.NOT_SIDE.sub("", said.text)
    told = {m.side for m in said.mentions if m.kind == "site" and m.side and not m.negated}
    told |= {words.side(found["side"]) for pattern in words.AS_SIDE if (found := pattern.search(text))}
    return "both" if {"left", "right"} <= told else next(iter(told - {None}), None)


def _instead(intake: Intake, said: Said) -> bool:
    """ "I meant the elbow": another place for the only one there is."""
    right = [m for m in said.of("site") if m.value in sites.SITES]
    if not (told.overwrites(intake, said) and right) or any(complaints.with_site(intake, str(m.value)) for m in right):
        return False
    if len(complaints.numbers(intake)) > 1 or len(complaints.sites_of(intake, 1)) != 1 or words.ALSO.search(said.text):
        return False
    return ache_told.take_sites(intake, said, named=right, anew=True)


def _unit(intake: Intake, said: Said) -> bool:
    """ "I said weeks, I meant months": the same count in another unit."""
    named = list(words.UNIT.finditer(said.text))
    units = [words.unit(found.group(1)) for found in named]
    if len(units) != 2 or units[0] == units[1] or any(map(str.isdigit, said.text)):
        return False
    old, new = units if words.UNIT_WAS.search(said.text[: named[0].start()]) else reversed(units)
    for at in complaints.numbers(intake):
        name = field("duration_days", at)
        days, told_as = intake.facts.get(name), intake.said.get(name) or []
        if days is None or not (told_as and _in_unit(str(told_as[-1]["text"]), old)):
            continue
        intake.know(name, round(days / words.UNIT_DAYS[old] * words.UNIT_DAYS[new]), said.words())
        return True
    return False


def _in_unit(text: str, name: str) -> bool:
    return any(words.unit(found.group(1)) == name for found in words.UNIT.finditer(text))


def _number(intake: Intake, said: Said) -> bool:
    """ "No, 4 not 7": the field that has the old number; without an old one, the score of the place named or spoken of."""
    if (between := words.NO_BETWEEN.search(said.text)) and not _unit_behind(said, between):
        old, new = (answers.whole_number(between.group(at), 0, 120) for at in (1, 2))
        if language_of(intake.locale) != ENGLISH:
            old, new = new, old
        if new is not None and new != old and _numbered(intake, said, old, new):
            return True
    for pattern in words.NEW_OLD:
        found = pattern.search(said.text)
        if found and not _unit_behind(said, found):
            new, old = (answers.whole_number(found[name], 0, 120) for name in ("new", "old"))
            if new is not None and new != old:
                return _numbered(intake, said, old, new)
    return _scores(intake, said)


def _unit_behind(said: Said, found: re.Match[str]) -> bool:
    return bool(words.UNIT.match(said.text[found.end() :].lstrip()))


def _numbered(intake: Intake, said: Said, old: int | None, new: int) -> bool:
    named = next((at for m in said.of("site") if (at := complaints.with_site(intake, str(m.value)))), None)
    scores = [field("nrs", at) for at in complaints.numbers(intake) if named in (None, at)]
    ages = ["age"] if words.AGE.search(said.text) and not words.SCORE.search(said.text) else []
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


def _scores(intake: Intake, said: Said) -> bool:
    """ "6 for the knee and 3 for the neck", "change the score to 4", "it's 4"."""
    changed = False
    for place in said.of("site"):
        at = complaints.with_site(intake, str(place.value))
        found = words.FOR_PLACE.search(said.text[: place.start])
        score = answers.whole_number(found["new"], 0, 10) if found else told_scores.score_after(intake, said, place)
        if at is not None and score is not None:
            intake.know(field("nrs", at), score, said.words(place))
            changed = True
    if (
        changed
        or said.of("site")
        or not (words.SCORE.search(said.text) or _bare(said))
        or said.of("duration", "span", "when", "contact")
    ):
        return changed
    score = answers.whole_number(re.sub(r"(?:out of|de) (?:10|ten|diez)|/10", "", said.text), 0, 10)
    scored = [at for at in complaints.numbers(intake) if intake.facts.get(field("nrs", at)) is not None]
    if score is None or len(scored) != 1:
        return False
    intake.know(field("nrs", scored[0]), score, said.words())
    return True


def _bare(said: Said) -> bool:
    """A number and hardly a word more, such as "no, it's 4"."""
    return bool(words.BARE.fullmatch(said.text))


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


_STEPS: tuple[tuple[Callable[[Intake, Said], bool], ...], ...] = (
    (_places_out, _other_place, _side, _instead), (_unit, _number),
)  # fmt: skip
