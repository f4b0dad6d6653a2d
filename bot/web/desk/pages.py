"""The decision screen of one hand-off, its moves, and the doctor's note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.domain import review as states
from bot.domain import summary
from bot.domain.errors import DoubleBooking, IllegalMove
from bot.domain.permissions import may
from bot.domain.proof import proof_sheet
from bot.domain.screens import CLEARABLE
from bot.notify.visits import calendar_entry
from bot.services import booking, decisions, learning, review
from bot.services.accounts import SignedIn
from bot.services.review import BadMove, Detail
from bot.services.stored import Decision, Handoff, Json, Revision
from bot.web.chat.problems import Problem
from bot.web.desk import clinical, moves, read_as, replies, tongue, words
from bot.web.desk import offered as offered_times
from bot.web.desk.access import Access, Endpoint, form_of, problem_of
from bot.web.desk.changes import Changes
from bot.web.desk.context import DeskContext
from bot.web.desk.exports import brief_of
from bot.web.desk.live import Speaking
from bot.web.desk.render import Pages, status_words
from bot.web.desk.stream import Events, stream

# Of the words behind one reason: so many, so long each; the whole of them is in the transcript beside it.
_MOST_WORDS = 4
_LONGEST_QUOTE = 160


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    desk = Desk(context)
    one = "/desk/handoffs/{reference}"
    return [
        (one, access.page(desk.decide), ["GET"]),
        (one + "/events", access.call(desk.events), ["GET"]),
        (one + "/free", access.page(desk.free), ["GET"]),
        (one + "/visit.ics", access.page(desk.visit), ["GET"]),
        (one + "/doctor-note", access.page(desk.doctor_note), ["GET"]),
        (one + "/{move}", access.page(desk.move), ["POST"]),
    ]


class Desk:
    """The pages for people."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)

    async def decide(self, request: Request, who: SignedIn) -> Response:
        """The decision screen of one hand-off."""
        return await self._decision(request, who)

    async def events(self, request: Request, who: SignedIn) -> Response:
        """`line`: what is said in the conversation from now on; `changed`: the page is not as it stands any more;
        `viewing`: who else has this page open; `speaker`: who speaks.
        """
        reference, context, by = request.path_params["reference"], self._context, who.actor
        seen = {"seq": words.seq_of(request.query_params.get("after", "0"))}
        speaking = Speaking(context, self._pages, reference, who)
        changes = Changes(context, self._pages, reference, who, request.query_params.get("changed", ""))
        looked: dict[str, Any] = {"at": None, "names": ()}

        def look() -> Events:
            now = context.clock()
            out = [*changes.news(), *speaking.news(now)]
            lines = review.new_messages(context.uow(), reference, after=seen["seq"], by=by, now=now)
            if lines:
                seen["seq"] = lines[-1]["seq"]
                out.append(("line", self._lines(reference, who, lines)))
            if looked["at"] is None or now - looked["at"] > review.LOOKING / 3:
                looked["at"] = now
                names = review.still_looking(context.uow.brisk(), reference, by=by, now=now)
                if names != looked["names"]:
                    looked["names"] = names
                    out.append(("viewing", self._pages.part("decide/viewing.html", onlookers=names)))
            return out

        return stream(request, context, who, look)

    def _lines(self, reference: str, who: SignedIn, lines: Sequence[Json]) -> str:
        """New lines for a page that is open."""
        with self._context.uow.reading() as uow:
            handoff = uow.handoffs.by_reference(reference)
            appointments = uow.appointments.of(handoff.id)
            log = uow.conversations.messages(handoff.conversation, after=lines[0]["seq"] - 1)
        return self._pages.part(
            "lines.html",
            bubbles=words.bubbles(lines, {}),
            fragment=True,
            read_as=read_as.read(handoff, appointments, log, self._context.settings.clinic.zone),
            base=f"/desk/handoffs/{reference}",
            seen=review.seen_as(handoff),
            mine=_is_mine(handoff, who),
            who=who,
        )

    async def move(self, request: Request, who: SignedIn) -> Response:
        """A form of the decision screen; a refusal comes back on the screen itself, with what was typed."""
        name = request.path_params["move"]
        if name not in moves.MOVES:
            raise Problem(404, "no_such_move", "There is no such move.")
        fields = await form_of(request)
        reference = request.path_params["reference"]
        try:
            await run_in_threadpool(moves.make, self._context, name, reference, fields, who.actor)
        except BadMove as error:
            return await self._decision(
                request,
                who,
                refused=(name, tongue.refusal(error)),
                closed_then=isinstance(error, moves.ClosedThen),
                typed=fields,
                status=422,
            )
        except (IllegalMove, DoubleBooking) as error:
            return await self._decision(
                request,
                who,
                refused=(name, _why_not(error)),
                typed=fields,
                status=409,
            )
        return RedirectResponse(
            f"/desk/handoffs/{reference}{'#live' if name in ('takeover', 'say', 'hand_back') else ''}", 303
        )

    async def free(self, request: Request, who: SignedIn) -> Response:
        """The free times of one service, for the form that is open."""
        detail = await self._detail(request, who, "list")
        service = words.seq_of(request.query_params.get("service", "0"))
        offered = await run_in_threadpool(offered_times.times, self._context, detail, service)
        return self._pages.page("decide/slots.html", offered=offered, typed={})

    async def visit(self, request: Request, who: SignedIn) -> Response:
        """The booked visit for the clinic's calendar: the reference, no name and no reason."""
        detail = await self._detail(request, who, "export_visit")
        booked = next((one for one in reversed(detail.appointments) if one.status != "cancelled"), None)
        if booked is None:
            raise Problem(404, "not_found", "No visit is booked.")
        settings = self._context.settings
        url = f"{settings.public_url}/desk/handoffs/{detail.handoff.reference}"
        entry = calendar_entry(settings.clinic, booked, url, self._context.clock())
        headers = {"Content-Disposition": f'attachment; filename="{detail.handoff.reference}.ics"'}
        return Response(entry, media_type="text/calendar; charset=utf-8", headers=headers)

    async def doctor_note(self, request: Request, who: SignedIn) -> Response:
        """The note for the doctor, to print."""
        detail = await self._detail(request, who, "export_doctor_note")
        note = summary.doctor_note(
            detail.revision.record, clinic=self._context.settings.clinic.name, voice=clinical.voice()
        )
        return self._pages.page("doctor_note.html", reference=detail.handoff.reference, note=note)

    async def _decision(
        self,
        request: Request,
        who: SignedIn,
        *,
        refused: tuple[str, str] | None = None,
        closed_then: bool = False,
        typed: Mapping[str, Any] | None = None,
        status: int = 200,
    ) -> Response:
        detail = await self._detail(request, who, "read")
        colleagues = await run_in_threadpool(self._colleagues)
        given = str((typed or {}).get("service") or "")
        service = words.seq_of(given) if given else offered_times.service_of(self._context, detail)
        offered = await run_in_threadpool(offered_times.times, self._context, detail, service)
        handoff, newest, brief = detail.handoff, detail.revision, brief_of(detail)
        marked = words.bubbles(review.transcript(detail), newest.said)
        anchors = words.anchors(marked)
        return self._pages.page(
            "decide.html",
            status=status,
            who=who,
            handoff=handoff,
            detail=detail,
            newest=newest,
            brief=brief,
            bubbles=marked,
            anchors=anchors,
            fragment=False,
            read_as=read_as.read(handoff, detail.appointments, detail.messages, self._context.settings.clinic.zone),
            delivered={one.seq: one.status for one in detail.deliveries},
            misread={one.seq: one.should_be for one in detail.misread},
            misread_kinds=learning.KINDS,
            base=f"/desk/handoffs/{handoff.reference}",
            replies=replies.filled(self._context.settings.clinic, handoff.contact, handoff.reference),
            onlookers=detail.onlookers,
            moves_made=[entry for entry in detail.history if not review.is_look(entry.action)],
            looks=[entry for entry in detail.history if review.is_look(entry.action)],
            reasons=_reasons(newest, anchors, _told(brief)),
            unknown=[clinical.name(key) for key in newest.result.get("unknown") or ()],
            changes=[_change(one) for one in newest.result.get("what_would_change") or ()],
            seen=review.seen_as(handoff),
            changed=urlencode({"changed": handoff.changed_at.isoformat()}),
            legal=states.legal(handoff.status),
            mine=_is_mine(handoff, who),
            bookable=states.Answer(handoff.outcome, handoff.urgency, handoff.provisional).booking,
            answers=[
                (f"{outcome}/{urgency or ''}", tongue.say(summary.outcome_words(outcome, urgency)))
                for outcome, urgency in states.RANKS
            ],
            clearable=_clearable(newest.record, newest.result),
            taken_by=detail.conversation.taken_by if detail.conversation else None,
            closed=detail.conversation is None or detail.conversation.erased_at is not None,
            urgent=handoff.rank >= states.URGENT_FROM,
            today=self._context.clock(),
            colleagues=colleagues,
            offered=offered,
            service=service,
            most_proposed=booking.MOST_PROPOSED,
            proposed=[one for one in detail.appointments if one.status == "proposed"],
            wished=offered_times.wished(self._context, detail).words,
            visit=next((one for one in reversed(detail.appointments) if one.status != "cancelled"), None),
            standing=decisions.standing(detail.decisions),
            mine_said=_held(detail, who),
            refused=refused,
            closed_then=closed_then,
            typed=typed or {},
        )

    def _colleagues(self) -> list[str]:
        with self._context.uow.reading() as uow:
            return [account.name for account in uow.staff.all() if account.disabled_at is None]

    async def _detail(self, request: Request, who: SignedIn, how: str) -> Detail:
        reference = request.path_params["reference"]
        return await run_in_threadpool(
            review.show, self._context.uow(), reference, by=who.actor, now=self._context.clock(), how=how
        )


