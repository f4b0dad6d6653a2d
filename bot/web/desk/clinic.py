"""The clinic's settings in the desk: name, hours, rooms, services, answers, what is kept how long; checked, versioned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import clinic_store
from bot.domain.opening import DAYS
from bot.domain.permissions import check
from bot.domain.speech import LANGUAGES
from bot.services.accounts import SignedIn
from bot.services.stored import AuditEntry
from bot.settings import COUNTRIES, RETENTION, BadSettings
from bot.web.chat.problems import Problem
from bot.web.desk import tongue
from bot.web.desk.access import Access, Endpoint, form_of
from bot.web.desk.context import DeskContext
from bot.web.desk.render import Pages

_BESIDE = "Nothing is saved yet: what cannot be used is said beside its field."
Fields = Mapping[str, str | list[str]]
PLAIN = ("name", "phone", "email", "address", "hours", "time_zone")
DAY_NAMES = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))

# What the clinic answers to, as staff read it; other keys are shown as they are.
FACT_NAMES = {
    "cost": "What it costs", "length": "How long a visit takes", "often": "How often to come",
    "session": "What happens in a visit", "wear": "What to wear", "hurt": "Whether it hurts",
    "therapist": "Who the therapists are", "gender": "Choosing the therapist", "companion": "Bringing somebody",
    "cancel": "Cancelling", "insurance": "Insurance", "hours": "Opening hours",
}  # fmt: skip

PLACE_NAMES = {
    "name": "Name", "phone": "Phone", "email": "E-mail", "address": "Address", "time_zone": "Time zone",
    "hours": "In words, as visitors read them", "country": "Country (decides the emergency numbers)",
    "languages": "Languages of the chat", "rooms": "Rooms", "therapists": "Therapists", "services": "Services",
    "opening.closed": "Closed on (one day a line, such as 2026-12-25)",
}  # fmt: skip
KEEP_NAMES = {
    "abandoned_days": "Chats without a hand-off",
    "transcript_days": "Transcripts",
    "handoff_days": "Hand-offs",
}


def routes(context: DeskContext, access: Access) -> list[tuple[str, Endpoint, list[str]]]:
    """Path, endpoint, methods."""
    page = ClinicPage(context)
    return [
        ("/desk/clinic", access.page(page.show), ["GET"]),
        ("/desk/clinic", access.page(page.save), ["POST"]),
        ("/desk/clinic.toml", access.page(page.file), ["GET"]),
        ("/desk/clinic/import", access.page(page.bring), ["POST"]),
        ("/desk/clinic/versions/{number:int}", access.page(page.compare), ["GET"]),
        ("/desk/clinic/versions/{number:int}", access.page(page.restore), ["POST"]),
    ]


class ClinicPage:
    """`/desk/clinic`, for those who may change it."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._pages = Pages(context)
        self._home = context.settings.home

    async def show(self, request: Request, who: SignedIn) -> Response:
        """The form, with what counts now."""
        check(who.account.role, "change_settings")
        raw, mark = await run_in_threadpool(self._current)
        return self._form(who, raw, mark, saved="saved" in request.query_params)

    async def save(self, request: Request, who: SignedIn) -> Response:
        """Check and keep; what cannot be used comes back with what was typed."""
        check(who.account.role, "change_settings")
        fields = await form_of(request)
        raw, _ = await run_in_threadpool(self._current)
        wanted = _from_form(fields, raw)
        return await self._keep(who, wanted, str(fields.get("mark", "")), fields)

    async def bring(self, request: Request, who: SignedIn) -> Response:
        """Take an exported file; choices among the rules and telephone numbers stay this house's, they are signed."""
        check(who.account.role, "change_settings")
        fields = await form_of(request)
        text, given = str(fields.get("toml", "")), str(fields.get("mark", ""))
        raw, _ = await run_in_threadpool(self._current)
        try:
            wanted = clinic_store.parsed(text, self._home)
        except BadSettings as error:
            return self._form(who, raw, given, faults={"toml": error}, brought=text, status=422)
        signed = {key: raw[key] for key in ("policy", "numbers") if key in raw}
        unsigned = {key: value for key, value in wanted.items() if key not in ("policy", "numbers")}
        return await self._keep(who, {**unsigned, **signed}, given, brought=text)

    async def compare(self, request: Request, who: SignedIn) -> Response:
        """What was otherwise in an earlier version."""
        check(who.account.role, "change_settings")
        number = request.path_params["number"]
        old = await run_in_threadpool(clinic_store.version, self._home, number)
        if old is None:
            raise Problem(404, "not_found", "There is no such version.")
        raw, now_mark = await run_in_threadpool(self._current)
        rows = clinic_store.differences(old, raw)
        return self._pages.page(
            "clinic_version.html", who=who, number=number, rows=rows, mark=now_mark, place_words=place_words
        )

    async def restore(self, request: Request, who: SignedIn) -> Response:
        """Take an earlier version as a new one."""
        check(who.account.role, "change_settings")
        fields = await form_of(request)
        wanted = await run_in_threadpool(clinic_store.version, self._home, request.path_params["number"])
        if wanted is None:
            raise Problem(404, "not_found", "There is no such version.")
        return await self._keep(who, wanted, str(fields.get("mark", "")))

    async def file(self, _request: Request, who: SignedIn) -> Response:
        """All of it as one file."""
        check(who.account.role, "change_settings")
        whole = await run_in_threadpool(clinic_store.whole, self._home)
        headers = {"Content-Disposition": 'attachment; filename="clinic.toml"', "Cache-Control": "no-store"}
        return Response(clinic_store.dumps(whole), media_type="application/toml", headers=headers)

    async def _keep(
        self, who: SignedIn, wanted: Mapping[str, Any], mark: str, typed: Fields | None = None, *, brought: str = ""
    ) -> Response:
        """Store it, or show the form with what was typed, and each fault beside its field."""
        half = _half_replies(typed or {})
        if half:
            faults = {**await run_in_threadpool(clinic_store.faults, self._home, wanted), "replies": BadSettings(half)}
            return self._form(who, wanted, mark, wrong=_BESIDE, typed=typed, faults=faults, status=422)
        try:
            await run_in_threadpool(self._store, wanted, who.actor.name, mark)
        except BadSettings:
            faults = await run_in_threadpool(clinic_store.faults, self._home, wanted)
            why = " ".join(_said(faults[""])) if "" in faults else _BESIDE
            return self._form(who, wanted, mark, wrong=why, typed=typed, faults=faults, brought=brought, status=422)
        except clinic_store.Changed:
            wrong = "Somebody else has saved in the meantime. Look at their version first; yours is still below."
            _, mark = await run_in_threadpool(clinic_store.read, self._home)
            return self._form(who, wanted, mark, wrong=wrong, typed=typed, brought=brought, status=409)
        return RedirectResponse("/desk/clinic?saved", 303)

    def _store(self, wanted: Mapping[str, Any], by: str, mark: str) -> None:
        now = self._context.clock()
        clinic_store.save(self._home, wanted, by=by, now=now, seen=mark)
        with self._context.uow() as uow:
            uow.audit.add(AuditEntry(now, by, "settings_changed"))
            uow.commit()

    def _current(self) -> tuple[dict[str, Any], str]:
        return clinic_store.whole(self._home), clinic_store.read(self._home)[1]

    def _form(
        self,
        who: SignedIn,
        raw: Mapping[str, Any],
        mark: str,
        *,
        wrong: str = "",
        typed: Fields | None = None,
        faults: Mapping[str, BadSettings] | None = None,
        brought: str = "",
        saved: bool = False,
        status: int = 200,
    ) -> Response:
        facts = raw.get("facts") or {}
        languages = [one for one in LANGUAGES if one != "en"]
        return self._pages.page(
            "clinic.html",
            status=status,
            who=who,
            raw=raw,
            mark=mark,
            wrong=wrong,
            faults={_field(place): _said(why) for place, why in (faults or {}).items()},
            shown={**_shown(raw), **_texts(typed or {})},
            ticked=_every(typed, "languages") if typed else raw.get("languages") or LANGUAGES,
            brought=brought,
            saved=saved,
            days=DAY_NAMES,
            countries=COUNTRIES,
            spoken=LANGUAGES,
            facts={key: text for key, text in facts.items() if not isinstance(text, Mapping)},
            fact_keys=_fact_keys(facts),
            fact_names=FACT_NAMES,
            translated={one: facts.get(one) or {} for one in languages},
            replies=[*(_replies(typed) if typed else (raw.get("replies") or {}).items()), ("", ""), ("", "")],
            keeps=RETENTION,
            versions=clinic_store.versions(self._home)[:30],
        )


