"""Times a visit could have: within the hours, with a therapist and a room free, those that were wished first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol

from bot.domain.opening import Opening
from bot.domain.wish import Wish, latest, suits

STEP = timedelta(minutes=15)
DAYS_AHEAD = 14
FARTHEST = 60  # days; as far as a date that somebody named is looked at
A_DAY = 3  # of one day's times that suit words such as "mornings": the others are on other days


@dataclass(frozen=True, slots=True)
class Taken:
    """A visit that is booked already."""

    start: datetime
    end: datetime
    therapist: str
    room: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time; `wished` when it lies within what the visitor asked for."""

    start: datetime
    therapist: str
    room: str
    wished: bool = False


class Suited(Protocol):
    """A service; `suits` says for which result it is meant: relaxation, clinical, first, or "" for any."""

    @property
    def suits(self) -> str:
        """What it is meant for."""


SUITS = ("", "relaxation", "clinical", "first")


def proposed(services: Sequence[Suited], outcome: str, *, first_visit: bool) -> int:
    """The place of the service that goes with a result: a first visit comes before everything else, then the kind of massage."""
    kind = "relaxation" if outcome == "relaxation_massage" else "clinical"
    order = ["first", kind, ""] if first_visit else [kind, "", "first"]
    places = [at for wanted in order for at, one in enumerate(services) if one.suits == wanted]
    return places[0] if places else 0


def wished_spans(wished: str | Sequence[str] | None) -> list[tuple[datetime, datetime]]:
    """The ISO intervals among the wished times; `in_words` has the rest."""
    spans = []
    for text in [wished] if isinstance(wished, str) else wished or ():
        start, slash, end = text.partition("/")
        try:
            span = (datetime.fromisoformat(start), datetime.fromisoformat(end))
        except ValueError:
            continue
        if slash and span[0].tzinfo is not None and span[0] < span[1]:
            spans.append(span)
    return spans


def in_words(wished: str | Sequence[str] | None) -> list[str]:
    """The wished times that were told in words."""
    return [text for text in ([wished] if isinstance(wished, str) else wished or ()) if not wished_spans(text)]


def days_ahead(wishes: Sequence[Wish], today: date) -> int:
    """How many days are looked at: two weeks, or up to the last date that somebody named."""
    return max(DAYS_AHEAD, min((latest(wishes, today) - today).days, FARTHEST))


def free(
    opening: Opening, zone: tzinfo, *, taken: Iterable[Taken], rooms: Sequence[str], therapists: Sequence[str], minutes: int,
    after: datetime, wished: Sequence[tuple[datetime, datetime]] = (), wishes: Sequence[Wish] = (), buffer: int = 0, most: int = 8,
) -> list[Slot]:  # fmt: skip
    """Free times of the next two weeks: the wished ones first, at most two a day otherwise, none twice.

    `wished` are intervals somebody picked, `wishes` what was told in words. `buffer` is how many minutes stay free before
    and after. Lengths are counted in real time, so that an hour is an hour on the day the clock jumps, too.
    """
    busy, length, apart = list(taken), timedelta(minutes=minutes), timedelta(minutes=buffer)
    found: list[Slot] = []
    begun = after.astimezone(zone)
    for ahead in range(days_ahead(wishes, begun.date()) + 1):
        today: list[Slot] = []
        for first, last in opening.spans((begun + timedelta(days=ahead)).date(), zone):
            start, last = first.astimezone(UTC), last.astimezone(UTC)
            while start + length <= last:
                end, local = start + length, start.astimezone(zone)
                picked = any(begin <= start and end <= stop for begin, stop in wished)
                told = suits(wishes, local, end.astimezone(zone)) and _another(today, start, length)
                if start > after and (picked or told or _apart(today, start, 2 * length)):
                    who = _who(start - apart, end + apart, busy, rooms, therapists)
                    if who is not None:
                        today.append(Slot(local, *who, picked or told))
                start += STEP
        found += [slot for slot in today if slot.wished] + [slot for slot in today if not slot.wished][:2]
    return sorted(found, key=lambda slot: (not slot.wished, slot.start.astimezone(UTC)))[:most]


def _another(today: Sequence[Slot], start: datetime, length: timedelta) -> bool:
    """True for a time as wished beside which no other of the day stands, while there are few of them."""
    told = [slot for slot in today if slot.wished]
    return len(told) < A_DAY and _apart(told, start, length)


def _apart(slots: Sequence[Slot], start: datetime, gap: timedelta) -> bool:
    return not slots or start >= slots[-1].start.astimezone(UTC) + gap


def _who(
    start: datetime, end: datetime, busy: Iterable[Taken], rooms: Sequence[str], therapists: Sequence[str]
) -> tuple[str, str] | None:
    """A therapist and a room that are free then."""
    at_work = [one for one in busy if one.start < end and one.end > start]
    therapist = next(
        (name for name in therapists if name.casefold() not in {one.therapist.casefold() for one in at_work}), None
    )
    room = next((name for name in rooms if name.casefold() not in {one.room.casefold() for one in at_work}), None)
    return None if therapist is None or room is None else (therapist, room)
