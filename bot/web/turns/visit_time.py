"""An answer to the times staff proposed, in the conversation itself: by tap or in words, the same moves as by the visit's link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from bot.domain import wished_times
from bot.domain.errors import IllegalMove
from bot.domain.mention import Mention
from bot.domain.speech import say
from bot.language import proposal_reply, wishes
from bot.language.proposal_reply import CHOSEN, DECLINED, NOTHING, UNCLEAR, UNSURE_YET
from bot.notify.visits import link
from bot.notify.visits import words as news_of
from bot.services import booking, live, proposals, reach, visits
from bot.services.outgoing import FETCHED
from bot.services.ports import UnitOfWork
from bot.services.review import VISITOR
from bot.services.stored import Appointment, Conversation, Handoff, Message, NewMessage
from bot.web.context import WebContext
from bot.web.turns import words
from bot.web.turns.ledger import Work
from bot.web.turns.replies import Outcome

# Said of the times: none of it is about health, and it is for staff or the dialogue.
_NO_STORY = ("when", "contact", "person", "duration", "span", "goal", "doctor")
_MOST_ASKED = 2
_TO_READ = timedelta(seconds=3)  # nobody answers a line sooner than that
_UNCLEAR = "visit_unclear"  # in the state: the first of the times, and how often its answer was unclear
_SAID = "visit_said"  # in the state: the message that is answered, and what of it the dialogue still has to hear

WHICH = "I'm not sure which you mean. Which one suits you: {times}? You can also say “none of them”."
DOES_IT = "I'm not sure I understood. Does {when} suit you? Please say yes or no."
TAKE_TIME = "Take your time. Write to me which time suits you when you know, or choose on this page: {link}"
TO_A_PERSON = "I leave this to our team, so that nothing is booked by mistake. You can also choose on this page: {link}"
GONE = "These times are not kept any more. Our team gets in touch with you about another one."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message says of the proposed times. `visit` is the one chosen; `rest` what the dialogue has to hear besides.

    `done` when that was stored before the process died, and only the rest is left.
    """

    reference: str
    says: str
    visit: int | None = None
    rest: str = ""
    done: bool = False


def may_answer(work: Work) -> bool:
    """False for what can be no answer to proposed times, at a glance: almost every message."""
    handed_off = work.chat.phase == "handed_off" or _tapped(work) is not None or _SAID in work.chat.state
    return handed_off and not work.ours


def read(context: WebContext, work: Work) -> Answer | None:
    """The answer in a message; None when it is none, or when danger, or a person who has the word, comes first. Blocks."""
    chat, tapped = work.chat, _tapped(work)
    said: Mapping[str, Any] = chat.state.get(_SAID) or {}
    if said.get("seq") == work.message.seq:
        return Answer("", NOTHING, rest=str(said.get("rest") or ""), done=True)
    if work.scripted or (tapped is None and (work.silent or chat.phase != "handed_off" or _of_another(work))):
        return None
    with context.uow.reading() as uow:
        handoff, found = uow.handoffs.by_conversation(chat.id), proposals.standing(uow, chat.id)
        if handoff is None:
            return None
        if tapped is not None:
            return Answer(handoff.reference, *_choice(tapped))
        gone = found is None and proposals.is_open(chat.state)  # at this very moment
        if not gone and (found is None or not _was_asked(uow, chat, found[1], work.message)):
            return None
    return _in_words(context, work, handoff, found[1] if found else ())


def act(context: WebContext, work: Work, answer: Answer) -> Callable[[UnitOfWork, Conversation], Outcome]:
    """What to do within the turn's own transaction: the move, and what is said of it."""

    def within(uow: UnitOfWork, chat: Conversation) -> Outcome:
        lines, state = _MOVES[answer.says](context, uow, chat, work, answer)
        said = {"seq": work.message.seq, "rest": answer.rest} if answer.rest else None
        state = {**{key: value for key, value in state.items() if key != _SAID}, **({_SAID: said} if said else {})}
        if lines and state.get("question"):
            last = lines[-1]
            lines = [*lines[:-1], replace(last, body={**last.body, "question": state["question"]})]
        return Outcome(tuple(lines), state, None, None)

    return within


