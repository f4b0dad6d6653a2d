"""The command line: every name of contract §1, each a thin door to the part that does the work."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from bot.settings import RASA_PYTHON, REPOSITORY, BadSettings, Settings

_RASA = REPOSITORY / RASA_PYTHON


def settings() -> Settings:
    """The settings of this process; a bad one ends the command with one line."""
    try:
        return Settings.from_env(os.environ)
    except BadSettings as error:
        raise click.ClickException(str(error)) from error


class _Commands(click.Group):
    """Brings in the commands on stored data when one of them, or the list of all, is asked for.

    They load SQLAlchemy and Alembic: 40 MB and a second that `palpate understand` need not spend.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, None when there is none."""
        return super().get_command(ctx, cmd_name) or whole().commands.get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(whole().commands)


@click.group(cls=_Commands)
def cli() -> None:
    """Palpate: the intake desk of clinical-massage clinics."""


@cli.command()
def up() -> None:
    """Start the product: Rasa, the actions and the web. Ctrl-C stops all three."""
    from bot import training
    from bot import up as supervisor

    try:
        supervisor.up(settings(), sys.stdout)
    except (supervisor.DidNotStart, training.TrainingFailed) as error:
        raise click.ClickException(str(error)) from error


@cli.command()
@click.option(
    "--second-look", is_flag=True, help="Learn the Reader's second look at dangers anew, and write its table."
)
def train(second_look: bool) -> None:
    """Train the dialogue model when its data, domain or language changed."""
    from bot import training

    if second_look:
        _in_rasa("bot.nlu.second_look_training", ())
    try:
        trained = training.train_if_needed(sys.stdout)
    except training.TrainingFailed as error:
        raise click.ClickException(str(error)) from error
    click.echo("trained models/palpate.tar.gz" if trained else "models/palpate.tar.gz is up to date")


@cli.command()
@click.option("--intent", is_flag=True, help="Also run the trained intent classifier.")
def understand(intent: bool) -> None:
    """Read texts from stdin, one a line (or JSON), and print what was understood."""
    from bot import understand as command

    sys.exit(command.main(sys.stdin, sys.stdout, intent=intent))


@cli.command()
@click.option("--vocabulary", is_flag=True, help="Print every key and id a record may use.")
def triage(vocabulary: bool) -> None:
    """Read records from stdin, one JSON object a line, and print one result for each."""
    from bot import triage_command as command

    policy = settings().clinic.policy
    sys.exit(command.main(sys.stdin, sys.stdout, sys.stderr, vocabulary=vocabulary, policy=policy))


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def rasa(args: tuple[str, ...]) -> None:
    """Rasa's own commands (train, shell, data validate …) through our launcher."""
    _in_rasa("bot.engine.launch", args)


