"""The words a visitor reads with a result or in danger: short, plain, with the right number to call, and never reassuring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.conditions import CONDITIONS
from bot.domain.flags import RED_FLAGS, plain
from bot.domain.guardian import to_guardian
from bot.domain.numbers import Lines, in_language, lines_for
from bot.domain.proxy import PROXIES, item_about, say_about, they
from bot.domain.speech import ENGLISH, language_of, listed, say
from bot.domain.triage import Result

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


def for_result(
    result: Result,
    *,
    country: str | Lines = "US",
    locale: str = ENGLISH,
    whom: str | None = None,
    wrote: Mapping[str, str] | None = None,
) -> Script:
    """The script of a result: emergency, same-day or defer; for what may be booked, the words of the result.

    `whom` is for whom the visit is; `wrote` is flag → the visitor's own words for it, which are said back where there are.
    """
    voice = _voice(country, locale, whom)
    strongest = [reason for reason in result.reasons if reason.urgency == result.urgency]
    names = {name for reason in strongest for name in reason.facts}
    told = voice.told([reason.rule.removeprefix("R-") for reason in strongest[:3]], wrote or {}) or voice.about(
        voice.join(reason.told_in(locale) for reason in strongest[:3])
    )
    if result.urgency == "emergency":
        return _emergency(names, told, voice)
    if result.urgency == "same_day":
        return _same_day(names, told, voice, [reason.rule for reason in strongest])
    if result.urgency == "defer":
        words = " ".join(voice.of_them(reason.because_in(locale)) for reason in strongest[:3])
        return Script(f"{words} {voice.say(_IF_WORSE)}", "defer", None)
    return Script(_open_or_held(result, voice), result.urgency, None)


def for_danger(
    flag_ids: Iterable[str],
    *,
    country: str | Lines = "US",
    urgency: str | None = None,
    locale: str = ENGLISH,
    whom: str | None = None,
    wrote: Mapping[str, str] | None = None,
) -> Script:
    """The script for danger signs read in a text, before any rule ran.

    `urgency` is what the rules said, when they ran: a combination can make an emergency of flags that are none alone.
    Ids that are no danger (a condition that only needs a doctor) are passed over. `whom` and `wrote` as in `for_result`.
    """
    named = dict.fromkeys(flag_ids)
    flags = [name for name in named if name in RED_FLAGS]
    stops = [name for name in named if name in CONDITIONS and CONDITIONS[name].gate == "STOP_U"]
    emergencies = [name for name in flags if RED_FLAGS[name].urgency == "emergency"]
    voice = _voice(country, locale, whom)
    if emergencies or urgency == "emergency":
        shown = emergencies or [*flags, *(name for name in named if name in CONDITIONS)]
        about = [name for name in shown if name not in _CRISIS]
        told = voice.told(about, wrote or {}) or voice.about(voice.plain(about))
        return _emergency({*shown}, told, voice)
    today = [name for name in flags if RED_FLAGS[name].urgency == "same_day"] + stops
    shown = today or flags
    if not today and urgency != "same_day":
        return _soon(flags, voice)
    told = voice.told(shown, wrote or {}) or voice.about(voice.plain(shown))
    return _same_day({*shown}, told, voice, [f"R-{name}" for name in shown])


def result_message(
    result: Result, *, country: str | Lines = "US", locale: str = ENGLISH, whom: str | None = None
) -> str:
    """The result in plain words, whatever it is."""
    return for_result(result, country=country, locale=locale, whom=whom).text


def doctor_note(result: Result, *, name: str, born: str, site: str, duration: str, peg: float | None = None) -> str:
    """The short note a visitor may take to a doctor (§H.8). States what was told and asks; names no diagnosis."""
    items = [reason.rule.removeprefix("R-") for reason in result.reasons if reason.outcome == "doctor_first"]
    asked = _voice("", ENGLISH).join(
        CONDITIONS[item].name if item in CONDITIONS else plain(item) for item in items if item[:3] in ("RF-", "CI-")
    )
    score = "not asked" if result.record.nrs is None else f"{result.record.nrs:g}/10"
    return (
        f"{name}, {born}, asks about clinical massage for {site}, {duration}. Reported: pain score {score}"
        f"{'' if peg is None else f', PEG {peg:g}'}. Items needing your view: {asked or 'none listed'}. "
        "May they have massage? Any limits (pressure, area, position)? Name, signature, date:"
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language, with whose telephone numbers, and about whom something is said."""

    locale: str
    lines: Lines
    whom: str | None = None

    @property
    def by_proxy(self) -> bool:
        """True when somebody else writes for the person."""
        return self.whom in PROXIES

    def about(self, told: str) -> str:
        """ "You told me about …", when there is anything to tell."""
        return self.say(_YOU_TOLD, told) if told else ""

    def told(self, names: Sequence[str], wrote: Mapping[str, str]) -> str:
        """ "You wrote “…”": the visitor's own words; empty unless each of these signs has some, short enough to repeat."""
        words = [wrote.get(name, "").strip() for name in names]
        if not words or not all(0 < len(one.split()) <= _MOST_QUOTED for one in words):
            return ""
        whole = [one for one in dict.fromkeys(words) if not any(one != other and one in other for other in words)]
        return self.say(_YOU_WROTE, self.join(_quoted(one, self.locale) for one in whole))

    def of_them(self, text: str) -> str:
        """A sentence of a result as one about the person, when somebody else reads it; Spanish says the same."""
        return they(text) if self.by_proxy and language_of(self.locale) == ENGLISH else text

    def say(self, text: str, told: str = "") -> str:
        """A text with its numbers: `{call}` the emergency number, `{nonurgent}` whom to ask for advice."""
        return say(
            self.locale,
            text,
            told=told,
            call=say(self.locale, self.lines.emergency_words),
            nonurgent=say(self.locale, self.lines.nonurgent),
        )

    def join(self, parts: Iterable[str]) -> str:
        """Several things that were told, as one phrase."""
        return listed(self.locale, list(dict.fromkeys(part for part in parts if part)), ", and ")

    def plain(self, names: Iterable[str]) -> str:
        """Flags and conditions in plain words, as one phrase."""
        return self.join(say(self.locale, plain(name)) for name in names)


