"""Trains the dialogue model when what it is made of has changed, and only then."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TextIO

from bot import model_archive
from bot.settings import RASA_PYTHON, REPOSITORY

ARCHIVE = REPOSITORY / "models" / "palpate.tar.gz"
STAMP = REPOSITORY / "models" / ".made-of"
TRAIN_SECONDS = 900
_MADE_OF = (
    "config.yml",
    "domain.yml",
    "data",
    "bot/nlu",
    "bot/language",
    "bot/domain/mention.py",
    "requirements/rasa.txt",
)


class TrainingFailed(RuntimeError):
    """Rasa could not train the model; what it said was printed."""


def fingerprint(root: Path = REPOSITORY) -> str:
    """A hash of every file that decides what the model is."""
    digest = hashlib.sha256()
    for name in _MADE_OF:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(root)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def is_fresh() -> bool:
    """True when the archive was made of exactly what is here."""
    made = ARCHIVE.exists() and STAMP.exists() and model_archive.manifest_of(ARCHIVE).exists()
    return made and STAMP.read_text(encoding="ascii") == fingerprint()


def train_if_needed(out: TextIO) -> bool:
    """Train unless the archive is fresh; True when it trained. Raises `TrainingFailed`."""
    if is_fresh():
        return False
    made_of = fingerprint()
    out.write("training the dialogue model (about half a minute, only when its data changed)\n")
    out.flush()
    command = [
        str(REPOSITORY / RASA_PYTHON),
        "-m",
        "bot.engine.launch",
        "train",
        "--fixed-model-name",
        "palpate",
        "--out",
        "models",
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=TRAIN_SECONDS, check=False)
    if done.returncode != 0 or not ARCHIVE.exists():
        out.write(done.stdout[-4000:] + done.stderr[-4000:])
        raise TrainingFailed("the dialogue model could not be trained; Rasa's own words are above")
    STAMP.write_text(made_of, encoding="ascii")
    return True
