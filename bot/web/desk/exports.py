"""The brief as files: one page of PDF, a table, JSON; of one hand-off, or of many at once."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot import rules_signed
from bot.domain import summary
from bot.domain.permissions import check
from bot.services import review
from bot.services.accounts import SignedIn
from bot.services.review import Actor, BadMove, Detail
from bot.web.desk import brief_pdf, clinical, csv_file, tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import STATUS_WORDS, Pages

KINDS = {"pdf": "application/pdf", "csv": csv_file.TYPE, "json": "application/json"}
MOST_AT_ONCE = 200
FOOT = "Health data, for the staff of {clinic} only. Not a diagnosis: a qualified person decides."
_HEADING = ("reference", "section", "label", "text")


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    exports = Exports(context)
    one = "/desk/api/handoffs/{reference}."
    return [
        *((one + kind, access.call(exports.one(kind)), ["GET"]) for kind in KINDS),
        ("/desk/export", access.page(exports.many), ["POST"]),
    ]


def brief_of(detail: Detail) -> summary.Brief:
    """The brief of the newest revision; its headline tells what counts now."""
    handoff = detail.handoff
    counts = {
        **detail.revision.result,
        "outcome": handoff.outcome,
        "urgency": handoff.urgency,
        "provisional": handoff.provisional,
    }
    return summary.brief(detail.revision.record, counts, review.transcript(detail), voice=clinical.voice())


class Exports:
    """Every export is a reading, and is audited as one before a byte leaves."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    def one(self, kind: str) -> Any:
        """The endpoint for `….pdf`, `….csv` or `….json`."""

        async def export(request: Request, who: SignedIn) -> Response:
            reference = request.path_params["reference"]
            content = await run_in_threadpool(self._one, reference, kind, who.actor)
            return _download(content, kind, f"{reference}.{kind}")

        return export

    async def many(self, request: Request, who: SignedIn) -> Response:
        """The chosen rows of the queue: one table, one JSON list, or a ZIP with a page each."""
        check(who.account.role, "export_many")
        fields = await form_of(request)
        kind, chosen = str(fields.get("kind", "")), fields.get("reference") or []
        references = [chosen] if isinstance(chosen, str) else list(chosen)
        if kind not in KINDS:
            raise BadMove("kind", "{field} must be one of {kinds}", field="kind", kinds=tuple(KINDS))
        if not 0 < len(references) <= MOST_AT_ONCE:
            raise BadMove("reference", "choose 1 to {most} hand-offs", most=MOST_AT_ONCE)
        return await run_in_threadpool(self._many, references, kind, who.actor)

    def _many(self, references: Sequence[str], kind: str, by: Actor) -> Response:
        if kind == "pdf":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for reference in references:
                    archive.writestr(f"{reference}.pdf", self._one(reference, "pdf", by))
            return _download(packed.getvalue(), "zip", "briefs.zip")
        details = [self._read(reference, kind, by) for reference in references]
        content = _table(details) if kind == "csv" else _json_text([_as_json(detail) for detail in details])
        return _download(content, kind, f"briefs.{kind}")

    def _one(self, reference: str, kind: str, by: Actor) -> bytes:
        detail = self._read(reference, kind, by)
        if kind == "csv":
            return _table([detail])
        return _json_text(_as_json(detail)) if kind == "json" else self._pdf(detail, by)

    def _read(self, reference: str, kind: str, by: Actor) -> Detail:
        now = self._context.clock()
        return review.show(self._context.uow(), reference, by=by, now=now, how=f"export_{kind}")

    def _pdf(self, detail: Detail, by: Actor) -> bytes:
        handoff, settings, show = detail.handoff, self._context.settings, self._pages
        clinic = settings.clinic
        say = tongue.say
        unsigned = rules_signed.warning(settings.home, clinic.policy, say) or ""
        about = brief_pdf.Sheet(
            clinic=clinic.name,
            country=clinic.country,
            reference=handoff.reference,
            language=tongue.language(),
            answer=say(summary.outcome_words(handoff.outcome, handoff.urgency, provisional=handoff.provisional)),
            stands=say(STATUS_WORDS[handoff.status]) + (f", {handoff.claimed_by}" if handoff.claimed_by else ""),
            handed_off=show.local(handoff.created_at),
            printed=say("printed by {name}, {when}", name=by.name, when=show.local(self._context.clock())),
            foot=f"{say(FOOT, clinic=clinic.name)} {unsigned}",
        )
        return brief_pdf.sheet(brief_of(detail), about)


def _as_json(detail: Detail) -> Mapping[str, Any]:
    return {"reference": detail.handoff.reference, "status": detail.handoff.status, **brief_of(detail).to_json()}


def _json_text(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _table(details: Sequence[Detail]) -> bytes:
    """Reference, section, label, text: a row per fact."""
    rows = [
        (detail.handoff.reference, section["title"], line["label"], line["text"])
        for detail in details
        for section in brief_of(detail).to_json()["sections"]
        for line in section["lines"]
    ]
    return csv_file.table(_HEADING, rows)


def _download(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=KINDS.get(kind, "application/zip"), headers=headers)
