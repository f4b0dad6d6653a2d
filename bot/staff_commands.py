"""The commands of the people who run the clinic: hand-offs, privacy, migrations."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import click

from bot.command_storage import OPERATOR, now, opened_storage
from bot.domain import summary
from bot.services import audit, erasures, privacy, review
from bot.services.stored import AuditEntry, QueueFilter
from bot.settings import Settings
from bot.storage.sql import SqlStorage


def register(cli: click.Group) -> None:
    """Add these commands to `palpate`."""
    for command in (handoffs, export, erase, forget_requests, retention, audit_log, db):
        cli.add_command(command)


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
    with opened_storage() as storage:
        after = None
        while True:
            rows, _ = review.queue(storage(), QueueFilter(), by=OPERATOR, now=now(), after=after)
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
    with opened_storage() as storage:
        detail = review.show(storage(), reference.upper(), by=OPERATOR, now=now())
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
    with opened_storage() as storage:
        conversation = _conversation(storage, identity)
        click.echo(_dumped(privacy.export(storage(), conversation, by=OPERATOR.name, now=now())))


@click.command()
@click.argument("identity", metavar="ID")
@click.option(
    "--keep-record", is_flag=True, help="Keep the handed-off record where the law asks for it; only the chat goes."
)
def erase(identity: str, keep_record: bool) -> None:
    """Forget a conversation: its messages, record, hand-off and the dialogue's memory. A proof without health data stays."""
    with opened_storage() as storage:
        conversation = _conversation(storage, identity)
        policy = "staff_review" if keep_record else "now"
        done = privacy.forget(storage(), conversation, by=OPERATOR.name, now=now(), after_handoff=policy)
        click.echo("chat erased, record kept" if done == "staff_review" else "erased")


@click.group("erasures", invoke_without_command=True)
@click.pass_context
def forget_requests(context: click.Context) -> None:
    """Visitors who asked to be forgotten after their hand-off, the open requests first."""
    if context.invoked_subcommand is not None:
        return
    with opened_storage() as storage:
        for one in erasures.requests(storage, by=OPERATOR):
            state = f"{one.decision} by {one.decided_by}" if one.decision else "open"
            click.echo(f"{one.reference}\t{one.asked_at:%Y-%m-%d %H:%M}Z\t{state}")


@forget_requests.command("decide")
@click.argument("reference")
@click.option("--erase", "erased", is_flag=True, help="Erase the record, too.")
@click.option("--keep", "reason", metavar="REASON", help="Keep it, because of this law or duty.")
def forget_requests_decide(reference: str, erased: bool, reason: str | None) -> None:
    """Say once what happens to the record of REFERENCE: --erase, or --keep with the reason."""
    if erased == (reason is not None):
        raise click.UsageError("say either --erase or --keep REASON")
    decision = "erased" if erased else "kept"
    with opened_storage() as storage:
        erasures.decide(storage, reference.upper(), decision=decision, reason=reason or "", by=OPERATOR, now=now())
        click.echo(decision)


@click.command("audit")
@click.option("--actor", help="Only what this person did.")
@click.option("--action", help="Only this act: read, claim, sign_in …")
@click.option("--reference", help="Only about this hand-off.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on (UTC).")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Before this day (UTC).")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def audit_log(
    actor: str | None,
    action: str | None,
    reference: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Who read or did what, newest first; reading it is written down, too."""
    days = [day.replace(tzinfo=UTC) if day else None for day in (since, until)]
    wanted = audit.Wanted(actor, action, reference.upper() if reference else None, *days)
    with opened_storage() as storage:
        for entry in audit.read(storage, wanted, by=OPERATOR, now=now(), limit=limit):
            shown = {key: value for key, value in asdict(entry).items() if key != "detail"}
            tail = f"\t{entry.reference}" if entry.reference else ""
            click.echo(
                _dumped(shown) if as_json else f"{entry.at:%Y-%m-%d %H:%M:%S}Z\t{entry.actor}\t{entry.action}{tail}"
            )


@click.group()
def retention() -> None:
    """What is kept how long."""


@retention.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
def retention_run(dry_run: bool) -> None:
    """Delete what is older than its time."""
    with opened_storage() as storage:
        windows = privacy.windows_of(Settings.from_env(os.environ).clinic.retention)
        counts = privacy.run_retention(storage(), now=now(), windows=windows, dry_run=dry_run)
    for kind, count in counts.items():
        click.echo(f"{kind}\t{count}{' would go' if dry_run else ''}")


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the tables up to date."""
    with opened_storage():
        click.echo("the database is up to date")


def _conversation(storage: SqlStorage, identity: str) -> str:
    """The conversation of an id or a reference."""
    with storage() as uow:
        if uow.conversations.get(identity) is not None:
            return identity
        handoff = uow.handoffs.by_reference(identity.upper())
        uow.audit.add(AuditEntry(now(), OPERATOR.name, "look_up", handoff.reference, handoff.conversation))
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
