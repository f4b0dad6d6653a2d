"""Starts Rasa's own command line with our repairs in place: `python -m bot.engine.launch run|train|shell|data …`."""

from __future__ import annotations

import importlib
import os
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from bot import model_archive
from bot.model_archive import ArchiveRefused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
# These would open doors that stay shut in a clinic: an API without a password, a second action server on all interfaces.
CLOSED = {
    "--enable-api": "Rasa's HTTP API lets anybody who reaches it read and change every conversation",
    "--remote-storage": "models come from this machine only",
    "actions": "the action server is started by `palpate up`, on loopback",
}


class BadCommand(ValueError):
    """The command line asks for something this launcher does not allow."""


def main(args: Sequence[str] | None = None) -> None:
    """Run one Rasa command in this process; exits 2 for a command line that is not allowed."""
    args = list(sys.argv[1:] if args is None else args)
    try:
        args = checked(args)
        if args[:1] in (["run"], ["shell"], ["test"]):
            check_model(args)
    except (BadCommand, ArchiveRefused) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    serving = args[:1] == ["run"]
    prepare(serving=serving)
    sys.argv = ["palpate rasa", *args]
    from rasa.__main__ import main as rasa_main

    started = time.time()
    rasa_main()
    if args[:1] == ["train"]:
        write_down(Path(value_of(args, "--out") or "models"), since=started)


def check_model(args: Sequence[str]) -> None:
    """Refuse a model that is not exactly what was trained. Raises `ArchiveRefused`; no model at all is Rasa's to tell."""
    given = Path(value_of(args, "-m", "--model") or "models")
    archive = model_archive.newest(given) if given.is_dir() else given
    if archive is not None and archive.exists():
        model_archive.check(archive)


def write_down(folder: Path, *, since: float) -> None:
    """Write the hash beside every archive that this training made."""
    for archive in folder.glob("*.tar.gz"):
        if archive.stat().st_mtime >= since - 1:
            model_archive.write(archive)


def value_of(args: Sequence[str], *names: str) -> str | None:
    """What an option is set to, as `--name value` or `--name=value`."""
    for index, word in enumerate(args):
        name, _, value = word.partition("=")
        if name in names:
            return value or "".join(args[index + 1 : index + 2])
    return None


def checked(args: Sequence[str]) -> list[str]:
    """The arguments, with loopback as the interface when serving; raise `BadCommand` for what is not allowed."""
    command = args[0] if args else ""
    if command not in ("run", "shell"):
        return list(args)
    for index, word in enumerate(args[1:], 1):
        name, _, value = word.partition("=")
        if command == "run" and name in CLOSED:
            raise BadCommand(f"palpate rasa run: {name} is not allowed: {CLOSED[name]}")
        if name in ("-i", "--interface") and (value or "".join(args[index + 1 : index + 2])) not in LOOPBACK:
            raise BadCommand(
                f"palpate rasa {command}: Rasa listens on 127.0.0.1 only; `palpate up` has the public side"
            )
    return [*args, "--interface", "127.0.0.1"] if command == "run" else list(args)


def prepare(*, serving: bool) -> None:
    """Put every repair in place; must come before Rasa is imported."""
    from bot.engine import environment, no_tensorflow

    environment.settle(os.environ)
    no_tensorflow.install()
    if serving:
        from bot.engine import quiet_logs, unused_packages

        unused_packages.install()
        quiet_logs.install()
    with warnings.catch_warnings(record=True):  # Rasa's libraries of 2022 complain of each other; not ours to mend
        warnings.simplefilter("ignore")
        importlib.import_module("rasa.__main__")
        importlib.import_module("rasa.core.run")
    from bot.engine import fail_closed, keep_alive, one_validation, runner, telemetry_off, validator

    telemetry_off.install()
    no_tensorflow.guard()
    validator.install()
    one_validation.install()
    runner.install()
    keep_alive.install()
    fail_closed.install(serving=serving)
    _listen_on_loopback()
    if serving:
        from bot.engine import cheap_copies, no_commands, one_at_a_time, ready, rules_at_hand, short_call

        quiet_logs.keep()
        short_call.install()
        rules_at_hand.install()
        cheap_copies.install()
        no_commands.install()
        one_at_a_time.install()
        ready.install()
    else:
        from bot.engine import used_responses

        used_responses.install()


def _listen_on_loopback() -> None:
    """Every server Rasa starts, `shell` included, listens on this machine only, on the port of our settings."""
    from rasa.core import constants

    constants.DEFAULT_SERVER_INTERFACE = "127.0.0.1"
    constants.DEFAULT_SERVER_PORT = int(os.environ["PALPATE_RASA_PORT"])


if __name__ == "__main__":
    main()
