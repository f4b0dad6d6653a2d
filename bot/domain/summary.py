"""The one-page brief staff read first: what was told, what the rules say and why, in the order a reviewer decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain import scores, sites, wished_times
from bot.domain.conditions import CONDITIONS
from bot.domain.extras import EXTRAS
from bot.domain.flags import RED_FLAGS
from bot.domain.speech import ENGLISH

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
# Field → label, and how the number of weeks is said.
_WEEKS = {
    "weeks_since_injury": ("Time since the injury", "{count} weeks ago"),
    "weeks_since_surgery": ("Time since the operation", "{count} weeks ago"),
    "weeks_since_fracture": ("Time since the fracture", "{count} weeks ago"),
    "weeks_since_birth": ("Time since the birth", "{count} weeks ago"),
    "weeks_since_chemo": ("Time since chemotherapy", "{count} weeks ago"), "weeks_pregnant": ("Pregnant", "{count} weeks"),
}  # fmt: skip

_FIELDS = {
    "nrs": "Pain score", "duration_days": "How long it has lasted", "cleared_claimed": "A doctor's word told in the chat",
    "cleared": "A doctor's word seen by staff", "function_limited": "It limits them", "complaint": "What they want",
    "onset": "How it began", "sites": "Where it is", "bp": "Blood pressure", "doctor": "What a doctor said", "age": "Age",
    "emergency_gate": "The emergency questions", "general_screen": "The general questions", "skin": "The skin questions",
    "conditions": "The questions about conditions", "medicines": "The questions about medicines",
}  # fmt: skip


def _in_english(text: str, /, **values: object) -> str:
    return text.format(**values) if values else text


@dataclass(frozen=True, slots=True)
class Voice:
    """How the brief is said: `tell` fills and translates a text, `clinical` what the rules say to staff, `number` a score."""

    locale: str = ENGLISH
    tell: Callable[..., str] = _in_english
    clinical: Callable[[str], str] = str
    number: Callable[[float], str] = "{:g}".format

    def joined(self, value: Any) -> str:
        """Values of the record, which have words where a table knows them."""
        if isinstance(value, list | tuple):
            return ", ".join(self.joined(one) for one in value)
        return self.tell(str(value).replace("_", " ")) if value is not None else ""


PLAIN = Voice()


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


def brief(record: Json, result: Json, transcript: Sequence[Json] = (), *, voice: Voice = PLAIN) -> Brief:
    """The brief of a record and its result (JSON of contract §3; `record["facts"]` may hold the other answers).

    Says only what the record holds: a place, number or name that is not in it never appears.
    """
    facts: Json = record.get("facts") or {}
    sections = [
        Section("Who", _who(record, facts, voice), "who"),
        Section("What they want", _wants(record, facts, transcript, voice), "wants"),
        *_complaints(record, facts, voice),
        Section("Danger signs told", _named(record, "rf", RED_FLAGS, voice), "danger"),
        Section(_MISREAD, _disputed(facts, voice), "disputed"),
        Section("Conditions and medicines", _conditions(record, voice), "conditions"),
        Section("Also told", _named(record, "extra", EXTRAS, voice), "told"),
        Section("Asked and not answered", _unanswered(record, voice), "unknown"),
        Section("Doctor", _doctor(record, voice), "doctor"),
        Section(WHY, _why(result, voice), "why"),
        Section("For the therapist", _therapist(result, voice), "therapist"),
    ]
    told = tuple(_said(section, voice) for section in sections if section.lines)
    return Brief(_headline(record, result, voice), told)


def _said(section: Section, voice: Voice) -> Section:
    """Title and labels in the language of the voice; a numbered complaint keeps its number."""
    words, _, number = section.title.rpartition(" ") if section.title[-1].isdigit() else (section.title, "", "")
    title = f"{voice.tell(words)} {number}".rstrip()
    lines = tuple(replace(line, label=voice.tell(line.label)) if line.label else line for line in section.lines)
    return replace(section, title=title, lines=lines)


def place(record: Json, locale: str = ENGLISH) -> str:
    """Where it hurts, as one phrase; empty when nothing was named."""
    named = [site for _title, ache, _first in _aches(record) for site in ache.get("sites") or ()]
    unique = [site for at, site in enumerate(named) if site not in named[:at]]
    return sites.say_all(unique, locale)


def name_of(key: str, voice: Voice = PLAIN) -> str:
    """A flag, condition, extra or field in words for staff."""
    if key in RED_FLAGS:
        return voice.tell(RED_FLAGS[key].name)
    if key in CONDITIONS:
        return voice.tell(CONDITIONS[key].name)
    if key in EXTRAS:
        return _capital(voice.tell(EXTRAS[key]))
    if key in _FIELDS:
        return voice.tell(_FIELDS[key])
    words = key.removeprefix("screen_").replace("_", " ")
    return (
        voice.tell("Questions: {what}", what=voice.tell(words))
        if key.startswith("screen_")
        else voice.tell(_capital(words))
    )


def plainly(key: str, value: Any, voice: Voice = PLAIN) -> str:
    """The value of a fact that is still being taken, in words; empty where there is nothing to say."""
    if value in (None, "", [], (), {}):
        return ""
    if key == "sites":
        return sites.say_all(value, voice.locale)
    if isinstance(value, bool):
        return voice.tell("yes") if value else voice.tell("no")
    if isinstance(value, int | float):
        return voice.number(value)
    if isinstance(value, list | tuple):
        return ", ".join(name_of(str(one), voice) if isinstance(one, str) else plainly("", one, voice) for one in value)
    table = {"complaint": _WANTS, "onset": _ONSETS, "doctor": _DOCTOR, "for_whom": _WHOM, "sex": _SEX}.get(key, {})
    if isinstance(value, str) and value in table:
        return voice.tell(table[value])
    return voice.tell(str(value).replace("_", " ")) if not isinstance(value, Mapping) else ""


def doctor_note(record: Json, *, clinic: str, voice: Voice = PLAIN) -> str:
    """The note for the doctor (clinical.md §H.8): what is asked, no diagnosis."""
    say, facts = voice.tell, record.get("facts") or {}
    name = (facts.get("contact") or {}).get("name") or say("Our client")
    aches = [ache for _title, ache, _first in _aches(record)]
    scored = next((ache["nrs"] for ache in aches if ache.get("nrs") is not None), None)
    lasted = next((ache["duration_days"] for ache in aches if ache.get("duration_days") is not None), None)
    reported = [f"NRS {voice.number(scored)}/10"] if scored is not None else []
    if record.get("peg"):
        reported.append(f"PEG {voice.number(scores.peg_mean(*record['peg']))}")
    items = [name_of(item, voice) for item in [*(record.get("ci") or ()), *(record.get("rf") or ())]]
    where = place(record, voice.locale)
    asks = say("{name}, date of birth ____________, asks about clinical massage", name=name)
    asks += say(" for {place}", place=where) if where else ""
    asks += f", {ago(lasted, voice)}" if lasted is not None else ""
    lines = [
        say("{clinic}: a question before massage", clinic=clinic),
        "",
        f"{asks}.",
        say("Reported: {scores}.", scores=", ".join(reported)) if reported else "",
    ]
    lines += ["", say("Items needing your view:"), *(f"[ ] {item}" for item in items or [say("the complaint above")])]
    lines += [
        "",
        say("May they have massage?   [ ] yes   [ ] no"),
        say("Any limits (pressure, area, position)?"),
        "",
        say("Signed, date: ____________"),
    ]
    return "\n".join(lines) + "\n"


def ago(days: float, voice: Voice = PLAIN) -> str:
    """How long, with its class: "about 7 months (chronic)"."""
    kind = voice.tell(scores.duration_class(days))
    if days < 1:
        return voice.tell("since today ({kind})", kind=kind)
    for size, unit in ((365.25, "year"), (30.44, "month"), (7, "week"), (1, "day")):
        count = round(days / size)
        if days >= size * 2 or unit == "day":
            break
    about = "" if unit == "day" else "about "
    length = voice.tell(f"{about}{{count}} {unit}{'' if count == 1 else 's'}", count=count)
    return f"{length} ({kind})"


def _headline(record: Json, result: Json, voice: Voice) -> str:
    say, age, where = voice.tell, record.get("age"), place(record, voice.locale)
    person = say("Age {age}", age=age) if age is not None else say("Age not known")
    what = say(_WANTS.get(record.get("complaint") or "", "A visit")).lower()
    words = outcome_words(result["outcome"], result.get("urgency"), provisional=bool(result.get("provisional")))
    return f"{person}, {what}{f', {where}' if where else ''}: {say(words)}."


def _who(record: Json, facts: Json, voice: Voice) -> tuple[Line, ...]:
    contact: Json = facts.get("contact") or {}
    say, age = voice.tell, record.get("age")
    pairs = [
        ("Name", contact.get("name"), "contact"),
        ("Visit", say(_WHOM.get(facts.get("for_whom") or "", "")), "for_whom"),
        ("Age", str(age) if age is not None else say("not known"), "age"),
        ("Sex", say(_SEX.get(record.get("sex") or "", "")), "sex"),
        ("Phone", contact.get("phone"), "contact"),
        ("E-mail", contact.get("email"), "contact"),
        ("Wished times", wished_times.say(facts.get("preferred_times"), voice.locale), "preferred_times"),
        ("Wishes", _joined(facts.get("preferences")), "preferences"),
    ]
    return tuple(Line(str(text), label, key) for label, text, key in pairs if text)


def _wants(record: Json, facts: Json, transcript: Sequence[Json], voice: Voice) -> tuple[Line, ...]:
    lines = []
    if record.get("complaint"):
        lines.append(Line(voice.tell(_WANTS[record["complaint"]]), "Goal", "complaint"))
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


def _complaint(ache: Json, facts: Json, voice: Voice) -> tuple[Line, ...]:
    say, lines = voice.tell, []
    if ache.get("sites"):
        lines.append(Line(_capital(sites.say_all(ache["sites"], voice.locale)), "Where", "sites"))
    if ache.get("nrs") is not None:
        score, band = voice.number(ache["nrs"]), say(scores.nrs_band(ache["nrs"]))
        lines.append(Line(say("{score} of 10 ({band})", score=score, band=band), "Pain", "nrs"))
    if ache.get("peg"):
        lines.append(Line(say("{score} of 10", score=voice.number(scores.peg_mean(*ache["peg"]))), "PEG", "peg"))
    if ache.get("duration_days") is not None:
        lines.append(Line(_capital(ago(ache["duration_days"], voice)), "How long", "duration_days"))
    lines += [
        Line(say(words, count=voice.number(ache[key])), label, key)
        for key, (label, words) in _WEEKS.items()
        if ache.get(key) is not None
    ]
    if _ONSETS.get(ache.get("onset") or ""):
        lines.append(Line(_capital(say(_ONSETS[ache["onset"]])), "Began", "onset"))
    if ache.get("function_limited") is not None:
        words = say("Yes: {what}", what=facts["function"]) if facts.get("function") else say("Yes")
        lines.append(Line(words if ache["function_limited"] else say("No"), "Limits them", "function_limited"))
    for key, label in (("quality", "Feels"), ("cause", "Cause they name")):
        if facts.get(key):
            lines.append(Line(voice.joined(facts[key]), label, key))
    if ache.get("bp"):
        lines.append(Line(f"{ache['bp'][0]}/{ache['bp'][1]} mmHg", "Blood pressure", "bp"))
    return tuple(lines)


def _complaints(record: Json, facts: Json, voice: Voice) -> list[Section]:
    """One section per complaint; those after the first are told apart by `#2`, `#3` in their keys."""
    sections = []
    for number, (title, ache, first) in enumerate(_aches(record), 1):
        lines = _complaint(ache, facts if first else {}, voice)
        if number > 1:
            lines = tuple(replace(line, key=f"{line.key}#{number}") for line in lines)
        sections.append(Section(title, lines, "complaint", ache))
    return sections


def _named(record: Json, key: str, table: Mapping[str, Any], voice: Voice) -> tuple[Line, ...]:
    return tuple(Line(name_of(name, voice), "", name) for name in _known(record, key, table))


def _unanswered(record: Json, voice: Voice) -> tuple[Line, ...]:
    return tuple(Line(name_of(name, voice), "", name) for name in record.get("rf_unknown") or ())


_MISREAD = "Says this was misread"
_DISPUTE = {"yes": "Asked again: yes", "no": "Asked again: no", "unsure": "Asked again: not sure"}


def _disputed(facts: Json, voice: Voice) -> tuple[Line, ...]:
    """Both versions of what stopped the interview: the words that were read, and what the visitor says of them."""
    lines = []
    for one in facts.get("disputed") or ():
        about = str(one.get("about") or "")
        named = name_of(about) if about in RED_FLAGS or about in CONDITIONS else ""
        told = [voice.tell("first “{words}”", words=one["read"])] if one.get("read") else []
        told += [voice.tell("then “{words}”", words=one["now"])] if one.get("now") else []
        asked = _DISPUTE.get(str(one.get("answer") or ""), "")
        lines.append(Line("; ".join(told), named, about, voice.tell(asked) if asked else ""))
    return tuple(lines)


def _therapist(result: Json, voice: Voice) -> tuple[Line, ...]:
    return tuple(
        Line(_capital(voice.clinical(str(one["instruction"]))), "", str(one["id"]))
        for one in result.get("modifiers") or ()
        if one["id"] != "M-SAFETYNET"
    )


def _conditions(record: Json, voice: Voice) -> tuple[Line, ...]:
    return tuple(
        Line(name_of(name, voice), "", name, voice.clinical(CONDITIONS[name].action))
        for name in _known(record, "ci", CONDITIONS)
    )


def _doctor(record: Json, voice: Voice) -> tuple[Line, ...]:
    lines = []
    if record.get("doctor"):
        lines.append(Line(voice.tell(_DOCTOR[record["doctor"]]), "", "doctor"))
    for key, label in (("cleared", "Verified by staff"), ("cleared_claimed", "Claimed in the chat, not seen yet")):
        if record.get(key):
            lines.append(Line("; ".join(name_of(item, voice) for item in record[key]), label, key))
    return tuple(lines)


def _why(result: Json, voice: Voice) -> tuple[Line, ...]:
    lines = [
        Line(voice.clinical(str(reason.get("staff") or reason["because"])), str(reason["rule"]))
        for reason in result.get("reasons") or ()
    ]
    if result.get("provisional"):
        lines.append(Line(voice.tell("A person has to look before the booking is firm."), "Provisional"))
    return tuple(lines)


def _known(record: Json, key: str, table: Mapping[str, Any]) -> list[str]:
    return [name for name in record.get(key) or () if name in table]


def _joined(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_joined(one) for one in value)
    return str(value).replace("_", " ") if value is not None else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
