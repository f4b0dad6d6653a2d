"""The vocabulary tables: complete, without clash, and a mistake in them is named with file and line."""

from __future__ import annotations

import re
import shutil

import pytest

from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.sites import SITES
from bot.language import danger, facts, lexicon
from bot.language.tables import HOME, BadVocabulary, rows


@pytest.fixture
def tables(tmp_path):
    shutil.copytree(HOME, tmp_path / "tables")
    return tmp_path / "tables"


def _values(kind: str) -> set[str]:
    prefix = f"{kind}:"
    return {name.removeprefix(prefix) for name in lexicon.load().concepts if name.startswith(prefix)}


def test_every_site_has_words():
    assert _values("site") == set(SITES)


def test_every_condition_is_known_and_read():
    read = {value for value in _values("condition") | _values("medicine") if value.startswith("CI-")}
    assert read <= set(CONDITIONS)
    assert set(CONDITIONS) - read <= {"CI-MINOR"}  # an age, not a word


def test_every_flag_can_be_found():
    known = lexicon.load().concepts | facts.CONCEPTS
    assert {pattern.flag for pattern in danger.load(known)} == set(RED_FLAGS)


def test_a_clash_names_both_places(tables):
    with (tables / "sites.csv").open("a", encoding="utf-8") as out:
        out.write("hand,,elbow\n")
    with pytest.raises(BadVocabulary, match=r"sites\.csv:\d+: 'elbow' is already at sites\.csv:\d+"):
        lexicon.load(tables)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("knee,,(open\n", "a bracket is not closed"),
        ("knee,,$nogroup x\n", "no word group"),
        ("knee\n", "3 cells are needed"),
    ],
)
def test_a_bad_line_is_named(tables, line, why):
    with (tables / "sites.csv").open("a", encoding="utf-8") as out:
        out.write(line)
    with pytest.raises(BadVocabulary, match=rf"sites\.csv:\d+: .*{why.replace('$', '.')}"):
        lexicon.load(tables)


def test_an_unknown_concept_is_named(tables):
    with (tables / "danger.csv").open("a", encoding="utf-8") as out:
        out.write("RF-CES,yes,nonsense,,,,\n")
    with pytest.raises(BadVocabulary, match=r"danger\.csv:\d+: nonsense is no concept"):
        danger.load(lexicon.load().concepts | facts.CONCEPTS, tables)


@pytest.mark.parametrize("language", lexicon.LANGUAGES)
def test_no_phrase_holds_a_word_that_is_spelt_otherwise_before_it_is_read(language):
    """ "out of its socket" was never found, because "its" is read as "it's" everywhere."""
    home = lexicon.HOMES[language]
    respelt = {word for row in rows("spellings", ("right", "wrong"), home) for word in row["wrong"].split()}
    columns = {"concepts": ("concept", "phrases"), "masks": ("hides", "phrases")}
    columns |= dict.fromkeys(lexicon.MENTIONS, ("value", "name", "phrases"))
    dead = {
        phrase
        for name, named in columns.items()
        for row in rows(name, named, home)
        for phrase in row["phrases"].split(";")
        if not respelt.isdisjoint(re.split(r"[\s()|]+", phrase))
    }
    assert dead == set()
