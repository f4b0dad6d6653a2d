"""The end of a conversation is told in time and can be put off; a result can be taken along on paper."""

from __future__ import annotations

from datetime import datetime

from bot.services import hand_off
from bot.services.stored import NewMessage

OUTCOME = {
    "outcome": "doctor_first", "urgency": "gp", "provisional": False,
    "reasons": [{"rule": "R-1", "outcome": "doctor_first", "because": "You told me about “brittle bones”. Your doctor decides."}],
}  # fmt: skip


def ends(visitor) -> datetime:
    return datetime.fromisoformat(visitor.log()["state"]["ends_at"])


def test_before_consent_the_end_is_near_and_staying_puts_it_off(visitor, edge):
    visitor.arrive()
    first = ends(visitor)
    with edge.context.uow() as uow:
        chat = uow.conversations.get(visitor.id)
        assert (first - chat.touched_at).total_seconds() == edge.context.settings.waiting_seconds
    assert visitor.http.post(f"{visitor.path}/stay", headers=visitor.auth).status_code == 204
    assert ends(visitor) > first
    assert visitor.http.post(f"{visitor.path}/stay").status_code == 401


def test_after_consent_it_ends_when_the_token_does(visitor, edge):
    visitor.arrive()
    with edge.context.uow() as uow:
        uow.conversations.give_consent(visitor.id, version="v", now=edge.context.clock())
        chat = uow.conversations.get(visitor.id)
        uow.commit()
    assert (ends(visitor) - chat.last_seen).total_seconds() == edge.context.settings.token_idle_seconds


def test_there_is_no_paper_before_a_result(visitor):
    visitor.arrive()
    for name in ("summary.pdf", "doctor-note.pdf"):
        refused = visitor.http.get(f"{visitor.path}/{name}", headers=visitor.auth)
        assert (refused.status_code, refused.json()["code"]) == (409, "no_result_yet")
        assert visitor.http.get(f"{visitor.path}/{name}").status_code == 401


def test_the_summary_is_a_pdf_of_the_result(visitor, edge):
    visitor.arrive()
    said = NewMessage("bot", "Please ask your doctor first. “Señora”, take care.", {"outcome": OUTCOME})
    with edge.context.uow() as uow:
        uow.conversations.append(visitor.id, said, now=edge.context.clock())
        uow.conversations.append(visitor.id, NewMessage("bot", "If it gets worse, call."), now=edge.context.clock())
        uow.commit()
    got = visitor.http.get(f"{visitor.path}/summary.pdf", headers=visitor.auth)
    assert (got.status_code, got.headers["content-type"]) == (200, "application/pdf")
    assert got.headers["content-disposition"] == 'attachment; filename="massage-summary.pdf"'
    assert got.content.startswith(b"%PDF-")
    assert len(got.content) > 2000


def test_the_note_for_the_doctor_is_a_pdf_once_handed_off(visitor, edge):
    visitor.arrive()
    hand_off.hand_off(
        edge.context.uow(),
        conversation=visitor.id,
        record={"nrs": 6, "ci": ["CI-OSTEO"], "facts": {"contact": {"name": "Zoë Núñez", "phone": "1"}}},
        result={**OUTCOME, "rule": "R-1", "rules_version": "v"},
        consent={"privacy": True},
        said={},
        now=edge.context.clock(),
    )
    got = visitor.http.get(f"{visitor.path}/doctor-note.pdf", headers=visitor.auth)
    assert got.status_code == 200, got.text
    assert got.content.startswith(b"%PDF-")
