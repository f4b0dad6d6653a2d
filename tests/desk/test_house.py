"""The audit log and the requests to be forgotten, as those who run the house see them."""

from __future__ import annotations

import csv
import html
import io
import re

import pytest

from bot.services import audit, privacy
from bot.services.stored import AuditEntry


def entries(page: str) -> list[list[str]]:
    """The rows of the audit page: when, who, what, hand-off."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
        for row in rows
    ]


def test_every_read_is_found_by_person_act_hand_off_and_days(context, browser):
    reference = context.handed_off(1)
    other = context.handed_off(2)
    reader = browser("Bo")
    for one in (reference, other):
        reader.get(f"/desk/handoffs/{one}")
    lead = browser("Lea", "lead")
    assert reference in lead.get("/desk/audit").text
    [row] = entries(lead.get(f"/desk/audit?actor=Bo&action=read&reference={reference.lower()}").text)
    assert row[1:] == ["Bo", "read", reference]
    assert entries(lead.get("/desk/audit?to=2020-01-01").text) == []
    assert len(entries(lead.get("/desk/audit?from=2026-11-23&to=2026-11-23&actor=Bo").text)) > 1
    assert entries(lead.get("/desk/audit?from=2026-11-24").text) == []
    assert lead.get("/desk/audit?from=yesterday").status_code == 422
    with context.uow.reading() as uow:
        assert uow.audit.newest(actor="Lea", action="read_audit")


def test_what_was_done_stands_apart_from_what_was_read(context, browser):
    reference = context.handed_off(1)
    lead = browser("Lea", "lead")
    lead.get(f"/desk/handoffs/{reference}")
    lead.post(f"/desk/handoffs/{reference}/claim")
    page = lead.get(f"/desk/audit?action=changes&reference={reference}").text
    assert [row[2] for row in entries(page)] == ["claim New → Claimed", "handed off"]
    assert '<option value="read_audit"' in page


def test_the_log_is_paged_without_losing_or_repeating_an_entry(context, browser):
    with context.uow() as uow:
        for number in range(audit.PAGE * 2 + 30):
            uow.audit.add(AuditEntry(context.time, f"one {number}", "planted"))
        uow.commit()
    lead = browser("Lea", "lead")
    seen, at = [], "/desk/audit?action=planted"
    while at:
        page = lead.get(at).text
        seen += [row[1] for row in entries(page)]
        found = re.search(r'rel="next" href="([^"]+)"', page)
        at = html.unescape(found[1]) if found else ""
    assert seen == [f"one {number}" for number in reversed(range(audit.PAGE * 2 + 30))]
    assert lead.get("/desk/audit?before=x").status_code == 200


def test_the_log_is_taken_as_a_table_and_that_is_an_entry(context, browser):
    reference = context.handed_off(1)
    context.staff("=cmd()", "reviewer")
    lead = browser("Lea", "lead")
    lead.post(f"/desk/handoffs/{reference}/note", {"text": "planted note"})
    with context.uow() as uow:
        uow.audit.add(AuditEntry(context.time, "=cmd()", "read", reference))
        uow.commit()
    answer = lead.get(f"/desk/audit.csv?reference={reference}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["act"] for row in rows][-1] == "handed_off"
    assert {row["hand-off"] for row in rows} == {reference}
    assert "'=cmd()" in {row["who"] for row in rows}
    assert "planted note" not in answer.text
    with context.uow.reading() as uow:
        assert uow.audit.newest(limit=1)[0].action == "export_audit"
    assert browser("Bo").get("/desk/audit.csv").status_code == 403


def test_the_log_shows_no_detail_that_quotes_somebody(context, browser):
    reference = context.handed_off(1)
    admin = browser("Ada", "admin")
    admin.post(f"/desk/handoffs/{reference}/claim")
    admin.post(f"/desk/handoffs/{reference}/decline", {"reason": "planted reason"})
    page = admin.get("/desk/audit").text
    assert "decline" in page
    assert "planted reason" not in page


def test_staff_see_the_request_in_the_queue_and_at_the_top_of_the_hand_off(context, browser):
    reference, other = context.handed_off(1), context.handed_off(2)
    privacy.forget(context.uow(), "conversation-0000000001", by="visitor", now=context.time)
    reviewer, admin = browser("Bo"), browser("Ada", "admin")
    assert reviewer.get("/desk").text.count("asked to be forgotten") == 1
    page = reviewer.get(f"/desk/handoffs/{reference}").text
    assert "its copy of the conversation stay until an administrator decides" in page
    assert "/desk/erasures#" not in page, "only who decides is sent there"
    assert f"/desk/erasures#r-{reference}" in admin.get(f"/desk/handoffs/{reference}").text
    assert "asked to be forgotten" not in reviewer.get(f"/desk/handoffs/{other}").text
    shown = reviewer.get(f"/desk/api/handoffs/{reference}").json()["forget_request"]
    assert (shown["decision"], bool(shown["asked_at"])) == (None, True)
    admin.post(f"/desk/erasures/{reference}", {"decision": "kept", "reason": "the law"})
    assert "the record was kept by Ada" in reviewer.get(f"/desk/handoffs/{reference}").text
    assert "asked to be forgotten" not in reviewer.get("/desk").text


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