def _quoted(words: str, locale: str) -> str:
    return f"“{words}”" if language_of(locale) == ENGLISH else f"«{words}»"


def _voice(country: str | Lines, locale: str, whom: str | None = None) -> Voice:
    return Voice(locale, in_language(lines_for(country), language_of(locale)), whom)


_IF_WORSE = "If you feel worse, please get medical advice ({nonurgent})."
_YOU_TOLD = "You told me about {told}. "
_YOU_WROTE = "You wrote {told}. "
_MOST_QUOTED = 20  # words
_SERIOUS = "This can be serious. "
_SERIOUS_UNTOLD = "What you describe can be serious. "
# Four kinds: an emergency department with somebody else driving, the maternity unit, the ambulance; the crisis line below.
_GO = (
    "Please stop here and go to an emergency department now. ",
    "Ask someone else to take you, and do not drive yourself. If no one can take you at once, call {call} now. ",
)
_GO_WITH = (
    "Please stop here: they need an emergency department now. ",
    "Take them there, or ask someone to. If that cannot be done at once, call {call} now. ",
)
_MIDWIFE = (
    "Please stop here and call your maternity unit now. ",
    "If you cannot reach them at once, call {call} now. ",
)
_AMBULANCE = (
    "Please stop here and get emergency help now. ",
    "Call {call} now. If you cannot call, ask anyone near you to do it. Unlock the door if you can. Do not drive yourself. ",
)
_AMBULANCE_FOR = (
    "Please stop here and get emergency help for them now. ",
    "Call {call} now, and stay with them. If you cannot call, ask anyone near you to do it. Unlock the door if you can. ",
)
_NO_MASSAGE = (
    "Please do not wait for a massage; we will not book one today. I am an automated assistant and cannot check you."
)
_NO_MASSAGE_FOR = (
    "Please do not wait for a massage; we will not book one today. I am an automated assistant and cannot check them."
)


