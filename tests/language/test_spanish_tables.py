"""Parity: whatever can be said in English to the Reader can be said in Spanish."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from bot.domain.flags import RED_FLAGS
from bot.language import danger, facts, lexicon, tables
from bot.language.languages import listed
from bot.language.tables import HOME, BadVocabulary

SPANISH = lexicon.HOMES["es"]
MENTION_TABLES = sorted(lexicon.MENTIONS)
DATA = Path(__file__).parents[2] / "data" / "nlu"


def _entries(home: Path, table: str) -> set[str]:
    rows = tables.rows(table, ("value", "name", "phrases"), home)
    return {row["name"] if row["value"] == "-" else row["value"] for row in rows}


@pytest.mark.parametrize("table", MENTION_TABLES)
def test_every_site_quality_finding_condition_medicine_and_the_rest_has_both(table):
    assert _entries(HOME, table) <= _entries(SPANISH, table)


def test_every_part_of_a_danger_has_both():
    """So that each row of danger.csv can be met in Spanish."""
    spanish = {row["concept"] for row in tables.rows("concepts", ("concept", "phrases"), SPANISH)}
    english = {row["concept"] for row in tables.rows("concepts", ("concept", "phrases"), HOME)}
    assert english - spanish == set()


def test_every_concept_of_a_row_is_known():
    known = lexicon.cached("en").concepts | lexicon.cached("es").concepts | facts.CONCEPTS
    assert danger.load(known, SPANISH)


def test_every_flag_is_told_in_three_ways_at_least():
    said = yaml.safe_load((Path(__file__).parents[1] / "cases" / "language" / "es" / "danger.yml").read_text("utf-8"))
    assert {flag for flag, cases in said.items() if len(cases["flagged"]) >= 3} == set(RED_FLAGS)


def test_every_context_role_has_both():
    def roles(home: Path) -> set[str]:
        with (home / "context.csv").open(encoding="utf-8", newline="") as handle:
            return {row["sets"] for row in csv.DictReader(handle) if not row["sets"].startswith("#")}

    assert roles(HOME) == roles(SPANISH)


def test_a_clash_in_the_spanish_tables_names_both_places(tmp_path):
    shutil.copytree(SPANISH, tmp_path / "es")
    with (tmp_path / "es" / "sites.csv").open("a", encoding="utf-8") as out:
        out.write("hand,,RODILLA\n")
    with pytest.raises(BadVocabulary, match=r"sites\.csv:\d+: 'rodilla' is already at sites\.csv:\d+"):
        lexicon.load(tmp_path / "es", language="es", beside=lexicon.cached(lexicon.ENGLISH))


def test_plain_lists_hold_folded_words():
    for name in ("es/common_words.txt", "es/english_too.txt", "es/harmless_words.txt"):
        assert all(word.isascii() and word.islower() for word in listed(name))
