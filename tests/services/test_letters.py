"""Which letters are taken, who may read them, and what is on record of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.errors import NotAllowed, NotFound
from bot.services import letters, privacy
from bot.services.letters import LetterRefused
from bot.services.review import Actor

ID = "conversation-0000000001"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
KINDS = {
    "application/pdf": PDF,
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20,
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20,
    "image/webp": b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 20,
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 20,
}
ANA = Actor("Ana", "reviewer")


@pytest.fixture
def agreed(clinic):
    """A clinic with one conversation whose visitor has consented."""
    clinic.chat(ID, "my back hurts")
    with clinic.uow() as uow:
        uow.conversations.give_consent(ID, version="v", now=clinic.now)
        uow.commit()
    return clinic


def add(clinic, content: bytes = PDF, name: str = "a" * 32):
    return letters.add(clinic.uow(), ID, content, letter=name, now=clinic.now)


@pytest.mark.parametrize("kind", KINDS)
def test_the_type_is_read_from_the_bytes(agreed, kind):
    assert add(agreed, KINDS[kind]).media_type == kind


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"\x00" * 20, b"PK\x03\x04" + b"\x00" * 40, b"MZ" + b"\x00" * 80],
)  # fmt: skip
def test_what_is_no_letter_is_refused(agreed, content):
    with pytest.raises(LetterRefused, match="not_a_letter"):
        add(agreed, content)


def test_too_large_too_many_too_early_and_too_late(agreed):
    with pytest.raises(LetterRefused, match="too_large"):
        add(agreed, PDF + b"0" * letters.LARGEST)
    for number in range(letters.MOST):
        add(agreed, name=str(number))
    with pytest.raises(LetterRefused, match="too_many"):
        add(agreed, name="one more")
    privacy.forget(agreed.uow(), ID, by="visitor", now=agreed.now)
    with pytest.raises(LetterRefused, match="ended"):
        add(agreed)
    agreed.chat("conversation-0000000002", "hello")
    with pytest.raises(LetterRefused, match="no_consent"):
        letters.add(agreed.uow(), "conversation-0000000002", PDF, letter="x", now=agreed.now)
    with pytest.raises(NotFound):
        letters.add(agreed.uow(), "nowhere", PDF, letter="x", now=agreed.now)


def test_staff_read_it_by_the_reference_and_the_reading_is_on_record(agreed):
    add(agreed)
    reference = agreed.intake().reference
    assert letters.read(agreed.uow(), reference, "a" * 32, by=ANA, now=agreed.now).content == PDF
    with pytest.raises(NotFound):
        letters.read(agreed.uow(), reference, "b" * 32, by=ANA, now=agreed.now)
    with pytest.raises(NotAllowed):
        letters.read(agreed.uow(), reference, "a" * 32, by=Actor("Eve", "nobody"), now=agreed.now)
    other = agreed.intake("conversation-0000000002").reference
    with pytest.raises(NotFound):
        letters.read(agreed.uow(), other, "a" * 32, by=ANA, now=agreed.now)
    actions = [entry.action for entry in agreed.look(lambda uow: uow.audit.of_conversation(ID))]
    assert actions.count("letter_added") == 1
    assert actions.count("read_letter") == 1


def test_a_letter_after_the_hand_off_tells_staff_once(agreed):
    reference = agreed.intake().reference
    add(agreed)
    told = [item for item in agreed.storage.shelves.outbox.values() if item.payload.get("letter")]
    assert [item.payload["reference"] for item in told] == [reference]


def test_the_visitor_can_take_it_back_and_only_their_own(agreed):
    add(agreed)
    with pytest.raises(NotFound):
        letters.take_back(agreed.uow(), "conversation-0000000002", "a" * 32, now=agreed.now)
    letters.take_back(agreed.uow(), ID, "a" * 32, now=agreed.now)
    assert letters.own(agreed.uow(), ID) == []


def test_forgetting_and_time_take_letters_too(agreed):
    add(agreed)
    agreed.intake()
    assert privacy.export(agreed.uow(), ID, by="visitor", now=agreed.now)["letters"][0]["size"] == len(PDF)
    later = agreed.now + timedelta(days=91)
    assert privacy.run_retention(agreed.uow(), now=later, dry_run=True)["letters"] == 1
    assert privacy.run_retention(agreed.uow(), now=later)["letters"] == 1
    add(agreed)
    privacy.forget(agreed.uow(), ID, by="visitor", now=agreed.now)
    assert agreed.storage.shelves.letters == {}
