"""Headers, origins and sizes: what a browser is told, and who is turned away."""

from __future__ import annotations

import asyncio
import http.client

import httpx
import pytest
from conftest import Running, StartEdge, Visitor

from bot.web.app import create_app

PAGES = ["/", "/widget/app/", "/desk/sign-in", "/api/conversations/x/messages", "/healthz", "/nothing-here"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_strict(http: httpx.Client, path: str) -> None:
    got = http.get(path)
    policy = got.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors" in policy
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert got.headers["x-request-id"]
    assert "access-control-allow-origin" not in got.headers
    assert "server" not in got.headers or "uvicorn" in got.headers["server"]


def test_only_the_listed_sites_may_frame_the_chat(start_edge: StartEdge) -> None:
    running = start_edge(PALPATE_FRAME_ANCESTORS="https://clinic.example")
    with httpx.Client(base_url=running.url) as http:
        assert (
            "frame-ancestors 'self' https://clinic.example"
            in http.get("/widget/app/").headers["content-security-policy"]
        )
        for path in ("/", "/desk/sign-in", "/api/conversations"):
            assert "frame-ancestors 'none'" in http.get(path).headers["content-security-policy"]


def test_hsts_only_behind_tls(http: httpx.Client) -> None:
    assert "strict-transport-security" not in http.get("/healthz").headers
    behind = http.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert "max-age" in behind.headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8000"}, 201),
    ],
)
def test_another_site_cannot_open_a_chat(http: httpx.Client, headers: dict[str, str], status: int) -> None:
    got = http.post("/api/conversations", json={}, headers=headers)
    assert got.status_code == status
    if status == 403:
        assert got.json()["code"] == "foreign_origin"


def test_our_own_origin_may(http: httpx.Client, edge: Running) -> None:
    assert http.post("/api/conversations", json={}, headers={"Origin": edge.url}).status_code == 201


@pytest.mark.parametrize("path", ["/desk/sign-in", "/healthz", "/"])
def test_a_large_body_is_refused_everywhere(http: httpx.Client, path: str) -> None:
    got = http.post(path, content=b"x" * 70_000)
    assert (got.status_code, got.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("path", ["/desk/sign-in", "messages", "letters"])
def test_who_sends_all_before_reading_gets_the_refusal_and_no_broken_line(visitor: Visitor, path: str) -> None:
    visitor.arrive()
    where = path if path.startswith("/") else f"{visitor.path}/{path}"
    line = http.client.HTTPConnection(visitor.http.base_url.host, visitor.http.base_url.port or 80, timeout=20)
    line.request("POST", where, body=b"x" * 20_000_000, headers={**visitor.auth, "Content-Type": "application/json"})
    assert line.getresponse().status == 413
    line.close()


def test_a_large_body_without_a_length_is_refused(visitor: Visitor) -> None:
    visitor.arrive()
    chunks = (b"x" * 10_000 for _ in range(10))
    headers = {**visitor.auth, "Content-Type": "application/json"}
    got = visitor.http.post(f"{visitor.path}/messages", content=chunks, headers=headers)
    assert (got.status_code, got.json()["code"]) == (413, "body_too_large")


def test_a_proxys_request_id_is_kept_when_harmless(http: httpx.Client) -> None:
    assert http.get("/healthz", headers={"X-Request-Id": "abcdef-123456"}).headers["x-request-id"] == "abcdef-123456"
    assert http.get("/healthz", headers={"X-Request-Id": "my knee hurts!"}).headers["x-request-id"] != "my knee hurts!"


def test_ready_says_what_is_missing(http: httpx.Client, rasa) -> None:  # type: ignore[no-untyped-def]
    assert http.get("/readyz").json() == {
        "status": "ok",
        "database": True,
        "rasa": True,
        "model": True,
        "actions": True,
    }
    rasa.up = False
    got = http.get("/readyz")
    assert (got.status_code, got.json()["rasa"]) == (503, False)


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [("GET", "/api/nothing", "not_found"), ("PUT", "/api/conversations", "method_not_allowed")],
)
def test_unknown_paths_and_methods_are_problems_too(http: httpx.Client, method: str, path: str, code: str) -> None:
    got = http.request(method, path)
    assert got.json()["code"] == code
    assert got.headers["content-type"] == "application/problem+json"


def test_the_loader_may_be_used_by_other_sites(http: httpx.Client) -> None:
    got = http.get("/widget.js")
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"
    assert got.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("scheme", "told"), [("https", True), ("http", False)])
def test_browsers_are_held_to_tls_where_there_is_tls(edge: Running, scheme: str, told: bool) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app(edge.context))
        async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://clinic.example") as client:
            return await client.get("/healthz")

    assert ("strict-transport-security" in asyncio.run(ask()).headers) is told
