"""Planted strings of every kind go through the running product, with errors of every kind; none is found where it must not be."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import tempfile
import time
import uuid
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.stack

TURN_SECONDS = 30
PLANTED = [f"zqplant{number:02d}x{uuid.uuid5(uuid.NAMESPACE_DNS, str(number)).hex[:10]}" for number in range(75)]


def well(stack) -> None:
    """Wait until all three processes are well again."""
    deadline = time.monotonic() + 60
    with httpx.Client(base_url=stack.url, timeout=5) as http:
        while time.monotonic() < deadline:
            try:
                if http.get("/readyz").status_code == 200:
                    return
            except httpx.HTTPError:
                continue
    pytest.fail("the product did not become well again")


def pid(stack, part: str) -> int:
    return int((stack.home / f"{part}.pid").read_text(encoding="ascii"))


def secret_of(stack) -> str:
    """What Rasa and the actions ask of each other, from the environment of the process itself."""
    env = Path(f"/proc/{pid(stack, 'rasa')}/environ").read_bytes().split(b"\0")
    return next(line.split(b"=", 1)[1].decode() for line in env if line.startswith(b"PALPATE_INTERNAL_SECRET="))


def bad_requests(stack, visitor, words) -> list[httpx.Response]:
    """Everything a client can do wrong, with planted words in it."""
    path, auth = f"/api/conversations/{visitor.id}/messages", {"Authorization": f"Bearer {visitor.token}"}
    word = iter(words)
    with httpx.Client(base_url=stack.url, timeout=30) as http:
        return [
            http.post(path, headers=auth, content=f'{{"id": "x", "text": "{next(word)}'),
            http.post(path, headers=auth, json={"id": str(uuid.uuid4()), "text": [next(word)]}),
            http.post(path, headers=auth, json={"id": str(uuid.uuid4()), next(word): "x"}),
            http.post(path, headers=auth, json={"id": next(word) + " ", "text": "x"}),
            http.post(path, headers=auth, json={"id": str(uuid.uuid4()), "text": next(word) * 300}),
            http.post(
                path, headers=auth, json={"id": str(uuid.uuid4()), "answer": {"question": next(word), "value": 1}}
            ),
            http.post(
                path, headers=auth, json={"id": str(uuid.uuid4()), "answer": {"question": "nrs", "value": next(word)}}
            ),
            http.post(path, headers={"Authorization": f"Bearer {next(word)}"}, json={"id": "x", "text": "y"}),
            http.post("/api/conversations", json={"channel": next(word), "locale": "en"}),
            http.get(f"/api/conversations/{next(word)}/messages", headers=auth),
            http.post(
                "/desk/sign-in", data={"name": next(word), "password": next(word)}, headers={"Origin": stack.url}
            ),
            http.get("/desk/api/handoffs", params={"q": next(word)}),
            http.get(f"/nowhere/{next(word)}"),
        ]


def letters(stack, visitor, words) -> list[httpx.Response]:
    """A doctor's letter whose words and file name are planted, one that is none, and one that is too large."""
    path, auth = f"/api/conversations/{visitor.id}/letters", {"Authorization": f"Bearer {visitor.token}"}
    in_letter, in_name, no_letter, too_large = words
    named = {**auth, "Content-Type": "application/pdf", "Content-Disposition": f'attachment; filename="{in_name}.pdf"'}
    with httpx.Client(base_url=stack.url, timeout=30) as http:
        return [
            http.post(path, headers=named, content=f"%PDF-1.7\n{in_letter}\n%%EOF".encode()),
            http.post(path, headers=auth, files={"letter": (f"{in_name}.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")}),
            http.post(path, headers=named, content=no_letter.encode()),
            http.post(path, headers=named, content=(b"%PDF-1.7\n" + too_large.encode()) * 500_000),
        ]


