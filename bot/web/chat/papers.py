"""What a visitor can take along on paper: the result in plain words, and the note for a doctor, both as PDF."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.domain import summary
from bot.domain.errors import NotFound
from bot.domain.speech import language_of, say
from bot.services.ports import UnitOfWork
from bot.services.stored import Conversation, Message
from bot.web import desk
from bot.web.chat.problems import Problem
from bot.web.context import WebContext

Own = Callable[[Request], Awaitable[Conversation]]
_FONTS = Path(desk.__file__).resolve().parent / "fonts"
_LETTER_COUNTRIES = ("US", "CA")
_OUTCOMES = {
    "relaxation_massage": "Relaxation massage",
    "clinical_massage": "Clinical massage",
    "doctor_first": "Your doctor first",
    "not_now": "No massage for now",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A page: title, small lines under it, paragraphs, and the foot; a paragraph that begins with "# " is a heading."""

    title: str
    under: str
    paragraphs: tuple[str, ...]
    foot: str
    language: str


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
        told = [part for line in said for part in line.text.split("\n\n")]
        why = [
            str(reason["because"]) for reason in outcome.get("reasons") or () if reason["outcome"] == outcome["outcome"]
        ]
        reach = " · ".join(part for part in (clinic.phone, clinic.email, clinic.address) if part)
        body = (*told, f"# {say(locale, 'Why')}", *why, f"# {say(locale, 'How to reach us')}", reach)
        under = " · ".join(part for part in (clinic.name, f"{said[0].at:%Y-%m-%d}", reference) if part)
        return Paper(say(locale, _OUTCOMES[outcome["outcome"]]), under, body, self._foot(locale), language_of(locale))

    def _note(self, uow: UnitOfWork, chat: Conversation) -> Paper:
        handoff = uow.handoffs.by_conversation(chat.id)
        if handoff is None:
            raise NotFound(chat.id)
        newest = uow.handoffs.revisions(handoff.id)[-1]
        clinic = self._context.settings.clinic
        title, *lines = summary.doctor_note(newest.record, clinic=clinic.name).split("\n")
        under = " · ".join(part for part in (clinic.phone, clinic.email, handoff.reference) if part)
        return Paper(title, under, tuple(lines), self._foot("en"), "en")

    def _foot(self, locale: str) -> str:
        number = self._context.settings.clinic.lines.emergency
        return say(locale, "Not a diagnosis, not an emergency service. In an emergency call {number}.", number=number)


def told_with_result(messages: Sequence[Message]) -> list[Message]:
    """The newest message with a result and what the bot said after it in the same breath. Raises `NotFound`."""
    at = max((at for at, line in enumerate(messages) if line.body.get("outcome")), default=None)
    if at is None:
        raise NotFound("result")
    following = messages[at + 1 :]
    end = next((end for end, line in enumerate(following) if line.sender != "bot"), len(following))
    return [messages[at], *following[:end]]


def pdf(paper: Paper, *, letter: bool) -> bytes:
    """The page as bytes; long texts go on to a second page."""
    page = FPDF(format="letter" if letter else "A4")
    page.add_font("Paper", "", _FONTS / "DejaVuSansCondensed.ttf")
    page.add_font("Paper", "B", _FONTS / "DejaVuSansCondensed-Bold.ttf")
    page.set_margins(22, 22, 22)
    page.set_auto_page_break(True, 24)
    page.set_title(paper.title)
    page.set_lang(paper.language)
    page.add_page()
    _write(page, paper.title, size=20, bold=True)
    _write(page, paper.under, size=9.5, after=5)
    for text in paper.paragraphs:
        heading = text.startswith("# ")
        _write(page, text.removeprefix("# "), size=12 if heading else 11, bold=heading, after=1 if heading else 2.5)
    page.ln(4)
    _write(page, paper.foot, size=8.5)
    content = bytes(page.output())
    for font in page.fonts.values():
        font.ttfont.close()  # type: ignore[attr-defined] # the library leaves the files open
    return content


def _write(page: FPDF, text: str, *, size: float, bold: bool = False, after: float = 1.5) -> None:
    page.set_font("Paper", "B" if bold else "", size)
    page.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
    page.ln(after)