def _emergency(names: set[str], told: str, voice: Voice) -> Script:
    """One of four kinds; a call for help that fits more than one takes the ambulance."""
    danger = {name for name in names if name in RED_FLAGS and RED_FLAGS[name].urgency == "emergency"} or names
    number = voice.lines.emergency
    if danger <= _CRISIS:
        return Script(_crisis(voice), "emergency", number)
    rest = danger - _CRISIS
    go, ambulance = (_GO_WITH, _AMBULANCE_FOR) if voice.by_proxy else (_GO, _AMBULANCE)
    first, then = go if rest <= _DRIVEN else _MIDWIFE if rest <= _MATERNITY else ambulance
    about = told + voice.say(_SERIOUS) if told else voice.say(_SERIOUS_UNTOLD)
    no_massage = voice.say(_NO_MASSAGE_FOR if voice.by_proxy else _NO_MASSAGE)
    body = voice.say(first) + about + voice.say(then) + _add_ons(names, voice) + no_massage
    if danger & _CRISIS:
        body = f"{_crisis(voice)} {body}"
    return Script(body, "emergency", number)


_ABUSE = "I'm sorry this happened. You are not to blame. "
_ABUSE_OF_THEM = "I'm sorry this is happening. They are not to blame, and it is good that you speak of it. "
_ADD_ONS = (
    (_CHEST, "Sit down and rest. Follow the call handler's advice. "),
    (_STROKE, "Note the time it started. Do not eat or drink. "),
    (_SPINE, "If the injury happened in the last two weeks, keep still and do not move your neck or back until help comes. "),
    (_FEVER_LINE, "If you have a 24-hour treatment line, you can call that line first. "),
    (frozenset({"strangulation"}), _ABUSE),
)  # fmt: skip


def _add_ons(names: set[str], voice: Voice) -> str:
    said = "".join(voice.say(words) for which, words in _ADD_ONS if names & which)
    return said.replace(voice.say(_ABUSE), voice.say(_ABUSE_OF_THEM)) if voice.by_proxy else said


_CRISIS_WORDS = "I'm really glad you told me. You deserve support right now. Are you in danger at this moment? If yes, call {call}. "
_CRISIS_CALL = "You can also call {line}, at any time. "
_CRISIS_TEXT = "You can also call {line}, or text {text}, at any time. "
_STILL_HERE = "If you agree, I will let a person on our team know. I am still here."


_CRISIS_WORDS_OF_THEM = "I'm really glad you told me. They deserve support right now. Stay with them if you can. Are they in danger at this moment? If yes, call {call}. "


def _crisis(voice: Voice) -> str:
    words = _CRISIS_WORDS_OF_THEM if voice.by_proxy else _CRISIS_WORDS
    return voice.say(words) + _crisis_line(voice) + voice.say(_STILL_HERE)


def _crisis_line(voice: Voice) -> str:
    lines = voice.lines
    line = say(voice.locale, lines.crisis_call)
    if not lines.crisis_text:
        return say(voice.locale, _CRISIS_CALL, line=line)
    return say(voice.locale, _CRISIS_TEXT, line=line, text=say(voice.locale, lines.crisis_text))


_IS_THIS_TRUE = "Is this true for you: {told}?"


def confirmation(name: str, *, country: str | Lines = "US", locale: str = ENGLISH, whom: str | None = None) -> str:
    """The question about a danger that was read with doubt: what to say yes to, one fact a line.

    With hedged words about life and death the crisis line stands there whatever the answer is (clinical_changes §3).
    """
    voice = _voice(country, locale)
    flag = RED_FLAGS.get(name)
    if flag is None:
        return say_about(whom, locale, _IS_THIS_TRUE).replace("{told}", voice.plain([name]))
    asked = say_about(whom, locale, flag.ask)
    if name in _CRISIS:
        return f"{asked} {_crisis_line(voice).strip()}"
    return "\n".join([asked, *(f"• {item_about(whom, locale, item.text)}" for item in flag.items)])


_ABUSE_TODAY = (
    "I'm sorry this happened. You are not to blame. If you are in danger, call {call}. I can stop here, or a trained person "
    "can call you on a number that is private to you. What feels best? We will not book a massage now."
)
_ABUSE_TODAY_OF_THEM = (
    "I'm sorry this is happening. They are not to blame, and it is good that you speak of it. If they are in danger, call {call}. "
    "Please tell nobody who may have hurt them about this chat. Our staff read it and decide with care. We will not book a "
    "massage now."
)
_MISCARRIAGE = (
    "Please call your maternity or early-pregnancy unit today about the bleeding or cramps. If it is heavy or very painful, or "
    "you feel faint, call {call} now. We will not book a massage until they have seen you."
)
_TODAY = "Please get this checked by a doctor today. You can call {nonurgent} or go to urgent care. "
_WORSE = "Massage could make some causes of this worse, so we will not book until you have been seen. "
_WORSE_FOR = "Massage could make some causes of this worse, so we will not book until they have been seen. "
_CALL_FOR = (
    "Call {call} now for chest pain, short breath, new weakness or numbness, confusion, or if it quickly gets worse."
)


