"""A model that is not the one that was trained here is refused by name, before Rasa reads a byte of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import model_archive
from bot.engine import launch


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    """The small project's model with its manifest."""
    for path in (model, model_archive.manifest_of(model)):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / model.name


def test_training_writes_down_what_it_made(copy: Path) -> None:
    model_archive.check(copy)


def test_one_changed_byte_is_refused_by_name_at_the_start(copy: Path, project: Path) -> None:
    raw = bytearray(copy.read_bytes())
    raw[len(raw) // 2] ^= 1
    copy.write_bytes(bytes(raw))
    command = [sys.executable, "-m", "bot.engine.launch", "run", "--model", str(copy)]
    env = {"PATH": "/usr/bin:/bin", "PALPATE_HOME": str(copy.parent / "home")}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == f"{copy}: this model was changed since it was trained; it is not loaded\n"


@pytest.mark.parametrize("args", [["--model={}"], ["-m", "{}"], ["--model", "{folder}"]])
def test_however_the_model_is_named(copy: Path, args: list[str]) -> None:
    named = [word.format(copy, folder=copy.parent) for word in args]
    launch.check_model(["run", *named])
    model_archive.manifest_of(copy).unlink()
    with pytest.raises(model_archive.ArchiveRefused, match="train it here"):
        launch.check_model(["run", *named])


def test_another_model_under_this_name_is_refused(copy: Path) -> None:
    other = copy.with_name("other.tar.gz")
    other.write_bytes(b"another model")
    model_archive.write(other)
    other.replace(copy)
    with pytest.raises(model_archive.ArchiveRefused, match="was changed"):
        model_archive.check(copy)
