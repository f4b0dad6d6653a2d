"""What a visitor can take along on paper: the result in plain words, and the note for a doctor, both as PDF."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.domain import summary, wished_times
from bot.domain.errors import NotFound
from bot.domain.speech import language_of, say
from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, Message
from bot.web.chat.paper_pdf import Paper, Part, pdf
from bot.web.chat.problems import Problem
from bot.web.context import WebContext
from bot.web.desk import clinical, tongue

Own = Callable[[Request], Awaitable[Conversation]]
_LETTER_COUNTRIES = ("US", "CA")
_OUTCOMES = {
    "relaxation_massage": "Relaxation massage",
    "clinical_massage": "Clinical massage",
    "doctor_first": "Your doctor first",
    "not_now": "No massage for now",
}
_NEXT = {
    "relaxation_massage": (
        "A person on our team reads your answers.", "They contact you to agree a time.",
        "Wear what is comfortable. You can stop the massage at any moment.",
    ),
    "clinical_massage": (
        "A person on our team reads your answers.", "They contact you to agree a time.",
        "Your therapist asks again and checks you before the massage.",
    ),
    "doctor_first": (
        "Show the note for your doctor, and ask.", "Add the doctor's letter in the chat, or bring it along.",
        "Our team then plans your visit with you.",
    ),
    "not_now": ("Follow the advice above first.", "Write or call when it is settled."),
}  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?])[”»]?\s+")
_BOX = "[ ]"
NOTE = "A question before massage"


class PaperCalls:
    """The calls; `own` finds the conversation that a request's token opens, or raises `Problem`."""

    def __init__(self, context: WebContext, own: Own) -> None:
        self._context = context
        self._own = own
        self._threads = anyio.CapacityLimiter(2)

    def routes(self) -> list[BaseRoute]:
        """Both of them."""
        one = "/api/conversations/{id:str}"
        return [
            Route(f"{one}/summary.pdf", self.summary, methods=["GET"]),
            Route(f"{one}/doctor-note.pdf", self.doctor_note, methods=["GET"]),
        ]

    async def summary(self, request: Request) -> Response:
        """200 with the result as the chat told it; 409 before there is one."""
        return await self._answer(await self._own(request), self._summary, "massage-summary")

    async def doctor_note(self, request: Request) -> Response:
        """200 with the note for the doctor; 409 before a hand-off."""
        return await self._answer(await self._own(request), self._note, "note-for-your-doctor")

    async def _answer(
        self, chat: Conversation, write: Callable[[UnitOfWork, Conversation], Paper], name: str
    ) -> Response:
        def made() -> bytes:
            with self._context.uow.reading() as uow:
                paper = write(uow, chat)
            return pdf(paper, letter=self._context.settings.clinic.country in _LETTER_COUNTRIES)

        try:
            content = await anyio.to_thread.run_sync(made, limiter=self._threads)
        except NotFound:
            raise Problem(409, "no_result_yet", "There is no result yet.") from None
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    def _summary(self, uow: UnitOfWork, chat: Conversation) -> Paper:
        clinic, locale = self._context.settings.clinic, chat.locale
        said = told_with_result(uow.conversations.messages(chat.id))
        outcome = said[0].body["outcome"]
        reference = chat.state.get("handoff") or ""
        why = _once(
            str(reason["because"]) for reason in outcome.get("reasons") or () if reason["outcome"] == outcome["outcome"]
        )
        # The result is told with its reasons in a row; on paper each is said once, under its heading.
        told = [rest for line in said for part in line.text.split("\n\n") if (rest := _without(part, why))]
        urgent = outcome.get("urgency") in (
            "emergency",
            "same_day",
        )  # then the advice says what to do, and nothing else does
        steps = () if urgent else _NEXT[outcome["outcome"]]
        parts = [Part("text", part) for part in told]
        if why:
            parts += [Part("heading", say(locale, "Why")), *(Part("text", reason) for reason in why)]
        if steps:
            parts.append(Part("heading", say(locale, "What happens next")))
            parts += [Part("step", say(locale, step)) for step in steps]
        under = " · ".join(
            part for part in (f"{wished_times.day(said[0].at, locale)} {said[0].at:%Y}", reference) if part
        )
        title = say(locale, _OUTCOMES[outcome["outcome"]])
        reach = tuple(part for part in (clinic.phone, clinic.email, clinic.address) if part)
        return Paper(clinic.name, reach, title, under, tuple(parts), self._foot(locale), language_of(locale))

    def _note(self, uow: UnitOfWork, chat: Conversation) -> Paper:
        """In the clinic's own language, which the doctor reads, and in the visitor's below where it is another."""
        handoff = uow.handoffs.by_conversation(chat.id)
        if handoff is None:
            raise NotFound(chat.id)
        newest = uow.handoffs.revisions(handoff.id)[-1]
        clinic = self._context.settings.clinic
        doctors, theirs = clinic.languages[0], language_of(chat.locale)
        parts = _to_sign(newest.record, clinic.name, doctors)
        if theirs != doctors:
            parts += (Part("heading", say(theirs, NOTE)), *_to_sign(newest.record, clinic.name, theirs))
        at = handoff.created_at.astimezone(clinic.zone)
        under = " · ".join((f"{wished_times.day(at, doctors)} {at:%Y}", handoff.reference))
        reach = tuple(part for part in (clinic.phone, clinic.email, clinic.address) if part)
        return Paper(clinic.name, reach, say(doctors, NOTE), under, parts, self._foot(doctors), doctors)

    def _foot(self, locale: str) -> str:
        number = self._context.settings.clinic.lines.emergency
        return say(locale, "Not a diagnosis, not an emergency service. In an emergency call {number}.", number=number)


