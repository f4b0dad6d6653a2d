"""Every route of the app stands in the table that says who may use it; tests/access tries each row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from starlette.routing import Route

from bot.settings import Settings
from bot.storage.memory import MemoryStorage
from bot.vault import Vault
from bot.web.app import create_app
from bot.web.context import WebContext


class NothingRead:
    """Routes need no reader."""

    def read(self, text: str, **_: Any) -> Any:
        raise NotImplementedError


def test_every_route_has_a_row_and_every_row_a_route(tmp_path: Path) -> None:
    table = yaml.safe_load((Path(__file__).parents[1] / "cases/access.yml").read_text(encoding="utf-8"))
    rows = [*table["public"], *table["visitor"]]
    rows += [row for kind in ("page", "call") for role in table[kind].values() for row in role]
    settings = Settings.from_env({"PALPATE_HOME": str(tmp_path)})
    app = create_app(WebContext(MemoryStorage(), settings, Vault.open(tmp_path), NothingRead()))
    real = {
        f"{method} {route.path}"
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert len(rows) == len(set(rows)), "a route stands in one place only"
    folders = tuple(row.removesuffix("*") for row in table["public"] if row.endswith("*"))
    without = {route for route in real - set(rows) if not route.startswith(folders)}
    assert not without, "new routes: say in tests/cases/access.yml who may use them"
    assert not {row for row in rows if not row.endswith("*")} - real, "these routes are gone"
