"""The questions of the interview: kind, choices, whether one may skip and why each is asked (contract §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain import cards, changeable, judge, sites
from bot.domain.intake import Intake
from bot.domain.speech import say

NONE_UNSURE = ({"value": "none", "label": "None of these"}, {"value": "unsure", "label": "Not sure"})
YES_NO = ({"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"})
UNSURE = ({"value": "unsure", "label": "Not sure"},)
# "Do you mean the pain, or thoughts of ending your life?" has no yes or no (clinical_changes §3).
_PAIN_OR_LIFE = ({"value": "yes", "label": "Thoughts of ending my life"}, {"value": "no", "label": "I mean the pain"})


@dataclass(frozen=True, slots=True)
class Question:
    """One open question, in the shape of contract §4; the words of the question itself are in domain.yml."""

    field: str
    kind: str
    choices: tuple[Mapping[str, Any], ...] = ()
    skippable: bool = False
    why: str = ""

    def spoken(self, locale: str) -> Question:
        """The same question with its labels and its why in the language of a locale."""
        choices = tuple({**choice, "label": say(locale, str(choice["label"]))} for choice in self.choices)
        return replace(self, choices=choices, why=say(locale, self.why))

    def to_json(self) -> dict[str, Any]:
        """The contract's shape."""
        return {
            "field": self.field,
            "kind": self.kind,
            "choices": [dict(choice) for choice in self.choices],
            "skippable": self.skippable,
            "why": self.why,
        }


def _choices(*pairs: tuple[Any, str]) -> tuple[Mapping[str, Any], ...]:
    return tuple({"value": value, "label": label} for value, label in pairs)


_SCALE = tuple({"value": n, "label": str(n)} for n in range(11))

_PLAIN: Mapping[str, Question] = {
    question.field: question
    for question in (
        Question("consent_privacy", "yes_no", YES_NO, why="Your answers are about your health, so they are yours to share or not."),
        Question("consent_share", "yes_no", YES_NO, True, "We write to your doctor only if you say so."),
        Question("narrative", "text", skippable=True, why="Your own words tell us more than any form, and we watch them for danger signs."),
        Question(
            "for_whom", "choice", _choices(("self", "Me"), ("child", "My child"), ("other", "Someone else")),
            why="The questions are about the person who will have the massage.",
        ),
        Question("age", "text", why="Some warning signs and some rules depend on age."),
        Question("sex", "choice", _choices(("F", "Female"), ("M", "Male"), ("X", "Other or rather not say")), True, "A few warning signs depend on it."),
        Question(
            "complaint", "choice",
            _choices(
                ("relax", "To relax"), ("tension", "Tension or knots"), ("pain", "Pain or ache"), ("injury", "A strain or injury"),
                ("rehab", "Getting movement back after an injury or operation"), ("illness", "Pain that comes with an illness"),
            ),
            why="It decides between a relaxation massage and a clinical one.",
        ),
        Question("sites", "body_map", why="Each part of the body has its own warning signs."),
        Question("duration_days", "text", why="A fresh injury, a newer ache and a long one are treated differently."),
        Question(
            "onset", "choice",
            _choices(
                ("injury", "With an injury or accident"), ("sudden", "Suddenly, without an injury"), ("overuse", "After a lot of use, such as sport or work"),
                ("gradual", "Little by little"), ("post_op", "After an operation"),
            ),
            why="How it began tells which causes to rule out.",
        ),
        Question("nrs", "scale", _SCALE, why="The number decides how much care the visit needs, and shows later whether it helped."),
        Question("function_limited", "yes_no", YES_NO, why="Pain that stops you doing things points to a clinical massage."),
        Question("weeks_since_surgery", "text", why="Within twelve weeks of an operation your surgeon needs to agree."),
        Question("weeks_since_fracture", "text", why="A bone needs time to heal before massage near it."),
        Question("weeks_since_birth", "text", why="In the first six weeks after a birth your midwife or doctor needs to agree."),
        Question("bp", "text", skippable=True, why="Very high blood pressure needs a doctor before any massage."),
        Question(
            "doctor", "choice",
            _choices(
                ("none", "No, I haven't asked a doctor"), ("seen", "I saw one, massage didn't come up"), ("ok", "Yes, a doctor said massage is fine"),
                ("ordered", "Yes, a doctor ordered or prescribed massage"), ("refused", "A doctor said not to have massage"),
            ),
            why="Clinical massage for long or illness-related pain goes together with your doctor's care.",
        ),
        Question("preferred_times", "date", skippable=True, why="So that staff can offer you a time that suits you."),
        Question("contact", "contact", why="Staff confirm your visit, and can reach you if something needs care."),
        Question("peg_enjoyment", "scale", _SCALE, True, "It shows later whether the treatment helped."),
        Question("peg_activity", "scale", _SCALE, True, "It shows later whether the treatment helped."),
        Question("psfs", "scale", _SCALE, True, "Your therapist works towards what matters to you."),
        Question(
            "since_last", "choice", _choices(("better", "Better"), ("same", "About the same"), ("worse", "Worse")),
            why="What has changed since your last visit decides what comes next.",
        ),
        Question(
            "still_true", "choice", _choices(("yes", "Yes, all as before"), ("change", "Something changed")),
            why="So that you need not answer everything again.",
        ),
        Question("meant", "text", (), True, "Our staff read what you wrote first and what you say now."),
        Question("safe_contact", "text", (), True, "So that nobody else hears of it."),
        Question("preferences", "text", skippable=True, why="Pressure, therapist, areas to leave out: it is your visit."),
        Question(
            "read_back", "choice", _choices(("confirm", "Yes, that's right"), ("change", "Change something")),
            why="A mistake here would lead to the wrong appointment.",
        ),
    )
}  # fmt: skip

