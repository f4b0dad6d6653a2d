"""The audit log and the requests to be forgotten, as those who run the house see them."""

from __future__ import annotations

import pytest

from bot.services import privacy


def test_every_read_is_found_by_person_act_hand_off_and_day(context, browser):
    reference = context.handed_off(1)
    other = context.handed_off(2)
    reader = browser("Bo")
    for one in (reference, other):
        reader.get(f"/desk/handoffs/{one}")
    lead = browser("Lea", "lead")
    assert reference in lead.get("/desk/audit").text
    page = lead.get(f"/desk/audit?actor=Bo&action=read&reference={reference.lower()}").text
    assert page.count("<tr>") == 2  # the head and one row
    assert other not in page
    assert lead.get("/desk/audit?day=2020-01-01").text.count("<tr>") == 0
    assert lead.get("/desk/audit?day=2026-11-23&actor=Bo").text.count("<tr>") > 1
    assert lead.get("/desk/audit?day=yesterday").status_code == 422
    with context.uow.reading() as uow:
        assert uow.audit.newest(actor="Lea", action="read_audit")


def test_the_log_shows_no_detail_that_quotes_somebody(context, browser):
    reference = context.handed_off(1)
    admin = browser("Ada", "admin")
    admin.post(f"/desk/handoffs/{reference}/claim")
    admin.post(f"/desk/handoffs/{reference}/decline", {"reason": "planted reason"})
    page = admin.get("/desk/audit").text
    assert "decline" in page
    assert "planted reason" not in page


@pytest.mark.parametrize("decision", ["erased", "kept"])
def test_an_administrator_decides_on_a_request(context, browser, decision):
    reference = context.handed_off(1)
    privacy.forget(context.uow(), "conversation-0000000001", by="visitor", now=context.time)
    admin = browser("Ada", "admin")
    assert reference in admin.get("/desk/erasures").text
    path = f"/desk/erasures/{reference}"
    if decision == "kept":
        assert admin.post(path, {"decision": "kept"}).status_code == 422
    assert admin.post(path, {"decision": decision, "reason": "the law"}).status_code == 303
    assert f"{decision} by Ada" in admin.get("/desk/erasures").text
    assert admin.get(f"/desk/handoffs/{reference}").status_code == (404 if decision == "erased" else 200)
    assert admin.post(path, {"decision": "erased"}).status_code == 409
