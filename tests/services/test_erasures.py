"""Asked to be forgotten after a hand-off: staff decide once, and a restore does not bring back what was forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import IllegalMove, NotAllowed, NotFound
from bot.services import erasures, privacy
from bot.services.review import Actor, BadMove

ID = "conversation-0000000001"
ADMIN = Actor("Ada", "admin")


@pytest.fixture
def asked(clinic):
    """A visitor asked after the hand-off; the reference."""
    clinic.chat(ID, "my back hurts")
    reference = clinic.intake().reference
    assert privacy.forget(clinic.uow(), ID, by="visitor", now=clinic.now) == "staff_review"
    return reference


def decide(clinic, reference, decision, reason="", by=ADMIN):
    erasures.decide(clinic.storage, reference, decision=decision, reason=reason, by=by, now=clinic.now)


def test_the_request_waits_with_its_reference(clinic, asked):
    (request,) = erasures.requests(clinic.storage, by=ADMIN)
    assert (request.reference, request.decision) == (asked, None)
    assert privacy.forget(clinic.uow(), ID, by="visitor", now=clinic.now) == "staff_review"
    assert len(erasures.requests(clinic.storage, by=ADMIN)) == 1


def test_erased_means_the_record_too_and_the_proof_stays(clinic, asked):
    decide(clinic, asked, "erased")
    with pytest.raises(NotFound):
        clinic.handoff(asked)
    assert [proof.what for proof in erasures.proofs(clinic.storage)] == ["chat", "all"]
    assert erasures.requests(clinic.storage, by=ADMIN)[0].decision == "erased"
    assert all(entry.detail is None for entry in clinic.look(lambda uow: uow.audit.of(asked)))


def test_a_record_erased_in_another_way_answers_the_request(clinic, asked):
    """An operator's `palpate erase`, or the retention job."""
    privacy.forget(clinic.uow(), ID, by="command line", now=clinic.now, after_handoff="now")
    (request,) = erasures.requests(clinic.storage, by=ADMIN)
    assert (request.decision, request.decided_by) == ("erased", "command line")
    assert erasures.undecided(clinic.storage) == frozenset()


def test_who_waits_for_a_decision(clinic, asked):
    assert erasures.undecided(clinic.storage) == {asked}
    decide(clinic, asked, "kept", "law")
    assert erasures.undecided(clinic.storage) == frozenset()


def test_kept_needs_a_reason_and_keeps_the_record(clinic, asked):
    with pytest.raises(BadMove, match="which law"):
        decide(clinic, asked, "kept", " ")
    decide(clinic, asked, "kept", "Ten years by the medical records act")
    assert clinic.handoff(asked).reference == asked
    assert erasures.requests(clinic.storage, by=ADMIN)[0].decided_by == "Ada"


@pytest.mark.parametrize("second", ["erased", "kept"])
def test_a_decision_is_made_once(clinic, asked, second):
    decide(clinic, asked, "kept", "law")
    with pytest.raises(IllegalMove):
        decide(clinic, asked, second, "law")


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_only_administrators_decide(clinic, asked, role):
    with pytest.raises(NotAllowed):
        decide(clinic, asked, "erased", by=Actor("Bo", role))
    assert clinic.handoff(asked).reference == asked


def test_nobody_asked_nothing_to_decide(clinic):
    clinic.chat(ID, "my back hurts")
    with pytest.raises(NotFound):
        decide(clinic, clinic.intake().reference, "erased")


def test_after_a_restore_the_same_is_forgotten_again_once(clinic, asked):
    decide(clinic, asked, "erased")
    proofs = erasures.proofs(clinic.storage)
    older = type(clinic.storage)()  # the copy from before anything was forgotten
    clinic.storage = older
    clinic.chat(ID, "my back hurts")
    reference = clinic.intake().reference
    clinic.chat("conversation-0000000002", "somebody else")
    applied = erasures.apply_again(older, proofs, now=clinic.now)
    assert applied.again == 2
    with older.reading() as uow:
        assert uow.conversations.messages(ID) == []
        assert uow.handoffs.by_conversation(ID) is None
        assert uow.conversations.messages("conversation-0000000002")
    with pytest.raises(NotFound):
        clinic.handoff(reference)
    assert erasures.apply_again(older, proofs, now=clinic.now).again == 0


def test_old_chats_go_and_the_hand_off_stays(clinic):
    clinic.chat(ID, "my back hurts")
    reference = clinic.intake().reference
    later = clinic.now + timedelta(days=91)
    assert privacy.run_retention(clinic.uow(), now=later, dry_run=True)["chats"] == 1
    assert clinic.look(lambda uow: uow.conversations.messages(ID))
    assert privacy.run_retention(clinic.uow(), now=later)["chats"] == 1
    assert clinic.look(lambda uow: uow.conversations.messages(ID)) == []
    assert clinic.handoff(reference).reference == reference
    assert privacy.run_retention(clinic.uow(), now=later)["chats"] == 0
    assert any(item.kind == "forget_tracker" for item in clinic.storage.shelves.outbox.values())
