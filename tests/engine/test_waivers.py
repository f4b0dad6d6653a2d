"""What docs/reference/rasa-waivers.md says is not reachable is not even imported by an engine that serves the product's model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot import training
from bot.engine import servers, unused_packages
from bot.settings import REPOSITORY

# A stand-in is imported too, but by a loader of ours; what is looked for is code that came from a file.
_IMPORT = re.compile(r"import '([\w.]+)' # <_frozen_importlib_external\.\w*FileLoader")


@pytest.fixture(scope="module")
def imported(action_server: Any, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every module a serving engine has imported once it has read a message and called the actions."""
    home, listing = tmp_path_factory.mktemp("waivers"), {"PYTHONVERBOSE": "1"}
    server = servers.start(REPOSITORY, training.ARCHIVE, home, action_server.port, ours=True, more=listing)
    try:
        action_server.callers()
        server.post(server.body("waivers-1", "message-1", "my left knee hurts when I run"))
        assert action_server.callers(), "the message was read, or the actions would not have been asked"
    finally:
        server.stop()
    return set(_IMPORT.findall(server.log))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_the_list_is_that_of_the_serving_engine(imported: set[str]) -> None:
    assert {"rasa.core.agent", "sanic.app", "aiohttp.client", "bot.nlu.intent_classifier", "spacy"} <= imported


@pytest.mark.parametrize("package", ["socketio", "skops", "tensorflow", "huggingface_hub"])
def test_what_is_waived_or_left_out_is_not_imported(imported: set[str], package: str) -> None:
    assert package not in roots(imported)


def test_no_text_vectorizer_is_imported(imported: set[str]) -> None:
    assert not [name for name in imported if name.startswith("sklearn.feature_extraction")]


def test_no_server_of_aiohttp_runs(imported: set[str]) -> None:
    assert not [name for name in imported if name.startswith("aiohttp.web_")]


def test_the_stand_ins_stand_in(imported: set[str]) -> None:
    assert not set(unused_packages.PACKAGES) & roots(imported)


def test_nothing_is_pickled_into_the_model(tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(training.ARCHIVE) as archive:
        names = archive.getnames()
    assert names
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib", ".skops"))]
