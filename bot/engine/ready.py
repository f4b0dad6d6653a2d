"""What happens once, between loading the model and the first request."""

from __future__ import annotations

import gc
from typing import Any

from bot.engine import quiet_logs
from bot.engine.reach import reach_of

BODY_BYTES = 20_000  # the largest request any route takes, head included; stock Sanic takes 100 MB


def install() -> None:
    """Hook into the loading of the model and the start of the server."""
    from rasa.core import run
    from rasa.core.agent import Agent

    load_model, configure_app = Agent.load_model, run.configure_app

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
        app.register_listener(_about_to_listen, "main_process_start")
        app.register_listener(_about_to_listen, "after_server_start")
        return app

    Agent.load_model = load
    run.configure_app = configure


async def _about_to_listen(_app: Any, _loop: Any = None) -> None:
    quiet_logs.close_door()
