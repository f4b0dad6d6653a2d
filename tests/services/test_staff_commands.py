"""The commands of the people who run the clinic, as they are typed."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from bot import account_commands, command_storage, outbox_commands, staff_commands
from bot.services import accounts, sign_in
from bot.services.hand_off import hand_off
from bot.services.stored import Conversation, NewMessage, OutboxItem
from bot.settings import Settings

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ID = "conversation-0000000001"


@pytest.fixture
def palpate(tmp_path):
    """`palpate ARGS`, with a home of its own."""

    @click.group()
    def cli() -> None:
        pass

    account_commands.register(cli)
    staff_commands.register(cli)
    outbox_commands.register(cli)

    def run(*args: str, text: str = "", expect: int = 0):
        result = CliRunner().invoke(
            cli, args, input=text, env={"PALPATE_HOME": str(tmp_path), "PALPATE_DATABASE_URL": ""}
        )
        assert result.exit_code == expect, result.output
        return result

    return run


@pytest.fixture
def storage(tmp_path):
    opened = command_storage.open_storage(Settings.from_env({"PALPATE_HOME": str(tmp_path)}))
    yield opened
    opened.close()


@pytest.fixture
def reference(storage, clinic):
    with storage() as uow:
        uow.conversations.add(Conversation(ID, b"h", "web", "en", "handed_off", NOW, NOW))
        uow.conversations.append(ID, NewMessage("visitor", "my back hurts"), now=NOW)
        uow.commit()
    raw = clinic.record
    facts = {"contact": {"name": "Ana Ruiz"}}
    return hand_off(
        storage(),
        conversation=ID,
        record={**raw, "facts": facts},
        result=clinic.classify(raw),
        consent={"privacy": True},
        said={},
        now=NOW,
    ).reference


def test_staff_get_in_with_what_the_commands_gave_them(palpate, storage):
    palpate("staff", "add", "Ana", "--role", "lead", "--password-stdin", text="correct horse battery\n")
    assert (
        sign_in.with_password(storage, name="ana", password="correct horse battery", now=NOW).account.must_change
        is False
    )
    said = palpate("staff", "add", "Bo", "--role", "reviewer").output
    once = said.rsplit(" ", 1)[1].strip()
    assert sign_in.with_password(storage, name="Bo", password=once, now=NOW).account.must_change is True
    token = palpate("staff", "token", "Ana").output.strip()
    assert accounts.who(storage, token, kind="token", now=NOW).account.role == "lead"
    palpate("staff", "password", "Ana", "--password-stdin", text="another long sentence\n")
    assert accounts.who(storage, token, kind="token", now=NOW) is None
    assert sign_in.with_password(storage, name="Ana", password="another long sentence", now=NOW)
    assert palpate("staff", "list").output.splitlines() == ["Ana\tlead\tactive", "Bo\treviewer\tactive"]


@pytest.mark.parametrize(
    ("args", "text", "expect"),
    [
        (["staff", "add", "Ana", "--role", "boss"], "", 2),
        (["staff", "add", "Ana", "--role", "lead", "--password-stdin"], "short\n", 1),
        (["staff", "add", "A", "--role", "lead"], "", 1),
        (["staff", "token", "Nobody"], "", 1),
        (["handoffs", "show", "PLP-NONE"], "", 1),
        (["export", "PLP-NONE"], "", 1),
        (["erase", "PLP-NONE"], "", 1),
    ],
)
def test_what_cannot_be_done_is_one_line_on_stderr(palpate, args, text, expect):
    result = palpate(*args, text=text, expect=expect)
    assert result.stdout == ""
    if expect == 1:
        assert len(result.stderr.strip().splitlines()) == 1


def test_the_same_name_twice_is_refused(palpate):
    palpate("staff", "add", "Ana", "--role", "lead")
    assert "already" in palpate("staff", "add", "ANA", "--role", "lead", expect=1).stderr


def test_hand_offs_as_people_and_as_programs_read_them(palpate, reference):
    assert reference in palpate("handoffs").output
    assert reference in palpate("handoffs", "list").output
    [row] = [json.loads(line) for line in palpate("handoffs", "list", "--json").output.splitlines()]
    assert (row["reference"], row["status"], row["outcome"]) == (reference, "new", "clinical_massage")
    assert "Lower back" in palpate("handoffs", "show", reference.lower()).output
    whole = json.loads(palpate("handoffs", "show", reference, "--json").output)
    assert whole["record"]["nrs"] == 5
    assert whole["result"]["rule"]
    assert whole["transcript"][0]["text"] == "my back hurts"


def test_requests_to_be_forgotten_are_decided_at_the_command_line_too(palpate, reference):
    assert palpate("erasures").output == ""
    palpate("erase", ID, "--keep-record")
    assert palpate("erasures").output.startswith(f"{reference}\t")
    assert palpate("erasures").output.rstrip().endswith("open")
    palpate("erasures", "decide", reference, expect=2)
    palpate("erasures", "decide", reference, "--keep", " ", expect=1)
    assert palpate("erasures", "decide", reference, "--keep", "Ten years by law").output.strip() == "kept"
    assert palpate("erasures").output.rstrip().endswith("kept by command line")
    palpate("erasures", "decide", reference, "--erase", expect=1)
    palpate("handoffs", "show", reference)


def test_export_erase_and_retention(palpate, reference, storage):
    assert json.loads(palpate("export", reference).output)["messages"][0]["text"] == "my back hurts"
    assert palpate("erase", ID, "--keep-record").output.strip() == "chat erased, record kept"
    assert palpate("erase", ID).output.strip() == "erased"
    assert palpate("handoffs").output == ""
    assert "would go" in palpate("retention", "run", "--dry-run").output
    assert "would go" not in palpate("retention", "run").output
    with storage.reading() as uow:
        assert [one.what for one in uow.conversations.erasures()] == ["chat", "all"]


def test_the_database_is_brought_up_to_date_and_the_first_account_made_once(palpate, tmp_path):
    assert "up to date" in palpate("db", "upgrade").output
    settings = Settings.from_env({"PALPATE_HOME": str(tmp_path)})
    name, password = command_storage.first_account(settings)
    assert (name, len(password) >= 12) == ("admin", True)
    assert command_storage.first_account(settings) is None


def test_what_could_not_be_delivered_is_listed_and_decided(palpate, storage):
    with storage() as uow:
        uow.outbox.add(OutboxItem(0, "line:x:1", "line.sms", {"seq": 1}, NOW, NOW))
        [item] = uow.outbox.due(NOW, until=NOW)
        uow.outbox.gave_up(item.id, at=NOW, error="unknown_number")
        uow.commit()
    said = palpate("outbox", "list").output
    assert "line.sms" in said
    assert "1 could not be delivered, 0 on their way" in said
    assert json.loads(palpate("outbox", "list", "--json").output)["error"] == "unknown_number"
    palpate("outbox", "again", str(item.id))
    assert "0 could not be delivered, 1 on their way" in palpate("outbox", "list").output
    palpate("outbox", "dismiss", str(item.id), expect=1)
