"""The commands for staff accounts: who may come in, with which role, and what to do about a lost telephone."""

from __future__ import annotations

import os
import sys

import click

from bot.command_storage import OPERATOR, now, opened_storage
from bot.domain.errors import NotFound
from bot.domain.permissions import ROLES
from bot.services import accounts, staff_admin
from bot.settings import Settings
from bot.storage.sql import SqlStorage

_FROM_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


def register(cli: click.Group) -> None:
    """Add these commands to `palpate`."""
    cli.add_command(staff)


@click.group()
def staff() -> None:
    """Staff accounts."""


@staff.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@_FROM_STDIN
def staff_add(name: str, role: str, password_stdin: bool) -> None:
    """Add NAME. Without --password-stdin a one-time password is made and shown once."""
    password, told = _password(password_stdin)
    with opened_storage() as storage:
        accounts.add_staff(storage, name=name, role=role, password=password, now=now(), must_change=not password_stdin)
    click.echo(f"added {name} as {role}{told}")


@staff.command("password")
@click.argument("name")
@_FROM_STDIN
def staff_password(name: str, password_stdin: bool) -> None:
    """Set another password for NAME and end all their sessions."""
    password, told = _password(password_stdin)
    with opened_storage() as storage:
        accounts.reset_password(storage, name=name, password=password, now=now(), must_change=not password_stdin)
    click.echo(f"password of {name} set{told}")


@staff.command("token")
@click.argument("name")
def staff_token(name: str) -> None:
    """Print a bearer token of NAME for the staff API; it is shown this once."""
    with opened_storage() as storage:
        click.echo(accounts.issue_token(storage, name=name, now=now()))


@staff.command("invite")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
def staff_invite(name: str, role: str) -> None:
    """Print a one-time link with which NAME chooses a password; good for three days."""
    with opened_storage() as storage:
        token = staff_admin.invite(storage, name=name, role=role, by=OPERATOR, now=now())
    click.echo(f"{Settings.from_env(os.environ).public_url}/desk/invitation/{token}")


@staff.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def staff_role(name: str, role: str) -> None:
    """Give NAME another role."""
    with opened_storage() as storage:
        staff_admin.change_role(storage, _account(storage, name), role=role, by=OPERATOR, now=now())
    click.echo(f"{name} is {role}")


@staff.command("disable")
@click.argument("name")
def staff_disable(name: str) -> None:
    """Shut the account of NAME and end all their sessions and tokens."""
    with opened_storage() as storage:
        staff_admin.disable(storage, _account(storage, name), by=OPERATOR, now=now())
    click.echo(f"{name} is disabled")


@staff.command("enable")
@click.argument("name")
def staff_enable(name: str) -> None:
    """Open the account of NAME again, a locked one too."""
    with opened_storage() as storage:
        staff_admin.enable(storage, _account(storage, name), by=OPERATOR, now=now())
    click.echo(f"{name} is enabled")


@staff.command("reset-second-factor")
@click.argument("name")
def staff_reset(name: str) -> None:
    """For a lost telephone: forget the app and the passkeys of NAME; the password stays."""
    with opened_storage() as storage:
        staff_admin.reset_second_factor(storage, _account(storage, name), by=OPERATOR, now=now())
    click.echo(f"{name} signs in with the password alone until a second factor is set up again")


@staff.command("list")
def staff_list() -> None:
    """Who has an account."""
    with opened_storage() as storage, storage.reading() as uow:
        for account in uow.staff.all():
            state = "active" if account.disabled_at is None else "disabled"
            click.echo(f"{account.name}\t{account.role}\t{state}")


def _password(from_stdin: bool) -> tuple[str, str]:
    """The password to set, and what is told about it: one that was made here is shown this once."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), ""
    password = accounts.one_time_password()
    return password, f"; one-time password {password}"


def _account(storage: SqlStorage, name: str) -> int:
    """The id of the account of this name. Raises `NotFound`."""
    with storage.reading() as uow:
        account = uow.staff.by_name(name)
    if account is None:
        raise NotFound(name)
    return account.id
