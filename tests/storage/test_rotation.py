"""Keys change while everything runs: nothing is unreadable at any moment, nothing old is left, a crash is safe."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import key_file
from bot.services.hand_off import hand_off
from bot.services.search import narrow
from bot.services.stored import Conversation, NewMessage, QueueFilter
from bot.storage import migrations, rotation
from bot.storage.engine import open_engine
from bot.storage.sql import SqlStorage
from bot.vault import SealBroken, Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=11)
ID = "conversation-{:010d}"
RECORD = {"nrs": 5, "facts": {"contact": {"name": "Ana Ruiz", "email": "ana@example.org", "phone": "+1 555 010 0001"}}}
RESULT = {"outcome": "clinical_massage", "urgency": None, "rule": "R-C02", "provisional": False, "rules_version": "v"}


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path) -> tuple[Path, str]:
    """A home with a database of its own and the tracker's table filled."""
    if request.param == "postgres":
        engine = request.getfixturevalue("fresh_postgres_engine")
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        tracker = url
    else:
        url, tracker = f"sqlite:///{tmp_path / 'palpate.db'}", f"sqlite:///{tmp_path / 'rasa.db'}"
    vault = Vault.open(tmp_path)
    storage = SqlStorage.open(url, vault)
    migrations.upgrade(storage.engine)
    storage.close()
    engine = open_engine(tracker, vault)
    kind = "BLOB" if "sqlite" in tracker else "BYTEA"
    with engine.begin() as connection:
        connection.execute(
            text(
                f"CREATE TABLE rasa_turns (conversation VARCHAR(64), seq INTEGER, events {kind}, PRIMARY KEY (conversation, seq))"
            )
        )
        for seq in range(rotation.BATCH + 50):
            row = {"c": "a", "s": seq, "e": vault.seal(json.dumps([f"event {seq}"]))}
            connection.execute(text("INSERT INTO rasa_turns VALUES (:c, :s, :e)"), row)
    engine.dispose()
    return tmp_path, url


def talk(storage, number, count=3):
    conversation = ID.format(number)
    with storage() as uow:
        uow.conversations.add(Conversation(conversation, b"h", "web", "en", "interview", NOW, NOW))
        for at in range(count):
            uow.conversations.append(conversation, NewMessage("visitor", f"words {at}", {"x": at}, f"m{at}"), now=NOW)
        uow.commit()
    consent = {"privacy": True}
    hand_off(storage(), conversation=conversation, record=RECORD, result=RESULT, consent=consent, said={}, now=NOW)


def readable(storage, number, count=3):
    with storage.reading() as uow:
        assert [line.text for line in uow.conversations.messages(ID.format(number))] == [
            f"words {n}" for n in range(count)
        ]
        handoff = uow.handoffs.by_conversation(ID.format(number))
        assert uow.handoffs.revisions(handoff.id)[0].record["facts"] == RECORD["facts"]


def test_everything_is_sealed_anew_the_old_key_goes_and_all_is_still_found(place):
    home, url = place
    storage = SqlStorage.open(url, Vault.open(home))  # opened before: it must take up the new key by itself
    talk(storage, 1)
    old = key_file.read(key_file.path_of(home)).newest
    done = rotation.rotate(home, url, now=lambda: NOW)
    assert done.resealed > rotation.BATCH
    assert (done.broken, done.dropped) == (0, [])
    assert set(rotation.usage(home, url)) == {key_file.read(key_file.path_of(home)).newest}
    done = rotation.finish(home, url, now=lambda: LATER)
    assert done.dropped == [old.hex()]
    readable(storage, 1)
    talk(storage, 2)
    assert old not in rotation.usage(home, url)
    with storage.reading() as uow:
        for typed in ("ana@example.org", "Ruiz", "5550100001"):
            assert len(uow.handoffs.search(narrow(QueueFilter(), typed))) == 2, typed
    storage.close()
    fresh = SqlStorage.open(url, Vault.open(home))
    readable(fresh, 1)
    readable(fresh, 2)
    fresh.close()


