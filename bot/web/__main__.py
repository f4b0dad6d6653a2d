"""`python -m bot.web`: serve the edge until told to stop."""

from __future__ import annotations

import resource
import sys
from types import FrameType

import uvicorn

from bot import logs, spare
from bot.bounded_line import BoundedLine
from bot.settings import BadSettings
from bot.web import metrics
from bot.web.app import create_app
from bot.web.context import WebContext, from_environment

GRACE_SECONDS = 8


class Server(uvicorn.Server):
    """Lets those who wait for news go first, so that stopping takes no longer than the last turn."""

    def __init__(self, config: uvicorn.Config, context: WebContext) -> None:
        super().__init__(config)
        self._hub = context.hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C or SIGTERM."""
        self._hub.close()
        super().handle_exit(sig, frame)


def config(context: WebContext) -> uvicorn.Config:
    """How we serve: behind a proxy on this machine its word on address and scheme counts; nobody else's."""
    return uvicorn.Config(
        create_app(context),
        host=context.settings.host,
        port=context.settings.port,
        loop="uvloop",
        http=BoundedLine,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=context.settings.trusted_proxies,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _take_all_files() -> None:
    """Each line is an open file: take as many as the system gives, not the thousand it begins with."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def main() -> int:
    """Run; 2 when the settings cannot be used."""
    logs.configure("web")
    _take_all_files()
    try:
        context = from_environment()
        server = Server(config(context), context)
    except BadSettings as error:
        sys.stderr.write(f"{error}\n")
        return 2
    server.config.load()  # the loop, the parser and the app, so that a spare has all of it behind it
    spare.wait()
    try:
        with metrics.Served(context.settings.metrics_port, context.uow):
            server.run()
    except OSError as error:
        sys.stderr.write(f"PALPATE_METRICS_PORT {context.settings.metrics_port}: {error.strerror}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
