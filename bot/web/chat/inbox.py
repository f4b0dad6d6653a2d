"""Takes a visitor's message into the log: read for danger, checked, stored once; all of it blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.domain import rows_said, tongue
from bot.domain.errors import NotFound
from bot.domain.speech import language_of, say
from bot.services import outgoing, returning
from bot.services.ports import UnitOfWork
from bot.services.stored import AuditEntry, Conversation, NewMessage
from bot.web import metrics
from bot.web.chat import tokens
from bot.web.chat.bodies import CHANGE, MAX_TEXT, Overflow, Sent, too_large
from bot.web.chat.fit import DoesNotFit, Fitted, fit
from bot.web.chat.problems import Problem, log_unavailable, unknown_conversation
from bot.web.context import WebContext
from bot.web.turns import call_back, coming_back, danger, words
from bot.web.turns.ledger import Claimer, Work

_OWN_WORDS = ("text", "date")  # kinds whose answer is in the visitor's own words


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a message stands in the log, and the turn to begin with, if one was claimed."""

    seq: int
    work: Work | None
    conversation: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The network a message came from, and the id that network gave it."""

    channel: str
    provider_id: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation: its id, and its token, which is not stored and never shown again."""

    id: str
    token: str


def open_conversation(context: WebContext, *, channel: str, locale: str, code: str | None = None) -> Opened:
    """Store a new conversation with the turn that makes the bot greet.

    With the `code` of somebody who comes back, the dialogue hears which conversation it may ask about once the visitor
    has consented. Raises `Problem` 404 for a code that is unknown, used or too old.
    """
    value = None
    if code is not None:
        try:
            earlier, kind = returning.spend(context.uow(), code, now=context.clock())
        except NotFound:
            raise Problem(404, "unknown_code", "This code was used already, or it is too old.") from None
        value = {"conversation": earlier, "kind": kind}
    opened, now = Opened(tokens.new_id(), tokens.new_token()), context.clock()
    spoken = context.settings.clinic.languages
    locale = locale if language_of(locale) in spoken else spoken[0]
    chat = Conversation(opened.id, tokens.digest(opened.token), channel, locale, "consent", now, now)
    first = NewMessage("opening", "hello", {"answer": {"question": "open", "value": value}})
    with context.uow() as uow:
        uow.conversations.add(chat)
        uow.conversations.append(opened.id, first, now=now)
        uow.commit()
    return opened


def find(context: WebContext, conversation: str, token: str) -> Conversation:
    """The conversation this token opens. Raises `Problem` 404 or 401."""
    with context.uow.reading() as uow:
        return opened_by(context, uow.conversations.get(conversation), token)


def opened_by(context: WebContext, chat: Conversation | None, token: str) -> Conversation:
    """This conversation, when the token opens it. Raises `Problem` 404 or 401."""
    return tokens.check(chat, token, now=context.clock(), idle_seconds=context.settings.token_idle_seconds)


def stay(context: WebContext, chat: Conversation) -> None:
    """The visitor was here just now, without a word."""
    now = context.clock()
    with context.uow() as uow:
        uow.conversations.set_tokens(chat.id, chat.token_hash, now=now)
        uow.conversations.save(chat.id, now=now)
        uow.commit()


def receive(
    context: WebContext, conversation: str, token: str, sent: Callable[[], Sent], claimer: Claimer | None = None
) -> Taken:
    """Find the conversation and take the message, in this order: a stranger learns nothing of what is wrong with it."""
    chat = find(context, conversation, token)
    return take(context, chat, sent(), claimer)


def take(
    context: WebContext,
    chat: Conversation,
    sent: Sent,
    claimer: Claimer | None = None,
    *,
    origin: Origin | None = None,
) -> Taken:
    """Store a message and, in the same transaction, the danger script it calls for; where it stands in the log.

    With a `claimer` it is claimed for its turn in the same transaction, when nothing stands before it.

    Raises `Problem` 413 for a long text (with the emergency words, if it tells of danger), 409 for an answer to a
    question that is not open, 422 for a value that does not fit it. What is refused is stored nowhere. Raises
    `AlreadyThere` when another call stored the message of this `origin` in the meantime.
    """
    if sent.text is not None:
        chat, before = _spoken_to(chat, sent.text), chat.locale
        found = _read(context, chat, sent.text)
        if len(sent.text) > MAX_TEXT:
            raise _too_long(found)
        message = NewMessage("visitor", sent.text, _body(found, _seen(sent)), sent.client_id)
        code = coming_back.code_in(chat, sent.text) if found is None else None
        if code is not None:  # it is in no language, and no telephone number
            return _store(context, chat.id, message, None, claimer=claimer, origin=origin, code=code)
        switch, left = chat.locale if chat.locale != before else None, call_back.in_text(sent.text)
        return _store(context, chat.id, message, found, switch=switch, claimer=claimer, origin=origin, left=left)
    fitted, problem = _fitted(context, chat, sent)
    if fitted is None:
        refused = NewMessage("visitor", "-", {}, sent.client_id)
        if problem is not None:
            problem = _with_help(problem, _danger_in_answer(context, chat, sent))
        return _store(context, chat.id, refused, None, problem=problem)
    found = danger.in_answer(str(sent.field), fitted.value, context.settings.clinic.lines, chat.locale, _subject(chat))
    if found is None and sent.field != CHANGE and _in_own_words(chat, fitted):
        found = _read(context, chat, fitted.label)
    body = _body(found, {"answer": {"question": sent.field, "value": fitted.value}})
    if sent.field == call_back.FIELD:
        message = NewMessage("visitor", fitted.label, {**body, "edge": True}, sent.client_id)
        return _store(context, chat.id, message, None, claimer=claimer, origin=origin, left=fitted.value)
    message = NewMessage("visitor", fitted.label, body, sent.client_id)
    return _store(context, chat.id, message, found, answers=sent.field, claimer=claimer, origin=origin)


