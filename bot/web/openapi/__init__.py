"""The OpenAPI documents of both APIs: what is written by hand, completed from the routes themselves so that none is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

CHAT, STAFF = "/api", "/desk/api"
_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_NO_METHODS = ("HEAD", "OPTIONS")


def routes(all_routes: Callable[[], Iterable[BaseRoute]]) -> list[BaseRoute]:
    """Where the documents are served; `all_routes` is asked at the first look."""

    def served(name: str, prefix: str) -> Route:
        path = f"{prefix}/openapi.json"

        async def show(_request: Request) -> Response:
            return JSONResponse(document(name, prefix, all_routes()))

        return Route(path, show, methods=["GET"])

    return [served("chat", CHAT), served("staff", STAFF)]


def document(name: str, prefix: str, all_routes: Iterable[BaseRoute]) -> dict[str, Any]:
    """The document of the API below `prefix`; what it says beyond path, method and problem is in `NAME.yml`."""
    told = written(name)
    paths: dict[str, Any] = told["paths"]
    for route in all_routes:
        if not isinstance(route, Route) or not route.path.startswith(f"{prefix}/"):
            continue
        path = _PLACE.sub(r"{\1}", route.path)
        if path.endswith("/openapi.json"):
            continue
        for method in sorted(set(route.methods or ()) - set(_NO_METHODS)):
            _complete(paths.setdefault(path, {}).setdefault(method.lower(), {}), route)
    return told


def written(name: str) -> dict[str, Any]:
    """The part that is written by hand."""
    found: dict[str, Any] = yaml.safe_load((resources.files(__name__) / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def _complete(operation: dict[str, Any], route: Route) -> None:
    """Places of the path, and how it refuses."""
    told = operation.setdefault("parameters", [])
    named = {parameter.get("name") or parameter["$ref"].rsplit("/", 1)[-1] for parameter in told}
    for place, kind in _PLACE.findall(route.path):
        if place not in named:
            told.append({"name": place, "in": "path", "required": True, "schema": _KINDS.get(kind, _KINDS["str"])})
    operation.setdefault("summary", "See docs/reference.")
    operation.setdefault("responses", {}).setdefault("default", {"$ref": "#/components/responses/Problem"})
    if len(operation["responses"]) == 1:
        operation["responses"]["2XX"] = {"description": "Done"}


_KINDS: Mapping[str, Mapping[str, Any]] = {
    "str": {"type": "string", "minLength": 1},
    "int": {"type": "integer", "minimum": 0},
}
