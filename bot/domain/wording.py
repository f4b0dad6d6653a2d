"""The sentences that depend on what was said: acknowledgement, hints after a misread answer, and the read-back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bot.domain import sites, wished_times
from bot.domain.card_labels import LABELS
from bot.domain.intake import Intake

_GOALS = {
    "relax": "to relax", "tension": "tension or knots", "pain": "pain", "injury": "a strain or injury",
    "rehab": "getting movement back", "illness": "pain with an illness",
}  # fmt: skip
_ONSETS = {
    "gradual": "came on little by little",
    "sudden": "came on suddenly",
    "overuse": "after a lot of use",
    "injury": "after an injury",
    "post_op": "after an operation",
    "none": "",
}
_DOCTORS = {
    "none": "no doctor asked yet", "seen": "a doctor has seen it", "ok": "your doctor said massage is fine",
    "ordered": "your doctor ordered massage", "refused": "a doctor said not to have massage",
}  # fmt: skip


def days(count: float) -> str:
    """A number of days as people say it."""
    if count < 1:
        return "since today"
    if count < 14:
        return f"for {round(count)} day{'s' if round(count) != 1 else ''}"
    if count < 70:
        return f"for about {round(count / 7)} weeks"
    if count < 700:
        return f"for about {round(count / 30.4)} months"
    return f"for about {round(count / 365)} years"


def acknowledge(intake: Intake, told: Iterable[str]) -> str:
    """What was just understood, in one short line: "Got it: left knee, about 6 of 10, for 3 days." """
    parts = [phrase for name in told if (phrase := _phrase(intake, name))]
    return f"Got it: {sites.join(parts)}." if parts else "Got it."


_PHRASES: Mapping[str, Callable[[Any, Intake], str]] = {
    "sites": lambda value, _: sites.say_all(value),
    "duration_days": lambda value, _: days(value),
    "nrs": lambda value, _: f"{value} of 10",
    "complaint": lambda value, _: _GOALS[value],
    "onset": lambda value, _: _ONSETS[value],
    "function_limited": lambda value, intake: _limits(value, intake.facts.get("function")),
    "doctor": lambda value, _: _DOCTORS[value],
    "age": lambda value, _: f"age {value}",
    "for_whom": lambda value, _: {"child": "for your child", "other": "for someone else"}.get(value, ""),
    "contact": lambda _value, _intake: "how to reach you",
    "preferred_times": lambda _value, _intake: "the time you would like",
}


def _limits(limited: bool, what: str | None) -> str:
    if not limited:
        return "it does not limit you"
    return f"it stops you doing things ({what})" if what else "it limits you"


def _phrase(intake: Intake, name: str) -> str:
    """One fact or finding in a few words; empty when there is nothing to say."""
    if name.startswith(("RF-", "CI-")):
        return _lower(LABELS[name])
    value = intake.facts.get(name)
    return "" if value is None or name not in _PHRASES else _PHRASES[name](value, intake)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text if text[:2].isupper() or text.startswith("I ") else text[0].lower() + text[1:]


_HINTS: Mapping[str, tuple[str, str, str]] = {
    "consent_privacy": (
        "Please answer yes or no: may I use your answers to plan your visit?",
        "Just “yes” or “no” is enough. Without a yes I keep nothing of what you write.",
        "I need a yes or no here. You can also call us: [[phone]].",
    ),
    "nrs": (
        "Please give me one number from 0 to 10.",
        "For example “4”: 0 is no pain, 10 the worst you can imagine.",
        "That's fine, we leave the number out.",
    ),
    "duration_days": (
        "Roughly how long? Days, weeks, months or years.",
        "For example “3 weeks” or “since March”.",
        "That's fine, staff will ask you.",
    ),
    "age": ("I need the age as a number.", "For example “46”.", "That's fine, a member of staff will ask."),
    "sites": (
        "Which part of the body is it?",
        "For example “left shoulder” or “lower back”.",
        "That's fine, your therapist will ask.",
    ),
    "contact": (
        "I need a phone number or an e-mail address.",
        "For example “Ana Ruiz, 555 010 0199” or “ana@example.org”.",
        "You can also call us: [[phone]].",
    ),
}
_PLAIN_HINT = (
    "Sorry, I didn't understand that.",
    "Sorry, I still don't get it. You can pick one of the choices, or say “not sure”.",
    "Let's leave that one for our staff.",
)
_CARD_HINT = (
    "Which of these is it? Name it, or say “none” or “not sure”.",
    "Please name the one that fits, for example by its number, or say “none”.",
    "I take that as “not sure”. A person will go through it with you.",
)


def hint(field: str, misses: int) -> str:
    """After the first, second and third misunderstood answer in a row: plainer, with an example, with a way out."""
    base = field.split("#")[0]
    texts = _HINTS.get(base)
    if texts is None:
        texts = (
            _CARD_HINT
            if base.startswith("screen_")
            or base in ("emergency_gate", "general_screen", "conditions", "medicines", "skin")
            else _PLAIN_HINT
        )
    return texts[min(misses, 3) - 1]


def read_back(intake: Intake) -> str:
    """Everything that decides, once more, for the visitor to check."""
    facts = intake.facts
    lines = [f"• {text}" for text in _read_back_lines(intake, facts) if text]
    return "Here is what I understood:\n" + "\n".join(lines)


def _read_back_lines(intake: Intake, facts: Mapping[str, Any]) -> list[str]:
    whom = {"self": "For you", "child": "For your child", "other": "For someone else"}.get(
        facts.get("for_whom", ""), "For you"
    )
    age = f", age {facts['age']}" if facts.get("age") is not None else ""
    lines = [f"{whom}{age}"]
    lines.append(f"You want: {_GOALS[facts['complaint']]}" if facts.get("complaint") else "")
    ache = [_phrase(intake, name) for name in ("sites", "nrs", "duration_days", "onset")]
    lines.append(_upper(", ".join(part for part in ache if part)))
    lines.append(_upper(_phrase(intake, "function_limited")))
    lines += [LABELS[name] for name in [*intake.rf, *intake.ci]]
    if intake.rf_unknown:
        lines.append(
            f"Not sure about {len(intake.rf_unknown)} safety question{'s' if len(intake.rf_unknown) > 1 else ''}"
        )
    lines.append(_upper(_phrase(intake, "doctor")))
    times = wished_times.say(facts.get("preferred_times"))
    lines.append(f"Times: {times}" if times else "")
    contact = facts.get("contact") or {}
    lines.append(
        "Reach you: " + ", ".join(str(contact[key]) for key in ("name", "phone", "email") if contact.get(key))
        if contact
        else ""
    )
    return lines
