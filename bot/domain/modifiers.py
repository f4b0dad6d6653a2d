"""What the therapist adapts: instructions that go with a booking and never change the result."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.clauses import Clause, all_of, any_of, fact, has
from bot.domain.facts import Facts


@dataclass(frozen=True, slots=True)
class Modifier:
    """`instruction` for the therapist, `visitor` the same in plain words ("" when it says nothing to them)."""

    id: str
    when: Clause
    instruction: str
    visitor: str
    source: str


_NERVE = all_of("RF-NUMB", fact("cleared", "RF-NUMB cleared", lambda facts: "RF-NUMB" in facts.lifted))
_OLD = fact("age", "age 75 or more", lambda facts: facts.age is not None and facts.age >= 75)
_NECK = fact("sites", "a neck or head site", lambda facts: not facts.regions.isdisjoint(("neck", "head")))
_ALWAYS = fact("always", "always", lambda facts: True)

MODIFIERS: tuple[Modifier, ...] = (
    Modifier(
        "M-72H",
        has("CI-ACUTE72"),
        "no massage on injured area until onset+72 h; set Appointment.not_before or other-area-only",
        "The fresh injury is left alone for the first three days.",
        "s:HARM",
    ),
    Modifier(
        "M-VARIC",
        has("CI-VARICOSE"),
        "no deep pressure on/distal to veins",
        "No deep pressure on or below the veins.",
        "s:NYSED",
    ),
    Modifier(
        "M-SKIN",
        has("CI-SKIN"),
        "avoid area; gloves/cover if infectious",
        "The skin problem is left alone and covered.",
        "s:NYSED",
    ),
    Modifier(
        "M-INFL", has("CI-INFLAM-LOCAL"), "avoid inflamed structure", "The inflamed spot is left alone.", "s:NYSED"
    ),
    Modifier("M-IMPL", has("CI-IMPLANT"), "avoid site/positioning", "The implant is left alone.", "s:NYSED"),
    Modifier("M-INJ", has("CI-INJECT"), "avoid site for window", "The injected spot is left alone.", "k:WERNER"),
    Modifier("M-SCAR", has("CI-SCAR"), "gentle, after clearance", "Only gentle work near the scar.", "s:NYSED"),
    Modifier(
        "M-LIGHT",
        any_of(
            "CI-ANTICOAG",
            "CI-BLEED",
            "CI-OSTEOP",
            "CI-CANCER-ACT",
            "CI-CANCER-PAST",
            "CI-IMMUNO",
            "CI-KIDLIV",
            _OLD,
        ),
        "light pressure only, no cupping/frictions/trigger-point (after clearance)",
        "Light pressure only.",
        "s:NCCIH",
    ),
    Modifier(
        "M-PREG",
        has("CI-PREG"),
        "side-lying, no deep calf/thigh, no abdomen, prenatal-trained, <=60 min (after clearance)",
        "You lie on your side, for an hour at most.",
        "s:PREG-SR; s:NYSED",
    ),
    Modifier(
        "M-BP",
        any_of("CI-HTN-CTRL", "CI-LOWBP"),
        "slow position change, no hot stone, short prone",
        "You get up slowly.",
        "s:HTN-WIKI",
    ),
    Modifier(
        "M-DM",
        any_of("CI-DM", "CI-DM-NEURO"),
        "feet light only, glucose available",
        "Light work on the feet; please bring your sugar.",
        "s:NYSED",
    ),
    Modifier(
        "M-LYMPH",
        has("CI-LYMPH"),
        "MLD-trained only; no deep/heat on quadrant",
        "A therapist trained in lymph drainage sees you.",
        "s:WAKE",
    ),
    Modifier("M-EPIL", has("CI-EPIL"), "not alone, seizure plan", "You are not left alone.", "k:WALTON"),
    Modifier("M-AIR", has("CI-ASTHMA"), "semi-reclined, unscented", "You may sit up; no scents.", "k:WERNER"),
    Modifier("M-OIL", has("CI-ALLERGY"), "product choice", "Please tell us what you react to.", "s:LIVIH"),
    Modifier(
        "M-DVTQ",
        any_of("CI-CONTRACEPT", "CI-POSTPARTUM", "long_travel"),
        "force DVT question on the day",
        "We ask about your legs on the day.",
        "s:WELLS",
    ),
    Modifier(
        "M-MINOR",
        has("CI-MINOR"),
        "guardian present, chaperone; guardian consents",
        "A parent or guardian agrees and comes along.",
        "k:WALTON",
    ),
    Modifier(
        "M-TRAUMAINF",
        any_of("trauma_survivor", "CI-MH-ACUTE", "RF-ABUSE"),
        "trauma-informed, consent per area",
        "You decide about every area, and can stop at any time.",
        "s:EXCITING",
    ),
    Modifier(
        "M-NERVE",
        _NERVE,
        "no deep pressure over nerve path; stop if tingling increases",
        "Please say at once if tingling grows.",
        "s:ABMP-AE",
    ),
    Modifier("M-HERNIA", has("CI-HERNIA"), "avoid abdomen/groin", "Tummy and groin are left alone.", "k:WERNER"),
    Modifier("M-HYPER", has("CI-HYPERMOB"), "no end-range stretch", "No strong stretches.", "k:WERNER"),
    Modifier(
        "M-MIG",
        has("CI-MIGRAINE"),
        "not during attack; low light, unscented",
        "Please do not come during a migraine.",
        "k:WERNER",
    ),
    Modifier(
        "M-NECK",
        _NECK,
        "no thrust, no end-range rotation, no deep anterior neck",
        "Gentle work on the neck, no cracking.",
        "k:RUSHTON; s:YIN2014",
    ),
    Modifier(
        "M-INTERP",
        has("language_help"),
        "interpreter or a person; plain words",
        "A person helps with the language.",
        "clinical_changes §4",
    ),
    Modifier("M-SAFETYNET", _ALWAYS, "show safety-net list H.6", "", "design"),
)


def modifiers_for(every: tuple[Facts, ...]) -> tuple[Modifier, ...]:
    """The modifiers of all aches of a record, in the order of the table."""
    return tuple(one for one in MODIFIERS if any(one.when.holds(facts) for facts in every))
