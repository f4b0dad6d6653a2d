"""The rules on the desk: readable, searchable by id, with who signed what; and the warning until somebody has signed."""

from __future__ import annotations

from datetime import date

from bot import rules_signed
from bot.domain.rules import RULES

TODAY = date(2026, 11, 23)


def test_every_rule_can_be_read_with_its_source_owner_and_cases(context, browser):
    page = browser().get("/desk/rules")
    assert page.status_code == 200
    for rule in RULES:
        assert f'id="{rule.id}"' in page.text, rule.id
    assert "owner clinical lead" in page.text
    assert "review by 2027" in page.text
    assert "Fires in 0 cases" not in page.text
    assert "chronic_requires_doctor" in page.text
    assert "Crisis, text" in page.text


def test_a_rule_is_found_by_its_id_alone(context, browser):
    page = browser().get("/desk/rules?q=r-ec06").text
    assert 'id="R-EC06"' in page
    assert page.count('class="card rulecard"') == 1
    assert "1 of" in page


def test_rules_are_found_by_a_word_and_nothing_found_says_so(context, browser):
    desk = browser()
    assert 'id="R-CI-PREG"' in desk.get("/desk/rules?q=midwife").text
    nothing = desk.get("/desk/rules?q=%3Cscript%3E").text
    assert "no rule has this id" in nothing
    assert "<script>" not in nothing.split("<main")[1]


def test_only_staff_read_them(stranger):
    assert stranger.get("/desk/rules").headers["location"] == "/desk/sign-in"


def test_an_unsigned_version_is_said_on_every_page_until_it_is_signed(context, browser):
    reference, desk = context.handed_off(1), browser()
    pages = ("/desk", f"/desk/handoffs/{reference}", "/desk/rules")
    assert all("No clinician has signed this version" in desk.get(path).text for path in pages)
    rules_signed.add(context.settings.home, "Dr Ruiz, GMC 123", TODAY)
    assert not any("No clinician has signed" in desk.get(path).text for path in pages)
    assert "Dr Ruiz, GMC 123 signed this version on 2026-11-23" in " ".join(desk.get("/desk/rules").text.split())


def test_a_damaged_file_of_signatures_counts_as_unsigned(context, browser):
    (context.settings.home / rules_signed.FILE).write_text("{", encoding="utf-8")
    desk = browser()
    assert "No clinician has signed" in desk.get("/desk").text
    assert desk.get("/desk/rules").status_code == 200


def test_a_sign_in_page_does_not_speak_of_it(stranger):
    assert "No clinician" not in stranger.get("/desk/sign-in").text


def test_each_reason_shows_the_words_it_rests_on_and_leads_to_its_rule(context, browser):
    reference = context.handed_off(1, nrs=9, extra=["constant_unrelieved"])
    screen = browser().get(f"/desk/handoffs/{reference}").text
    assert "<q>5 of 10</q>" in screen
    assert 'href="/desk/rules?q=R-RF-SEVERE"' in screen


def test_the_proof_is_kept_with_the_hand_off_and_made_anew_with_a_doctors_word(context, program):
    reference = context.handed_off(1, ci=["CI-HEART"])
    desk = program()
    result = desk.get(f"/desk/api/handoffs/{reference}").json()["result"]
    assert [entry["rule"] for entry in result["proof"]] == [reason["rule"] for reason in result["reasons"]]
    word = {"items": ["CI-HEART"], "by": "Dr Lee", "date": "2026-11-20", "limits": ""}
    assert desk.call(f"/desk/api/handoffs/{reference}/clear", word).status_code == 200
    after = desk.get(f"/desk/api/handoffs/{reference}").json()["result"]
    assert after["outcome"] == "clinical_massage"
    assert after["proof"][0]["facts"][0] == {"fact": "nrs", "follows": [], "words": ["5 of 10"]}