def staff_calls(stack, words) -> list[httpx.Response]:
    """What staff write about a hand-off, right and wrong, and what they look for; only refusals are answers to look at."""
    word = iter(words)
    name, password = "Planted Lead", f"{next(word)}\n"
    assert stack.palpate("staff", "add", name, "--role", "lead", "--password-stdin", text=password).returncode == 0
    token = stack.palpate("staff", "token", name).stdout.strip()
    line = stack.palpate("handoffs", "list", "--json").stdout.splitlines()[0]
    path = f"/desk/api/handoffs/{json.loads(line)['reference']}"
    headers = {"Authorization": f"Bearer {token}", "User-Agent": next(word)}
    with httpx.Client(base_url=stack.url, timeout=30, headers=headers) as http:
        assert http.post(f"{path}/claim").status_code == 200
        assert http.post(f"{path}/note", json={"text": next(word)}).status_code == 200
        assert http.post("/desk/api/handoffs/search", json={"q": next(word)}).status_code == 200
        return [
            http.post(f"{path}/note", json={"text": next(word) * 2000}),
            http.post(f"{path}/note", json={"text": [next(word)]}),
            http.post(f"{path}/override", json={"outcome": next(word), "reason": next(word)}),
            http.post(f"{path}/decline", content=f'{{"reason": "{next(word)}'),
            http.post(f"{path}/wait", json={"for": next(word), "until": next(word)}),
            http.get(f"/desk/handoffs/{next(word)}"),
            http.get("/desk", params={"find": next(word)}),
            httpx.get(f"{stack.url}/desk", headers={"Cookie": f"palpate_desk={next(word)}"}),
            httpx.get(f"{stack.url}/desk/invitation/{next(word)}"),
        ]


def told_to_anybody(stack) -> list[httpx.Response]:
    """What is shown without being asked about somebody: documents, health and the figures on their own port."""
    figures = httpx.get(f"http://127.0.0.1:{stack.env['PALPATE_METRICS_PORT']}/metrics")
    assert "palpate_turns_total" in figures.text
    paths = ("/healthz", "/readyz", "/api/openapi.json", "/desk/api/openapi.json", "/desk/sign-in")
    return [figures, *(httpx.get(f"{stack.url}{path}", timeout=30) for path in paths)]


def bad_inner_calls(stack, words) -> list[httpx.Response]:
    """What Rasa and the actions answer to calls that are wrong, or that fail inside."""
    word, trusted = iter(words), {"X-Palpate-Secret": secret_of(stack)}
    rasa = f"http://127.0.0.1:{stack.env['PALPATE_RASA_PORT']}/webhooks/palpate/turns"
    actions = f"http://127.0.0.1:{stack.env['PALPATE_ACTIONS_PORT']}/webhook"
    tracker = {
        "sender_id": next(word), "slots": {"age": next(word)}, "latest_message": {"text": next(word), "message_id": next(word)},
        "events": [], "paused": False, "active_loop": {}, "latest_action_name": next(word),
    }  # fmt: skip
    with httpx.Client(timeout=30, headers=trusted) as http:
        return [
            http.post(rasa, content=f'{{"text": "{next(word)}'),
            http.post(rasa, json={"conversation": "c" * 20, "message_id": "m1", "text": next(word), next(word): 1}),
            http.post(rasa, json={"conversation": "c" * 20, "message_id": next(word) + "!", "text": "x"}),
            http.post(actions, content=next(word)),
            http.post(actions, json={"next_action": next(word), "tracker": tracker, "domain": {}}),
            http.post(actions, json={"next_action": "validate_intake_form", "tracker": tracker, "domain": {}}),
            http.post(actions, json={"next_action": "validate_intake_form", "tracker": {"sender_id": next(word)}}),
        ]


