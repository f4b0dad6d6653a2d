"""Several complaints side by side: which fields each of them has of its own, and how they are named (`nrs#2`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.domain.intake import Intake

# What every complaint has for itself. The first one's fields carry no number (contract §5).
OWN = ("sites", "duration_days", "onset", "nrs", "function_limited", "function", "quality", "cause", "side")
RECORDED = ("sites", "duration_days", "onset", "nrs", "function_limited")
SHOWN = ("sites", "nrs", "duration_days", "onset", "function_limited")  # in this order to the visitor
MOST = 4  # further places join the last complaint; a person sorts them out


def field(name: str, number: int = 1) -> str:
    """The field of a complaint: "nrs", "nrs#2"."""
    return name if number == 1 else f"{name}#{number}"


def base(name: str) -> str:
    """The field without its number: "nrs#2" → "nrs"."""
    return name.partition("#")[0]


def number(name: str) -> int:
    """Which complaint a field belongs to; 1 for fields that carry no number."""
    tail = name.partition("#")[2]
    return int(tail) if tail.isdigit() else 1


def numbers(intake: Intake) -> list[int]:
    """The complaints there are; the first one always is, even before anything is known of it."""
    more = {number(name) for name in intake.facts if "#" in name}
    return [1, *sorted(more - {1})]


def sites_of(intake: Intake, at: int) -> list[dict[str, Any]]:
    """The places of one complaint."""
    return list(intake.facts.get(field("sites", at)) or [])


def every_site(intake: Intake) -> Iterator[dict[str, Any]]:
    """The places of all complaints."""
    for at in numbers(intake):
        yield from sites_of(intake, at)


_PARTS = {
    "back": {"low_back", "upper_back", "lumbar_spine", "thoracic_spine"}, "neck": {"neck_back", "cervical_spine"},
    "arm": {"upper_arm", "forearm", "elbow"}, "leg": {"thigh", "hamstring", "calf", "shin", "lower_leg", "knee"},
    "foot": {"heel", "plantar_fascia", "toe"}, "hand": {"finger", "thumb"}, "head": {"forehead", "occiput"},
}  # fmt: skip


def is_part(one: str, other: str) -> bool:
    """True when the first place is a part of the second."""
    return one in _PARTS.get(other, ())


def same_place(one: str, other: str) -> bool:
    """True for one place, also when one of the two names only the larger part: "the back" for the lower back."""
    return one == other or is_part(one, other) or is_part(other, one)


def with_site(intake: Intake, site: str) -> int | None:
    """The complaint that has this place, or None; the very place counts more than a part of it."""
    every = [(at, str(entry["site"])) for at in numbers(intake) for entry in sites_of(intake, at)]
    exact = next((at for at, known in every if known == site), None)
    return exact if exact is not None else next((at for at, known in every if same_place(known, site)), None)


def drop(intake: Intake, at: int) -> None:
    """Take one complaint out; those behind it move up, so that there is no gap, and the history keeps what it was."""
    last = numbers(intake)[-1]
    gone = {name: intake.facts.get(field(name, at)) for name in OWN}
    intake.corrected.append({"field": field("complaint", at), "old": gone, "new": None})
    for now in range(at, last + 1):
        for name in OWN:
            _move(intake, field(name, now + 1) if now < last else None, field(name, now))


def _move(intake: Intake, source: str | None, target: str) -> None:
    for kept in (intake.facts, intake.said):
        kept.pop(target, None)
        if source is not None and source in kept:
            kept[target] = kept.pop(source)
    for listed in (intake.settled, intake.reopened):
        if target in listed:
            listed.remove(target)
        if source is not None and source in listed:
            listed[listed.index(source)] = target