def place_words(place: str) -> str:
    """A place of the file as the form calls it: "opening.tue" → "Hours: Tuesday"; what the form does not show stays as it is."""
    if place in PLACE_NAMES:
        return tongue.say(PLACE_NAMES[place])
    key, _, part = place.partition(".")
    name = {"opening": DAY_NAMES, "retention": KEEP_NAMES, "facts": FACT_NAMES}.get(key, {}).get(part)
    if name is None:
        return f"{tongue.say('Canned replies')}: {part}" if key == "replies" and part else place
    head = {"opening": "Hours", "retention": "Kept for how many days", "facts": "Answers to frequent questions"}[key]
    return f"{tongue.say(head)}: {tongue.say(name)}"


def _field(place: str) -> str:
    """The form's name of a place in the file."""
    key, _, part = place.partition(".")
    if key == "opening":
        return "closed" if part == "closed" else f"open.{part}"
    return f"keep.{part}" if key == "retention" else place


def _said(error: BadSettings) -> list[str]:
    """All that is wrong in one place, as sentences in the language of the page; beside its field the place is said already."""
    told = [tongue.say(one.text, **one.values) for one in (error, *error.also)]
    return [f"{words[:1].upper()}{words[1:].removesuffix('.')}." for words in told]


def _shown(raw: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the plain fields of the form, by their names."""
    opening, keeps = raw.get("opening") or {}, raw.get("retention") or {}
    return {
        **{key: str(raw.get(key) or "") for key in (*PLAIN, "country")},
        **{f"open.{day}": _lines(opening.get(day), ", ") for day in DAYS},
        **{f"keep.{key}": str(keeps.get(key, "")) for key in RETENTION},
        "closed": _lines(opening.get("closed")),
        "rooms": _lines(raw.get("rooms")),
        "therapists": _lines(raw.get("therapists")),
        "services": "\n".join(_service_line(one) for one in raw.get("services") or ()),
    }


def _texts(fields: Fields) -> dict[str, str]:
    return {key: value for key, value in fields.items() if isinstance(value, str)}


def _every(fields: Fields, name: str) -> list[str]:
    value = fields.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def _replies(fields: Fields) -> list[tuple[str, str]]:
    """The canned replies as typed, the half ones too."""
    pairs = zip(_every(fields, "reply_title"), _every(fields, "reply_text"), strict=False)
    return [(title, said) for title, said in pairs if title.strip() or said.strip()]


def _half_replies(fields: Fields) -> str:
    """Why the canned replies cannot be kept as typed; empty when they can."""
    titles = [title.strip() for title, said in _replies(fields) if title.strip() and said.strip()]
    if len(titles) < len(_replies(fields)):
        return "A reply needs a title and a text."
    return "Two replies have the same title." if len(set(titles)) < len(titles) else ""


def _from_form(fields: Fields, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The file as the form wants it; what the form does not show stays as it is."""

    def text(name: str) -> str:
        value = fields.get(name, "")
        return (value if isinstance(value, str) else value[-1]).replace("\r\n", "\n").strip()

    def rows(name: str) -> list[str]:
        return [line.strip() for line in text(name).split("\n") if line.strip()]

    told = raw.get("facts") or {}
    facts: dict[str, Any] = {key: text(f"fact.{key}") for key, one in told.items() if not isinstance(one, Mapping)}
    for language in LANGUAGES:
        own = {key: text(f"fact.{language}.{key}") for key in _fact_keys(told) if text(f"fact.{language}.{key}")}
        if own:
            facts[language] = own
    opening: dict[str, Any] = {
        day: [one.strip() for one in text(f"open.{day}").split(",") if one.strip()] for day in DAYS
    }
    return {
        **raw,
        **{key: text(key) for key in (*PLAIN, "country")},
        "languages": _every(fields, "languages"),
        "rooms": rows("rooms"),
        "therapists": rows("therapists"),
        "opening": {**{day: spans for day, spans in opening.items() if spans}, "closed": rows("closed")},
        "services": [_service(line) for line in rows("services")],
        "facts": facts,
        "replies": {title.strip(): said.strip() for title, said in _replies(fields) if title.strip() and said.strip()},
        "retention": {key: _whole(text(f"keep.{key}")) for key in RETENTION},
    }


def _fact_keys(facts: Mapping[str, Any]) -> list[str]:
    """Every answer that is given in some language."""
    keys = dict.fromkeys(key for key, text in facts.items() if not isinstance(text, Mapping))
    for told in facts.values():
        keys |= dict.fromkeys(told if isinstance(told, Mapping) else ())
    return list(keys)


def _service(line: str) -> dict[str, Any]:
    """name | minutes | price | buffer | suits | rooms | therapists; what is left out at the end is not set."""
    name, minutes, price, buffer, suits, rooms, therapists = ([part.strip() for part in line.split("|")] + [""] * 7)[:7]
    more = {
        "buffer": _whole(buffer) if buffer else None, "suits": suits, "rooms": _split(rooms), "therapists": _split(therapists),
    }  # fmt: skip
    return {"name": name, "minutes": _whole(minutes), "price": price, **{key: one for key, one in more.items() if one}}


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _service_line(one: Mapping[str, Any]) -> str:
    cells = [
        _lines(one.get(key), ", ") for key in ("name", "minutes", "price", "buffer", "suits", "rooms", "therapists")
    ]
    while not cells[-1]:
        cells.pop()
    return " | ".join(cells)


def _whole(text: str) -> int | str:
    """A number where it is one; anything else is refused by the check of the whole file, with its place."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text


def _lines(value: Any, joint: str = "\n") -> str:
    return joint.join(map(str, [value] if isinstance(value, str | int) else value or ()))
