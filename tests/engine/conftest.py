"""Rasa's environment only: a small Rasa project, trained once, and servers of ours and of stock Rasa to compare."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["test_*.py"]

if importlib.util.find_spec("rasa"):
    import shutil
    import subprocess
    import sys
    import warnings
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    import pytest_randomly

    from bot.engine import no_tensorflow

    no_tensorflow.install()
    with warnings.catch_warnings(record=True):  # what Rasa's libraries of 2022 say while they are imported
        warnings.simplefilter("ignore")
        import rasa.__main__
        import rasa.core.run  # noqa: F401

    # thinc offers its seeder to pytest-randomly, which hands it seeds numpy refuses (over 2**32).
    pytest_randomly.entrypoint_reseeds = []

    HERE = Path(__file__).parent

    # What Rasa 3.6.21 warns of while it runs, whatever the bot; everything else stays an error.
    RASA_WARNS = (
        "ignore:.*Slot auto-fill has been removed:UserWarning",  # rasa/shared/core/slot_mappings.py:224, every domain
        r"ignore:the load_module\(\) method is deprecated:DeprecationWarning",  # pykwalify/core.py:173, every domain
    )

    def pytest_configure(config: pytest.Config) -> None:
        for warning in RASA_WARNS:
            config.addinivalue_line("filterwarnings", warning)

    @pytest.fixture(scope="session")
    def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        """The small project of this folder with a model trained by our launcher."""
        place = tmp_path_factory.mktemp("project") / "bot"
        shutil.copytree(HERE / "project", place)
        env = {"PATH": "/usr/bin:/bin", "HOME": str(place / "nobody"), "PALPATE_HOME": str(place / "home")}
        command = [sys.executable, "-m", "bot.engine.launch", "train", "--skip-validation", "--fixed-model-name", "small"]
        done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        yield place
