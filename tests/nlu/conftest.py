"""Rasa's environment only: Rasa with our stand-in for TensorFlow, the cases, and the model `palpate train` made."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("rasa") else ["test_*.py"]

if importlib.util.find_spec("rasa"):
    import warnings
    from pathlib import Path

    import pytest
    import pytest_randomly

    from bot.engine import no_tensorflow

    no_tensorflow.install()  # before anything of Rasa is imported
    with warnings.catch_warnings(record=True):  # what Rasa's libraries of 2022 say while they are imported
        warnings.simplefilter("ignore")
        from rasa.engine.graph import ExecutionContext, GraphSchema
        from rasa.engine.recipes import default_recipe  # noqa: F401
        from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.nlu import serve
    from bot.nlu.by_language import ByLanguage

    # thinc offers its seeder to pytest-randomly, which hands it seeds numpy refuses (over 2**32).
    pytest_randomly.entrypoint_reseeds = []

    @pytest.fixture(scope="session")
    def trained() -> ByLanguage:
        """The intent model of models/palpate.tar.gz; `make test` trains it before it comes here."""
        return serve.load()

    @pytest.fixture
    def storage(tmp_path: Path) -> LocalModelStorage:
        """Where Rasa would keep what a component learned."""
        return LocalModelStorage(tmp_path)

    @pytest.fixture
    def context() -> ExecutionContext:
        """Rasa's view of a graph with nothing in it."""
        return ExecutionContext(GraphSchema({}))
