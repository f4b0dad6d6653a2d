"""Says to a visitor what became of their visit: in the chat, by the channel they came from, and by e-mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import icalendar

from bot.domain import wished_times
from bot.domain.speech import say
from bot.notify import mail
from bot.notify.outbox import Kind
from bot.services import booking, proposals, reach, visits
from bot.services.outgoing import FETCHED
from bot.services.ports import Storage, UnitOfWork
from bot.services.stored import Appointment, Conversation, Handoff, OutboxItem
from bot.settings import Clinic, Settings

SEVERAL = "several"  # of the times proposed together
# What is said; never a word about health, nor why somebody comes.
TEXTS = {
    visits.PROPOSED: "We can offer you {when}, {minutes} minutes with {therapist}. Does that suit you? Say yes or no here: {link}",
    SEVERAL: "We can offer you {count} times, {minutes} minutes each: {times}. Choose one here: {link}",
    visits.BOOKED: "Your visit is booked: {when}, {minutes} minutes with {therapist}. For your calendar, or to cancel: {link}",
    visits.PENDING: "A time is kept for you: {when}, {minutes} minutes with {therapist}. It is firm once we have seen what is still missing. See it or cancel: {link}",
    visits.MOVED: "Your visit is now on {when}, {minutes} minutes with {therapist}. For your calendar, or to cancel: {link}",
    visits.CANCELLED: "Your visit on {when} is cancelled.",
    visits.NOT_SUITED: "Thank you for telling us. These times are free again, and our team looks for another one. You can write here when you could come.",
    visits.TAKEN_BACK: "The times we offered you are free again, and our team looks for another one.",
    visits.REMINDER: "A reminder: your visit is on {when}. If you cannot come, please tell us here: {link}",
    visits.TODAY: "Your visit is today at {time}. Has anything changed since you booked? Two questions, one minute: {link}",
}
# What is said in the conversation, where it can be answered.
ASKED = {
    **TEXTS,
    visits.PROPOSED: "We can offer you {when}, {minutes} minutes with {therapist}. Does that suit you? Answer here, or on this page: {link}",
    SEVERAL: "We can offer you {count} times, {minutes} minutes each: {times}. Which one suits you? Answer here, or choose on this page: {link}",
    visits.TAKEN_BACK: "The times we offered you are free again, and our team looks for another one. You can write here when you could come.",
}
SUBJECT = "{clinic}: your visit"
# In which states of a visit each of them is still true.
_TRUE_WHILE = {
    visits.PROPOSED: ("proposed",), visits.BOOKED: ("confirmed",), visits.PENDING: ("pending",), visits.MOVED: ("confirmed", "pending"),
    visits.CANCELLED: ("cancelled",), visits.NOT_SUITED: ("cancelled",), visits.TAKEN_BACK: ("cancelled",), visits.REMINDER: ("confirmed", "pending"), visits.TODAY: ("confirmed", "pending"),
}  # fmt: skip


# States of one visit in the order they can follow each other.
_STEPS = ("proposed", "pending", "confirmed", "on_hold", "cancelled")


@dataclass(frozen=True, slots=True)
class VisitNews:
    """Sends items of `visits.KIND`. `wake` rings for whoever has the chat open."""

    storage: Storage
    settings: Settings
    now: Callable[[], datetime]
    wake: Callable[[str], None]

    def kind(self) -> Kind:
        """For the postman."""
        return Kind(self.send)

    def send(self, item: OutboxItem) -> None:
        """Say it once, if it is still true; what was moved or cancelled in the meantime is passed over."""
        what = str(item.payload["what"])
        with self.storage() as uow:
            visit = uow.appointments.get(int(item.payload["appointment"]))
            if visit is None or visit.status not in _TRUE_WHILE[what]:
                return
            handoff = uow.handoffs.by_id(visit.handoff)
            chat = uow.conversations.get(handoff.conversation)
            proposed = booking.proposed_with(uow, visit) if what == visits.PROPOSED else []
            if chat is not None and chat.erased_at is None:
                self._in_the_chat(uow, chat, visit, proposed, what, item.key)
            self._by_mail(
                uow, handoff, visit, words(self.settings, what, visit, handoff.locale, proposed), what, item.key
            )
            uow.commit()
        self.wake(handoff.conversation)

    def _in_the_chat(
        self,
        uow: UnitOfWork,
        chat: Conversation,
        visit: Appointment,
        proposed: Sequence[Appointment],
        what: str,
        key: str,
    ) -> None:
        """With the question, where there is one; reminders go to another network only where they were asked for."""
        reminds = what in visits.AHEAD and chat.channel not in FETCHED
        if reminds and not reach.wants_reminders(uow, chat.id):
            return
        asks = proposals.question(proposed, self.settings.clinic.zone, chat.locale) if proposed else None
        text = words(self.settings, what, visit, chat.locale, proposed, asked=proposals.may_ask(chat.state))
        reach.tell(uow, chat.id, text, key=key, now=self.now(), asks=asks)

    def _by_mail(self, uow: UnitOfWork, handoff: Handoff, visit: Appointment, text: str, what: str, key: str) -> None:
        to = str(handoff.contact.get("email") or "")
        if not to or not self.settings.alert_smtp or what == visits.NOT_SUITED:
            return
        subject = say(handoff.locale, SUBJECT, clinic=self.settings.clinic.name)
        payload = {"to": to, "subject": subject, "text": f"{text}\n"}
        if what in (visits.BOOKED, visits.PENDING, visits.MOVED, visits.CANCELLED):
            payload["ics"] = calendar_entry(self.settings.clinic, visit, link(self.settings, visit), self.now())
        now = self.now()
        uow.outbox.add(OutboxItem(0, f"mail:{key}", mail.KIND, payload, now, now, conversation=handoff.conversation))


def words(
    settings: Settings,
    what: str,
    visit: Appointment,
    locale: str,
    proposed: Sequence[Appointment] = (),
    *,
    asked: bool = False,
) -> str:
    """What is said of a visit; `asked` where the visitor can answer at once."""
    clinic = settings.clinic
    if what == visits.PROPOSED and len(proposed) > 1:
        times = [wished_times.moment(one.starts_at.astimezone(clinic.zone), locale) for one in proposed]
        told = {"count": len(times), "minutes": visit.minutes, "times": "; ".join(times)}
        return say(locale, (ASKED if asked else TEXTS)[SEVERAL], **told, link=link(settings, visit))
    at = visit.starts_at.astimezone(clinic.zone)
    places = {
        "when": wished_times.moment(at, locale), "time": f"{at:%H:%M}", "minutes": visit.minutes,
        "therapist": visit.therapist, "link": link(settings, visit),
    }  # fmt: skip
    return say(locale, (ASKED if asked else TEXTS)[what], **places)


def link(settings: Settings, visit: Appointment) -> str:
    """The page of this visit."""
    return f"{settings.public_url}/visit/{visit.id}/{visit.token}"


def calendar_entry(clinic: Clinic, visit: Appointment, url: str, now: datetime) -> str:
    """The visit as an iCalendar file: where and when, not why.

    One entry for each hand-off: a move, a confirmation or a cancellation has the same UID and a higher SEQUENCE, so that
    calendars change the entry they have.
    """
    entry = icalendar.Event()
    entry.add("uid", f"visit-{visit.handoff}@palpate")
    entry.add("sequence", visit.id * len(_STEPS) + _STEPS.index(visit.status))
    entry.add("dtstamp", now)
    entry.add("dtstart", visit.starts_at)
    entry.add("dtend", visit.starts_at + timedelta(minutes=visit.minutes))
    entry.add("summary", clinic.name)
    entry.add("location", clinic.address)
    entry.add("url", url)
    entry.add("status", {"confirmed": "CONFIRMED", "cancelled": "CANCELLED"}.get(visit.status, "TENTATIVE"))
    calendar = icalendar.Calendar()
    calendar.add("method", "CANCEL" if visit.status == "cancelled" else "PUBLISH")
    calendar.add("prodid", "-//Palpate//visits//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return calendar.to_ical().decode("utf-8")
