"""The moves of contract §6, from the fields of a form or a JSON body to the service that makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.services import booking, decisions, learning, live, review
from bot.services.review import Actor, BadMove
from bot.web.desk.context import DeskContext, wake

Fields = Mapping[str, Any]
Move = Callable[[DeskContext, str, Fields, Actor], None]


class ClosedThen(BadMove):
    """A time outside of the clinic's hours: it can be taken all the same, when that is said."""


# Made of an answer, or resting on it: refused to somebody whose page shows another one (its forms send what it shows).
_JUDGING = ("agree", "override", "withdraw", "clear", "book", "propose", "reschedule", "confirm", "decline")


def make(context: DeskContext, name: str, reference: str, fields: Fields, by: Actor) -> None:
    """Make a move. Raises KeyError for a name that is none, and whatever the service refuses."""
    MOVES[name](context, reference, fields, replace(by, saw=_text(fields, "seen")) if name in _JUDGING else by)


def _claim(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    review.claim(context.uow(), reference, by=by, now=context.clock())


def _release(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    review.release(context.uow(), reference, by=by, now=context.clock())


def _assign(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    review.assign(context.uow(), reference, to=_text(fields, "to"), by=by, now=context.clock())


def _label(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    given = fields.get("labels") or []
    labels = given.split(",") if isinstance(given, str) else given
    if not isinstance(labels, list) or not all(isinstance(one, str) for one in labels):
        raise BadMove("labels", "labels must be a list of words")
    review.label(context.uow(), reference, labels=labels, by=by, now=context.clock())


def _note(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    review.note(context.uow(), reference, text=_text(fields, "text"), by=by, now=context.clock())


def _agree(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    decisions.agree(context.uow(), reference, by=by, now=context.clock())


def _override(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    outcome, urgency = _text(fields, "outcome"), _text(fields, "urgency")
    if "/" in outcome:  # the form's one list: "doctor_first/gp"
        outcome, urgency = outcome.split("/", 1)
    reason = _text(fields, "reason")
    decisions.override(
        context.uow(), reference, outcome=outcome, urgency=urgency or None, reason=reason, by=by, now=context.clock()
    )


def _withdraw(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    decisions.withdraw(context.uow(), reference, reason=_text(fields, "reason"), by=by, now=context.clock())


def _wait(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    until = _time(context, fields["until"], "until") if fields.get("until") else None
    review.wait(context.uow(), reference, on=_text(fields, "for"), until=until, by=by, now=context.clock())


def _resume(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    review.resume(context.uow(), reference, by=by, now=context.clock())


def _clear(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    items = fields.get("items") or []
    listed = [items] if isinstance(items, str) else items
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise BadMove("items", "items must be a list of ids")
    try:
        on = date.fromisoformat(_text(fields, "date"))
    except ValueError:
        raise BadMove("date", "date must be a day such as 2026-03-01") from None
    given_by, limits = _text(fields, "by"), _text(fields, "limits")
    review.clear(
        context.uow(), reference, items=listed, given_by=given_by, on=on, limits=limits,
        document=_text(fields, "document"), classify=context.classify, by=by, now=context.clock(),
    )  # fmt: skip


def _places(context: DeskContext, fields: Fields) -> list[booking.Place]:
    """The times that were ticked, or the one that was typed."""
    ticked = fields.get("slot") or []
    slots = [one for one in ([ticked] if isinstance(ticked, str) else ticked) if str(one).count("|") == 2]
    rows = [str(one).split("|") for one in slots]
    if not rows and fields.get("within") and not fields.get("start"):
        raise BadMove("start", "tick a time, or type one below")
    return [
        _place(context, {**fields, "start": start, "therapist": who, "room": room}) for start, who, room in rows
    ] or [_place(context, fields)]


def _minutes(context: DeskContext, fields: Fields) -> int:
    """Of the service, or as given."""
    services = context.settings.clinic.services
    if fields.get("service") is None:
        return _whole(fields, "minutes")
    at = _whole(fields, "service")
    if at >= len(services):
        raise BadMove("service", "the services have changed in the meantime; reload the page")
    return services[at].minutes


def _place(context: DeskContext, fields: Fields) -> booking.Place:
    start, therapist, room = fields.get("start"), fields.get("therapist"), fields.get("room")
    at, minutes = _time(context, start, "start"), _minutes(context, fields)
    clinic = context.settings.clinic
    if (
        fields.get("within") == "hours"
        and not fields.get("anyway")
        and not clinic.opening.holds(at, minutes, clinic.zone)
    ):
        raise ClosedThen("start", "the clinic is not open at that time; tick the box below to book it all the same")
    typed = {"therapist": therapist, "room": room}
    return booking.Place(at, minutes, _text(typed, "therapist"), _text(typed, "room"))


def _take(move: str) -> Move:
    def take(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
        booking.take(context.uow(), reference, move, _places(context, fields), by=by, now=context.clock())

    return take


def _confirm(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    visit = _whole(fields, "visit") if fields.get("visit") is not None else None
    booking.confirm(context.uow(), reference, visit=visit, by=by, now=context.clock())


def _give_up(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    booking.give_up(context.uow(), reference, by=by, now=context.clock())


def _decline(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    review.decline(context.uow(), reference, reason=_text(fields, "reason"), by=by, now=context.clock())


def _reopen(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    review.reopen(context.uow(), reference, reason=_text(fields, "reason"), by=by, now=context.clock())


def _misread(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    learning.mark(
        context.uow(), reference, seq=_whole(fields, "seq"), kind=_text(fields, "kind"), value=_text(fields, "value"),
        denied=bool(fields.get("denied")), note=_text(fields, "note"), by=by, now=context.clock(),
    )  # fmt: skip


def _takeover(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    wake(context, live.take_over(context.uow(), reference, by=by, now=context.clock()))


def _say(context: DeskContext, reference: str, fields: Fields, by: Actor) -> None:
    wake(context, live.say(context.uow(), reference, text=_text(fields, "text"), by=by, now=context.clock()))


def _hand_back(context: DeskContext, reference: str, _fields: Fields, by: Actor) -> None:
    wake(context, live.hand_back(context.uow(), reference, by=by, now=context.clock()))


MOVES: Mapping[str, Move] = {
    "claim": _claim,
    "release": _release,
    "assign": _assign,
    "label": _label,
    "note": _note,
    "agree": _agree,
    "override": _override,
    "withdraw": _withdraw,
    "wait": _wait,
    "resume": _resume,
    "clear": _clear,
    "book": _take("book"),
    "propose": _take("propose"),
    "confirm": _confirm,
    "reschedule": _take("reschedule"),
    "give_up": _give_up,
    "decline": _decline,
    "reopen": _reopen,
    "misread": _misread,
    "takeover": _takeover,
    "say": _say,
    "hand_back": _hand_back,
}


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadMove(name, "{field} must be a text", field=name)
    return value


def _whole(fields: Fields, name: str) -> int:
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadMove(name, "{field} must be a whole number", field=name)


def _time(context: DeskContext, value: Any, name: str) -> datetime:
    """An ISO time; without a zone it is the clinic's own."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadMove(
            name, "{field} must be a time such as {example}", field=name, example="2026-03-01T10:30"
        ) from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(context.settings.clinic.time_zone))
    return at.astimezone(UTC)
