"""Who answers for which version of the rules: signatures, and what has to be signed before a version may be published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.replay import Moved


@dataclass(frozen=True, slots=True)
class Signature:
    """One clinician's word for one version: `by` is their name and registration, `on` the day.

    `needs` is how many different people had to sign this version when they did, as the replay of that day said.
    """

    version: str
    by: str
    on: date
    needs: int = 1


def signers(version: str, signatures: Iterable[Signature]) -> tuple[str, ...]:
    """Who signed this version; the same person twice counts once, however the name is spaced or capitalised."""
    named = {" ".join(one.by.split()).casefold(): one.by for one in signatures if one.version == version}
    return tuple(named.values())


def needed(moved: Sequence[Moved]) -> int:
    """How many different people must sign: two when any stored answer becomes milder, else one."""
    return 2 if any(one.milder for one in moved) else 1


def asked_of(version: str, signatures: Iterable[Signature]) -> int:
    """How many people this version needs, by the strictest replay any of its signers saw."""
    return max((one.needs for one in signatures if one.version == version), default=1)


def may_publish(version: str, moved: Sequence[Moved], signatures: Iterable[Signature]) -> bool:
    """True when enough different people signed exactly this version."""
    kept = tuple(signatures)
    return len(signers(version, kept)) >= max(needed(moved), asked_of(version, kept))


UNSIGNED = "No clinician has signed this version of the rules ({version}). Check every result yourself."
ONE_MORE = (
    "This version of the rules ({version}) makes some results milder and needs a second clinician. So far only {name} has "
    "signed it. Check every result yourself."
)


def banner(version: str, signatures: Iterable[Signature], say: Callable[..., str] = str.format) -> str | None:
    """What staff see until enough clinicians have signed the working rules; None from then on.

    `say` fills a text and may say it in another language.
    """
    kept = tuple(signatures)
    have = signers(version, kept)
    if len(have) >= asked_of(version, kept):
        return None
    return say(ONE_MORE, version=version, name=have[0]) if have else say(UNSIGNED, version=version)
