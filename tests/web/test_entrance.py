"""Messages of other networks: stored once for each id the network gave, read for danger, answered through the outbox."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import Any

import pytest
from edge_process import PlainReader

from bot.domain.errors import NotFound
from bot.notify.outbox import Kind
from bot.services import outgoing, privacy
from bot.services.stored import OutboxItem
from bot.settings import Settings
from bot.storage.sql import SqlStorage
from bot.vault import Vault
from bot.web.app import Edge, create_app
from bot.web.chat.problems import Problem
from bot.web.context import WebContext

STILL_TO_LEAVE = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND kind LIKE 'staff_alert%'"


class Phone:
    """A visitor's telephone: what it was sent, in order."""

    def __init__(self) -> None:
        self.context: WebContext | None = None
        self.got: list[str] = []

    def send(self, item: OutboxItem) -> str | None:
        assert self.context is not None
        with self.context.uow.reading() as uow:
            found = outgoing.line_of(uow, item)
        if found is not None:
            self.got.append(found[1].text)
        return f"receipt-{item.id}"


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def started(home, rasa, phone):
    """Starts the edge in the loop of the test, with a carrier for SMS."""
    settings = Settings.from_env({"PALPATE_HOME": str(home), "PALPATE_RASA_PORT": str(rasa.port)})
    vault = Vault.open(home)
    storage = SqlStorage.open(settings.database_url, vault)
    context = WebContext(
        storage, settings, vault, PlainReader(), carriers={"line.sms": Kind(lambda item: phone.send(item))}
    )
    phone.context = context

    @contextlib.asynccontextmanager
    async def start() -> Any:
        app: Edge = create_app(context)
        async with app.router.lifespan_context(app):
            yield app

    yield start
    storage.close()


def alerts_left(app: Edge) -> bool:
    """Wait until no alert to staff is left in the outbox."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        with app.context.uow.engine.connect() as connection:
            if not connection.exec_driver_sql(STILL_TO_LEAVE).scalar():
                return True
        threading.Event().wait(0.02)
    return False


async def answered(app: Edge, conversation: str, seq: int) -> None:
    """Wait until this message is dealt with, then until the outbox is empty."""
    with app.context.hub.listen(conversation) as listener:
        while True:
            with app.context.uow.reading() as uow:
                if uow.conversations.get(conversation).answered_through >= seq:
                    break
            await listener.news(1)
    await asyncio.to_thread(app.works.chores.empty_outbox)


def run(work: Any) -> None:
    asyncio.run(work())


def test_a_visitor_of_another_network_is_greeted_and_answered_in_order(started, rasa, phone):
    async def talk() -> None:
        async with started() as app:
            chat = await app.entrance.open("sms", "en")
            await app.entrance.take("sms", "SM1", chat, text="yes")
            last = await app.entrance.take("sms", "SM2", chat, text="my knee")
            await answered(app, chat, last)

    run(talk)
    assert phone.got[0].startswith("Hello from ")
    assert phone.got[1:] == ["May I keep it?", "How bad?", "I heard my knee"]


def test_the_same_id_ten_times_at_once_is_one_message_and_one_turn(started, rasa):
    async def talk() -> None:
        async with started() as app:
            chat = await app.entrance.open("sms", "en")
            seqs = await asyncio.gather(*(app.entrance.take("sms", "SM1", chat, text="yes") for _ in range(10)))
            assert len(set(seqs)) == 1
            other = await app.entrance.take("sms", "SM2", chat, text="yes")
            assert other not in seqs
            await answered(app, chat, other)

    run(talk)
    assert [turn["text"] for turn in rasa.turns] == ["hello", "yes", "yes"]


def test_a_network_that_keeps_silent_holds_up_no_alert_to_staff(started, rasa, phone):
    silent, called = threading.Event(), threading.Event()

    def send(item: OutboxItem) -> str | None:
        called.set()
        silent.wait(120)
        return None

    phone.send = send  # type: ignore[method-assign]

    async def talk() -> None:
        async with started() as app:
            try:
                await app.entrance.open("sms", "en")
                assert await asyncio.to_thread(called.wait, 20)
                now = app.context.clock()
                with app.context.uow() as uow:
                    uow.outbox.add(OutboxItem(0, "alert:PLP-1:1", "staff_alert", {"reference": "PLP-1"}, now, now))
                    uow.commit()
                app.works.chores.outbox_has_work()
                assert await asyncio.to_thread(alerts_left, app)
                assert not silent.is_set()
            finally:
                silent.set()

    run(talk)


def test_danger_is_answered_while_rasa_is_down(started, rasa, phone):
    rasa.up = False

    async def talk() -> None:
        async with started() as app:
            chat = await app.entrance.open("sms", "en")
            await app.entrance.take("sms", "SM1", chat, text="I have chest pain")
            await asyncio.to_thread(app.works.chores.empty_outbox)

    run(talk)
    assert any("911" in line for line in phone.got)


def test_what_cannot_be_taken_is_refused_and_stored_nowhere(started):
    async def talk() -> None:
        async with started() as app:
            chat = await app.entrance.open("sms", "en")
            with pytest.raises(Problem) as refused:
                await app.entrance.take("sms", "SM1", chat, text="chest pain " + "x" * 2000)
            assert refused.value.status == 413
            assert refused.value.extra["alert"]["call"] == "911"
            with pytest.raises(Problem):
                await app.entrance.take("sms", "SM2", chat, answer=("nrs", 5))
            with app.context.uow.reading() as uow:
                assert uow.conversations.by_provider("sms", "SM1") is None
            with pytest.raises(NotFound):
                await app.entrance.take("sms", "SM3", "nowhere-0001", text="hi")

    run(talk)


def test_nothing_is_sent_to_somebody_who_was_forgotten(started, rasa, phone):
    rasa.up = False

    async def talk() -> None:
        async with started() as app:
            chat = await app.entrance.open("sms", "en")
            await app.entrance.take("sms", "SM1", chat, text="I have chest pain")
            privacy.forget(app.context.uow(), chat, by="visitor", now=app.context.clock())
            sent_before = len(phone.got)
            await asyncio.to_thread(app.works.chores.empty_outbox)
            assert len(phone.got) == sent_before
            with pytest.raises(NotFound):
                await app.entrance.take("sms", "SM2", chat, text="hi")

    run(talk)
