"""Every way of telling a danger in Spanish is flagged, every look-alike quiet, and so is a plain denial of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

HOME = Path(__file__).parents[1] / "cases" / "language" / "es"
PHRASINGS = yaml.safe_load((HOME / "danger.yml").read_text(encoding="utf-8"))
MORE, FRESH, KINDS = (
    yaml.safe_load((HOME / name).read_text(encoding="utf-8"))
    for name in ("danger_more.yml", "danger_fresh.yml", "danger_kinds.yml")
)


def _pairs(key: str) -> list:
    return [
        pytest.param(flag, text, id=f"{flag} {text[:50]}")
        for source in (PHRASINGS, MORE, FRESH, KINDS)
        for flag, said in source.items()
        for text in said.get(key, [])
    ]


def _flags(reading) -> set[str]:
    return {found.flag for found in reading.danger}


@pytest.mark.parametrize(("flag", "text"), _pairs("flagged"))
def test_flagged(read, flag, text):
    assert flag in _flags(read(text))


@pytest.mark.parametrize(("flag", "text"), _pairs("quiet"))
def test_lookalike_is_quiet(read, flag, text):
    assert _flags(read(text)) == set()


# Noun phrases of one statement, which a denial in front plainly denies.
NOUNS = yaml.safe_load((HOME / "danger_nouns.yml").read_text(encoding="utf-8"))
SINGLE = [(flag, text) for flag, said in NOUNS.items() for text in said]


@pytest.mark.parametrize(("flag", "text"), SINGLE)
def test_noun_phrase_is_flagged(read, flag, text):
    assert flag in _flags(read(f"tengo {text}"))


@pytest.mark.parametrize(
    "form",
    ["no tengo {}", "nunca he tenido {}", "sin {}", "no hay {}", "niega {}", "tampoco tengo {}", "no he tenido {}", "{}: no", "¿{}? no"],
)  # fmt: skip
def test_denied_is_quiet(read, form):
    assert [text for _, text in SINGLE if _flags(read(form.format(text), locale="es"))] == []


@pytest.mark.parametrize(
    "form", ["hace años tuve {}, ya se me quitó", "de niño tuve {}", "tuve {} hace diez años", "antes tenía {}"]
)
def test_past_is_quiet(read, form):
    stays = {"RF-STROKE"}  # resolved stroke signs of the last days stay an emergency (clinical A.1)
    assert [text for flag, text in SINGLE if flag not in stays and _flags(read(form.format(text)))] == []


# Told of a relative as happening now, this is taken for the visitor's own emergency (concept `proxy`).
_NOW = {"la boca torcida"}


@pytest.mark.parametrize("form", ["mi madre tiene {}", "mi papá tuvo {}", "una amiga tiene {}"])
def test_of_others_is_quiet(read, form):
    assert [text for _, text in SINGLE if text not in _NOW and _flags(read(form.format(text)))] == []


@pytest.mark.parametrize(("flag", "text"), SINGLE)
def test_for_somebody_else_the_relative_is_the_patient(read, flag, text):
    assert flag in _flags(read(f"mi madre tiene {text}", subject="other"))


@pytest.mark.parametrize("text", ["no es que no pueda orinar", "no digo que no me duela el pecho"])
def test_hedged_denial_is_asked(read, text):
    assert [found.certain for found in read(text).danger] in ([False], [])
