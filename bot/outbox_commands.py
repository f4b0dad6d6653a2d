"""The outbox on the command line: what waits, what could not be delivered, and what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from bot.command_storage import OPERATOR, now, opened_storage
from bot.services import deliveries
from bot.services.stored import OutboxItem


def register(cli: click.Group) -> None:
    """Add these commands to `palpate`."""
    cli.add_command(outbox)


@click.group()
def outbox() -> None:
    """What leaves the house: alerts, messages, e-mails."""


@outbox.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def listed(as_json: bool) -> None:
    """What could not be delivered, newest first, without what it holds; and how much still waits its turn."""
    with opened_storage() as storage:
        stuck = deliveries.given_up(storage(), by=OPERATOR)
        with storage.reading() as uow:
            waiting = uow.outbox.waiting()
    for item in stuck:
        click.echo(json.dumps(_facts(item)) if as_json else _line(item))
    if not as_json:
        click.echo(f"{len(stuck)} could not be delivered, {waiting} on their way")


@outbox.command("again")
@click.argument("item", type=int)
def again(item: int) -> None:
    """Try to deliver ITEM once more."""
    _decide(item, deliveries.again)


@outbox.command("dismiss")
@click.argument("item", type=int)
def dismiss(item: int) -> None:
    """ITEM was done in another way."""
    _decide(item, deliveries.dismiss)


def _decide(item: int, what: Callable[..., None]) -> None:
    with opened_storage() as storage:
        what(storage(), item, by=OPERATOR, now=now())


def _facts(item: OutboxItem) -> dict[str, object]:
    when = item.gave_up_at.isoformat() if item.gave_up_at else None
    return {"id": item.id, "kind": item.kind, "gave_up_at": when, "attempts": item.attempts, "error": item.error}


def _line(item: OutboxItem) -> str:
    facts = _facts(item)
    return f"{item.id:>6}  {facts['gave_up_at']}  {item.kind:24} {item.attempts} tries, last: {item.error}"
