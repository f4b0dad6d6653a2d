"""The staff API's document is true of real hand-offs, and says of every call what comes back."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from bot.services import privacy
from bot.web import desk, openapi


@pytest.fixture
def document(context) -> dict[str, Any]:
    return openapi.document("staff", openapi.STAFF, desk.mount(context))


def holds(document: dict[str, Any], path: str, method: str, answer: Any) -> None:
    """The answer is what the document says of this call."""
    told = document["paths"][path][method]["responses"][str(answer.status_code)]["content"]
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in told
    if kind == "application/json":
        schema = {**told[kind]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())


def test_every_call_says_what_comes_back(document):
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            answers = {status: told for status, told in call["responses"].items() if status.startswith("2")}
            assert answers, (method, path)
            assert "See docs" not in call["summary"], (method, path)
            for told in answers.values():
                shown = told.get("content", {}).get("application/json", {}).get("schema")
                assert shown is None or set(shown) - {"type"}, (method, path)


def test_what_is_read_is_as_described(context, program, document):
    reference = context.handed_off(1, "my lower back hurts, 5 of 10", rf=["RF-CES"])
    context.handed_off(2)
    api = program("Ada", "admin")
    base = "/desk/api/handoffs"
    holds(document, base, "get", api.get(base))
    holds(document, f"{base}/search", "post", api.call(f"{base}/search", {"q": "ana"}))
    holds(document, f"{base}/{{reference}}", "get", api.get(f"{base}/{reference}"))
    holds(document, f"{base}/{{reference}}/messages", "get", api.get(f"{base}/{reference}/messages"))
    for ending in ("json", "csv", "pdf"):
        holds(document, f"{base}/{{reference}}.{ending}", "get", api.get(f"{base}/{reference}.{ending}"))
    for name in ("news", "call-backs", "outbox"):
        holds(document, f"/desk/api/{name}", "get", api.get(f"/desk/api/{name}"))


def test_what_a_move_answers_is_as_described(context, program, document):
    reference = context.handed_off(1)
    api = program("Ada", "admin")
    for move, body in (
        ("claim", {}),
        ("note", {"text": "called"}),
        ("override", {"outcome": "doctor_first", "urgency": "gp", "reason": "as the doctor asked"}),
        ("wait", {"for": "patient", "until": "2026-12-01T10:00:00+00:00"}),
        ("resume", {}),
        ("decline", {"reason": "moved away"}),
    ):
        answer = api.call(f"/desk/api/handoffs/{reference}/{move}", body)
        holds(document, "/desk/api/handoffs/{reference}/{move}", "post", answer)
    privacy.forget(context.uow(), "conversation-0000000001", by="visitor", now=context.time)
    holds(document, "/desk/api/handoffs/{reference}", "get", api.get(f"/desk/api/handoffs/{reference}"))
