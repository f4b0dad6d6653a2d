"""Places told in one list become complaints of their own once each gets its own score or time."""

from __future__ import annotations

from bot.domain import ache_told, apart, complaints
from bot.domain.complaints import field
from bot.domain.intake import Intake
from bot.domain.said import Said
from bot.domain.told_scores import scores_of_places

_ALONE = ("sites", "side")


def take(intake: Intake, said: Said) -> None:
    """Split the complaint whose places this message tells apart: "shoulder since Monday, back for years, knee 4"."""
    if said.question is not None:
        return
    for name, told in (("duration_days", _times(intake, said)), ("nrs", _scores(intake, said))):
        for at in sorted({number for number, _ in told}):
            own = {site: value for (number, site), value in told.items() if number == at}
            if len(set(own.values())) > 1:
                _split(intake, at, own, name)


def _scores(intake: Intake, said: Said) -> dict[tuple[int, str], int]:
    return {(at, _known(intake, at, str(place.value))): score for at, place, score in scores_of_places(intake, said)}


def _times(intake: Intake, said: Said) -> dict[tuple[int, str], int]:
    told: dict[tuple[int, str], int] = {}
    for part in apart.parts(said):
        lasted, places = ache_told.lengths(part), part.of("site")
        at = complaints.with_site(intake, str(places[0].value)) if len(places) == 1 else None
        if at is not None and len(lasted) == 1:
            told[at, _known(intake, at, str(places[0].value))] = ache_told.days(lasted[0])
    return told


def _known(intake: Intake, at: int, site: str) -> str:
    """The place as the complaint has it: "back" for its lower back."""
    known = [str(entry["site"]) for entry in complaints.sites_of(intake, at)]
    return next((one for one in known if one == site), None) or next(
        (one for one in known if complaints.same_place(one, site)), site
    )


def _split(intake: Intake, at: int, own: dict[str, int], name: str) -> None:
    """Each further value takes its places with it, and what was told of all of them; `name` is now told of each."""
    first = next(iter(own.values()))
    for value in dict.fromkeys(own.values()):
        new = complaints.numbers(intake)[-1] + 1
        if value == first or new > complaints.MOST:
            continue
        entries = complaints.sites_of(intake, at)
        moved = [entry for entry in entries if own.get(str(entry["site"])) == value]
        rest = [entry for entry in entries if entry not in moved]
        if not moved or not rest:
            continue
        for one in complaints.OWN:
            if one not in (*_ALONE, name):
                _copy(intake, field(one, at), field(one, new))
        intake.facts[field("sites", at)], intake.facts[field("sites", new)] = rest, moved
        intake.said[field("sites", new)] = [*intake.said.get(field("sites", at), [])]
        _settle_places(intake, at)
        _settle_places(intake, new)


def _copy(intake: Intake, source: str, target: str) -> None:
    if source in intake.facts:
        intake.facts[target] = intake.facts[source]
    if source in intake.said:
        intake.said[target] = [*intake.said[source]]
    if source in intake.settled:
        intake.settle(target)


def _settle_places(intake: Intake, at: int) -> None:
    intake.settle(field("sites", at))
    missing = any(ache_told.needs_side(entry) for entry in complaints.sites_of(intake, at))
    if not missing:
        intake.settle(field("side", at))