def _spoken_to(chat: Conversation, text: str) -> Conversation:
    """The conversation in the language its visitor wants from this text on; a name is in no language."""
    if chat.state.get("field") == "contact" and tongue.asked(text) is None:
        return chat
    return replace(chat, locale=tongue.after(text, chat.locale))


def refuse_overflow(context: WebContext, chat: Conversation, body: Overflow) -> Problem:
    """The refusal of a body that is too large, with the emergency words if its beginning tells of danger."""
    found = _read(context, chat, body.prefix)
    return too_large(**(found.extra() if found else {}))


def refuse_flood(
    context: WebContext, conversation: str, token: str, sent: Callable[[], Sent | Overflow], full: Problem
) -> Problem:
    """The refusal `full` of one message too many, with the emergency words if it tells of danger; it is stored nowhere."""
    try:
        chat, said = find(context, conversation, token), sent()
    except Problem:
        return full  # a stranger, or nothing that can be read
    if isinstance(said, Overflow):
        return _with_help(full, _read(context, chat, said.prefix))
    if said.text is not None:
        return _with_help(full, _read(context, _spoken_to(chat, said.text), said.text))
    return _with_help(full, _danger_in_answer(context, chat, said))


def refuse_unstored(context: WebContext, sent: Callable[[], Sent], locale: str) -> Problem:
    """The refusal of a message that the database does not take, with the emergency words if it tells of danger.

    Nothing can be looked up, so it is read as the first message of somebody nobody knows, in the language of `locale`.
    """
    full, now = log_unavailable(), context.clock()
    try:
        said = sent()
    except Problem as refused:
        return refused
    chat = Conversation("-", b"", "web", locale, "consent", now, now)
    if said.text is not None:
        return _with_help(full, _read(context, _spoken_to(chat, said.text), said.text))
    return _with_help(full, _danger_in_answer(context, chat, said))


def _danger_in_answer(context: WebContext, chat: Conversation, sent: Sent) -> danger.Found | None:
    lines = context.settings.clinic.lines
    return danger.in_answer(str(sent.field), sent.value, lines, chat.locale, _subject(chat))


def _subject(chat: Conversation) -> str:
    """For whom the visit is, as far as it is known."""
    return str((chat.record.get("values") or {}).get("for_whom") or "self")


def _read(context: WebContext, chat: Conversation, text: str) -> danger.Found | None:
    question = chat.state.get("question") or {}
    choices = question.get("choices") or () if question.get("kind") in ("multi", "choice") else ()
    return danger.in_text(
        context.reader,
        text,
        asked=chat.state.get("field"),
        now=context.here(context.clock()),
        subject=_subject(chat),
        country=context.settings.clinic.lines,
        locale=chat.locale,
        rows=rows_said.said(text, choices) if len(text) <= MAX_TEXT else rows_said.NONE,
    )


def _fitted(context: WebContext, chat: Conversation, sent: Sent) -> tuple[Fitted | None, Problem | None]:
    question = call_back.question(chat.locale) if sent.field == call_back.FIELD else chat.state.get("question")
    if sent.field == CHANGE and (not question or question.get("field") != CHANGE):
        return _reopened(chat, sent)
    if not question or question.get("field") != sent.field:
        return None, Problem(409, "question_not_open", "This question is not open (any more).")
    try:
        return fit(question, sent.value, today=context.here(context.clock()).date(), locale=chat.locale), None
    except DoesNotFit as error:
        return None, Problem(422, "answer_does_not_fit", str(error))


