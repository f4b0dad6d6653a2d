"""Every phrasing of every danger is flagged, every look-alike is quiet, and so is a plain denial of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).parents[1] / "cases" / "language"
PHRASINGS = yaml.safe_load((HOME / "danger.yml").read_text(encoding="utf-8"))
OURS = [
    yaml.safe_load((HOME / name).read_text(encoding="utf-8"))
    for name in ("danger_more.yml", "danger_told.yml", "danger_fresh.yml", "danger_kinds.yml")
]


def _pairs(key: str, source: dict) -> list:
    return [
        pytest.param(flag, text, id=f"{flag} {text[:50]}")
        for flag, said in source.items()
        for text in said.get(key, [])
    ]


def _everywhere(key: str) -> list:
    return [pair for source in (PHRASINGS, *OURS) for pair in _pairs(key, source)]


def _flags(reading) -> set[str]:
    return {found.flag for found in reading.danger}


@pytest.mark.parametrize(("flag", "text"), _everywhere("flagged"))
def test_flagged(read, flag, text):
    assert flag in _flags(read(text))


@pytest.mark.parametrize(("flag", "text"), _everywhere("quiet"))
def test_lookalike_is_quiet(read, flag, text):
    assert _flags(read(text)) == set()


# A phrasing of one statement and without a denial of its own: what "I have never had" in front of it plainly denies.
_CLAUSE = (",", " and ", " but ", "?", " then ", " now ", " because ", " when ", "/", " to the ")
_OWN_DENIAL = ("n't", "no ", "not ", "cant", "dont", "wont", "never", "nothing", "without", " un", "only")
_STARTS_NEW = (
    "the ",
    "just ",
    "better ",  # "no better ..." denies nothing
    "i ",
    "i'",
    "my ",
    "it ",
    "he ",
    "mum ",
    "there",
    "had ",
    "hurt ",
    "got ",
    "think ",
    "someone ",
    "been ",
    "took ",
    "theres",
)


def _plain(text: str) -> bool:
    low = text.lower()
    return not any(sign in low for sign in (*_CLAUSE, *_OWN_DENIAL)) and not low.startswith(_STARTS_NEW)


# Resolved stroke signs of the last days stay an emergency (clinical A.1); abuse by a relative is about the visitor.
_STAYS = {"RF-STROKE", "RF-ABUSE"}
SINGLE = [(flag, text) for flag, said in PHRASINGS.items() for text in said["flagged"] if _plain(text)]


@pytest.mark.parametrize(
    "form", ["no {}", "I don't have {}", "I have never had {}", "denies {}", "without any {}", "haven't had {}"]
)
def test_denied_is_quiet(read, form):
    loud = [text for _, text in SINGLE if _flags(read(form.format(text)))]
    assert loud == []


@pytest.mark.parametrize("form", ["{} years ago, all fine now", "as a kid I had {}", "I used to have {}"])
def test_past_is_quiet(read, form):
    loud = [text for flag, text in SINGLE if flag not in _STAYS and _flags(read(form.format(text)))]
    assert loud == []


@pytest.mark.parametrize("form", ["my dad had {}", "my nan has {}", "my best friend had {}"])
def test_of_others_is_quiet(read, form):
    loud = [text for flag, text in SINGLE if flag not in _STAYS and _flags(read(form.format(text)))]
    assert loud == []


def test_many_phrasings_are_varied():
    assert len(SINGLE) > 60


def test_hedged_denial_is_asked(read):
    found = read("not that I can't pee").danger
    assert [(d.flag, d.certain) for d in found] == [("RF-CES", False)]


def test_for_a_child_relatives_are_the_patient(read):
    assert "RF-STROKE" in _flags(read("her face is drooping", subject="other"))


STILL_LOUD = yaml.safe_load((HOME / "still_loud.yml").read_text(encoding="utf-8"))
EVERY_PHRASING = list(dict.fromkeys(text for said in PHRASINGS.values() for text in said["flagged"]))


@pytest.mark.parametrize("form", STILL_LOUD)
def test_every_phrasing_but_the_named_ones_is_quiet_when_denied_over_or_of_others(read, form):
    """The exceptions are named; one that has become quiet is taken out of the list."""
    case = STILL_LOUD[form]
    named = [text for texts in case["loud"].values() for text in texts]
    assert sorted(text for text in EVERY_PHRASING if _flags(read(case["form"].format(text)))) == sorted(named)


@pytest.mark.parametrize(
    ("text", "certain"),
    [
        ("fell off a ladder last week and hurt my shin", False),
        ("me caí de la escalera y me duele el tobillo", False),
        ("fell off a ladder yesterday, hurt my ankle and my neck", True),
        ("fell off a ladder", True),
    ],
)
def test_a_great_fall_that_hurt_a_limb_has_the_neck_asked_about(read, text, certain):
    assert [(d.flag, d.certain) for d in read(text).danger] == [("RF-CSPINETRAUMA", certain)]


def test_a_second_look_is_never_certain_and_says_that_it_guessed(read):
    found = read("my brain feels like it burst and I keep throwing up").danger
    assert [(danger.certain, danger.guessed) for danger in found] == [(False, True)]
    ruled = read("I suddenly see two of everything and stagger about").danger
    assert [(danger.certain, danger.guessed) for danger in ruled] == [(False, False)]
