"""The brief says what the record holds, and nothing else."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import record as records
from bot.domain import summary, triage
from bot.domain.conditions import CONDITIONS
from bot.domain.extras import EXTRAS
from bot.domain.flags import RED_FLAGS
from bot.domain.sites import SITES
from bot.services import search

sites = st.lists(
    st.fixed_dictionaries(
        {"site": st.sampled_from(sorted(SITES)), "side": st.sampled_from([None, "left", "right", "both"])}
    ),
    max_size=3,
)
ids = lambda table: st.lists(st.sampled_from(sorted(table)), max_size=3, unique=True)  # noqa: E731
ache = {
    "sites": sites,
    "duration_days": st.none() | st.integers(0, 4000),
    "nrs": st.none() | st.integers(0, 10),
    "function_limited": st.none() | st.booleans(),
}
record = st.fixed_dictionaries(
    {**ache, "age": st.none() | st.integers(0, 99), "complaint": st.sampled_from([None, "relax", "pain", "injury"]), "onset": st.sampled_from([None, "sudden", "none"]), "rf": ids(RED_FLAGS), "ci": ids(CONDITIONS), "extra": ids(EXTRAS), "doctor": st.sampled_from([None, "none", "ok"])},
    optional={"complaints": st.lists(st.fixed_dictionaries(ache), max_size=2)},
)  # fmt: skip


def result_of(raw):
    return triage.result_to_json(triage.classify(records.from_json(raw)))


@given(record)
def test_the_brief_names_no_place_the_record_lacks(raw):
    told = {site["site"] for one in [raw, *raw.get("complaints", [])] for site in one["sites"]}
    places = " ".join(
        line.text
        for section in summary.brief(raw, result_of(raw)).sections
        for line in section.lines
        if line.key.partition("#")[0] == "sites"
    ).lower()
    expected = " ".join(summary.place(raw).lower().split())
    for site, (label, _) in SITES.items():
        if re.search(rf"\b{re.escape(label)}\b", places) and site not in told:
            # a label may be part of a longer one that was told ("back" in "lower back")
            assert any(label in SITES[other][0] for other in told), site
    assert bool(places) == bool(expected)


@given(record)
def test_every_danger_and_condition_told_is_on_the_page(raw):
    text = summary.brief(raw, result_of(raw)).text()
    assert all(RED_FLAGS[flag].name in text for flag in raw["rf"])
    assert all(CONDITIONS[condition].name in text for condition in raw["ci"])
    assert summary.doctor_note(raw, clinic="Alder Row")


def test_the_words_a_hand_off_is_found_by():
    terms = search.terms_of(
        {
            "rf": ["RF-CES"],
            "sites": [{"site": "knee"}],
            "facts": {
                "contact": {"name": "Ana-María O'Neil", "phone": "+1 (555) 010-0142", "email": " Ana@Example.org "}
            },
        }
    )
    assert {
        "name:ana",
        "name:maría",
        "name:neil",
        "phone:15550100142",
        "phone:5550100142",
        "phone:0100142",
        "email:ana@example.org",
        "flag:RF-CES",
        "site:knee",
    } <= set(terms)
    assert search.terms_of({}) == ()
