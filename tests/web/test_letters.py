"""A doctor's letter over HTTP: added and removed by the visitor, never handed out to one."""

from __future__ import annotations

import pytest

from bot.services.letters import LARGEST

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def send(visitor, content: bytes, **headers: str):
    return visitor.http.post(f"{visitor.path}/letters", headers={**visitor.auth, **headers}, content=content)


@pytest.fixture
def agreed(visitor, edge):
    """A visitor who has said yes."""
    visitor.arrive()
    with edge.context.uow() as uow:
        uow.conversations.give_consent(visitor.id, version="v", now=edge.context.clock())
        uow.commit()
    return visitor


def test_a_letter_is_added_listed_and_removed(agreed):
    added = send(agreed, PDF)
    assert added.status_code == 201, added.text
    assert set(added.json()) == {"id", "at", "type", "size"}
    assert (added.json()["type"], added.json()["size"]) == ("application/pdf", len(PDF))
    listed = agreed.http.get(f"{agreed.path}/letters", headers=agreed.auth)
    assert listed.json() == {"letters": [added.json()]}
    one = f"{agreed.path}/letters/{added.json()['id']}"
    assert agreed.http.get(one, headers=agreed.auth).status_code == 405, "nobody gets it back by this way"
    assert agreed.http.delete(one, headers=agreed.auth).status_code == 204
    assert agreed.http.delete(one, headers=agreed.auth).status_code == 404


def test_the_header_is_not_believed(agreed):
    refused = send(agreed, b"<script>alert(1)</script>", **{"Content-Type": "application/pdf"})
    assert (refused.status_code, refused.json()["code"]) == (415, "not_a_letter")
    assert send(agreed, PDF, **{"Content-Type": "text/html"}).json()["type"] == "application/pdf"


def test_too_large_a_letter_is_cut_off(agreed):
    refused = send(agreed, PDF + b"0" * LARGEST)
    assert (refused.status_code, refused.json()["code"]) == (413, "letter_too_large")


def test_no_letter_before_consent_and_none_from_strangers(visitor):
    visitor.arrive()
    refused = send(visitor, PDF)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_consent")
    assert send(visitor, PDF, Authorization="Bearer " + "x" * 43).status_code == 404
    assert visitor.http.post(f"{visitor.path}/letters", content=PDF).status_code == 401
