"""The rules as clinicians read them on the desk: each with its source, its cases, and who signed which version."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot import rules_signed, triage_page
from bot.domain import policy as policies
from bot.domain.modifiers import MODIFIERS
from bot.domain.rule import Rule
from bot.domain.rules import HOLDING_RULES, NOTES
from bot.domain.rules_base import BASE_RULES
from bot.domain.rules_derived import DERIVED
from bot.domain.rules_version import version_of
from bot.services.accounts import SignedIn
from bot.triage_page import Case
from bot.web.desk.access import Access, Endpoint
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

_LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule with the cases of the library: those it fires in, and those that say it must not."""

    rule: Rule
    anchor: str
    fires: tuple[Case, ...]
    stays: tuple[Case, ...]

    def found_by(self, wanted: str) -> bool:
        """True when the search names its id, or something its text says."""
        rule = self.rule
        text = f"{rule.id} {rule.when.words} {rule.because} {rule.staff} {rule.source} {rule.owner}"
        return wanted.casefold() in text.casefold()


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    return [("/desk/rules", access.page(RulesPage(context).show), ["GET"])]


class RulesPage:
    """`/desk/rules`, for everybody who is signed in."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def show(self, request: Request, who: SignedIn) -> Response:
        """All rules, or with `q` those whose id or text holds it; an exact id shows that rule alone."""
        wanted = request.query_params.get("q", "").strip()[:_LONGEST_SEARCH]
        entries = await run_in_threadpool(_entries)
        exact = [entry for entry in entries if entry.rule.id.casefold() == wanted.casefold()]
        shown = exact or [entry for entry in entries if entry.found_by(wanted)]
        settings = self._context.settings
        clinic, today = settings.clinic, self._context.clock().date().isoformat()
        try:
            signatures = rules_signed.read(settings.home)
        except rules_signed.BadSignatures:
            signatures = []
        return self._pages.page(
            "rules.html",
            who=who,
            wanted=wanted,
            holding=[entry for entry in shown if entry.rule in HOLDING_RULES],
            base=[entry for entry in shown if entry.rule in BASE_RULES],
            total=len(entries),
            cases=len(_cases()),
            version=version_of(clinic.policy),
            signatures=signatures,
            today=today,
            notes={} if wanted else NOTES,
            derived=() if wanted else DERIVED,
            modifiers=() if wanted else MODIFIERS,
            switches=() if wanted else policies.settings(clinic.policy),
            lines=clinic.lines,
        )


@functools.cache
def _cases() -> tuple[Case, ...]:
    return tuple(triage_page.load_cases())


@functools.cache
def _entries() -> tuple[Entry, ...]:
    """Every rule with its cases; the library is run once in the life of the process."""
    named = {case.id: case for case in _cases()}
    fires, stays = triage_page.exercised(named.values())
    seen: dict[str, int] = {}
    entries = []
    for rule in (*HOLDING_RULES, *BASE_RULES):
        seen[rule.id] = seen.get(rule.id, 0) + 1
        anchor = rule.id if seen[rule.id] == 1 else f"{rule.id}-{seen[rule.id]}"
        entries.append(
            Entry(
                rule,
                anchor,
                tuple(named[name] for name in fires.get(rule.id, ())),
                tuple(named[name] for name in stays.get(rule.id, ())),
            )
        )
    return tuple(entries)
