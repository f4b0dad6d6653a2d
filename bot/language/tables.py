"""Reads the vocabulary tables that a clinician may edit, and names file and line when something is wrong with them.

Every table is a CSV with a header. Lines whose first field starts with `#` are remarks. A `phrases` cell holds phrases
split by `;`, each in the small language of `phrases.expand`: `(a|b)` one of, `(a|)` may be missing, `$name` a word
group of `groups.csv`, `word~` a Spanish word in all its genders and numbers. Spanish has tables of its own in `es`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parent / "vocabulary"


class BadVocabulary(ValueError):
    """A table that cannot be used; the message starts with file and line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table with its place."""

    where: str
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def refuse(self, why: str) -> BadVocabulary:
        """The error to raise about this line."""
        return BadVocabulary(f"{self.where}: {why}")


def rows(name: str, columns: tuple[str, ...], home: Path = HOME) -> Iterator[Row]:
    """The lines of `name`.csv; raises `BadVocabulary` when a column is missing, a line too long, or a cell empty."""
    path = home / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != columns:
            raise BadVocabulary(f"{path.name}:1: the columns must be {','.join(columns)}")
        for cells in reader:
            where = f"{path.name}:{reader.line_num}"
            first = cells[columns[0]] or ""
            if first.startswith("#"):
                continue
            if None in cells or None in cells.values():
                raise BadVocabulary(f"{where}: {len(columns)} cells are needed; put quotes around a cell with a comma")
            if not first.strip():
                raise BadVocabulary(f"{where}: the first cell is empty")
            yield Row(where, {column: cells[column].strip() for column in columns})
