"""The end of a conversation is told in time and can be put off; a result can be taken along on paper."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.services import hand_off
from bot.services.stored import NewMessage
from bot.web.chat import papers
from tests.words.test_parity import ENGLISH_WORDS

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


@pytest.fixture
def printed(monkeypatch) -> list[papers.Paper]:
    """What was put on paper, before it became a PDF."""
    seen: list[papers.Paper] = []
    real = papers.pdf
    monkeypatch.setattr(papers, "pdf", lambda paper, letter: (seen.append(paper), real(paper, letter=letter))[1])
    return seen


def test_on_paper_each_reason_is_said_once_then_what_happens_next(visitor, edge, printed):
    visitor.arrive()
    reason = "You told me about “brittle bones”. Your doctor decides."
    told = f"Please ask your doctor first. {reason}\n\nIf a leg goes weak or numb, call at once."
    with edge.context.uow() as uow:
        uow.conversations.append(visitor.id, NewMessage("bot", told, {"outcome": OUTCOME}), now=edge.context.clock())
        uow.commit()
    assert visitor.http.get(f"{visitor.path}/summary.pdf", headers=visitor.auth).status_code == 200
    (paper,) = printed
    clinic = edge.context.settings.clinic
    assert (paper.clinic, paper.title) == (clinic.name, "Your doctor first")
    assert {clinic.phone, clinic.email} <= set(paper.reach)
    assert [(part.kind, part.text) for part in paper.parts] == [
        ("text", "Please ask your doctor first."),
        ("text", "If a leg goes weak or numb, call at once."),
        ("heading", "Why"),
        ("text", reason),
        ("heading", "What happens next"),
        ("step", "Show the note for your doctor, and ask."),
        ("step", "Add the doctor's letter in the chat, or bring it along."),
        ("step", "Our team then plans your visit with you."),
    ]


def test_in_an_emergency_the_paper_adds_no_steps_of_its_own(visitor, edge, printed):
    visitor.arrive()
    outcome = {"outcome": "not_now", "urgency": "emergency", "reasons": []}
    with edge.context.uow() as uow:
        uow.conversations.append(
            visitor.id, NewMessage("bot", "Call 911.", {"outcome": outcome}), now=edge.context.clock()
        )
        uow.commit()
    assert visitor.http.get(f"{visitor.path}/summary.pdf", headers=visitor.auth).status_code == 200
    assert [part.text for part in printed[0].parts] == ["Call 911."]


def test_the_note_is_a_form_that_a_doctor_can_fill_in(visitor, edge, printed):
    visitor.arrive()
    record = {"nrs": 6, "ci": ["CI-CHRONIC"], "facts": {"contact": {"name": "Zoë __Núñez__", "phone": "1"}}}
    consent, result = {"privacy": True}, {**OUTCOME, "rule": "R-1", "rules_version": "v"}
    now = edge.context.clock()
    hand_off.hand_off(
        edge.context.uow(), conversation=visitor.id, record=record, result=result, consent=consent, said={}, now=now
    )
    assert visitor.http.get(f"{visitor.path}/doctor-note.pdf", headers=visitor.auth).status_code == 200
    kinds = [(part.kind, part.text) for part in printed[0].parts]
    assert kinds[0][1].startswith("Zoë __Núñez__, date of birth")
    assert ("heading", "May they have massage?") in kinds
    assert ("text", "☐ yes   ☐ no") in kinds
    assert kinds[-2:] == [("lines", ""), ("signed", "Signed, date")]
    assert [kind for kind, _ in kinds].count("box") == 1


def test_the_note_speaks_the_doctors_language_and_below_it_the_visitors(visitor, edge, printed):
    visitor.arrive("es")
    record = {
        "nrs": 6, "duration_days": 200, "ci": ["CI-CHRONIC"], "sites": [{"site": "low_back", "side": None}],
        "facts": {"contact": {"name": "Luz", "phone": "1"}},
    }  # fmt: skip
    consent, result = {"privacy": True}, {**OUTCOME, "rule": "R-1", "rules_version": "v"}
    now = edge.context.clock()
    hand_off.hand_off(
        edge.context.uow(), conversation=visitor.id, record=record, result=result, consent=consent, said={}, now=now
    )
    assert visitor.http.get(f"{visitor.path}/doctor-note.pdf", headers=visitor.auth).status_code == 200
    [paper] = printed
    assert (paper.title, paper.language) == ("A question before massage", "en")
    below = [part.text for part in paper.parts].index("Una pregunta antes del masaje")
    english, spanish = paper.parts[:below], paper.parts[below:]
    assert "May they have massage?" in [part.text for part in english]
    words = " ".join(part.text for part in spanish)
    assert not ENGLISH_WORDS.search(words), words
    for half in (english, spanish):
        assert [part.kind for part in half][-2:] == ["lines", "signed"]
    assert ("text", "☐ sí   ☐ no") in [(part.kind, part.text) for part in spanish]