def test_planted_strings_are_in_no_log_no_error_no_figure_no_file(stack, visitor):
    unconsented = visitor
    before = set(Path(tempfile.gettempdir()).iterdir())
    plants = iter(PLANTED)

    def some(count):
        return [next(plants) for _ in range(count)]

    answers = []
    with httpx.Client(base_url=stack.url, timeout=30) as http:
        unconsented.say(f"{some(1)[0]} hurts")
        visitor = type(unconsented)(http)
        visitor.arrive()
        for text in ("yes", "no", *(f"my left knee hurts since monday {word}" for word in some(4))):
            visitor.say(text)
        visitor.say("my name is {}, write to {}@example.org or call {}".format(*some(3)))
        answers += bad_requests(stack, visitor, some(14))
        answers += letters(stack, visitor, some(4))
        answers += bad_inner_calls(stack, some(16))
        os.kill(pid(stack, "actions"), signal.SIGKILL)
        sent = [visitor.http.post(
            f"/api/conversations/{visitor.id}/messages",
            headers={"Authorization": f"Bearer {visitor.token}"},
            json={"id": f"{uuid.uuid4()}", "text": f"it burns {word}"},
        ) for word in some(3)]  # fmt: skip
        well(stack)
        os.kill(pid(stack, "rasa"), signal.SIGKILL)
        for word in some(2):
            visitor.http.post(
                f"/api/conversations/{visitor.id}/messages",
                headers={"Authorization": f"Bearer {visitor.token}"},
                json={"id": f"{uuid.uuid4()}", "text": f"crushing chest pain {word}"},
            )
        os.kill(pid(stack, "web"), signal.SIGKILL)
        well(stack)
        assert all(one.status_code == 202 for one in sent)
        deadline = time.monotonic() + TURN_SECONDS
        while visitor.state.get("answered_through", 0) < sent[-1].json()["seq"] and time.monotonic() < deadline:
            got = httpx.get(
                f"{stack.url}/api/conversations/{visitor.id}/messages",
                headers={"Authorization": f"Bearer {visitor.token}"}, params={"wait": 5},
            )  # fmt: skip
            visitor.state = got.json()["state"]
    answers += staff_calls(stack, some(16))
    answers += told_to_anybody(stack)
    refused = stack.palpate("export", next(plants))
    assert refused.returncode == 1
    for word in plants:  # the rest: names and refusals of the command line
        stack.palpate("triage", text=json.dumps({"age": word}))
    for answer in answers:
        told = answer.text + str(answer.headers) + str(answer.url.path if answer.is_success else "")
        assert not [word for word in PLANTED if word in told], (answer.status_code, answer.request.url.path[:40])
    _nothing_in_files(stack, before)


def _nothing_in_files(stack, before) -> None:
    for name in ("palpate.db", "rasa.db"):  # what still lies in the write-ahead log must be looked at in either place
        with sqlite3.connect(stack.home / name, timeout=10) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        connection.close()
    others = (path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if "pytest" not in path.name)
    places = [stack.home, *others]
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*")) if file.is_file()]
    names = {file.name for file in files}
    assert {"palpate.db", "rasa.db", "web.log", "rasa.log", "actions.log"} <= names
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError:
            continue  # somebody else's temporary file, gone meanwhile
        for word in PLANTED:
            assert word.encode() not in raw, f"{word} in {file.name}"
            assert word.encode("utf-16-le") not in raw, f"{word} in {file.name}"


def test_one_turn_has_one_name_in_all_processes(stack, visitor):
    """A turn whose hand-off cannot be stored is found in every log from the request id the visitor was given."""
    for text in ("yes", "no"):
        visitor.say(text)
    with _no_hand_off_can_be_stored(stack):
        sent = visitor.http.post(
            f"/api/conversations/{visitor.id}/messages",
            headers={"Authorization": f"Bearer {visitor.token}"},
            json={"id": str(uuid.uuid4()), "text": "I have crushing chest pain right now"},
        )
        accepted = _logged(stack, "web", request=sent.headers["x-request-id"])
        assert (accepted["conversation"], accepted["seq"]) == (visitor.id, sent.json()["seq"])
        told = {part: _logged(stack, part, turn=accepted["turn"], level="error") for part in ("actions", "rasa")}
        told["web"] = _logged(stack, "web", turn=accepted["turn"], event="turn_failed")
    assert {part: line["event"] for part, line in told.items()} == {
        "actions": "action_failed", "rasa": "turn.failed", "web": "turn_failed",
    }  # fmt: skip
    visitor._until(lambda: visitor.state.get("answered_through", 0) >= accepted["seq"])
    assert visitor.state["handoff"], "once it can be stored, it is"


@contextlib.contextmanager
def _no_hand_off_can_be_stored(stack):
    with contextlib.closing(sqlite3.connect(stack.home / "palpate.db", timeout=10)) as connection:
        connection.execute(
            "CREATE TRIGGER refuse BEFORE INSERT ON handoffs BEGIN SELECT RAISE(ABORT, 'refused by a test'); END"
        )
        try:
            yield
        finally:
            connection.execute("DROP TRIGGER refuse")


def _logged(stack, part, **wanted):
    """The first line of a process's log that says all this; waits for it."""
    deadline = time.monotonic() + TURN_SECONDS
    while time.monotonic() < deadline:
        text = (stack.home / "logs" / f"{part}.log").read_text(encoding="utf-8")
        for line in text.splitlines():
            said = json.loads(line) if line.startswith("{") else {}
            if wanted.items() <= said.items():
                return said
    pytest.fail(f"no line of {part} says {wanted}")
