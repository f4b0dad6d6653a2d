"""The one-page brief staff read first: what was told, what the rules say and why, in the order a reviewer decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain import scores, sites, wished_times
from bot.domain.conditions import CONDITIONS
from bot.domain.extras import EXTRAS
from bot.domain.flags import RED_FLAGS

Json = Mapping[str, Any]

WHY = "Why this answer"
_OUTCOMES = {
    "relaxation_massage": "Relaxation massage",
    "clinical_massage": "Clinical massage",
    "doctor_first": "Doctor first",
    "not_now": "Not now",
}
_URGENCIES = {
    "gp": "no hurry", "gp_urgent": "within days", "defer": "wait, then rebook", "same_day": "see a doctor today",
    "emergency": "emergency",
}  # fmt: skip
_WANTS = {
    "relax": "To relax", "tension": "Tension or knots", "pain": "Pain", "injury": "A strain or injury",
    "rehab": "Movement back after an injury or operation", "illness": "Pain with an illness",
}  # fmt: skip
_ONSETS = {
    "gradual": "little by little", "sudden": "suddenly", "overuse": "after a lot of use", "injury": "with an injury",
    "post_op": "after an operation",
}  # fmt: skip
_DOCTOR = {
    "none": "No doctor asked", "seen": "Seen by a doctor, massage not discussed", "ok": "Says a doctor agreed",
    "ordered": "Says a doctor ordered massage", "refused": "Was told not to have massage",
}  # fmt: skip
_WHOM = {"self": "For themselves", "child": "For their child", "other": "For someone else"}
_SEX = {"F": "female", "M": "male", "X": "other"}
_WEEKS = {
    "weeks_since_injury": "since the injury", "weeks_since_surgery": "since the operation",
    "weeks_since_fracture": "since the fracture", "weeks_since_birth": "since the birth",
    "weeks_since_chemo": "since chemotherapy", "weeks_pregnant": "pregnant",
}  # fmt: skip

_FIELDS = {
    "nrs": "Pain score", "duration_days": "How long it has lasted", "cleared_claimed": "A doctor's word told in the chat",
    "cleared": "A doctor's word seen by staff", "function_limited": "It limits them", "complaint": "What they want",
    "onset": "How it began", "sites": "Where it is", "bp": "Blood pressure", "doctor": "What a doctor said", "age": "Age",
    "emergency_gate": "The emergency questions", "general_screen": "The general questions", "skin": "The skin questions",
    "conditions": "The questions about conditions", "medicines": "The questions about medicines",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One fact; `key` is the record field or id it comes from, so that the visitor's words can be shown beside it."""

    text: str
    label: str = ""
    key: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its facts; `kind` says what it is about, `ache` holds the complaint that a card draws."""

    title: str
    lines: tuple[Line, ...]
    kind: str = ""
    ache: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Brief:
    """The page: one sentence on top, then sections in the order of deciding."""

    headline: str
    sections: tuple[Section, ...]

    def text(self) -> str:
        """The brief as plain text."""
        out = [self.headline]
        for section in self.sections:
            out += ["", section.title.upper()]
            for line in section.lines:
                text = f"{line.text}. {line.detail}" if line.detail else line.text
                out.append(f"- {line.label}: {text}" if line.label else f"- {text}")
        return "\n".join(out) + "\n"

    def to_json(self) -> dict[str, Any]:
        """The brief as JSON."""
        return {
            "headline": self.headline,
            "sections": [
                {
                    "title": section.title,
                    "kind": section.kind,
                    "lines": [
                        {
                            "label": line.label,
                            "text": f"{line.text}. {line.detail}" if line.detail else line.text,
                            "key": line.key,
                        }
                        for line in section.lines
                    ],
                }
                for section in self.sections
            ],
        }


def outcome_words(outcome: str, urgency: str | None, *, provisional: bool = False) -> str:
    """An answer in the words of the desk: "Doctor first, within days"."""
    words = _OUTCOMES[outcome] + (f", {_URGENCIES[urgency]}" if urgency else "")
    return f"{words} (provisional)" if provisional else words


def brief(record: Json, result: Json, transcript: Sequence[Json] = ()) -> Brief:
    """The brief of a record and its result (JSON of contract §3; `record["facts"]` may hold the other answers).

    Says only what the record holds: a place, number or name that is not in it never appears.
    """
    facts: Json = record.get("facts") or {}
    sections = [
        Section("Who", _who(record, facts), "who"),
        Section("What they want", _wants(record, facts, transcript), "wants"),
        *_complaints(record, facts),
        Section("Danger signs told", _named(record, "rf", RED_FLAGS), "danger"),
        Section(_MISREAD, _disputed(facts), "disputed"),
        Section("Conditions and medicines", _conditions(record), "conditions"),
        Section("Also told", _named(record, "extra", EXTRAS), "told"),
        Section("Asked and not answered", _unanswered(record), "unknown"),
        Section("Doctor", _doctor(record), "doctor"),
        Section(WHY, _why(result), "why"),
        Section("For the therapist", _therapist(result), "therapist"),
    ]
    return Brief(_headline(record, result), tuple(section for section in sections if section.lines))


def place(record: Json) -> str:
    """Where it hurts, as one phrase; empty when nothing was named."""
    named = [site for _title, ache, _first in _aches(record) for site in ache.get("sites") or ()]
    unique = [site for at, site in enumerate(named) if site not in named[:at]]
    return sites.say_all(unique)


def name_of(key: str) -> str:
    """A flag, condition, extra or field in words for staff."""
    if key in RED_FLAGS:
        return RED_FLAGS[key].name
    if key in CONDITIONS:
        return CONDITIONS[key].name
    if key in EXTRAS:
        return _capital(EXTRAS[key])
    if key in _FIELDS:
        return _FIELDS[key]
    return _capital(key.removeprefix("screen_").replace("_", " ")) + (" questions" if key.startswith("screen_") else "")


def plainly(key: str, value: Any) -> str:
    """The value of a fact that is still being taken, in words; empty where there is nothing to say."""
    if value in (None, "", [], (), {}):
        return ""
    if key == "sites":
        return sites.say_all(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(name_of(str(one)) if isinstance(one, str) else plainly("", one) for one in value)
    return str(value).replace("_", " ") if not isinstance(value, Mapping) else ""


def doctor_note(record: Json, *, clinic: str) -> str:
    """The note for the doctor (clinical.md §H.8): what is asked, no diagnosis."""
    facts: Json = record.get("facts") or {}
    name = (facts.get("contact") or {}).get("name") or "Our client"
    aches = [ache for _title, ache, _first in _aches(record)]
    scored = next((ache["nrs"] for ache in aches if ache.get("nrs") is not None), None)
    lasted = next((ache["duration_days"] for ache in aches if ache.get("duration_days") is not None), None)
    reported = [f"NRS {scored:g}/10"] if scored is not None else []
    if record.get("peg"):
        reported.append(f"PEG {scores.peg_mean(*record['peg'])}")
    items = [name_of(item) for item in [*(record.get("ci") or ()), *(record.get("rf") or ())]]
    asks = f"{name}, date of birth ____________, asks about clinical massage"
    asks += f" for {place(record)}" if place(record) else ""
    asks += f", {ago(lasted)}" if lasted is not None else ""
    lines = [
        f"{clinic}: a question before massage",
        "",
        f"{asks}.",
        f"Reported: {', '.join(reported)}." if reported else "",
    ]
    lines += ["", "Items needing your view:", *(f"[ ] {item}" for item in items or ["the complaint above"])]
    lines += [
        "",
        "May they have massage?   [ ] yes   [ ] no",
        "Any limits (pressure, area, position)?",
        "",
        "Signed, date: ____________",
    ]
    return "\n".join(lines) + "\n"


def ago(days: float) -> str:
    """How long, with its class: "about 7 months (chronic)"."""
    kind = scores.duration_class(days)
    if days < 1:
        return f"since today ({kind})"
    for size, unit in ((365.25, "year"), (30.44, "month"), (7, "week"), (1, "day")):
        count = round(days / size)
        if days >= size * 2 or unit == "day":
            break
    about = "" if unit == "day" else "about "
    return f"{about}{count} {unit}{'' if count == 1 else 's'} ({kind})"


def _headline(record: Json, result: Json) -> str:
    age, where = record.get("age"), place(record)
    person = f"Age {age}" if age is not None else "Age not known"
    what = _WANTS.get(record.get("complaint") or "", "A visit").lower()
    words = outcome_words(result["outcome"], result.get("urgency"), provisional=bool(result.get("provisional")))
    return f"{person}, {what}{f', {where}' if where else ''}: {words}."


def _who(record: Json, facts: Json) -> tuple[Line, ...]:
    contact: Json = facts.get("contact") or {}
    age = record.get("age")
    pairs = [
        ("Name", contact.get("name"), "contact"),
        ("Visit", _WHOM.get(facts.get("for_whom") or ""), "for_whom"),
        ("Age", str(age) if age is not None else "not known", "age"),
        ("Sex", _SEX.get(record.get("sex") or ""), "sex"),
        ("Phone", contact.get("phone"), "contact"),
        ("E-mail", contact.get("email"), "contact"),
        ("Wished times", wished_times.say(facts.get("preferred_times")), "preferred_times"),
        ("Wishes", _joined(facts.get("preferences")), "preferences"),
    ]
    return tuple(Line(str(text), label, key) for label, text, key in pairs if text)


def _wants(record: Json, facts: Json, transcript: Sequence[Json]) -> tuple[Line, ...]:
    lines = []
    if record.get("complaint"):
        lines.append(Line(_WANTS[record["complaint"]], "Goal", "complaint"))
    words = facts.get("narrative") or _longest(transcript)
    if words:
        lines.append(Line(f"“{str(words).strip()}”", "In their words", "narrative"))
    return tuple(lines)


def _longest(transcript: Sequence[Json]) -> str:
    """Without a story of its own, the longest thing the visitor wrote."""
    return max(
        (str(line.get("text") or "") for line in transcript if line.get("from") == "visitor"), key=len, default=""
    )


def _aches(record: Json) -> list[tuple[str, Json, bool]]:
    """Every complaint with its title, the top-level one first when it holds anything."""
    every = list(record.get("complaints") or ())
    listed = bool(every) and every[0].get("sites") == record.get("sites")  # the top level is its short form
    told = not listed and any(record.get(key) not in (None, [], ()) for key in ("sites", "duration_days", "nrs"))
    if told or not every:
        every.insert(0, record)
    if len(every) == 1:
        return [("Complaint", every[0], True)]
    return [(f"Complaint {number}", ache, number == 1) for number, ache in enumerate(every, 1)]


def _complaint(ache: Json, facts: Json) -> tuple[Line, ...]:
    lines = []
    if ache.get("sites"):
        lines.append(Line(_capital(sites.say_all(ache["sites"])), "Where", "sites"))
    if ache.get("nrs") is not None:
        lines.append(Line(f"{ache['nrs']:g} of 10 ({scores.nrs_band(ache['nrs'])})", "Pain", "nrs"))
    if ache.get("peg"):
        lines.append(Line(f"{scores.peg_mean(*ache['peg'])} of 10", "PEG", "peg"))
    if ache.get("duration_days") is not None:
        lines.append(Line(_capital(ago(ache["duration_days"])), "How long", "duration_days"))
    lines += [
        Line(
            f"{ache[key]:g} {'weeks' if key == 'weeks_pregnant' else 'weeks ago'}",
            f"Time {words}" if key != "weeks_pregnant" else "Pregnant",
            key,
        )
        for key, words in _WEEKS.items()
        if ache.get(key) is not None
    ]
    if _ONSETS.get(ache.get("onset") or ""):
        lines.append(Line(_capital(_ONSETS[ache["onset"]]), "Began", "onset"))
    if ache.get("function_limited") is not None:
        words = f"Yes: {facts['function']}" if facts.get("function") else "Yes"
        lines.append(Line(words if ache["function_limited"] else "No", "Limits them", "function_limited"))
    for key, label in (("quality", "Feels"), ("cause", "Cause they name")):
        if facts.get(key):
            lines.append(Line(_joined(facts[key]), label, key))
    if ache.get("bp"):
        lines.append(Line(f"{ache['bp'][0]}/{ache['bp'][1]} mmHg", "Blood pressure", "bp"))
    return tuple(lines)


def _complaints(record: Json, facts: Json) -> list[Section]:
    """One section per complaint; those after the first are told apart by `#2`, `#3` in their keys."""
    sections = []
    for number, (title, ache, first) in enumerate(_aches(record), 1):
        lines = _complaint(ache, facts if first else {})
        if number > 1:
            lines = tuple(replace(line, key=f"{line.key}#{number}") for line in lines)
        sections.append(Section(title, lines, "complaint", ache))
    return sections


def _named(record: Json, key: str, table: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(Line(name_of(name), "", name) for name in _known(record, key, table))


def _unanswered(record: Json) -> tuple[Line, ...]:
    return tuple(Line(name_of(name), "", name) for name in record.get("rf_unknown") or ())


_MISREAD = "Says this was misread"
_DISPUTE = {"yes": "Asked again: yes", "no": "Asked again: no", "unsure": "Asked again: not sure"}


def _disputed(facts: Json) -> tuple[Line, ...]:
    """Both versions of what stopped the interview: the words that were read, and what the visitor says of them."""
    lines = []
    for one in facts.get("disputed") or ():
        about = str(one.get("about") or "")
        named = name_of(about) if about in RED_FLAGS or about in CONDITIONS else ""
        told = [f"first “{one['read']}”"] if one.get("read") else []
        told += [f"then “{one['now']}”"] if one.get("now") else []
        lines.append(Line("; ".join(told), named, about, _DISPUTE.get(str(one.get("answer") or ""), "")))
    return tuple(lines)


def _therapist(result: Json) -> tuple[Line, ...]:
    return tuple(
        Line(_capital(str(one["instruction"])), "", str(one["id"]))
        for one in result.get("modifiers") or ()
        if one["id"] != "M-SAFETYNET"
    )


def _conditions(record: Json) -> tuple[Line, ...]:
    return tuple(
        Line(CONDITIONS[name].name, "", name, CONDITIONS[name].action) for name in _known(record, "ci", CONDITIONS)
    )


def _doctor(record: Json) -> tuple[Line, ...]:
    lines = []
    if record.get("doctor"):
        lines.append(Line(_DOCTOR[record["doctor"]], "", "doctor"))
    for key, label in (("cleared", "Verified by staff"), ("cleared_claimed", "Claimed in the chat, not seen yet")):
        if record.get(key):
            lines.append(Line("; ".join(name_of(item) for item in record[key]), label, key))
    return tuple(lines)


def _why(result: Json) -> tuple[Line, ...]:
    lines = [
        Line(str(reason.get("staff") or reason["because"]), str(reason["rule"]))
        for reason in result.get("reasons") or ()
    ]
    if result.get("provisional"):
        lines.append(Line("A person has to look before the booking is firm.", "Provisional"))
    return tuple(lines)


def _known(record: Json, key: str, table: Mapping[str, Any]) -> list[str]:
    return [name for name in record.get(key) or () if name in table]


def _joined(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_joined(one) for one in value)
    return str(value).replace("_", " ") if value is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