def _to_sign(record: Mapping[str, Any], clinic: str, language: str) -> tuple[Part, ...]:
    """The note in one language, as a form."""
    with tongue.spoken(language):
        _title, *lines = summary.doctor_note(record, clinic=clinic, voice=clinical.voice()).split("\n")
    return tuple(part for line in lines if line for part in _to_fill_in(line))


def told_with_result(messages: Sequence[Message]) -> list[Message]:
    """The newest message with a result and what the bot said after it in the same breath. Raises `NotFound`."""
    at = max((at for at, line in enumerate(messages) if line.body.get("outcome")), default=None)
    if at is None:
        raise NotFound("result")
    following = messages[at + 1 :]
    end = next((end for end, line in enumerate(following) if line.sender != "bot"), len(following))
    return [messages[at], *following[:end]]


def _once(reasons: Iterable[str]) -> list[str]:
    """The reasons, a sentence that several of them end with said only by the last."""
    heard: set[str] = set()
    kept = []
    for reason in reversed(list(reasons)):
        fresh = [one for one in _SENTENCE.split(reason.strip()) if one not in heard]
        heard.update(fresh)
        kept.append(" ".join(fresh))
    return [reason for reason in reversed(kept) if reason]


def _without(text: str, reasons: Sequence[str]) -> str:
    """What a paragraph says beside the reasons."""
    return " ".join(one for one in _SENTENCE.split(text.strip()) if not any(one in reason for reason in reasons))


def _to_fill_in(line: str) -> tuple[Part, ...]:
    """A line of the note as parts of a form: boxes to tick, and lines to write on below what is asked."""
    if line.startswith(_BOX):
        return (Part("box", line.removeprefix(_BOX).strip()),)
    if line.endswith(":"):
        return (Part("heading", line.rstrip(":")),)
    if line.endswith("_"):
        return (Part("signed", line.rstrip(":_ ")),)
    asked, mark, boxes = line.partition("?")
    if not mark:
        return (Part("text", line),)
    heading = Part("heading", asked + mark)
    return (heading, Part("text", boxes.strip().replace(_BOX, "☐")) if boxes else Part("lines"))