def _told(brief: summary.Brief) -> Mapping[str, str]:
    """What was told of each field, as the brief says it; what stands there twice, for two aches, is left out."""
    lines = [line for section in brief.sections for line in section.lines if line.key]
    count = Counter(line.key for line in lines)
    return {
        line.key: line.text if line.key == "sites" or not line.label else f"{tongue.say(line.label)}: {line.text}"
        for line in lines
        if count[line.key] == 1
    }


def _reasons(revision: Revision, anchors: Mapping[str, str], told: Mapping[str, str]) -> list[dict[str, Any]]:
    """The reasons with their proof: the one kept with the hand-off, or made from its words where it is an old one."""
    reasons = revision.result.get("reasons") or ()
    proof = revision.result.get("proof") or proof_sheet(revision.result, revision.said)
    return [_reason(reason, entry, anchors, told) for reason, entry in zip(reasons, proof, strict=True)]


def _reason(
    reason: Mapping[str, Any], proof: Mapping[str, Any], anchors: Mapping[str, str], told: Mapping[str, str]
) -> dict[str, Any]:
    facts = [str(fact) for fact in reason.get("facts") or ()]
    words = dict.fromkeys(_short(text) for fact in proof["facts"] for text in fact["words"])
    return {
        **reason,
        "staff": clinical.staff(str(reason.get("staff") or "")),
        "because": clinical.because(str(reason["rule"]), str(reason["because"])),
        "words": list(words)[:_MOST_WORDS],
        "facts": [
            {
                "key": fact,
                "name": clinical.name(fact),
                "told": told.get(fact, clinical.name(fact)),
                "anchor": anchors.get(fact),
            }
            for fact in facts
        ],
    }


