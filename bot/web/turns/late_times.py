"""Times that were proposed while a sign of danger was asked about: told then, and asked about once that is answered."""

from __future__ import annotations

from dataclasses import replace

from bot.notify.visits import words as news_of
from bot.services import proposals, visits
from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, NewMessage
from bot.web.context import WebContext
from bot.web.turns.replies import Outcome


def asked(context: WebContext, uow: UnitOfWork, chat: Conversation, outcome: Outcome) -> Outcome:
    """The outcome with the question of the times behind it, where the turn has closed the graver one and times stand."""
    phase = outcome.phase or chat.phase
    if proposals.may_ask(chat.state) or not proposals.may_ask(outcome.state) or phase != "handed_off":
        return outcome
    found = proposals.standing(uow, chat.id)
    if found is None or proposals.is_open(outcome.state):
        return outcome
    _, proposed = found
    question = proposals.question(proposed, context.settings.clinic.zone, chat.locale)
    text = news_of(context.settings, visits.PROPOSED, proposed[0], chat.locale, proposed, asked=True)
    line = NewMessage("bot", text, {"question": question})
    return replace(outcome, messages=(*outcome.messages, line), state=proposals.opened(outcome.state, question))
