"""The OpenAPI documents say what is there: every call is described, and what the calls answer is what was described."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import schemathesis
from conftest import Running, StartEdge, Visitor
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from standin_rasa import Rasa

from bot.services import accounts
from bot.web import openapi
from bot.web.app import create_app
from bot.web.limits import OFF, Allowance

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
NEVER_ENDS = "/events"
CASES = settings(
    max_examples=25, deadline=None, phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def free(start_edge: StartEdge, rasa: Rasa) -> Iterator[tuple[Running, httpx.Client]]:
    """An edge without limits, whose bot does not answer."""
    running = start_edge(allowance=Allowance(OFF, OFF, OFF, OFF, OFF))
    with httpx.Client(base_url=running.url, timeout=20) as http:
        yield running, http


@pytest.mark.parametrize(("prefix", "name"), [("/api", "chat"), ("/desk/api", "staff")])
def test_every_call_is_in_the_document_and_nothing_else(edge: Running, http: httpx.Client, prefix: str, name: str):
    served = http.get(f"{prefix}/openapi.json").json()
    real = openapi.document(name, prefix, create_app(edge.context).routes)["paths"]
    assert served["paths"] == real
    assert len(real) > 8
    invented = set(openapi.written(name)["paths"]) - {path for path, methods in real.items() if _exists(edge, path)}
    assert invented == set()


def _exists(edge: Running, path: str) -> bool:
    """True when one of the app's routes has this path."""
    return any(
        openapi._PLACE.sub(r"{\1}", getattr(route, "path", "")) == path for route in create_app(edge.context).routes
    )


def operations(document: dict[str, Any]) -> list[Any]:
    """Every operation schemathesis finds in a document."""
    schema = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    return [operation for operation in found if not operation.path.endswith(NEVER_ENDS)]


def test_the_chat_api_answers_as_described_whatever_is_sent(free: tuple[Running, httpx.Client], rasa: Rasa):
    running, http = free
    visitor = Visitor(http).consent()
    rasa.gate.clear()
    document = http.get("/api/openapi.json").json()
    for operation in operations(document):
        hold(operation, running.url, visitor.auth, {"id": visitor.id})
    assert http.get("/healthz").status_code == 200


def test_the_staff_api_answers_as_described_whatever_is_sent(free: tuple[Running, httpx.Client]):
    running, http = free
    now = datetime.now(UTC)
    accounts.add_staff(running.context.uow, name="Ana", role="admin", password="correct horse battery", now=now)
    token = accounts.issue_token(running.context.uow, name="Ana", now=now)
    document = http.get("/desk/api/openapi.json").json()
    for operation in operations(document):
        hold(operation, running.url, {"Authorization": f"Bearer {token}"}, {})


def hold(operation: Any, url: str, headers: dict[str, str], places: dict[str, str]) -> None:
    """Call one operation with whatever its description allows, and with what it does not; hold the answers to it."""
    for mode in GenerationMode:
        cases = operation.as_strategy(generation_mode=mode)

        @CASES
        @given(case=cases)
        def holds(case: Any) -> None:
            if operation.method.upper() != "DELETE":  # what is deleted is somebody else's
                case.path_parameters = {**(case.path_parameters or {}), **places}
            if isinstance(case.query, dict) and "wait" in case.query:
                case.query["wait"] = 0
            answer = case.call(base_url=url, headers=headers, timeout=20)
            case.validate_response(answer, checks=CHECKS)

        try:
            holds()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "there is always something that is allowed"
