"""Reads a score told with its place and no word for pain: "neck about 4, no wait, 6", "la espalda un 6 y el hombro un 3"."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain import answers, complaints
from bot.domain.intake import Intake
from bot.domain.mention import Mention
from bot.domain.said import Said
from bot.domain.speech import ENGLISH, language_of
from bot.domain.taken_back import IN_STEAD, PLACE_IS, SAID_OUT


def score_after(intake: Intake, said: Said, place: Mention) -> int | None:
    """The score behind a place: 6 of "neck about 4, no wait, 6"."""
    found = PLACE_IS.match(said.text[place.end :])
    if found is None:
        return None
    better = found["better"] and (IN_STEAD.search(found["back"]) or language_of(intake.locale) == ENGLISH)
    return answers.whole_number(found["better"] if better else found["new"], 0, 10)


def scores_of_places(intake: Intake, said: Said) -> Iterator[tuple[int, Mention, int]]:
    """Complaint, place and score of what is told as "neck 6 and the heel only like 3", of complaints that are known."""
    for place in said.of("site"):
        found = PLACE_IS.match(said.text[place.end :])
        at = complaints.with_site(intake, str(place.value))
        if found and at is not None and SAID_OUT.match(said.text[place.end + found.end() :]):
            score = score_after(intake, said, place)
            if score is not None:
                yield at, place, score