@cli.command(context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def bench(args: tuple[str, ...]) -> None:
    """Print the project's own figures: `language`, `product`, `turns` (both with --baseline stock Rasa beside it), `triage`, `widget` or `desk`."""
    if args[:1] == ("product",):
        from bot import product_bench

        sys.exit(product_bench.main(args[1:], sys.stdout))
    if args[:1] == ("desk",):
        from bot import desk_bench

        sys.exit(desk_bench.main(args[1:], sys.stdout))
    if args[:1] == ("language",):
        from bot import language_bench

        sys.exit(language_bench.main(args[1:], sys.stdout))
    if args[:1] == ("triage",):
        from bot import triage_bench

        sys.exit(triage_bench.main(sys.stdout))
    if args[:1] == ("widget",):
        from bot import widget_bench

        sys.exit(widget_bench.main(sys.stdout))
    _in_rasa("bot.engine.bench", args)


@cli.command()
@click.argument("count", type=click.IntRange(1, 100_000), default=20)
@click.option("--first", default=0, show_default=True, help="The first seed; a seed is the same person every time.")
@click.option("--url", help="A product elsewhere on this machine; its PALPATE_HOME must be ours.")
@click.option("--at-once", type=click.IntRange(1, 64), default=8, show_default=True, help="Visits side by side.")
def simulate(count: int, first: int, url: str | None, at_once: int) -> None:
    """Send COUNT made-up visitors to the running product and compare what is stored with what they told.

    Start the product with PALPATE_LIMITS=off, in a home of its own: the visits stay in its booking storage.
    """
    from bot.simulator import command

    with _one_line():
        sys.exit(command.main(settings(), sys.stdout, sys.stderr, count=count, first=first, url=url, at_once=at_once))


@cli.command()
@click.option("--missing", is_flag=True, help="Only those without a translation.")
@click.option("--language", default="es", show_default=True, help="The two letters of the language.")
def texts(missing: bool, language: str) -> None:
    """Print every text a visitor can read as entries of a .po file; exit 1 when some have no translation."""
    from bot import texts as command
    from bot.domain.speech import LANGUAGES

    if language not in LANGUAGES[1:]:
        raise click.BadParameter(f"is one of {', '.join(LANGUAGES[1:])}", param_hint="--language")
    sys.exit(command.print_texts(sys.stdout, language, only_missing=missing))


@cli.group()
def channels() -> None:
    """SMS, WhatsApp, Telegram, Messenger and Matrix: set up, test, connect."""


@channels.command("init")
def channels_init() -> None:
    """Make channels.toml in PALPATE_HOME, with every network in it and none switched on."""
    from bot import channels_command

    sys.exit(channels_command.init(settings(), sys.stdout))


@channels.command("check")
def channels_check() -> None:
    """Ask every network that is set up whether the credentials work and messages come to us; says what to fix."""
    from bot import channels_command

    with _one_line():
        sys.exit(channels_command.check(settings(), sys.stdout))


@channels.command("connect")
@click.argument("name")
def channels_connect(name: str) -> None:
    """Tell a network (Telegram) where its messages go."""
    from bot import channels_command

    with _one_line():
        sys.exit(channels_command.connect(settings(), name, sys.stdout))


@cli.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def chaos(args: tuple[str, ...]) -> None:
    """Break a running product on purpose (kills, locks, full disk) and count what was lost; see `palpate chaos --help`."""
    from bot.chaos import command

    sys.exit(command.main(args, sys.stdout))


@cli.group()
def rules() -> None:
    """The rules that decide: version, signatures, and what a change would alter."""


@rules.command("show")
def rules_show() -> None:
    """The working version and who signed it."""
    from bot import rules_command

    own = settings()
    with _one_line():
        sys.exit(rules_command.show(own.home, sys.stdout, own.clinic.policy))


@rules.command("sign")
@click.option("--by", required=True, help="Your name, as it is to stand under the rules.")
def rules_sign(by: str) -> None:
    """Sign the working version. A change that makes any stored answer milder needs two different people."""
    from bot import rules_command

    if not by.strip():
        raise click.BadParameter("is empty", param_hint="--by")
    own, today = settings(), datetime.now(UTC).date()
    with _one_line():
        stored = rules_command.everything(own, sys.stdout)
        sys.exit(rules_command.sign(own.home, by, today, stored, sys.stdout, own.clinic.policy))


@rules.command("replay")
def rules_replay() -> None:
    """Run every stored hand-off and the case library against the working rules; list what would change."""
    from bot import rules_command

    own = settings()
    with _one_line():
        stored = rules_command.everything(own, sys.stdout)
        sys.exit(rules_command.run_replay(stored, own.home, sys.stdout, own.clinic.policy))


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    """A damaged file of signatures, or a database that cannot be read, ends the command with one line."""
    from bot.domain.errors import StorageUnavailable
    from bot.rules_signed import BadSignatures

    try:
        yield
    except (BadSignatures, BadSettings) as error:
        raise click.ClickException(str(error)) from error
    except StorageUnavailable as error:
        raise click.ClickException("the database cannot be read; `palpate db upgrade` makes one") from error


def _in_rasa(module: str, args: tuple[str, ...]) -> None:
    """Run a module in Rasa's environment with this terminal, and leave with its status."""
    if not _RASA.exists():
        raise click.ClickException("Rasa's environment is missing: run `make setup`")
    done = subprocess.run([str(_RASA), "-m", module, *args], cwd=REPOSITORY, check=False)
    sys.exit(done.returncode)


def whole() -> click.Group:
    """The command line with every command."""
    from bot import account_commands, backup_commands, key_commands, outbox_commands, staff_commands

    for commands in (account_commands, backup_commands, key_commands, outbox_commands, staff_commands):
        commands.register(cli)
    return cli


def main() -> None:
    """The `palpate` command. Exit status 0, 1 for refused input, 2 for wrong usage."""
    cli(prog_name="palpate")


if __name__ == "__main__":
    main()
