"""The brief as files: always one page, every reading on record, many at once for leads."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import summary
from bot.domain.conditions import CONDITIONS
from bot.domain.extras import EXTRAS
from bot.domain.flags import RED_FLAGS
from bot.domain.sites import SITES
from bot.web.desk import brief_pdf, csv_file, figure

BASE = "/desk/api/handoffs"
ABOUT = brief_pdf.Sheet("Alder Row", "US", "PLP-7K3F-9Q", "Doctor first", "New", "today", "printed", "Health data")
RESULT = {"outcome": "doctor_first", "urgency": "gp", "provisional": False, "reasons": [], "modifiers": []}


def pages(content: bytes) -> int:
    """How many pages a PDF says it has."""
    assert content.startswith(b"%PDF-")
    found = re.search(rb"/Count (\d+)", content)
    assert found is not None
    return int(found[1])


text = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=2000)
site = st.fixed_dictionaries({"site": st.sampled_from(sorted(SITES)), "side": st.sampled_from([None, "left", "both"])})
ache = st.fixed_dictionaries({"sites": st.lists(site, max_size=4), "nrs": st.none() | st.integers(0, 10)})


@settings(max_examples=25, deadline=None)
@given(
    name=text, story=text, aches=st.lists(ache, max_size=4),
    rf=st.lists(st.sampled_from(sorted(RED_FLAGS)), max_size=6, unique=True),
    ci=st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=12, unique=True),
    extra=st.lists(st.sampled_from(sorted(EXTRAS)), max_size=8, unique=True),
)  # fmt: skip
def test_whatever_was_told_fits_on_one_page(name, story, aches, rf, ci, extra):
    record = {
        "age": 44, "complaint": "pain", "complaints": aches, "rf": rf, "ci": ci, "extra": extra,
        "facts": {"contact": {"name": name[:200]}, "narrative": story},
    }  # fmt: skip
    assert pages(brief_pdf.sheet(summary.brief(record, RESULT), ABOUT)) == 1


@pytest.mark.parametrize("place", sorted(SITES))
def test_every_place_is_somewhere_on_the_figure(place):
    views = figure.views([{"site": place, "side": None}])
    assert any(shape.lit for shapes in views.values() for shape in shapes)


def test_only_the_side_that_hurts_is_lit():
    lit = {
        shape.side
        for shapes in figure.views([{"site": "knee", "side": "left"}]).values()
        for shape in shapes
        if shape.lit
    }
    assert lit == {"left"}
    assert not any(shape.lit for shapes in figure.views([]).values() for shape in shapes)


def test_the_page_is_a_download_and_a_reading(context, program):
    reference = context.handed_off(1)
    staff = program()
    answer = staff.get(f"{BASE}/{reference}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f'filename="{reference}.pdf"' in answer.headers["content-disposition"]
    assert pages(answer.content) == 1
    assert [one["action"] for one in staff.get(f"{BASE}/{reference}").json()["history"]][-2] == "export_pdf"


def test_many_at_once_are_for_leads(context, browser):
    references = [context.handed_off(number) for number in (1, 2)]
    lead = browser("Ana", "lead")
    table = lead.post("/desk/export", {"kind": "csv", "reference": references}).text
    assert {row[0] for row in csv.reader(io.StringIO(table))} == {"reference", *references}
    listed = json.loads(lead.post("/desk/export", {"kind": "json", "reference": references}).content)
    assert [one["reference"] for one in listed] == references
    packed = zipfile.ZipFile(io.BytesIO(lead.post("/desk/export", {"kind": "pdf", "reference": references}).content))
    assert [pages(packed.read(name)) for name in packed.namelist()] == [1, 1]
    assert lead.post("/desk/export", {"kind": "exe", "reference": references}).status_code == 422
    assert lead.post("/desk/export", {"kind": "csv"}).status_code == 422
    assert browser("Ben").post("/desk/export", {"kind": "csv", "reference": references}).status_code == 403


FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u200b=1",
    "\ufeff=1",
    "＝1",
    "＋1",
    "＠x",
    "|x",
    "%x",
    "\0=1",
)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_table_is_a_formula(text):
    [_, row] = csv.reader(io.StringIO(csv_file.table(("a", "b"), [("plain, 7 of 10", text)]).decode(), newline=""))
    assert row == ["plain, 7 of 10", f"'{text}"]