def test_the_trackers_events_are_sealed_anew_too(place):
    home, url = place
    rotation.rotate(home, url, now=lambda: NOW)
    rotation.finish(home, url, now=lambda: LATER)
    vault = Vault.open(home)
    engine = open_engine(f"sqlite:///{home / 'rasa.db'}" if url.startswith("sqlite") else url, vault)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT seq, events FROM rasa_turns ORDER BY seq")).all()
    engine.dispose()
    assert [json.loads(vault.unseal(bytes(events))) for _, events in rows] == [[f"event {seq}"] for seq, _ in rows]


def test_a_process_that_still_seals_with_the_old_key_keeps_it_alive(place):
    home, url = place
    stale = Vault(key_file.read(key_file.path_of(home)))  # a process that never looks at the file again
    storage = SqlStorage.open(url, stale)
    old = stale.newest
    rotation.rotate(home, url, now=lambda: NOW)
    talk(storage, 1)
    used = rotation.usage(home, url)
    assert used[old] > 0
    done = rotation.finish(home, url, now=lambda: NOW + timedelta(minutes=1))
    assert done.resealed == used[old]
    assert done.dropped == [], "not before ten minutes have passed"
    storage.close()


def test_broken_off_at_any_batch_it_is_readable_and_goes_on(place, monkeypatch):
    home, url = place
    storage = SqlStorage.open(url, Vault.open(home))
    for number in range(4):
        talk(storage, number)
    monkeypatch.setattr(rotation, "BATCH", 5)
    real = Vault.seal
    for broken_off, stop_after in enumerate((1, 7, 40, 111)):
        left = [stop_after]

        def seal(vault, words, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
            return real(vault, words)

        turn = rotation.finish if broken_off else rotation.rotate
        with monkeypatch.context() as patched:
            patched.setattr(Vault, "seal", seal)
            with pytest.raises(KeyboardInterrupt):
                turn(home, url, now=lambda: NOW)
        for number in range(4):
            readable(storage, number)
    assert len(key_file.read(key_file.path_of(home)).keys) == 2
    assert rotation.finish(home, url, now=lambda: LATER).dropped
    for number in range(4):
        readable(storage, number)
    storage.close()


def test_writers_and_readers_notice_nothing(place):
    home, url = place
    storage = SqlStorage.open(url, Vault.open(home))
    stop, failures, done = threading.Event(), [], [0]

    def work():
        while not stop.is_set():
            try:
                talk(storage, done[0])
                readable(storage, done[0])
                done[0] += 1
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must show it
                failures.append(error)
                return

    worker = threading.Thread(target=work)
    worker.start()
    rotation.rotate(home, url, now=lambda: NOW)
    rotation.finish(home, url, now=lambda: LATER)
    stop.set()
    worker.join()
    assert not failures
    assert done[0] > 0
    for number in range(done[0]):
        readable(storage, number)
    storage.close()


def test_a_value_that_no_key_opens_is_counted_and_left_alone(place):
    home, url = place
    storage = SqlStorage.open(url, Vault.open(home))
    talk(storage, 1)
    with storage.engine.begin() as connection:
        connection.execute(
            text("UPDATE messages SET text = :x WHERE seq = 1"), {"x": b"\x00\x01\x02\x03broken for good"}
        )
    done = rotation.rotate(home, url, now=lambda: NOW)
    assert done.broken == 1
    with pytest.raises(SealBroken), storage.reading() as uow:
        uow.conversations.messages(ID.format(1))
    storage.close()


def test_the_key_file_is_for_its_owner_only_before_and_after(tmp_path):
    vault = Vault.open(tmp_path)
    path = key_file.path_of(tmp_path)
    sealed = vault.seal("a")
    for _ in range(2):
        assert path.stat().st_mode & 0o777 == 0o600
        key_file.add(path, now=NOW)
    assert vault.unseal(sealed) == "a"
    assert vault.newest == key_file.read(path).newest


def test_a_key_file_that_is_broken_by_hand_stops_nobody_and_starts_nobody(tmp_path):
    vault = Vault.open(tmp_path)
    sealed = vault.seal("a")
    key_file.path_of(tmp_path).write_text("{", encoding="ascii")
    assert vault.unseal(vault.seal("b")) == "b"
    assert vault.unseal(sealed) == "a"
    with pytest.raises(key_file.BadKeyFile, match="cannot be read as a key file"):
        Vault.open(tmp_path)
