"""Tables as CSV that a spreadsheet opens without taking anybody's words for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

TYPE = "text/csv; charset=utf-8"


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The heading and the rows."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(heading)
    sheet.writerows([_cell(text) for text in row] for row in rows)
    return out.getvalue().encode()


# What spreadsheets take for the beginning of a formula, also in full width and behind blanks and signs nobody sees.
_FORMULA = re.compile(r"[\s\0\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]")


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("\t", "\r", "\n") or _FORMULA.match(text) else text
