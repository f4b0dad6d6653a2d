"""The event stream: numbered by the log, replayed from where it broke off, and never left typing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from conftest import Visitor
from standin_rasa import Rasa


def listen(visitor: Visitor, until: Callable[[list[tuple[str, Any, str | None]]], bool], **headers: str) -> list[Any]:
    """(event, data, id) as they come, until `until` is satisfied."""
    seen: list[tuple[str, Any, str | None]] = []
    with (
        httpx.Client(base_url=visitor.http.base_url, timeout=20) as http,
        http.stream("GET", f"{visitor.path}/events", headers={**visitor.auth, **headers}) as stream,
    ):
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        for event in _events(stream.iter_lines()):
            seen.append(event)
            if until(seen):
                return seen
    return seen


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any, str | None]]:
    parts: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            parts[name] = value
        elif parts:
            yield parts["event"], json.loads(parts["data"]), parts.get("id")
            parts = {}


def names(seen: list[Any]) -> list[str]:
    """The events' names."""
    return [event for event, _data, _id in seen]


def test_a_stream_replays_the_log_then_the_state(visitor: Visitor) -> None:
    visitor.consent()
    log = visitor.log()
    seen = listen(visitor, lambda seen: "state" in names(seen))
    assert [data for event, data, _id in seen if event == "message"] == log["messages"]
    assert [number for event, _data, number in seen if event == "message"] == [str(m["seq"]) for m in log["messages"]]
    assert seen[-1][1] == log["state"]
    assert "typing" not in names(seen)


def test_a_stream_goes_on_from_the_last_event_id(visitor: Visitor) -> None:
    visitor.consent()
    log = visitor.log()["messages"]
    seen = listen(visitor, lambda seen: "state" in names(seen), **{"Last-Event-ID": str(log[1]["seq"])})
    assert [data for event, data, _id in seen if event == "message"] == log[2:]


def test_an_event_id_that_was_never_given_means_from_the_beginning(visitor: Visitor) -> None:
    visitor.consent()
    seen = listen(visitor, lambda seen: "state" in names(seen), **{"Last-Event-ID": "nonsense"})
    assert len([event for event in names(seen) if event == "message"]) == len(visitor.log()["messages"])


def test_typing_goes_on_and_off_around_a_turn(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    last = visitor.log()["messages"][-1]["seq"]
    rasa.gate.clear()
    visitor.say("think")

    def done(seen: list[Any]) -> bool:
        if ("typing", {"on": True}, None) in seen:
            rasa.gate.set()
        return ("typing", {"on": False}, None) in seen and seen[-1][0] == "state"

    seen = listen(visitor, done, **{"Last-Event-ID": str(last)})
    said = [(event, data.get("from", data.get("on"))) for event, data, _id in seen if event != "state"]
    assert said == [("message", "visitor"), ("typing", True), ("typing", False), ("message", "bot")]


def test_typing_stops_when_rasa_is_gone(visitor: Visitor, rasa: Rasa) -> None:
    visitor.consent()
    rasa.up = False
    visitor.say("anybody there?")

    def done(seen: list[Any]) -> bool:
        shown = [data["on"] for event, data, _id in seen if event == "typing"]
        told = any("having trouble" in data["text"] for event, data, _id in seen if event == "message")
        return told and (not shown or shown[-1] is False) and seen[-1][0] != "message"

    assert done(listen(visitor, done))


def test_a_stream_ends_with_erased(visitor: Visitor) -> None:
    visitor.consent()

    def until(seen: list[Any]) -> bool:
        if names(seen)[-1] == "state" and len(names(seen)) > 1 and seen[-1][1]["phase"] != "erased":
            visitor.http.delete(visitor.path, headers=visitor.auth)
        return False

    seen = listen(visitor, until)
    assert seen[-1][0] == "state"
    assert seen[-1][1]["phase"] == "erased"


def test_two_tabs_see_the_same(visitor: Visitor) -> None:
    visitor.consent()
    seq = visitor.say("to both")
    visitor.settled(seq)

    def answered(seen: list[Any]) -> bool:
        return any(event == "state" and data["answered_through"] >= seq for event, data, _id in seen)

    first, second = listen(visitor, answered), listen(visitor, answered)
    assert first == second
