"""Turns templates into pages under a policy that allows nothing but the desk's own files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from bot import rules_signed
from bot.domain import summary
from bot.domain.permissions import may
from bot.domain.wished_times import MONTHS, WEEKDAYS
from bot.services.stored import StaffSession
from bot.web.chat.problems import Problem
from bot.web.desk import clinical, figure, tongue
from bot.web.desk.context import DeskContext
from bot.web.desk.files import asset

_TEMPLATES = Path(__file__).resolve().parent / "templates"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

# The pages in the bar: address, label, the act one must be allowed to do to see it.
PLACES: list[tuple[str, str, str]] = [
    ("/desk", "Queue", ""), ("/desk/live", "Live", ""), ("/desk/call-backs", "Call-backs", ""), ("/desk/rules", "Rules", ""),
    ("/desk/figures", "Figures", "read_figures"), ("/desk/clinic", "Clinic", "change_settings"), ("/desk/staff", "Staff", "manage_staff"),
    ("/desk/audit", "Audit", "read_audit"),
]  # fmt: skip
KEYS = (
    ("JK", "next, previous, in the list and from one hand-off to the other"), (("Enter",), "open the row"), ("/", "search"), ("F", "filters"), ("R", "show what is new"),
    ("C", "claim"), ("E", "agree"), ("O", "override"), ("D", "a doctor's word"), ("N", "note"), ("B", "book"), ("W", "wait"),
    ("L", "labels"), ("A", "assign"), ("T", "take over"), ("U", "back to the queue"), ("?", "these keys"),
)  # fmt: skip
STATUS_WORDS = {
    "new": "New",
    "claimed": "Claimed",
    "waiting_for_patient": "Waiting for patient",
    "waiting_for_doctor": "Waiting for doctor",
    "booked": "Booked",
    "declined": "Declined",
}


# What a move was, behind the name of who made it.
MOVE_WORDS = {
    "handed_off": "handed off", "danger": "wrote of new danger", "claim": "claimed it", "release": "gave it back",
    "note": "wrote a note", "agree": "agreed", "override": "overrode the answer", "withdraw": "took their word back",
    "clear": "recorded a doctor's word", "assign": "assigned it", "label": "changed the labels",
    "wait_for_patient": "waits for the patient", "wait_for_doctor": "waits for the doctor", "resume": "resumed",
    "book": "booked a visit", "propose": "proposed times", "confirm": "confirmed a time", "reschedule": "moved the visit",
    "give_up": "gave the time up", "decline": "declined it", "reopen": "reopened it", "takeover": "took over the chat",
    "say": "wrote in the chat", "hand_back": "handed the chat back", "misread": "marked a misread message",
}  # fmt: skip


def move_words(action: str) -> str:
    """What an entry of the history tells, in the language of this request."""
    return tongue.say(MOVE_WORDS.get(action) or action.replace("_", " "))


def status_words(status: str) -> str:
    """The state of a hand-off in the language of this request."""
    return tongue.say(STATUS_WORDS[status])


def _outcome_words(outcome: str, urgency: str | None, *, provisional: bool = False) -> str:
    """An answer in the words of the desk, in the language of this request."""
    return tongue.say(summary.outcome_words(outcome, urgency, provisional=provisional))


_BREAKS = re.compile(r"(?<=@)|(?=\.\w)")
NETWORKS = {
    "web": "Web chat",
    "sms": "SMS",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "messenger": "Messenger",
    "matrix": "Matrix",
    "smtp": "e-mail",
}


def network(channel: str) -> str:
    """The name of a channel, or of another way out of the house; what has no name stays as it is."""
    return tongue.say(NETWORKS.get(channel, channel))


def breakable(text: str) -> Markup:
    """An e-mail address that breaks behind its @ and before its dots, where it has to break at all."""
    return Markup("<wbr>").join(_BREAKS.split(text) if "@" in text else [text])


class Pages:
    """Renders the desk's pages."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            age=self.age,
            local=self.local,
            status_words=status_words,
            move_words=move_words,
            name_of=clinical.name,
            network=network,
            breakable=breakable,
            staff_words=clinical.staff,
            number=tongue.number,
            day=self.day,
            browser_name=browser_name,
            clock=self.clock,
        )
        self._environment.globals.update(
            outcome_words=_outcome_words,
            asset=asset,
            figure_views=figure.views,
            figure_box=" ".join(map(str, figure.VIEW_BOX)),
            _=tongue.say,
            because=clinical.because,
            language=tongue.language,
            languages=tongue.LANGUAGES,
            may=may,
            places=lambda: PLACES,
            key_list=KEYS,
            rules_warning=self.rules_warning,
            waiting=self.waiting,
        )

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page; nothing of it is kept by browsers or proxies."""
        html = self._environment.get_template(template).render(values, clinic=self._context.settings.clinic)
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
        return HTMLResponse(html, status, headers=headers)

    def part(self, template: str, **values: Any) -> str:
        """A piece of a page, for a page that is open."""
        return self._environment.get_template(template).render(values, clinic=self._context.settings.clinic).strip()

    def problem(self, problem: Problem) -> HTMLResponse:
        """A refusal as a page for people."""
        answer = self.page("problem.html", status=problem.status, problem=problem)
        answer.headers.update(problem.headers)
        return answer

    def rules_warning(self) -> str | None:
        """What staff are told while the working rules are not signed; read anew, so that a signature shows at once."""
        settings = self._context.settings
        return rules_signed.warning(settings.home, settings.clinic.policy, tongue.say)

    def waiting(self) -> Mapping[str, int]:
        """How many people wait, by the place in the bar where they are listed; nobody is counted twice."""
        with self._context.uow.reading() as uow:
            return {"/desk/live": uow.conversations.asking(), "/desk/call-backs": uow.call_backs.waiting()}

    def age(self, at: datetime) -> str:
        """How long ago, short: "4 min", "3 h", "2 d"; these units are the same in every language we speak."""
        minutes = max(0, int((self._context.clock() - at).total_seconds() // 60))
        if minutes < 60:
            return f"{minutes} min"
        return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"

    def local(self, at: datetime | str) -> str:
        """A time as the clinic's clock shows it."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        there = moment.astimezone(self._context.settings.clinic.zone)
        return f"{_short(WEEKDAYS[there.weekday()])} {_short_day(there)}, {there:%H:%M}"

    def clock(self, at: datetime | str) -> str:
        """The time of day; the day too when it is not today."""
        moment = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(
            self._context.settings.clinic.zone
        )
        today = self._context.clock().astimezone(self._context.settings.clinic.zone).date()
        return f"{moment:%H:%M}" if moment.date() == today else f"{_short_day(moment)}, {moment:%H:%M}"

    def day(self, at: datetime) -> str:
        """A day for a date field."""
        return at.astimezone(self._context.settings.clinic.zone).strftime("%Y-%m-%d")


def _short(name: str) -> str:
    """The first three letters of a weekday or month, as calendars write them in both languages."""
    return tongue.say(name)[:3]


def _short_day(at: datetime) -> str:
    return f"{at:%d} {_short(MONTHS[at.month - 1])}"


def browser_name(session: StaffSession) -> str:
    """What a browser says of itself, in two words: "Firefox on Windows"."""
    said = session.agent
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")  # in this order: most call themselves Safari, too
    systems = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "Linux")
    names = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "Mac"}
    browser = next((names.get(name, name) for name in browsers if name in said), said[:40] or tongue.say("A browser"))
    system = next((names.get(name, name) for name in systems if name in said), None)
    return tongue.say("{browser} on {system}", browser=browser, system=system) if system else browser
