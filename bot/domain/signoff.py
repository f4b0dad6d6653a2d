"""Who answers for which version of the rules: signatures, and what has to be signed before a version may be published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.replay import Moved


@dataclass(frozen=True, slots=True)
class Signature:
    """One clinician's word for one version: `by` is their name and registration, `on` the day."""

    version: str
    by: str
    on: date


def signers(version: str, signatures: Iterable[Signature]) -> tuple[str, ...]:
    """Who signed this version; the same person twice counts once, however the name is spaced or capitalised."""
    named = {" ".join(one.by.split()).casefold(): one.by for one in signatures if one.version == version}
    return tuple(named.values())


def needed(moved: Sequence[Moved]) -> int:
    """How many different people must sign: two when any stored answer becomes milder, else one."""
    return 2 if any(one.milder for one in moved) else 1


def may_publish(version: str, moved: Sequence[Moved], signatures: Iterable[Signature]) -> bool:
    """True when enough different people signed exactly this version."""
    return len(signers(version, signatures)) >= needed(moved)


def banner(version: str, signatures: Iterable[Signature]) -> str | None:
    """What staff see while nobody has signed the working rules; None once somebody has."""
    if signers(version, signatures):
        return None
    return f"No clinician has signed this version of the rules ({version}). Check every result yourself."
