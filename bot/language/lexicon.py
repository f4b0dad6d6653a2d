"""All vocabulary tables as one word tree, checked while it is built: a clash between two lines is an error with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.language import tables
from bot.language.phrases import Found, Words, WordTree, cell_phrases, expand
from bot.language.tables import HOME, Row
from bot.language.tokens import fold

# Tables whose phrases become mentions: file → kind. Columns value,name,phrases; value `-` is null.
MENTIONS: Mapping[str, str] = {
    "sites": "site", "qualities": "quality", "findings": "finding", "conditions": "condition", "medicines": "medicine",
    "doctor": "doctor", "goals": "goal", "functions": "function", "causes": "cause", "people": "person",
}  # fmt: skip
CONCEPT, MASK, CONTEXT = "concept", "mask", "context"
ENGLISH, SPANISH = "en", "es"
LANGUAGES = (ENGLISH, SPANISH)
HOMES: Mapping[str, Path] = {ENGLISH: HOME, SPANISH: HOME / SPANISH}

FLAGS = {"negated": 1, "past": 2, "other_person": 4, "hypothetical": 8, "uncertain": 16}
# What a trigger may set: the flags of a mention, `over` (past, but only just), or nothing itself.
BITS = {**FLAGS, "over": 32}
ROLES = (*BITS, "end", "pseudo")
DIRECTIONS = ("forward", "backward", "both", "sentence", "-")


@dataclass(frozen=True, slots=True)
class Term:
    """What a mention table says about a phrase."""

    value: str | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """A line of context.csv: which flag it sets, where, how many words far, and whether it may deny a body site."""

    role: str
    direction: str
    reach: int
    strong: bool


@dataclass(slots=True)
class Lexicon:
    """The tree, and which concepts a concept belongs to."""

    tree: WordTree = field(default_factory=WordTree)
    belongs: dict[str, frozenset[str]] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)
    concepts: frozenset[str] = frozenset()

    def concepts_of(self, found: Found) -> frozenset[str]:
        """The concept names a found phrase stands for; `site:knee`, `finding:fever` are names too."""
        name = found.value if found.table == CONCEPT else f"{found.table}:{found.value.value}"
        return self.belongs.get(name) or frozenset((name,))


def load(home: Path = HOME, *, language: str = ENGLISH, beside: Lexicon | None = None) -> Lexicon:
    """Build the lexicon from the tables in `home`; raises `BadVocabulary`.

    Families are the same in every language: a lexicon `beside` another takes over its families and knows its concepts.
    """
    lexicon = Lexicon(WordTree(language=language))
    groups = _groups(home)
    places: dict[int, str] = {}
    names: set[str] = set()
    for table, value, words, row in _phrases(home, groups):
        _refuse_clash(lexicon.tree, places, table, value, words, row)
        lexicon.tree.add(words, table, value)
        if table == CONCEPT:
            names.add(value)
        elif table in MENTIONS.values():
            names.add(f"{table}:{value.value}")
    lexicon.belongs = beside.belongs if beside else _families(home, names)
    lexicon.concepts = frozenset(names | {up for ups in lexicon.belongs.values() for up in ups})
    lexicon.spellings = _spellings(home)
    lexicon.tree.pack()
    return lexicon


@lru_cache(maxsize=len(LANGUAGES))
def cached(language: str, /) -> Lexicon:
    """The product's lexicon of a language, built once per process.

    The language has no default and no keyword: the cache would take the same call written two ways for two.
    """
    if language == ENGLISH:
        return load()
    return load(HOMES[language], language=language, beside=cached(ENGLISH))


def _groups(home: Path) -> dict[str, list[Words]]:
    groups: dict[str, list[Words]] = {}
    for row in tables.rows("groups", ("group", "phrases"), home):
        if row["group"] in groups:
            raise row.refuse(f"the word group {row['group']} is there twice")
        groups[row["group"]] = [
            words for phrase in cell_phrases(row["phrases"]) for words in expand(phrase, groups, row)
        ]
    return groups


def _phrases(home: Path, groups: Mapping[str, list[Words]]) -> Iterator[tuple[str, Any, Words, Row]]:
    for name, kind in MENTIONS.items():
        for row in tables.rows(name, ("value", "name", "phrases"), home):
            term = Term(None if row["value"] == "-" else row["value"], row["name"] or None)
            for words in _variants(row, groups):
                yield kind, term, words, row
    for row in tables.rows("concepts", ("concept", "phrases"), home):
        for words in _variants(row, groups):
            yield CONCEPT, row["concept"], words, row
    for row in tables.rows("masks", ("hides", "phrases"), home):
        hidden = frozenset(row["hides"].split())
        for words in _variants(row, groups):
            yield MASK, hidden, words, row
    for row in tables.rows("context", ("sets", "direction", "reach", "strong", "phrases"), home):
        if row["sets"] not in ROLES or row["direction"] not in DIRECTIONS:
            raise row.refuse(f"sets must be one of {ROLES}, direction one of {DIRECTIONS}")
        trigger = Trigger(row["sets"], row["direction"], int(row["reach"] or 99), row["strong"] == "yes")
        for words in _variants(row, groups):
            yield CONTEXT, trigger, words, row


def _variants(row: Row, groups: Mapping[str, list[Words]]) -> Iterator[Words]:
    seen: set[Words] = set()
    for phrase in cell_phrases(row["phrases"]):
        for words in expand(phrase, groups, row):
            if words not in seen:
                seen.add(words)
                yield words


def _refuse_clash(tree: WordTree, places: dict[int, str], table: str, value: Any, words: Words, row: Row) -> None:
    """Concepts may share a phrase; in every other table a phrase means one thing.

    `places` is where each phrase stands, by its hash: the phrases themselves would take 30 MB while the tables are read.
    """
    said, place = tree.said(words, table), hash((table, words))
    if said and (table != CONCEPT or value in said) and places[place] != row.where:
        raise row.refuse(f"{' '.join(words)!r} is already at {places[place]}")
    places[place] = row.where


def _families(home: Path, names: set[str]) -> dict[str, frozenset[str]]:
    """For each concept, itself and every family that holds it; families may hold families named above them."""
    members: dict[str, set[str]] = {}
    for row in tables.rows("families", ("family", "members"), home):
        inside: set[str] = set()
        for member in row["members"].split():
            if member.endswith(":*"):
                inside |= {name for name in names if name.startswith(member[:-1])}
            elif member in members:
                inside |= members[member] | {member}
            elif member in names:
                inside.add(member)
            else:
                raise row.refuse(f"{member} is no concept")
        members.setdefault(row["family"], set()).update(inside)
    belongs: dict[str, set[str]] = {}
    for family, inside in members.items():
        for name in inside:
            belongs.setdefault(name, {name}).add(family)
    return {name: frozenset(ups) for name, ups in belongs.items()}


def _spellings(home: Path) -> dict[str, str]:
    listed: dict[str, str] = {}
    for row in tables.rows("spellings", ("right", "wrong"), home):
        for wrong in fold(row["wrong"]).split():
            if listed.get(wrong, fold(row["right"])) != fold(row["right"]):
                raise row.refuse(f"{wrong} already stands for {listed[wrong]}")
            listed[wrong] = fold(row["right"])
    return listed