def _reopened(chat: Conversation, sent: Sent) -> tuple[Fitted | None, Problem | None]:
    """An answered field that is to be asked again."""
    for row in chat.state.get("changeable") or ():
        if row.get("field") == sent.value:
            return Fitted(sent.value, say(chat.locale, "Change: {what}", what=row["label"])), None
    return None, Problem(409, "not_changeable", "This answer cannot be changed now.")


def _in_own_words(chat: Conversation, fitted: Fitted) -> bool:
    question = chat.state.get("question") or {}
    return question.get("kind") in _OWN_WORDS and isinstance(fitted.value, str | list)


def _seen(sent: Sent) -> dict[str, Any]:
    return {} if sent.seen is None else {"seen": sent.seen}


def _body(found: danger.Found | None, body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "scripted": True} if found else body


def _store(
    context: WebContext,
    conversation: str,
    message: NewMessage,
    found: danger.Found | None,
    *,
    answers: str | None = None,
    switch: str | None = None,
    problem: Problem | None = None,
    claimer: Claimer | None = None,
    origin: Origin | None = None,
    left: Mapping[str, Any] | None = None,
    code: str | None = None,
) -> Taken:
    """Append and commit. A message that is known already keeps its place, even when it would be refused by now."""
    now = context.clock()
    with context.uow() as uow:
        if code is not None:
            message = coming_back.opening(uow, message, code, now=now)
        appended = uow.conversations.append(conversation, message, now=now)
        if not appended.created:
            return Taken(appended.seq, None, conversation)
        if problem is not None:
            raise problem
        if answers is not None and _answered_already(uow, conversation, answers, appended.seq):
            raise Problem(409, "question_not_open", "This question has an answer already.")
        if origin is not None:
            uow.conversations.remember_provider(origin.channel, origin.provider_id, conversation, appended.seq, now=now)
        if code is not None and message.body.get("edge"):
            coming_back.refuse(uow, conversation, appended.seq, now=now)
        if left is not None:
            _keep_call_back(context, uow, conversation, message, left, appended.seq)
        if switch is not None:
            _switch(context, uow, conversation, switch, message.text, appended.seq, silent=found is not None)
        if found is not None:
            _show(context, uow, conversation, found, appended.seq)
        work = claimer(uow, conversation) if claimer is not None else None
        uow.commit()
    return Taken(appended.seq, work, conversation)


def _keep_call_back(
    context: WebContext, uow: UnitOfWork, conversation: str, message: NewMessage, left: Mapping[str, Any], seq: int
) -> None:
    """A name and number left in the form always count; those in a text only while the dialogue cannot take them."""
    chat = uow.conversations.get(conversation)
    if chat is not None and (message.body.get("edge") or call_back.was_offered(uow, chat)):
        call_back.keep(uow, chat, left, seq, clinic=context.settings.clinic, now=context.clock())


def _answered_already(uow: UnitOfWork, conversation: str, field: str, seq: int) -> bool:
    """True when an answer to the same question still waits its turn: a second tap on the same choice."""
    waiting = uow.conversations.unanswered(conversation)
    return any((line.body.get("answer") or {}).get("question") == field for line in waiting if line.seq != seq)


def _switch(
    context: WebContext, uow: UnitOfWork, conversation: str, locale: str, text: str, seq: int, *, silent: bool
) -> None:
    """From now on in this language. Who did not ask for it is told, with a way back; a request gets its answer in it."""
    now = context.clock()
    uow.conversations.save(conversation, now=now, locale=locale)
    chat = uow.conversations.get(conversation)
    if silent or chat is None or chat.phase == "with_staff" or tongue.asked(text):
        return
    line = uow.conversations.append(
        conversation, NewMessage("bot", words.switched(locale), {}, id=f"language:{seq}"), now=now
    )
    outgoing.send(uow, chat, [line.seq], now=now)


def _show(context: WebContext, uow: UnitOfWork, conversation: str, found: danger.Found, seq: int) -> None:
    """The script at once, and the end of the interview with it; that it was shown is on record without a word of why."""
    now = context.clock()
    chat = uow.conversations.get(conversation)
    if chat is None:
        raise unknown_conversation()
    script = uow.conversations.append(conversation, found.message(seq), now=now)
    outgoing.send(uow, chat, [script.seq], now=now, urgent=True)
    state = {**chat.state, "question": None, "field": None, "left": 0, "changeable": []}
    uow.conversations.save(conversation, now=now, phase="stopped", state=state)
    metrics.DANGER.labels(found.script.urgency).inc()
    entry = AuditEntry(now, "bot", "danger_advice", None, conversation, None, found.script.urgency)
    uow.audit.add(entry)


def _too_long(found: danger.Found | None) -> Problem:
    extra = found.extra() if found else {}
    return Problem(413, "text_too_long", "That message is too long. Please keep it to 2,000 characters.", **extra)


def _with_help(problem: Problem, found: danger.Found | None) -> Problem:
    if found is not None:
        problem.extra.update(found.extra())
    return problem