def _tapped(work: Work) -> str | None:
    answer = work.message.body.get("answer") or {}
    return str(answer.get("value")) if answer.get("question") == proposals.FIELD else None


def _of_another(work: Work) -> bool:
    """True for an answer to another question, and while a sign of danger is asked about."""
    return bool(work.message.body.get("answer")) or not proposals.may_ask(work.chat.state)


def _choice(tapped: str) -> tuple[str, int | None]:
    return (DECLINED, None) if tapped == proposals.NONE else (CHOSEN, int(tapped))


def _was_asked(uow: UnitOfWork, chat: Conversation, proposed: Sequence[Appointment], message: Message) -> bool:
    """True when these times had reached the visitor before they wrote: "yes" to what nobody has seen books nothing.

    On WhatsApp the times may wait until the visitor writes again, and then it is an answer to something else.
    """
    ids = {str(visit.id) for visit in proposed}
    asked = [
        line.seq for line in uow.conversations.messages(chat.id) if line.seq < message.seq and _choices(line) & ids
    ]
    if chat.channel in FETCHED or not asked:
        return bool(asked)
    return any(
        one.seq in asked and one.at + (_TO_READ if one.status == "sent" else timedelta(0)) <= message.at
        for one in uow.threads.deliveries(chat.id)
    )


def _choices(line: Message) -> set[str]:
    question = line.body.get("question") or {}
    return {str(one["value"]) for one in question["choices"]} if question.get("field") == proposals.FIELD else set()


def _in_words(context: WebContext, work: Work, handoff: Handoff, proposed: Sequence[Appointment]) -> Answer | None:
    """What the text says of these times; a danger in it, or a story of health, is the dialogue's."""
    chat, text, zone = work.chat, work.turn().text, context.settings.clinic.zone
    subject = str((chat.record.get("values") or {}).get("for_whom") or "self")
    told = context.reader.read(
        text, asked=None, now=work.message.at.astimezone(zone), subject=subject, locale=chat.locale
    )
    if told.danger:
        return None
    day = work.message.at.astimezone(zone).date()
    times = [
        (one.starts_at.astimezone(zone), (one.starts_at + timedelta(minutes=one.minutes)).astimezone(zone))
        for one in proposed
    ]
    reply = proposal_reply.read(text, times, day)
    if reply.says == NOTHING or _meant_for_another(chat, reply.says, text, day):
        return None
    stories = [one for one in told.mentions if one.counts and one.kind not in _NO_STORY]
    if reply.says == UNCLEAR and (stories or _asked_enough(chat, proposed)):
        return None
    rest = reply.rest if "?" in reply.rest or any(_within(reply.rest, one) for one in stories) else ""
    visit = None if reply.chosen is None else proposed[reply.chosen].id
    return Answer(handoff.reference, reply.says, visit, rest)


def _meant_for_another(chat: Conversation, says: str, text: str, day: date) -> bool:
    """True while another question is open, unless the text names a day or an hour that was offered."""
    question = chat.state.get("question")
    if question is None or proposals.is_open(chat.state):
        return False
    return says != CHOSEN or not wishes.read(text, day)


def _within(rest: str, mention: Mention) -> bool:
    return bool(rest[mention.start : mention.end].strip())


def _asked_enough(chat: Conversation, proposed: Sequence[Appointment]) -> bool:
    first, count = chat.state.get(_UNCLEAR) or (None, 0)
    return bool(proposed) and first == proposed[0].id and count >= _MOST_ASKED


Said = tuple[list[NewMessage], dict[str, Any]]