_CARD_WHY = "These signs are rare, but with any of them massage could be dangerous, so everybody is asked."


def question(field: str, intake: Intake) -> Question:
    """The open question of a field, its choices fitted to what is known, in the visitor's language.

    Raises KeyError for an unknown field.
    """
    return _question(field, intake).spoken(intake.locale)


def _question(field: str, intake: Intake) -> Question:
    if "#" in field:
        name, _, at = field.partition("#")
        if name == "sites":
            return Question(field, "body_map", _site_choices(intake, int(at)), why=_PLAIN["sites"].why)
        return replace(_PLAIN[name], field=field)
    if field == "sites":
        return Question("sites", "body_map", _site_choices(intake), why=_PLAIN["sites"].why)
    if field == "change":
        return Question("change", "choice", changeable.choices(intake), why=_PLAIN["read_back"].why)
    if field == "clearance":
        items = judge.held_back(intake)
        return Question(
            "clearance",
            "multi",
            _labelled(items) + NONE_UNSURE,
            why="A doctor's word counts for exactly what it names.",
        )
    if field.startswith(("RF-", "CI-")):
        choices = (_PAIN_OR_LIFE if field == "RF-SUICIDE" else YES_NO) + UNSURE
        return Question(field, "yes_no", choices, why="One clear answer here keeps you out of danger.")
    if cards.is_card(field):
        return Question(field, "multi", _labelled(cards.items(field, intake)) + NONE_UNSURE, why=_CARD_WHY)
    return _PLAIN[field]


def _labelled(ids: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    return tuple(cards.labelled(ids))


def _site_choices(intake: Intake, at: int = 1) -> tuple[Mapping[str, Any], ...]:
    """Every offered place; or, when only the side is missing, the sides of the sites that were named."""
    sideless = [] if _sites_field(at) in intake.reopened else missing_sides(intake, at)
    if sideless:
        return tuple(_site_choice(intake, site, side) for site in sideless for side in ("left", "right", "both"))
    return tuple(
        _site_choice(intake, site, side)
        for site in sites.OFFERED
        for side in (("left", "right") if sites.paired(site) else (None,))
    )


def _site_choice(intake: Intake, site: str, side: str | None) -> Mapping[str, Any]:
    place = {"site": site, "side": side}
    return {"value": place, "label": _capital(sites.say(place, intake.locale))}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sites_field(at: int) -> str:
    return "sites" if at == 1 else f"sites#{at}"


def missing_sides(intake: Intake, at: int = 1) -> list[str]:
    """Sites of a complaint that come in pairs and were named without a side."""
    return [
        entry["site"]
        for entry in intake.facts.get(_sites_field(at)) or []
        if sites.paired(entry["site"]) and not entry.get("side")
    ]