def _is_mine(handoff: Handoff, who: SignedIn) -> bool:
    """True where nobody else has it, or for somebody who may act for them."""
    return handoff.claimed_by in (None, who.account.name) or may(who.account.role, "act_for_others")


def _why_not(error: IllegalMove | DoubleBooking) -> str:
    """Why a move was not made, for people: the page shows what can be done, so it is not listed as for programs."""
    if error.text == states.NOT_LEGAL:
        return tongue.say(
            "It is “{status}” by now, so that cannot be done any more.",
            status=status_words(str(error.values["status"])),
        )
    return tongue.say(problem_of(error, tongue.refusal).detail)


def _held(detail: Detail, who: SignedIn) -> Decision | None:
    """This person's word on the answer that counts now, or None."""
    mine = decisions.word_of(detail.decisions, who.account.name)
    return mine if mine is not None and decisions.holds(mine, detail.handoff) else None


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE].rstrip()}…"


def _change(one: Mapping[str, Any]) -> dict[str, str]:
    """What would change it, with the ids in words."""
    words = summary.outcome_words(one["outcome"], one.get("urgency"), provisional=bool(one.get("provisional")))
    return {"if": clinical.condition(str(one["if"])), "then": tongue.say(words)}


def _clearable(record: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    """What a doctor's word could be about: what was told or claimed, and what the reasons name."""
    told = [*(record.get("ci") or ()), *(record.get("rf") or ()), *(record.get("cleared_claimed") or ())]
    named = [str(reason["rule"]).removeprefix("R-") for reason in result.get("reasons") or ()]
    done = record.get("cleared") or ()
    return [item for item in dict.fromkeys((*told, *named)) if item in CLEARABLE and item not in done]
