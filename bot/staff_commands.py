"""The commands of the people who run the clinic: staff accounts, hand-offs, privacy, migrations."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import click

from bot.domain import summary
from bot.domain.errors import NotFound, PalpateError
from bot.domain.permissions import ROLES
from bot.services import accounts, privacy, review
from bot.services.review import Actor
from bot.services.stored import AuditEntry, QueueFilter
from bot.settings import BadSettings, Settings
from bot.storage import migrations
from bot.storage.sql import SqlStorage
from bot.vault import Vault

_OPERATOR = Actor("command line", "admin")


def open_storage(settings: Settings) -> SqlStorage:
    """Booking storage of this installation, migrated to today's tables."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    storage = SqlStorage.open(settings.database_url, Vault.open(settings.home))
    migrations.upgrade(storage.engine)
    return storage


def upgrade_database(settings: Settings) -> None:
    """Bring the tables up to date; safe to repeat."""
    open_storage(settings).close()


def first_account(settings: Settings) -> tuple[str, str] | None:
    """Name and one-time password of a first administrator, or None when there are accounts already."""
    storage = open_storage(settings)
    try:
        password = accounts.first_admin(storage, now=datetime.now(UTC))
    finally:
        storage.close()
    return None if password is None else ("admin", password)


def register(cli: click.Group) -> None:
    """Add these commands to `palpate`."""
    for command in (staff, handoffs, export, erase, retention, db):
        cli.add_command(command)


@contextmanager
def _storage() -> Iterator[SqlStorage]:
    """Storage for one command; refusals become one line on stderr and exit status 1."""
    try:
        storage = open_storage(Settings.from_env(os.environ))
        try:
            yield storage
        finally:
            storage.close()
    except (PalpateError, BadSettings) as error:
        what = "nothing is stored under" if isinstance(error, NotFound) else ""
        click.echo(f"palpate: {what} {error}".replace("  ", " "), err=True)
        sys.exit(1)


def _now() -> datetime:
    return datetime.now(UTC)


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def staff_add(name: str, role: str, password_stdin: bool) -> None:
    """Add NAME. Without --password-stdin a one-time password is made and shown once."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    password = given if password_stdin else "-".join(secrets.token_hex(3) for _ in range(4))
    with _storage() as storage:
        accounts.add_staff(storage, name=name, role=role, password=password, now=_now(), must_change=not password_stdin)
    click.echo(f"added {name} as {role}" + ("" if password_stdin else f"; one-time password {password}"))


@staff.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def staff_password(name: str, password_stdin: bool) -> None:
    """Set another password for NAME and end all their sessions."""
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    password = given if password_stdin else "-".join(secrets.token_hex(3) for _ in range(4))
    with _storage() as storage:
        accounts.reset_password(storage, name=name, password=password, now=_now(), must_change=not password_stdin)
    click.echo(f"password of {name} set" + ("" if password_stdin else f"; one-time password {password}"))


@staff.command("token")
@click.argument("name")
def staff_token(name: str) -> None:
    """Print a bearer token of NAME for the staff API; it is shown this once."""
    with _storage() as storage:
        click.echo(accounts.issue_token(storage, name=name, now=_now()))


@staff.command("list")
def staff_list() -> None:
    """Who has an account."""
    with _storage() as storage, storage.reading() as uow:
        for account in uow.staff.all():
            state = "active" if account.disabled_at is None else "disabled"
            click.echo(f"{account.name}\t{account.role}\t{state}")


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def handoffs(context: click.Context, as_json: bool) -> None:
    """What is in booking storage."""
    if context.invoked_subcommand is None:
        context.invoke(handoffs_list, as_json=as_json)


@handoffs.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def handoffs_list(as_json: bool) -> None:
    """All hand-offs, the most cautious first."""
    with _storage() as storage:
        after = None
        while True:
            rows, _ = review.queue(storage(), QueueFilter(), by=_OPERATOR, now=_now(), after=after)
            for row in rows:
                click.echo(_dumped(_row(row)) if as_json else _line(row))
            if len(rows) < review.PAGE:
                return
            after = (rows[-1].handoff.rank, rows[-1].handoff.id)


@handoffs.command("show")
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON object.")
def handoffs_show(reference: str, as_json: bool) -> None:
    """The brief of one hand-off."""
    with _storage() as storage:
        detail = review.show(storage(), reference.upper(), by=_OPERATOR, now=_now())
        brief = summary.brief(detail.revision.record, detail.revision.result, review.transcript(detail))
    if not as_json:
        click.echo(f"{detail.handoff.reference}  {detail.handoff.status}\n{brief.text()}", nl=False)
        return
    whole = {
        **_row(review.Row(detail.handoff, detail.revision)),
        "record": detail.revision.record,
        "result": detail.revision.result,
        "consent": detail.revision.consent,
        "said": detail.revision.said,
        "brief": brief.to_json(),
        "transcript": review.transcript(detail),
        "revisions": [asdict(revision) for revision in detail.revisions],
        "appointments": [asdict(booked) for booked in detail.appointments],
        "history": [asdict(entry) for entry in detail.history],
    }
    click.echo(_dumped(whole))


@click.command()
@click.argument("identity", metavar="ID")
def export(identity: str) -> None:
    """Everything kept about a conversation, as JSON. ID is the conversation's or the reference."""
    with _storage() as storage:
        conversation = _conversation(storage, identity)
        click.echo(_dumped(privacy.export(storage(), conversation, by=_OPERATOR.name, now=_now())))


@click.command()
@click.argument("identity", metavar="ID")
@click.option(
    "--keep-record", is_flag=True, help="Keep the handed-off record where the law asks for it; only the chat goes."
)
def erase(identity: str, keep_record: bool) -> None:
    """Forget a conversation: its messages, record, hand-off and the dialogue's memory. A proof without health data stays."""
    with _storage() as storage:
        conversation = _conversation(storage, identity)
        policy = "staff_review" if keep_record else "now"
        done = privacy.forget(storage(), conversation, by=_OPERATOR.name, now=_now(), after_handoff=policy)
        click.echo("chat erased, record kept" if done == "staff_review" else "erased")


@click.group()
def retention() -> None:
    """What is kept how long."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def retention_run(dry_run: bool) -> None:
    """Delete what is older than its time."""
    with _storage() as storage:
        counts = privacy.run_retention(storage(), now=_now(), dry_run=dry_run)
    for kind, count in counts.items():
        click.echo(f"{kind}\t{count}{' would go' if dry_run else ''}")


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables up to date."""
    with _storage():
        click.echo("the database is up to date")


def _conversation(storage: SqlStorage, identity: str) -> str:
    """The conversation of an id or a reference."""
    with storage() as uow:
        if uow.conversations.get(identity) is not None:
            return identity
        handoff = uow.handoffs.by_reference(identity.upper())
        uow.audit.add(AuditEntry(_now(), _OPERATOR.name, "look_up", handoff.reference, handoff.conversation))
        uow.commit()
    return handoff.conversation


def _row(row: review.Row) -> dict[str, Any]:
    handoff = replace(row.handoff, contact={})
    shown = {key: value for key, value in asdict(handoff).items() if key not in ("id", "contact", "rank")}
    return {**shown, "rule": row.revision.result.get("rule")}


def _line(row: review.Row) -> str:
    handoff = row.handoff
    words = summary.outcome_words(handoff.outcome, handoff.urgency, provisional=handoff.provisional)
    return f"{handoff.reference}\t{handoff.status}\t{words}\t{handoff.created_at:%Y-%m-%d %H:%M}Z"


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_json)


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return None
    return dict(value)
