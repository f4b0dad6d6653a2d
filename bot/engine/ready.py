"""What happens once, between loading the model and the first request."""

from __future__ import annotations

import gc
from typing import Any

from bot import spare
from bot.engine import quiet_logs
from bot.engine.reach import reach_of

BODY_BYTES = 40_000  # the largest request any route takes, head included; stock Sanic takes 100 MB


def _remember_that_the_domain_is_not_empty() -> None:
    """`rasa/shared/core/domain.py:1793` builds an empty domain on every message to compare with."""
    from rasa.shared.core.domain import Domain

    stock = Domain.is_empty

    def is_empty(self: Any) -> bool:
        known = self.__dict__.get("_palpate_empty")
        if known is None:
            known = self._palpate_empty = stock(self)
        return bool(known)

    Domain.is_empty = is_empty


def install() -> None:
    """Hook into the loading of the model and the start of the server."""
    from rasa.core import run
    from rasa.core.agent import Agent

    load_model, configure_app, load_on_start = Agent.load_model, run.configure_app, run.load_agent_on_start

    def load(self: Any, *args: Any, **kwargs: Any) -> None:
        load_model(self, *args, **kwargs)
        if hasattr(self.tracker_store, "reach"):
            self.tracker_store.reach = reach_of(self.processor.graph_runner)
        gc.collect()
        gc.freeze()  # the model and the libraries live as long as the process: no collection needs to walk them

    def configure(*args: Any, **kwargs: Any) -> Any:
        app = configure_app(*args, **kwargs)
        app.config.REQUEST_MAX_SIZE = BODY_BYTES
        app.config.FALLBACK_ERROR_FORMAT = "json"
        return app

    async def load_before_listening(*args: Any, **kwargs: Any) -> Any:
        agent = await load_on_start(*args, **kwargs)
        quiet_logs.close_door()
        spare.wait()  # with the model loaded; nobody listens on the port yet
        return agent

    _remember_that_the_domain_is_not_empty()
    Agent.load_model = load
    run.configure_app = configure
    run.load_agent_on_start = load_before_listening