def _same_day(names: set[str], told: str, voice: Voice, rules: list[str]) -> Script:
    number = voice.lines.emergency
    abuse = _ABUSE_TODAY_OF_THEM if voice.by_proxy else _ABUSE_TODAY
    own = {"R-RF-ABUSE": abuse, "R-CI-MISCARRIAGE": _MISCARRIAGE}.get(rules[0] if rules else "")
    if own:
        return Script(voice.say(own), "same_day", number)
    worse = voice.say(_WORSE_FOR if voice.by_proxy or "RF-CHILDLIMP" in names else _WORSE)
    return Script(voice.say(_TODAY) + told + worse + voice.say(_CALL_FOR), "same_day", number)


_SOON = "Please see a doctor about it within the next few days. We can talk about your visit after that."
_BEFORE = "Please see a doctor about it before a massage. We can talk about your visit after that."


def _soon(flags: list[str], voice: Voice) -> Script:
    soon = any(RED_FLAGS[name].urgency == "gp_urgent" for name in flags)
    told = voice.plain(flags)
    about = voice.say(_YOU_TOLD, told) if told else ""
    return Script(about + voice.say(_SOON if soon else _BEFORE), "gp_urgent" if soon else "gp", None)


LETTER = (
    "We can give you a short note for them, and hold a place for you. If they agree, please send us their reply. It should "
    "name massage and any limits."
)
CLOSING = " We can plan clinical massage once they agree."
# By outcome: a firm booking, one that waits for the doctor's note, one that a person looks at first.
FITS = {
    "clinical_massage": (
        "From what you told us, clinical massage is a suitable booking.",
        "From what you told us, clinical massage may suit you, once we have seen your doctor's note. Until then your place is held.",
        "From what you told us, clinical massage may suit you. A member of our team looks at it before your booking is fixed.",
    ),
    "relaxation_massage": (
        "From what you told us, a regular relaxation massage is a suitable booking.",
        "From what you told us, a regular relaxation massage may suit you, once we have seen your doctor's note. Until then your place is held.",
        "From what you told us, a regular relaxation massage may suit you. A member of our team looks at it before your booking is fixed.",
    ),
}
MAY_CHANGE = "Your therapist will ask again, check you and may change the plan."


def _open_or_held(result: Result, voice: Voice) -> str:
    """Doctor first with at most three reasons, or which massage fits and what the therapist adapts."""

    def tell(text: str) -> str:
        return voice.of_them(say(voice.locale, to_guardian(text) if result.minor else text))

    if result.outcome == "doctor_first":
        shown = [reason for reason in result.reasons if reason.outcome == "doctor_first"][:3]
        words = [voice.of_them(reason.because_in(voice.locale)) for reason in shown]
        if any(reason.rule[:5] in ("R-RF-", "R-CI-") for reason in shown):
            words.append(tell(LETTER))
        if result.alternative is not None:
            words.append(tell(result.alternative.because))
        return " ".join(_once(words, tell(CLOSING)))
    firm, with_note, looked_at = FITS[result.outcome]
    first = firm if not result.provisional else looked_at if result.rule == "R-X00" else with_note
    adapts = [voice.of_them(say(voice.locale, modifier.visitor)) for modifier in result.modifiers if modifier.visitor]
    return " ".join([tell(first), tell(MAY_CHANGE), *adapts])


def _once(sentences: list[str], closing: str) -> list[str]:
    """Say the same closing sentence of several reasons only once, at the last of them."""
    for number, words in enumerate(sentences[:-1]):
        if words.endswith(closing) and any(closing in later for later in sentences[number + 1 :]):
            sentences[number] = words.removesuffix(closing)
    return sentences
