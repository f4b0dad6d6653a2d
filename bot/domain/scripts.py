"""The words a visitor reads with a result or in danger: short, plain, with the right number to call, and never reassuring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.conditions import CONDITIONS
from bot.domain.flags import RED_FLAGS, plain
from bot.domain.guardian import to_guardian
from bot.domain.numbers import Lines, lines_for
from bot.domain.triage import Reason, Result

SAFETY_NET = (
    "Before or after your visit, get medical help if you notice any of these: numbness between the legs, or changes in "
    "peeing or pooing. New weakness. Chest pain or short breath. One leg that is swollen or hot. A sudden bad headache, or "
    "a change in sight or speech. A fever. Or pain that quickly gets worse."
)
DISCLAIMER = (
    "I'm an automated assistant for [[clinic_name]]. I use fixed rules to suggest a type of visit. This is not a diagnosis, "
    "not medical advice and not an emergency service. A trained person makes the final choice. If you are worried, see a "
    "doctor even if I suggest a booking."
)

# Which of the four emergency scripts a flag brings (clinical_changes §5); all others: ambulance.
_DRIVEN = frozenset({"RF-DISLOC", "RF-TORSION", "RF-EYE", "RF-CES"})
_MATERNITY = frozenset({"RF-PREECL"})
_CRISIS = frozenset({"RF-SUICIDE"})
_CHEST = frozenset({"RF-ACS", "RF-PE", "RF-AORTA", "RF-ANGINA", "RF-PTX", "chest_pain", "chest_wall"})
_STROKE = frozenset({"RF-STROKE"})
_SPINE = frozenset({"RF-SPINEFX", "RF-CSPINETRAUMA", "spine_injury"})
_FEVER_LINE = frozenset({"CI-IMMUNO", "CI-CANCER-ACT", "chemo"})


@dataclass(frozen=True, slots=True)
class Script:
    """What is shown: the words, the urgency, and the number behind the call button (None where nobody is to be called)."""

    text: str
    urgency: str | None
    call: str | None


def for_result(result: Result, *, country: str | Lines = "US") -> Script:
    """The script of a result: emergency, same-day or defer; for what may be booked, the words of the result."""
    lines = lines_for(country)
    strongest = [reason for reason in result.reasons if reason.urgency == result.urgency]
    names = {name for reason in strongest for name in reason.facts}
    if result.urgency == "emergency":
        return _emergency(names, _told(strongest), lines)
    if result.urgency == "same_day":
        return _same_day(names, _told(strongest), lines, [reason.rule for reason in strongest])
    if result.urgency == "defer":
        words = " ".join(reason.because for reason in strongest[:3])
        return Script(f"{words} If you feel worse, please get medical advice ({lines.nonurgent}).", "defer", None)
    words = _open_or_held(result)
    return Script(to_guardian(words) if result.minor else words, result.urgency, None)


def for_danger(flag_ids: Iterable[str], *, country: str | Lines = "US", urgency: str | None = None) -> Script:
    """The script for danger signs read in a text, before any rule ran.

    `urgency` is what the rules said, when they ran: a combination can make an emergency of flags that are none alone.
    Ids that are no danger (a condition that only needs a doctor) are passed over.
    """
    named = dict.fromkeys(flag_ids)
    flags = [name for name in named if name in RED_FLAGS]
    stops = [name for name in named if name in CONDITIONS and CONDITIONS[name].gate == "STOP_U"]
    emergencies = [name for name in flags if RED_FLAGS[name].urgency == "emergency"]
    lines = lines_for(country)
    if emergencies or urgency == "emergency":
        shown = emergencies or [*flags, *(name for name in named if name in CONDITIONS)]
        return _emergency({*shown}, _join(plain(name) for name in shown if name not in _CRISIS), lines)
    today = [name for name in flags if RED_FLAGS[name].urgency == "same_day"] + stops
    shown = today or flags
    if not today and urgency != "same_day":
        soon = any(RED_FLAGS[name].urgency == "gp_urgent" for name in flags)
        when = "within the next few days" if soon else "before a massage"
        about = _join(plain(name) for name in shown)
        told = f"You told me about {about}. " if about else ""
        text = f"{told}Please see a doctor about it {when}. We can talk about your visit after that."
        return Script(text, "gp_urgent" if soon else "gp", None)
    return _same_day({*shown}, _join(plain(name) for name in shown), lines, [f"R-{name}" for name in shown])


def result_message(result: Result, *, country: str | Lines = "US") -> str:
    """The result in plain words, whatever it is."""
    return for_result(result, country=country).text


def doctor_note(result: Result, *, name: str, born: str, site: str, duration: str, peg: float | None = None) -> str:
    """The short note a visitor may take to a doctor (§H.8). States what was told and asks; names no diagnosis."""
    items = [reason.rule.removeprefix("R-") for reason in result.reasons if reason.outcome == "doctor_first"]
    asked = _join(
        CONDITIONS[item].name if item in CONDITIONS else plain(item) for item in items if item[:3] in ("RF-", "CI-")
    )
    score = "not asked" if result.record.nrs is None else f"{result.record.nrs:g}/10"
    return (
        f"{name}, {born}, asks about clinical massage for {site}, {duration}. Reported: pain score {score}"
        f"{'' if peg is None else f', PEG {peg:g}'}. Items needing your view: {asked or 'none listed'}. "
        "May they have massage? Any limits (pressure, area, position)? Name, signature, date:"
    )


def _emergency(names: set[str], told: str, lines: Lines) -> Script:
    """One of four kinds; a call for help that fits more than one takes the ambulance."""
    danger = {name for name in names if name in RED_FLAGS and RED_FLAGS[name].urgency == "emergency"} or names
    if danger <= _CRISIS:
        return Script(_crisis(lines), "emergency", lines.emergency)
    rest = danger - _CRISIS
    about = f"You told me about {told}. This can be serious. " if told else "What you describe can be serious. "
    if rest <= _DRIVEN:
        body = (
            f"Please stop here and go to an emergency department now. {about}Ask someone else to take you, and do not drive "
            f"yourself. If no one can take you at once, call {lines.emergency_words} now. "
        )
    elif rest <= _MATERNITY:
        body = (
            f"Please stop here and call your maternity unit now. {about}If you cannot reach them at once, call "
            f"{lines.emergency_words} now. "
        )
    else:
        body = (
            f"Please stop here and get emergency help now. {about}Call {lines.emergency_words} now. If you cannot call, ask "
            "anyone near you to do it. Unlock the door if you can. Do not drive yourself. "
        )
    body += _add_ons(names)
    body += "Please do not wait for a massage; we will not book one today. I am an automated assistant and cannot check you."
    if danger & _CRISIS:
        body = f"{_crisis(lines)} {body}"
    return Script(body, "emergency", lines.emergency)


def _add_ons(names: set[str]) -> str:
    words = ""
    if names & _CHEST:
        words += "Sit down and rest. Follow the call handler's advice. "
    if names & _STROKE:
        words += "Note the time it started. Do not eat or drink. "
    if names & _SPINE:
        words += "If the injury happened in the last two weeks, keep still and do not move your neck or back until help comes. "
    if names & _FEVER_LINE:
        words += "If you have a 24-hour treatment line, you can call that line first. "
    if "strangulation" in names:
        words += _ABUSE
    return words


def _crisis(lines: Lines) -> str:
    text = f", or text {lines.crisis_text}" if lines.crisis_text else ""
    return (
        "I'm really glad you told me. You deserve support right now. Are you in danger at this moment? If yes, call "
        f"{lines.emergency_words}. You can also call {lines.crisis_call}{text}, at any time. If you agree, I will let a "
        "person on our team know. I am still here."
    )


_ABUSE = "I'm sorry this happened. You are not to blame. "


def _same_day(names: set[str], told: str, lines: Lines, rules: list[str]) -> Script:
    if rules and rules[0] == "R-RF-ABUSE":
        text = (
            f"{_ABUSE}If you are in danger, call {lines.emergency_words}. I can stop here, or a trained person can call you "
            "on a number that is private to you. What feels best? We will not book a massage now."
        )
        return Script(text, "same_day", lines.emergency)
    if rules and rules[0] == "R-CI-MISCARRIAGE":
        text = (
            "Please call your maternity or early-pregnancy unit today about the bleeding or cramps. If it is heavy or very "
            f"painful, or you feel faint, call {lines.emergency_words} now. We will not book a massage until they have seen you."
        )
        return Script(text, "same_day", lines.emergency)
    about = f"You told me about {told}. " if told else ""
    child = "RF-CHILDLIMP" in names
    text = (
        f"Please get this checked by a doctor today. You can call {lines.nonurgent} or go to urgent care. {about}"
        f"Massage could make some causes of this worse, so we will not book until {'they have' if child else 'you have'} been "
        f"seen. Call {lines.emergency_words} now for chest pain, short breath, new weakness or numbness, confusion, or if it "
        "quickly gets worse."
    )
    return Script(text, "same_day", lines.emergency)


_LETTER = (
    "We can give you a short note for them, and hold a place for you. If they agree, please send us their reply. It should "
    "name massage and any limits."
)


def _open_or_held(result: Result) -> str:
    """Doctor first with at most three reasons, or which massage fits and what the therapist adapts."""
    if result.outcome == "doctor_first":
        shown = [reason for reason in result.reasons if reason.outcome == "doctor_first"][:3]
        words = [reason.because for reason in shown]
        if any(reason.rule[:5] in ("R-RF-", "R-CI-") for reason in shown):
            words.append(_LETTER)
        if result.alternative is not None:
            words.append(result.alternative.because)
        return " ".join(_once(words))
    kind = "clinical massage" if result.outcome == "clinical_massage" else "a regular relaxation massage"
    if result.provisional and result.rule != "R-X00":
        first = f"From what you told us, {kind} may suit you, once we have seen your doctor's note. Until then your place is held."
    elif result.provisional:
        first = f"From what you told us, {kind} may suit you. A member of our team looks at it before your booking is fixed."
    else:
        first = f"From what you told us, {kind} is a suitable booking."
    adapts = " ".join(modifier.visitor for modifier in result.modifiers if modifier.visitor)
    return " ".join(
        part for part in (first, "Your therapist will ask again, check you and may change the plan.", adapts) if part
    )


def _once(sentences: list[str]) -> list[str]:
    """Say the same closing sentence of several reasons only once, at the last of them."""
    closing = " We can plan clinical massage once they agree."
    for number, words in enumerate(sentences[:-1]):
        if words.endswith(closing) and any(closing in later for later in sentences[number + 1 :]):
            sentences[number] = words.removesuffix(closing)
    return sentences


def _told(reasons: list[Reason]) -> str:
    return _join(reason.told for reason in reasons[:3] if reason.told)


def _join(parts: Iterable[str]) -> str:
    words = list(dict.fromkeys(part for part in parts if part))
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])}, and {words[-1]}" if words else ""
