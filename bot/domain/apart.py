"""Keeps apart the complaints told in one message: which score, time and cause belongs to which place."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain import screens
from bot.domain.mention import Mention
from bot.domain.said import Said

# Told of one place, not of the whole person.
KINDS = ("site", "intensity", "duration", "span", "cause", "function", "quality", "finding")
_MEASURES = ("intensity", "duration")
# Places that commonly ache together; all others named in one breath are complaints of their own.
_NEIGHBOURS = (
    {"neck", "head"}, {"neck", "chest"}, {"neck", "back"}, {"chest", "back"}, {"chest", "hand"}, {"back", "hip"},
    {"hip", "leg"}, {"back", "abdomen"}, {"hip", "abdomen"}, {"chest", "abdomen"},
)  # fmt: skip
_SEAM = re.compile(
    r"[.;!\n]+|,|\b(?:and|but|plus|also|as well as|besides|while|whereas|the other|another|a second|separately|y|e|pero|"
    r"también|tambien|además|ademas|mientras|otro|otra)\b",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\b(?:also|plus|another|besides|separately|secondly|the other (?:thing|problem|one)|a second|as well as|on top of"
    r"|también|tambien|además|ademas|otro|otra|aparte)\b",
    re.IGNORECASE,
)


_TOO = re.compile(r"\W*(?:also|too|as well|también|tambien)\b", re.IGNORECASE)
_SPREADS = re.compile(
    r"\b(?:goes?|going|runs?|radiat\w+|shoot\w*|spread\w*|travel\w*|moves?|down|into|baja|se corre|se extiende)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.;!\n]")


@dataclass(slots=True)
class _Stretch:
    """A stretch of the text between two seams, with what was read in it.

    `apart` when it begins something else, `spreads` when its place is where an ache runs to, `fresh` in a new sentence.
    """

    mentions: list[Mention]
    apart: bool = False
    spreads: bool = False
    fresh: bool = False

    @property
    def places(self) -> list[Mention]:
        return [m for m in self.mentions if m.kind == "site"]

    @property
    def measured(self) -> bool:
        return any(m.kind in _MEASURES for m in self.mentions)


def parts(said: Said) -> list[Said]:
    """The message once for each complaint it tells of, each with only that complaint's mentions.

    Mentions that are about the whole person (conditions, medicines, doctors, contact …) stay in the first part. A plain
    list of places is one complaint. A message that names one place or none comes back whole.
    """
    places = [m for m in said.mentions if m.kind == "site" and m.counts]
    if len(places) < 2:
        return [said]
    stretches = _stretches(said, places)
    groups = _by_place(stretches) or _grouped(stretches)
    if len(groups) < 2:
        return [said]
    own = [m for group in groups for m in group]
    rest = [m for m in said.mentions if m not in own]
    return [
        replace(said, mentions=tuple(sorted([*group, *(rest if at == 0 else [])], key=lambda m: m.start)))
        for at, group in enumerate(groups)
    ]


def _stretches(said: Said, places: list[Mention]) -> list[_Stretch]:
    """The text cut at every seam that stands outside of a mention."""
    told = [m for m in said.mentions if m.kind in KINDS and (m.kind != "site" or m in places)]
    seams = [
        seam
        for seam in _SEAM.finditer(said.text)
        if not any(m.start < seam.end() and seam.start() < _last_letter(said, m) for m in told)
    ]
    bounds = [0, *(seam.end() for seam in seams), len(said.text) + 1]
    out: list[_Stretch] = []
    for start, end in itertools.pairwise(bounds):
        stretch = _Stretch([m for m in told if start <= m.start < end])
        if stretch.places:
            place = stretch.places[0]
            before = said.text[max(0, start - 24) : place.start]
            stretch.apart = bool(_APART.search(before) or _TOO.match(said.text[stretch.places[-1].end :]))
            stretch.spreads = bool(_SPREADS.search(said.text[start : place.start]))
            stretch.fresh = bool(_SENTENCE.search(said.text[max(0, start - 2) : place.start]))
        out.append(stretch)
    return out


def _last_letter(said: Said, found: Mention) -> int:
    """Where the words of a mention end, without the comma of "in march, elbow"."""
    return found.start + len(said.text[found.start : found.end].rstrip(" ,;"))


def _by_place(stretches: list[_Stretch]) -> list[list[Mention]]:
    """ "My shoulder and my heel hurt, shoulder 7/10, heel since yesterday": each place named again with a measure of its own.

    Empty when fewer than two places are.
    """
    own = [one for one in stretches if one.measured and len({place.value for place in one.places}) == 1]
    named = {str(place.value) for one in stretches if one not in own for place in one.places}
    again = list(dict.fromkeys(str(one.places[0].value) for one in own))
    if len(again) < 2 or not named.issuperset(again):
        return []
    groups: dict[str, list[Mention]] = {value: [] for value in again}
    spoken = again[0]
    for one in stretches:
        for mention in one.mentions:
            spoken = str(mention.value) if mention.kind == "site" and mention.value in groups else spoken
            groups[spoken].append(mention)
    return list(groups.values())


def _grouped(stretches: Iterable[_Stretch]) -> list[list[Mention]]:
    """Each complaint's mentions: a stretch with a place begins a new one unless it continues the last."""
    groups: list[list[Mention]] = []
    early: list[Mention] = []  # told before any place was named
    measured = False
    for stretch in stretches:
        if not stretch.places:
            (groups[-1] if groups else early).extend(stretch.mentions)
            measured = measured or stretch.measured
        elif groups and _continues(groups[-1], stretch, measured=measured):
            groups[-1].extend(stretch.mentions)
            measured = measured or stretch.measured
        else:
            groups.append([*early, *stretch.mentions])
            early, measured = [], stretch.measured
    return groups


def _continues(group: list[Mention], stretch: _Stretch, *, measured: bool) -> bool:
    """The next place of the same complaint: one of a plain list, or near by, and not with a score or time of its own."""
    known = [m for m in group if m.kind == "site"]
    if any(_side_fits(one, other) for one in known for other in stretch.places if one.value == other.value):
        return True
    if measured and (stretch.measured or stretch.fresh):
        return False
    if stretch.apart:
        return False
    if group[-1].kind == "site" and not stretch.fresh:
        return True  # "my neck, left wrist and lower back"
    same = {m.value for m in known} & {m.value for m in stretch.places}
    return stretch.spreads or bool(same) or all(_near(one, other) for one in known for other in stretch.places)


def _side_fits(one: Mention, other: Mention) -> bool:
    return one.side is None or other.side is None or one.side == other.side or "both" in (one.side, other.side)


def _near(one: Mention, other: Mention) -> bool:
    return near(str(one.value), str(other.value))


def near(one: str, other: str) -> bool:
    """True for places of one region, or of two that commonly ache together."""
    first, second = screens.REGION_OF.get(one), screens.REGION_OF.get(other)
    return (
        first is None
        or second is None
        or first == second
        or {first, second} in _NEIGHBOURS
        or "widespread" in (first, second)
    )
