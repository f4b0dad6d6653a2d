"""A token ends when nobody writes; a code carries a conversation to another device, once."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from conftest import Running, StartEdge, Visitor

from bot.web.limits import Allowance


def link(visitor: Visitor, **body: str) -> httpx.Response:
    return visitor.http.post(f"{visitor.path}/link", headers=visitor.auth, json=body)


def resume(http: httpx.Client, code: object) -> httpx.Response:
    return http.post("/api/resume", json={"code": code})


def test_a_link_opens_the_same_conversation_on_another_device_once(visitor, edge):
    visitor.consent()
    made = link(visitor)
    assert made.status_code == 201
    code = made.json()["code"]
    assert made.json()["url"].endswith(f"/widget/app/#resume={code}")
    got = resume(visitor.http, code)
    assert got.status_code == 200
    other = Visitor(visitor.http, got.json()["id"], got.json()["token"])
    assert other.id == visitor.id
    assert other.token != visitor.token
    assert other.log()["messages"] == visitor.log()["messages"]
    other.settled(other.say("from my phone"))
    assert "I heard from my phone" in visitor.bot(), "the first device stays signed in"
    assert resume(visitor.http, code).json()["code"] == "unknown_code"
    assert code.encode() not in (edge.home / "palpate.db").read_bytes()


def test_a_new_link_ends_the_one_before_and_a_foreign_token_gets_none(visitor):
    visitor.arrive()
    first, second = (link(visitor).json()["code"] for _ in range(2))
    back = link(visitor, **{"for": "return"}).json()["code"]
    assert resume(visitor.http, first).status_code == 404
    assert resume(visitor.http, second).status_code == 200
    assert resume(visitor.http, back).status_code == 200
    stranger = Visitor(visitor.http).arrive()
    stolen = visitor.http.post(f"{visitor.path}/link", headers=stranger.auth, json={})
    assert stolen.status_code == 404
    assert link(visitor, **{"for": "ever"}).status_code == 422


@pytest.mark.parametrize("code", [None, 7, "", "x", "a b" * 10, "ü" * 30, ["a" * 22]])
def test_what_is_no_code_is_refused(visitor, code):
    assert resume(visitor.http, code).status_code == 422


def test_an_erased_conversation_has_no_links(visitor):
    visitor.arrive()
    code = link(visitor).json()["code"]
    assert visitor.http.delete(visitor.path, headers=visitor.auth).status_code == 204
    assert resume(visitor.http, code).status_code == 404


def test_of_too_many_devices_the_first_has_to_go(visitor):
    visitor.arrive()
    token = visitor.token
    for _ in range(8):
        visitor.token = resume(visitor.http, link(visitor).json()["code"]).json()["token"]
    visitor.log()
    visitor.token = token
    assert visitor.http.get(f"{visitor.path}/messages", headers=visitor.auth).status_code == 404


def test_trying_codes_is_limited(start_edge: StartEdge):
    running: Running = start_edge(allowance=Allowance(resumes_per_address="3/minute"))
    with httpx.Client(base_url=running.url) as http:
        answers = [resume(http, "a" * 22) for _ in range(5)]
    assert [one.status_code for one in answers] == [404, 404, 404, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_token_ends_when_nobody_writes_and_a_code_to_come_back_does_not(home, rasa, start_edge):
    ahead = [timedelta(0)]
    running = start_edge()
    real = running.context.clock
    object.__setattr__(running.context, "clock", lambda: real() + ahead[0])
    with httpx.Client(base_url=running.url) as http:
        visitor = Visitor(http).consent()
        device, back = (link(visitor, **{"for": purpose}).json()["code"] for purpose in ("device", "return"))
        ahead[0] = timedelta(hours=23)
        visitor.settled(visitor.say("still here"))
        ahead[0] += timedelta(hours=25)
        late = http.get(f"{visitor.path}/messages", headers=visitor.auth)
        assert (late.status_code, late.json()["code"]) == (401, "token_expired")
        assert visitor.post({"id": "one-more-1", "text": "hello?"}).status_code == 401
        assert http.get(f"{visitor.path}/events", headers=visitor.auth).status_code == 401
        assert resume(http, device).status_code == 404
        visitor.token = resume(http, back).json()["token"]
        assert "I heard still here" in visitor.bot()
