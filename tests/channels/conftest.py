"""The edge with every channel set up, networks that stand in for the real ones, and a stand-in for Rasa."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from edge_fixtures import FAST, home, migrated, rasa  # noqa: F401 - fixtures
from edge_process import PlainReader
from homeserver import Synapse
from networks import Networks, channels_toml
from people import PUBLIC, Writer, writer
from standin_rasa import Rasa, Serving

from bot.services.stored import OutboxItem
from bot.settings import Settings
from bot.storage.sql import SqlStorage
from bot.storage.tables import OUTBOX
from bot.vault import Vault
from bot.web.app import Edge, create_app
from bot.web.channels import service, setup
from bot.web.context import WebContext
from bot.web.limits import Allowance
from bot.web.turns import chores


@pytest.fixture(scope="session")
def networks_serving() -> Iterator[Networks]:
    """One server for all networks."""
    networks = Networks()
    serving = Serving(networks.app()).start()
    networks.url = serving.url
    yield networks
    networks.well()
    serving.stop()


@pytest.fixture
def networks(networks_serving: Networks) -> Networks:
    """All networks, well and empty."""
    networks_serving.well()
    return networks_serving


def free_port() -> int:
    """A TCP port nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Clock:
    """Real time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead)


class Clinic:
    """The running edge and what belongs to it."""

    def __init__(self, context: WebContext, app: Edge, serving: Serving, clock: Clock) -> None:
        self.context, self.app, self.serving, self.clock = context, app, serving, clock
        self._stopped = False

    def stop(self) -> None:
        """As Ctrl-C does. Safe to repeat."""
        if not self._stopped:
            self._stopped = True
            self.context.hub.close()
            self.serving.stop()
            self.context.uow.close()  # type: ignore[attr-defined]

    def settled(self) -> None:
        """Wait until every message is answered and everything that is due has left."""
        self.wait(lambda: not self.unanswered() and not self.waiting())

    def at_rest(self) -> None:
        """The same where reminders wait for their day."""
        self.wait(lambda: not self.unanswered() and not self.due())

    def due(self) -> int:
        """How much should have left by now, or is leaving."""
        item = OUTBOX.c
        leaving = (item.due_at <= self.clock()) | item.worker.is_not(None)
        late = select(func.count()).where(item.sent_at.is_(None), item.gave_up_at.is_(None), leaving)
        with self.context.uow.engine.connect() as connection:  # type: ignore[attr-defined]
            return int(connection.execute(late).scalar_one())

    def wait(self, done: Callable[[], bool]) -> None:
        """Until it is so; 20 seconds at most."""
        pause, deadline = threading.Event(), time.monotonic() + 20
        while not done():
            assert time.monotonic() < deadline, "never came"
            pause.wait(0.02)

    def unanswered(self) -> bool:
        """True while a message waits for its turn."""
        asked = "SELECT count(*) FROM conversations WHERE spoken_through > answered_through"
        with self.context.uow.engine.connect() as connection:  # type: ignore[attr-defined]
            return bool(connection.execute(text(asked)).scalar())

    def waiting(self) -> int:
        """How much is still to leave."""
        with self.context.uow.reading() as uow:
            return uow.outbox.waiting()

    def all_wait_for_another_try(self) -> bool:
        """True when nothing is on its way just now."""
        tried = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND attempts > 0"
        held = f"{tried} AND worker IS NOT NULL"
        with self.context.uow.engine.connect() as connection:  # type: ignore[attr-defined]
            return bool(connection.execute(text(tried)).scalar()) and not connection.execute(text(held)).scalar()

    def lines(self, channel: str, address: str) -> list[str]:
        """What the bot and the staff said to somebody, as the log has it."""
        with self.context.uow.reading() as uow:
            said = uow.conversations.messages(self.conversation(channel, address))
        return [line.text for line in said if line.sender in ("bot", "staff")]

    def given_up(self) -> list[OutboxItem]:
        """What staff find under what could not be delivered."""
        with self.context.uow.reading() as uow:
            return uow.outbox.given_up()

    def conversation(self, channel: str, address: str) -> str:
        """Whose conversation it is now."""
        with self.context.uow.reading() as uow:
            found = uow.threads.get(channel, self.context.vault.blind(f"{channel}\n{address}"))
        assert found is not None
        return found.conversation


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A real Matrix homeserver with the clinic's account, started once."""
    running = Synapse(tmp_path_factory.mktemp("synapse"), free_port()).start()
    running.person("palpate")
    yield running
    running.stop()


StartClinic = Callable[..., Clinic]


@pytest.fixture
def start_clinic(
    home: Path,  # noqa: F811 - asks for the fixtures above
    rasa: Rasa,  # noqa: F811
    networks: Networks,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[StartClinic]:
    """Starts the edge in this process, on a real socket, with all channels; the same home each time."""
    monkeypatch.setattr(chores, "OUTBOX_SECONDS", 0.05)  # what is due by a clock moved by hand need not be waited for
    running: list[Clinic] = []

    def start(homeserver: str | None = None, allowance: Allowance | None = None, api: str | None = None) -> Clinic:
        channels_toml(home, api or networks.url, homeserver)
        env = {
            "PALPATE_HOME": str(home),
            "PALPATE_RASA_PORT": str(rasa.port),
            "PALPATE_PUBLIC_URL": PUBLIC,
            "PALPATE_INTERNAL_SECRET": "s3cret",
        }
        settings = Settings.from_env(env)
        storage = SqlStorage.open(settings.database_url, Vault.open(home))
        channels, clock = setup.read(home, PUBLIC), Clock()
        context = WebContext(
            storage,
            settings,
            Vault.open(home),
            PlainReader(),
            clock=clock,
            carriers=service.carriers(channels, storage, settings, clock),
            channels=channels,
            allowance=allowance or Allowance(),
        )
        app = create_app(context, FAST)
        running.append(Clinic(context, app, Serving(app).start(), clock))
        return running[-1]

    yield start
    for clinic in running:
        clinic.stop()


@pytest.fixture
def clinic(start_clinic: StartClinic) -> Clinic:
    """The edge with all channels that have webhooks."""
    return start_clinic()


@pytest.fixture
def person_of() -> Iterator[Callable[[Clinic], Callable[[str], Writer]]]:
    """Makes visitors of a clinic that was started by hand."""
    with contextlib.ExitStack() as clients:

        def of(clinic: Clinic) -> Callable[[str], Writer]:
            http = clients.enter_context(httpx.Client(base_url=clinic.serving.url, timeout=20))
            return lambda channel: writer(channel, http, clinic.clock)

        yield of


@pytest.fixture
def person(clinic: Clinic, person_of: Callable[[Clinic], Callable[[str], Writer]]) -> Callable[[str], Writer]:
    """Makes a visitor on a channel."""
    return person_of(clinic)