def _chosen(context: WebContext, uow: UnitOfWork, chat: Conversation, work: Work, answer: Answer) -> Said:
    try:
        firm, key = booking.confirm_within(uow, answer.reference, by=VISITOR, now=context.clock(), visit=answer.visit)
    except IllegalMove:  # somebody was quicker
        return _as_it_stands(context, uow, chat, answer)
    what = visits.by_state(firm.status)
    text = news_of(context.settings, what, firm, chat.locale)
    return [NewMessage("bot", text, id=reach.said_as(key))], proposals.closed(chat.state)


def _declined(context: WebContext, uow: UnitOfWork, chat: Conversation, work: Work, answer: Answer) -> Said:
    if proposals.standing(uow, chat.id) is None:
        return _as_it_stands(context, uow, chat, answer)
    _, visit, key = booking.give_up_within(uow, answer.reference, by=VISITOR, now=context.clock(), seq=work.message.seq)
    text = news_of(context.settings, visits.NOT_SUITED, visit, chat.locale)
    return [NewMessage("bot", text, id=reach.said_as(key))], proposals.closed(chat.state)


def _unsure(context: WebContext, uow: UnitOfWork, chat: Conversation, work: Work, answer: Answer) -> Said:
    found = proposals.standing(uow, chat.id)
    if found is None:
        return _as_it_stands(context, uow, chat, answer)
    text = say(chat.locale, TAKE_TIME, link=link(context.settings, found[1][0]))
    return [NewMessage("bot", text)], _still_asked(context, chat, found[1])


def _unclear(context: WebContext, uow: UnitOfWork, chat: Conversation, work: Work, answer: Answer) -> Said:
    """Asked about once; then a person sees to it."""
    found = proposals.standing(uow, chat.id)
    if found is None:
        return _as_it_stands(context, uow, chat, answer)
    proposed, zone, now = found[1], context.settings.clinic.zone, context.clock()
    first, count = chat.state.get(_UNCLEAR) or (None, 0)
    count = count + 1 if first == proposed[0].id else 1
    state = {**_still_asked(context, chat, proposed), _UNCLEAR: [proposed[0].id, count]}
    if count >= _MOST_ASKED:
        if chat.person_asked_at is None:
            live.person_asked(uow, chat, now=now)
        text = say(chat.locale, TO_A_PERSON, link=link(context.settings, proposed[0]))
        told = words.person_told(context.settings.clinic, chat.locale, now)
        return [NewMessage("bot", f"{text} {told}")], state
    times = [wished_times.moment(one.starts_at.astimezone(zone), chat.locale) for one in proposed]
    if len(times) == 1:
        return [NewMessage("bot", say(chat.locale, DOES_IT, when=times[0]))], state
    return [NewMessage("bot", say(chat.locale, WHICH, times="; ".join(times)))], state


def _still_asked(context: WebContext, chat: Conversation, proposed: Sequence[Appointment]) -> dict[str, Any]:
    return proposals.opened(chat.state, proposals.question(proposed, context.settings.clinic.zone, chat.locale))


def _as_it_stands(context: WebContext, uow: UnitOfWork, chat: Conversation, answer: Answer) -> Said:
    """The times are gone: what stands instead, if anything does."""
    handoff = uow.handoffs.by_reference(answer.reference)
    stands = [one for one in uow.appointments.of(handoff.id) if one.status in booking.STANDS]
    if not stands:
        return [NewMessage("bot", say(chat.locale, GONE))], proposals.closed(chat.state)
    text = news_of(context.settings, visits.by_state(stands[-1].status), stands[-1], chat.locale)
    return [NewMessage("bot", text)], proposals.closed(chat.state)


_MOVES: Mapping[str, Callable[[WebContext, UnitOfWork, Conversation, Work, Answer], Said]] = {
    CHOSEN: _chosen,
    DECLINED: _declined,
    UNSURE_YET: _unsure,
    UNCLEAR: _unclear,
}
