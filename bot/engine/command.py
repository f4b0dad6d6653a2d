"""Says how to start Rasa's side as a process of its own; importable where Rasa is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import RASA_PYTHON


@dataclass(frozen=True, slots=True)
class Command:
    """What to start: the words, the folder to start it in, and the whole environment."""

    words: tuple[str, ...]
    folder: Path
    env: dict[str, str]


def rasa(repository: Path, args: Sequence[str], env: Mapping[str, str], *, folder: Path | None = None) -> Command:
    """Rasa's command line with our repairs; `folder` holds config.yml and domain.yml (default: this repository)."""
    return _module(repository, "bot.engine.launch", args, env, folder)


def stock_rasa(repository: Path, args: Sequence[str], env: Mapping[str, str], *, folder: Path) -> Command:
    """Rasa's command line with nothing but the stand-in for TensorFlow, to compare with.

    `PALPATE_STOCK_PYTHON` names the interpreter of an environment with all of Rasa, TensorFlow too, to use instead.
    """
    other = env.get("PALPATE_STOCK_PYTHON")
    if other:
        return Command((other, "-m", "rasa", *args), folder, {**env, "RASA_TELEMETRY_ENABLED": "false"})
    return _module(repository, "bot.engine.stock", args, env, folder)


def _module(repository: Path, module: str, args: Sequence[str], env: Mapping[str, str], folder: Path | None) -> Command:
    words = (str(repository / RASA_PYTHON), "-m", module, *args)
    return Command(words, folder or repository, {**env, "PYTHONUNBUFFERED": "1"})
