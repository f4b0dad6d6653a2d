"""What a record accepts, what it refuses and how it names the mistake."""

from __future__ import annotations

import pytest

from bot.domain import record as records
from bot.domain import screens, sites
from bot.domain.card_labels import LABELS
from bot.domain.extras import EXTRAS
from bot.domain.flags import CONDITIONS, RED_FLAGS

CONTRACT = {
    "age": 46, "sex": "F", "sites": [{"site": "low_back", "side": None}], "duration_days": 4, "onset": "gradual",
    "nrs": 6, "complaint": "pain", "function_limited": True, "rf": ["RF-CES"], "rf_unknown": [], "ci": ["CI-SPINEOP"],
    "bp": None, "doctor": "none", "cleared": [], "cleared_claimed": [], "extra": ["bilateral"],
}  # fmt: skip


def test_the_example_of_the_contract_comes_back_as_it_was():
    assert records.to_json(records.from_json(CONTRACT)) == CONTRACT


@pytest.mark.parametrize(
    ("raw", "key", "why"),
    [
        ([], "record", "must be an object"),
        ("x", "record", "must be an object"),
        ({"agee": 3}, "agee", "nearest known is 'age'"),
        ({"age": 121}, "age", "out of range"),
        ({"age": -1}, "age", "out of range"),
        ({"age": 4.5}, "age", "whole number"),
        ({"age": True}, "age", "whole number"),
        ({"age": "40"}, "age", "whole number"),
        ({"nrs": 11}, "nrs", "out of range"),
        ({"nrs": float("inf")}, "nrs", "out of range"),
        ({"sex": "female"}, "sex", "nearest known"),
        ({"onset": "sudenly"}, "onset", "'sudden'"),
        ({"complaint": "pains"}, "complaint", "'pain'"),
        ({"doctor": "order"}, "doctor", "'ordered'"),
        ({"rf": ["RF-CESS"]}, "rf", "'RF-CES'"),
        ({"rf": ["CI-PREG"]}, "rf", "nearest known"),
        ({"rf": "RF-CES"}, "rf", "must be a list"),
        ({"rf": [["x"]]}, "rf", "nearest known"),
        ({"ci": ["CI-PREGNANT"]}, "ci", "'CI-PREG'"),
        ({"rf_unknown": ["condition"]}, "rf_unknown", "'conditions'"),
        ({"extra": ["visio"]}, "extra", "'vision'"),
        ({"cleared": ["R-CI-CHRONIC"]}, "cleared", "'CI-CHRONIC'"),
        ({"cleared_claimed": ["CHRONIC"]}, "cleared_claimed", "nearest known"),
        ({"sites": ["knee"]}, "sites[0]", "object"),
        ({"sites": [{"site": "low_bak"}]}, "sites[0].site", "'low_back'"),
        ({"sites": [{"site": "knee", "side": "lefty"}]}, "sites[0].side", "'left'"),
        ({"sites": [{"site": "knee", "sid": "left"}]}, "sites[0].sid", "'side'"),
        ({"sites": [{}]}, "sites[0].site", "nearest known"),
        ({"bp": [120]}, "bp", "two numbers"),
        ({"bp": [500, 80]}, "bp", "out of range"),
        ({"bp": 120}, "bp", "must be a list"),
        ({"peg": [1, 2]}, "peg", "three numbers"),
        ({"peg": [1, 2, 11]}, "peg[2]", "out of range"),
        ({"function_limited": "yes"}, "function_limited", "true, false or null"),
        ({"complaints": [{"nrs": 12}]}, "complaints[0].nrs", "out of range"),
        ({"complaints": [{"age": 12}]}, "complaints[0].age", "unknown key"),
        ({"complaints": [3]}, "complaints[0]", "object"),
        ({"age": 10**400}, "age", "out of range"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(raw, key, why):
    with pytest.raises(records.BadRecord) as refused:
        records.from_json(raw)
    assert refused.value.key == key
    assert why in refused.value.why


def test_a_long_value_is_not_repeated_whole():
    with pytest.raises(records.BadRecord) as refused:
        records.from_json({"sex": "x" * 5000})
    assert len(refused.value.why) < 200


def test_the_same_id_twice_counts_once():
    assert records.from_json({"rf": ["RF-CES", "RF-CES"]}).rf == ("RF-CES",)


def test_a_list_that_is_missing_was_not_asked():
    """An id that is not in the list was denied; a list that is not there was never put to the person."""
    record = records.from_json({"age": 40})
    assert set(record.rf_unknown) == {"emergency_gate", "general_screen", "conditions", "medicines"}
    assert records.from_json({"age": 40, "rf": [], "ci": []}).rf_unknown == ()


def test_the_vocabulary_names_every_key_and_id():
    words = records.vocabulary()
    assert set(CONTRACT) <= set(words["keys"])
    assert set(words["rf"]) == set(RED_FLAGS)
    assert set(words["ci"]) == set(CONDITIONS)
    assert set(words["extra"]) == set(EXTRAS)
    assert {"age", "conditions", "screen_back", "RF-CES", "first_episode"} <= set(words["rf_unknown"])
    assert words["sites"]["knee"] == "leg"


def test_seventy_one_dangers_and_fifty_conditions():
    assert len(RED_FLAGS) == 61 + 10
    assert len(CONDITIONS) == 50


def test_the_extras_of_the_contract_are_all_there():
    contract = (
        "sport local_msk_dx bilateral sudden_back_pain constant_unrelieved night_pain new_headache vision breathless "
        "chest_pain faint haemoptysis confusion very_unwell rigors weakness bladder_bowel strangulation deformity "
        "cold_numb_limb open_wound drooling stridor cannot_swallow prosthetic_joint smoker aaa_history first_episode "
        "head_knock new_swelling"
    )
    assert set(contract.split()) <= set(EXTRAS)


def test_every_site_belongs_to_one_region_and_both_tables_agree():
    assert set(screens.REGION_OF) == set(sites.SITES)
    assert all(screens.region_of(site) in screens.REGIONS for site in sites.SITES)


@pytest.mark.parametrize("region", screens.REGIONS)
def test_every_screen_can_be_asked(region):
    for name in screens.flags_for(region, age=None, sex=None, pregnant=True):
        assert RED_FLAGS[name].ask.endswith("?")
        assert name in LABELS


def test_a_confirming_question_is_one_question():
    for flag in RED_FLAGS.values():
        assert flag.ask.count("?") == 1, flag.id
        assert all(item.extra is None or item.extra in EXTRAS for item in flag.items), flag.id


def test_every_danger_can_be_told_on_some_card():
    asked = {
        *screens.EMERGENCY_CARD,
        *screens.GENERAL_CARD,
        *screens.CONDITIONS_CARD,
        *screens.MEDICINES_CARD,
        *screens.SKIN_CARD,
    }
    for region in screens.REGIONS:
        asked.update(screens.flags_for(region, age=None, sex=None, pregnant=True))
    # Read in free text, in the blood-pressure question, or when distress is voiced; never put to everybody.
    assert set(RED_FLAGS) - asked == {"RF-ABUSE", "RF-HTNCRISIS", "RF-NECFASC", "RF-HAEM"}


@pytest.mark.parametrize(
    ("region", "added"),
    [
        ("back", ["RF-DVT", "RF-AORTA", "RF-ACS"]),
        ("hip", ["RF-DVT"]),
        ("neck", ["RF-ACS", "RF-STROKE"]),
        ("hand", ["RF-ACS", "RF-STROKE"]),
        ("widespread", ["RF-DVT", "RF-CES"]),
    ],
)
def test_the_screens_were_widened_by_the_second_review(region, added):
    assert set(added) <= set(screens.flags_for(region, age=30, sex="M"))


def test_age_and_sex_narrow_a_screen_only_when_they_are_known():
    assert "RF-AAA" in screens.flags_for("back", age=None, sex=None)
    assert "RF-AAA" not in screens.flags_for("back", age=49, sex=None)
    assert "RF-AAA" in screens.flags_for("back", age=50, sex=None)
    assert "RF-AXSPA" not in screens.flags_for("back", age=45, sex=None)
    assert "RF-TORSION" in screens.flags_for("hip", age=30, sex=None)
    assert "RF-TORSION" not in screens.flags_for("hip", age=30, sex="F")


def test_the_dangers_of_pregnancy_are_asked_whatever_the_site():
    asked = screens.flags_for("leg", age=30, sex="F", pregnant=True)
    assert asked[:2] == ("RF-PREECL", "RF-ECTOPIC")


def test_without_a_site_the_emergencies_of_all_regions_are_asked():
    asked = set(screens.flags_for(screens.NO_SITE, age=30, sex="M"))
    assert {"RF-DVT", "RF-CELLULITIS", "RF-CES", "RF-ACS", "RF-CAD", "RF-TORSION", "RF-ALI"} <= asked
