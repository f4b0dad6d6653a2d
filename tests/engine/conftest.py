"""Rasa's environment only: a small Rasa project, trained once, and servers of ours and of stock Rasa to compare."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["test_*.py"]

if importlib.util.find_spec("rasa"):
    import json
    import shutil
    import subprocess
    import sys
    import urllib.request
    import uuid
    import warnings
    from collections.abc import Callable, Iterator
    from dataclasses import dataclass
    from pathlib import Path

    import hypothesis
    import pytest
    import pytest_randomly

    from bot.engine import no_tensorflow, servers
    from bot.engine.servers import Server

    no_tensorflow.install()
    with warnings.catch_warnings(record=True):  # what Rasa's libraries of 2022 say while they are imported
        warnings.simplefilter("ignore")
        import rasa.__main__
        import rasa.core.run  # noqa: F401

    # thinc offers its seeder to pytest-randomly, which hands it seeds numpy refuses (over 2**32).
    pytest_randomly.entrypoint_reseeds = []

    hypothesis.settings.register_profile("engine", deadline=None)  # nothing here is judged by the clock
    hypothesis.settings.load_profile("engine")

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
    def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The small project of this folder with a model trained by our launcher."""
        place = tmp_path_factory.mktemp("project") / "bot"
        shutil.copytree(HERE / "project", place)
        env = {"PATH": "/usr/bin:/bin", "HOME": str(place / "nobody"), "PALPATE_HOME": str(place / "home")}
        command = [
            sys.executable,
            "-m",
            "bot.engine.launch",
            "train",
            "--skip-validation",
            "--fixed-model-name",
            "small",
        ]
        done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return place

    @pytest.fixture(scope="session")
    def model(project: Path) -> Path:
        return project / "models" / "small.tar.gz"

    @dataclass
    class Actions:
        """The project's action server in a process of its own, and a way to make it fail."""

        port: int

        def fail(self, how: str) -> None:
            self._ask("/fault", how)

        def callers(self) -> list[str]:
            """The connection each call since the last question came on."""
            return json.loads(self._ask("/callers"))

        def _ask(self, path: str, body: str = "") -> str:
            address = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(
                urllib.request.Request(address, body.encode(), method="POST"), timeout=5
            ) as got:
                return got.read().decode()

    @pytest.fixture(scope="session")
    def action_server() -> Iterator[Actions]:
        command = [sys.executable, str(HERE / "project" / "actions.py")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            yield Actions(int(process.stdout.readline()))
            process.terminate()

    @pytest.fixture
    def actions(action_server: Actions) -> Iterator[Actions]:
        """The action server, working again after each test."""
        yield action_server
        action_server.fail("")

    @pytest.fixture(scope="session")
    def ours(
        project: Path, model: Path, action_server: Actions, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Server]:
        """Rasa as we serve it."""
        server = servers.start(project, model, tmp_path_factory.mktemp("ours"), action_server.port, ours=True)
        yield server
        server.stop()

    @pytest.fixture(scope="session")
    def stock(
        project: Path, model: Path, action_server: Actions, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Server]:
        """Rasa as it comes, without TensorFlow."""
        server = servers.start(project, model, tmp_path_factory.mktemp("stock"), action_server.port, ours=False)
        yield server
        server.stop()

    @pytest.fixture
    def new_id() -> Callable[[], str]:
        """Ids no other test uses."""
        return lambda: uuid.uuid4().hex
