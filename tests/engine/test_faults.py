"""Each fault of stock Rasa that loses or leaks what a visitor wrote (rasa.md §0), shown on stock and gone with us.

`stock` tests say what goes wrong; should a later Rasa mend it, they fail and the repair can go.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.engine import servers
from bot.engine.servers import Server

NewId = Callable[[], str]
CANARY = "zebrafish"


def texts(replies: list[dict[str, Any]]) -> list[str]:
    return [reply["text"] for reply in replies]


def stock_events(server: Server, sender: str) -> list[dict[str, Any]]:
    """What stock Rasa has on disk of this conversation."""
    with sqlite3.connect(server.home / "stock.db") as database:
        rows = database.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (sender,)).fetchall()
    database.close()
    return [json.loads(row) for (row,) in rows]


# -- R1, R12, R15, R16: bad input


@pytest.mark.parametrize("text", ['"hi \\ud800"', '"\\u0000hi"', '"\\ud83d"', '"hi \\udc00 there"'])
def test_text_no_database_can_hold_is_answered(ours: Server, new_id: NewId, text: str) -> None:
    body = f'{{"conversation":"{new_id()}","message_id":"{new_id()}","text":{text}}}'
    assert ours.post(body.encode())[0] == 200


def test_stock_a_lone_surrogate_as_sender_ends_the_whole_server(
    project: Path, model: Path, action_server: Any, tmp_path: Path
) -> None:
    server = servers.start(project, model, tmp_path, action_server.port, ours=False)
    with contextlib.suppress(OSError, http.client.HTTPException):
        server.post(b'{"sender":"x\\ud800","message":"hello"}')
    assert server.process.wait(20) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"{}", b"[" * 9000, b'{"a":' * 3000,
        b'{"conversation":"x\\ud800xxxxxxx","message_id":"mmmmmmmm","text":"hi"}',
        b'{"conversation":"short","message_id":"mmmmmmmm","text":"hi"}',
        b'{"conversation":"a\\u0000bbbbbbbbb","message_id":"mmmmmmmm","text":"hi"}',
        b'{"conversation":"cccccccc","message_id":["mmmmmmmm"],"text":"hi"}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":null}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":7}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":""}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"' + b"x" * 2001 + b'"}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","metadata":[]}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","metadata":{"for":"dog"}}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","metadata":{"asked":"a b"}}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","metadata":{"early":"yes"}}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","metadata":{"answer":"yes"}}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","metadata":{"x":1e999}}',
        b'{"conversation":"cccccccc","message_id":"mmmmmmmm","text":"hi","surprise":1}',
        b'{"conversation":"' + b"c" * 65 + b'","message_id":"mmmmmmmm","text":"hi"}',
    ],
)  # fmt: skip
def test_a_body_that_is_no_turn_is_refused(ours: Server, body: bytes) -> None:
    status, answer, _ = ours.post(body)
    assert status == 400
    assert answer["code"] == "body"


def test_a_body_of_100_kb_is_refused_unread(ours: Server) -> None:
    status, _, _ = ours.post(b'{"text":"' + b"x" * 100_000 + b'"}', line=7)
    assert status in (400, 413)
    ours._open.pop(7).close()  # the server hangs up on it


def test_stock_answers_a_body_that_is_no_turn_as_if_there_were_nothing_to_say(stock: Server, new_id: NewId) -> None:
    body = json.dumps({"sender": new_id(), "message": ["hello"]}).encode()
    assert stock.post(body)[:2] == (200, [])


def test_only_who_knows_the_secret_is_heard(ours: Server, new_id: NewId) -> None:
    body = ours.body(new_id(), new_id(), "hello")
    assert ours.post(body, secret="")[0] == 401
    assert ours.post(body, secret="for-measurements-onlx")[0] == 401
    assert ours.ask("DELETE", f"/webhooks/palpate/conversations/{new_id()}", secret="é")[0] == 401
    assert ours.post(body)[0] == 200


# -- R13: a message that comes twice


def test_a_message_that_comes_twice_is_answered_once(ours: Server, new_id: NewId) -> None:
    conversation, first = new_id(), new_id()
    body = ours.body(conversation, first, "count")
    once, again = ours.post(body)[1], ours.post(body)[1]
    assert texts(once["replies"]) == ["1 None"]
    assert once["repeat"] is False
    assert again == {"replies": once["replies"], "repeat": True}
    assert texts(ours.say(conversation, new_id(), "count")) == ["2 None"]


def test_stock_runs_a_message_that_comes_twice_twice(stock: Server, new_id: NewId) -> None:
    conversation, first = new_id(), new_id()
    assert texts(stock.say(conversation, first, "count")) == ["1 None"]
    assert texts(stock.say(conversation, first, "count")) == ["2 None"]


# -- commands in what visitors write


COMMANDS = [
    "/restart",
    " /restart",
    "\uff0frestart",
    "\u200b/restart",
    "\ufeff/restart",
    "/session_start",
    "/forget",
    '/forget{"a0":1}',
]


@pytest.mark.parametrize("text", COMMANDS)
def test_what_a_visitor_writes_is_never_a_command(ours: Server, new_id: NewId, text: str) -> None:
    conversation = new_id()
    ours.say(conversation, new_id(), "count")
    assert texts(ours.say(conversation, new_id(), text.replace("forget", "restart"))) == ["Pardon?"]
    assert texts(ours.say(conversation, new_id(), "count")) == ["2 None"]


def test_stock_obeys_a_visitor_who_writes_a_command(stock: Server, new_id: NewId) -> None:
    conversation = new_id()
    stock.say(conversation, new_id(), "count")
    stock.say(conversation, new_id(), "/restart")
    assert texts(stock.say(conversation, new_id(), "count")) == ["1 None"]


# -- R10, R11, R12: an action server that fails


@pytest.mark.parametrize("how", ["500", "html", "shape"])
def test_a_failed_action_is_a_failed_turn_and_leaves_nothing(
    ours: Server, actions: Any, new_id: NewId, how: str
) -> None:
    conversation, message = new_id(), new_id()
    ours.say(conversation, new_id(), "count")
    actions.fail(how)
    status, answer, headers = ours.post(ours.body(conversation, message, "count"))
    assert (status, answer, headers["Retry-After"]) == (503, {"code": "turn_failed"}, "2")
    actions.fail("")
    status, answer, _ = ours.post(ours.body(conversation, message, "count"))
    assert (texts(answer["replies"]), answer["repeat"]) == (["2 None"], False)


@pytest.mark.parametrize("how", ["500", "html", "shape"])
def test_stock_a_failed_action_looks_like_nothing_to_say(stock: Server, actions: Any, new_id: NewId, how: str) -> None:
    actions.fail(how)
    assert stock.post(stock.body(new_id(), new_id(), "count"))[:2] == (200, [])


def test_a_value_whose_check_failed_is_not_kept(ours: Server, actions: Any, new_id: NewId) -> None:
    conversation, message = new_id(), new_id()
    ours.say(conversation, new_id(), "begin")
    actions.fail("500")
    assert ours.post(ours.body(conversation, message, "b@d"))[0] == 503
    actions.fail("")
    assert texts(ours.say(conversation, message, "b@d")) == ["Your name?"]


def test_stock_keeps_a_value_whose_check_failed(stock: Server, actions: Any, new_id: NewId) -> None:
    conversation = new_id()
    stock.say(conversation, new_id(), "begin")
    actions.fail("500")
    stock.say(conversation, new_id(), "b@d")
    kept = [
        event for event in stock_events(stock, conversation) if event["event"] == "slot" and event["name"] == "name"
    ]
    assert kept[-1]["value"] == "b@d"


# -- R2: a database that fails


def test_a_turn_that_cannot_be_kept_is_refused_and_can_be_repeated(ours: Server, new_id: NewId) -> None:
    conversation, message = new_id(), new_id()
    ours.say(conversation, new_id(), "count")
    with _without(ours.home / "rasa.db", "rasa_turns"):
        assert ours.post(ours.body(conversation, message, "count"))[0] == 503
        assert ours.post(ours.body(conversation, message, "count"))[0] == 503
    status, answer, _ = ours.post(ours.body(conversation, message, "count"))
    assert (status, texts(answer["replies"]), answer["repeat"]) == (200, ["2 None"], False)


def test_stock_goes_on_in_memory_and_loses_what_was_said(stock: Server, new_id: NewId) -> None:
    conversation = new_id()
    stock.say(conversation, new_id(), "count")
    with _without(stock.home / "stock.db", "events"):
        assert texts(stock.say(conversation, new_id(), "count")) == ["1 None"]  # it forgot, and says nothing of it
    assert texts(stock.say(conversation, new_id(), "count")) == ["2 None"]  # and never heard the second
    assert [event["text"] for event in stock_events(stock, conversation) if event["event"] == "user"] == ["count"] * 2


class _without:  # noqa: N801 - reads as a phrase
    """Takes a table away for a while, as a database that answers with errors."""

    def __init__(self, path: Path, table: str) -> None:
        self.path, self.table = path, table

    def __enter__(self) -> None:
        self._rename(self.table, f"{self.table}_away")

    def __exit__(self, *_error: object) -> None:
        self._rename(f"{self.table}_away", self.table)

    def _rename(self, old: str, new: str) -> None:
        database = sqlite3.connect(self.path, timeout=10)
        database.execute(f"ALTER TABLE {old} RENAME TO {new}")
        database.commit()
        database.close()


# -- R4: a visitor who goes away in the middle of a turn


def _leave_during(server: Server, conversation: str, message: str, actions: Any) -> None:
    """Send a message whose action takes a while, wait until the action runs, and hang up."""
    actions.callers()
    caller = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    path = "/webhooks/palpate/turns" if server.ours else "/webhooks/rest/webhook"
    caller.request("POST", path, server.body(conversation, message, "wait"), {"X-Palpate-Secret": servers.SECRET})
    while not actions.callers():
        pass
    caller.close()


def test_a_turn_outlives_its_caller(ours: Server, actions: Any, new_id: NewId) -> None:
    conversation, message = new_id(), new_id()
    _leave_during(ours, conversation, message, actions)
    status, answer, _ = ours.post(ours.body(conversation, message, "wait"))
    assert (status, texts(answer["replies"]), answer["repeat"]) == (200, ["waited"], True)


def test_stock_a_turn_dies_with_its_caller(stock: Server, actions: Any, new_id: NewId) -> None:
    conversation = new_id()
    _leave_during(stock, conversation, new_id(), actions)
    stock.say(conversation, new_id(), "count")
    assert [event["text"] for event in stock_events(stock, conversation) if event["event"] == "user"] == ["count"]


# -- answers


def test_an_answer_stays_whole(ours: Server, new_id: NewId) -> None:
    conversation = new_id()
    assert ours.say(conversation, new_id(), "price") == [{"text": "It is [[price]].\n\nTax included."}]
    assert ours.say(conversation, new_id(), "hours") == [
        {"text": "From nine to five.", "custom": {"state": {"phase": "interview"}}}
    ]


def test_stock_cuts_an_answer_at_blank_lines(stock: Server, new_id: NewId) -> None:
    assert texts(stock.say(new_id(), new_id(), "price")) == ["It is [[price]].", "Tax included."]


# -- erasing, health


def test_a_forgotten_conversation_begins_anew(ours: Server, new_id: NewId) -> None:
    conversation, message = new_id(), new_id()
    ours.say(conversation, message, "count")
    path = f"/webhooks/palpate/conversations/{conversation}"
    assert ours.ask("DELETE", path)[0] == 204
    assert ours.ask("DELETE", path)[0] == 204
    status, answer, _ = ours.post(ours.body(conversation, message, "count"))
    assert (status, texts(answer["replies"]), answer["repeat"]) == (200, ["1 None"], False)


def test_health_says_which_model_and_whether_actions_answer(ours: Server) -> None:
    status, answer, _ = ours.ask("GET", "/webhooks/palpate/health")
    assert status == 200
    assert answer["actions"] is True
    assert len(answer["model"]) == 32


# -- connections to the actions


def test_one_connection_to_the_actions_serves_many_calls(ours: Server, actions: Any, new_id: NewId) -> None:
    conversation = new_id()
    actions.callers()
    for _ in range(5):
        ours.say(conversation, new_id(), "count")
    assert len(set(actions.callers())) == 1


def test_stock_opens_a_connection_for_each_call(stock: Server, actions: Any, new_id: NewId) -> None:
    conversation = new_id()
    actions.callers()
    for _ in range(5):
        stock.say(conversation, new_id(), "count")
    assert len(set(actions.callers())) == 5


# -- logs and the disk


def test_no_word_of_a_visitor_is_logged_or_readable_on_disk(ours: Server, actions: Any, new_id: NewId) -> None:
    conversation = new_id()
    ours.say(conversation, new_id(), f"hello {CANARY}")
    ours.post(f'{{"conversation":"{CANARY}'.encode())
    for how in ("500", "html", "shape"):
        actions.fail(how)
        ours.post(ours.body(conversation, new_id(), f"count {CANARY}"))
    with _without(ours.home / "rasa.db", "rasa_turns"):
        ours.post(ours.body(conversation, new_id(), f"hello {CANARY}"))
    assert "turn.failed" in ours.log
    assert CANARY not in ours.log
    kept = b"".join(path.read_bytes() for path in ours.home.glob("rasa.db*"))
    assert CANARY.encode() not in kept


def test_stock_logs_what_a_visitor_wrote(stock: Server, actions: Any, new_id: NewId) -> None:
    actions.fail("500")
    stock.say(new_id(), new_id(), f"count {CANARY}")
    assert CANARY in stock.log


def test_nothing_is_prepared_for_telemetry(ours: Server, stock: Server) -> None:
    """Stock Rasa gives the installation an id to report under, even when reports are off."""
    assert (stock.home / ".config" / "rasa" / "global.yml").exists()
    assert not (ours.home / ".config" / "rasa").exists()


# -- one call of the actions in a turn


def _calls_during_an_interruption(server: Server, actions: Any, new_id: NewId) -> int:
    conversation = new_id()
    server.say(conversation, new_id(), "begin")
    actions.callers()
    server.say(conversation, new_id(), "hours")
    return len(actions.callers())


def test_a_question_in_between_costs_one_call(ours: Server, actions: Any, new_id: NewId) -> None:
    assert _calls_during_an_interruption(ours, actions, new_id) == 1


def test_stock_a_question_in_between_costs_two_calls(stock: Server, actions: Any, new_id: NewId) -> None:
    assert _calls_during_an_interruption(stock, actions, new_id) == 2


# -- what is not served is not loaded


def test_serving_needs_less_memory_than_stock(ours: Server, stock: Server) -> None:
    assert ours.megabytes() < 0.85 * stock.megabytes()
