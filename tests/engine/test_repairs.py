"""The smaller repairs, each beside what stock Rasa does in the same place."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core import lock_store
from rasa.core.actions.action import RemoteAction
from rasa.core.lock_store import InMemoryLockStore
from rasa.engine.graph import GraphNode, GraphSchema, SchemaNode
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.nlu.classifiers.keyword_intent_classifier import KeywordIntentClassifier
from rasa.shared.exceptions import InvalidConfigException

from bot.engine import checked_body, environment, launch, no_tensorflow, quiet_logs, runner, validator
from bot.engine.one_at_a_time import ConversationLocks

STOCK_CHECK = RemoteAction._validate_action_result

# -- TensorFlow


def test_the_stand_in_can_be_named_and_never_used() -> None:
    tensorflow = importlib.import_module("tensorflow")

    class Layer(tensorflow.keras.layers.Layer):
        pass

    with pytest.raises(no_tensorflow.TensorFlowMissing):
        Layer()
    with pytest.raises(no_tensorflow.TensorFlowMissing):
        tensorflow.constant(1)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorflow.experimental")


def test_spacy_does_not_take_the_stand_in_for_tensorflow() -> None:
    assert importlib.import_module("thinc.compat").has_tensorflow is False


@pytest.fixture
def guarded() -> Iterator[None]:
    plan, make = DefaultV1Recipe.graph_config_for_recipe, GraphNode.__init__
    no_tensorflow.guard()
    yield
    DefaultV1Recipe.graph_config_for_recipe, GraphNode.__init__ = plan, make


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("name", ["DIETClassifier", "ResponseSelector", "LanguageModelFeaturizer"])
def test_a_component_that_needs_tensorflow_is_refused_before_training(name: str) -> None:
    config = {"language": "en", "pipeline": [{"name": "KeywordIntentClassifier"}, {"name": name}]}
    with pytest.raises(InvalidConfigException, match=f"'{name}' in the pipeline or policies needs TensorFlow"):
        DefaultV1Recipe().graph_config_for_recipe(config, {})


@pytest.mark.usefixtures("guarded")
def test_a_policy_that_needs_tensorflow_is_refused_before_training() -> None:
    config = {"pipeline": [{"name": "KeywordIntentClassifier"}], "policies": [{"name": "TEDPolicy"}]}
    with pytest.raises(InvalidConfigException, match="'TEDPolicy'"):
        DefaultV1Recipe().graph_config_for_recipe(config, {})


def test_components_without_tensorflow_are_taken() -> None:
    assert no_tensorflow.needs_tensorflow(DIETClassifier)
    assert not no_tensorflow.needs_tensorflow(KeywordIntentClassifier)


# -- the check of an action server's answer


@pytest.mark.parametrize(("check", "times"), [(STOCK_CHECK, 3), (validator.check, 0)], ids=["stock", "ours"])
def test_the_schema_is_checked_once_not_for_each_answer(
    monkeypatch: pytest.MonkeyPatch, check: Callable[..., bool], times: int
) -> None:
    validator.check(None, {"events": []})  # built now, if it was not
    kind = jsonschema.validators.validator_for(RemoteAction.action_response_format_spec())
    checked: list[Any] = []
    stock_check = kind.check_schema
    monkeypatch.setattr(kind, "check_schema", lambda schema, **named: checked.append(1) or stock_check(schema, **named))
    action = RemoteAction("action_x", None)
    assert all(check(action, {"events": [{"event": "slot", "name": "a", "value": 1}]}) for _ in range(3))
    assert len(checked) == times


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda more: st.lists(more, max_size=3),
    max_leaves=4,
)
EVENTS = st.fixed_dictionaries(
    {"event": st.sampled_from(["slot", "user", "bot", "form", "active_loop", "restart", "rewind", "no such", 7])},
    optional={
        "name": JSON,
        "value": JSON,
        "timestamp": JSON,
        "text": JSON,
        "parse_data": JSON,
        "metadata": st.just({}) | JSON,
    },
)
ANSWERS = JSON | st.fixed_dictionaries(
    {}, optional={"events": st.lists(EVENTS, max_size=3) | JSON, "responses": st.lists(st.just({}) | JSON, max_size=2)}
)


@given(ANSWERS)
def test_our_check_takes_and_refuses_what_stock_takes_and_refuses(answer: Any) -> None:
    assert _takes(validator.check, answer) == _takes(STOCK_CHECK, answer)


def _takes(check: Callable[..., bool], answer: Any) -> bool:
    try:
        return check(RemoteAction("action_x", None), answer)
    except jsonschema.ValidationError:
        return False


@pytest.mark.parametrize(("check", "quotes"), [(STOCK_CHECK, True), (validator.check, False)], ids=["stock", "ours"])
def test_a_refusal_does_not_quote_the_answer(check: Callable[..., bool], quotes: bool) -> None:
    with pytest.raises(jsonschema.ValidationError) as caught:
        check(RemoteAction("action_x", None), {"events": "my knee hurts"})
    assert ("my knee hurts" in str(caught.value)) is quotes


# -- the graph runner


class _Node:
    def __init__(self, name: str, log: list[str]) -> None:
        self.name, self.log = name, log

    def __call__(self, *inputs: Any) -> tuple[str, Any]:
        self.log.append(self.name)
        return self.name, [value for _, value in inputs]


def _runner(log: list[str]) -> DaskGraphRunner:
    def node(**needs: str) -> SchemaNode:
        return SchemaNode(needs=needs, uses=KeywordIntentClassifier, constructor_name="create", fn="process", config={})

    nodes = {
        "d": node(x="b", y="c"),
        "b": node(x="a"),
        "c": node(x="a"),
        "a": node(x="__message__"),
        "unused": node(x="d"),
    }
    made = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema, made._execution_context = GraphSchema(nodes), None
    made._instantiated_nodes = {name: _Node(name, log) for name in nodes}
    return made


@pytest.mark.parametrize("run", [DaskGraphRunner.run, runner.run], ids=["stock", "ours"])
def test_the_graph_gives_what_dask_gives_and_runs_each_node_once(run: Callable[..., Any]) -> None:
    log: list[str] = []
    made = _runner(log)
    for number in (1, 2):
        assert run(made, inputs={"__message__": number}, targets=["d"]) == {"d": [[[number]], [[number]]]}
    assert sorted(log) == ["a", "a", "b", "b", "c", "c", "d", "d"]


# -- one turn at a time


@pytest.mark.parametrize(
    ("kind", "naps"), [(InMemoryLockStore, True), (ConversationLocks, False)], ids=["stock", "ours"]
)
def test_a_waiting_message_does_not_sleep(monkeypatch: pytest.MonkeyPatch, kind: type, naps: bool) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def nap(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(lock_store.asyncio, "sleep", nap)
    order: list[str] = []

    async def turn(locks: Any, name: str) -> None:
        async with locks.lock("conversation"):
            order.append(f"{name} begins")
            await sleep(0)
            await sleep(0)
            order.append(f"{name} ends")

    async def run() -> None:
        locks = kind()
        await asyncio.gather(*(turn(locks, name) for name in "abc"))

    asyncio.run(run())
    assert order == [f"{name} {part}" for name in "abc" for part in ("begins", "ends")]
    assert bool(slept) is naps


def test_a_lock_nobody_wants_is_forgotten() -> None:
    locks = ConversationLocks()

    async def turn(name: str) -> None:
        async with locks.lock(name):
            await asyncio.sleep(0)
            if name == "b":
                raise RuntimeError

    async def run() -> list[Any]:
        return await asyncio.gather(*(turn(name) for name in "aabbcc"), return_exceptions=True)

    assert [type(result) for result in asyncio.run(run())].count(RuntimeError) == 2
    assert locks._held == {}


# -- the command line


@pytest.mark.parametrize(
    "args",
    [
        ["run", "-i", "0.0.0.0"], ["run", "--interface=0.0.0.0"], ["run", "--interface"], ["run", "--enable-api"],
        ["run", "--remote-storage=aws"], ["run", "actions"], ["shell", "-i", "0.0.0.0"],
    ],
)  # fmt: skip
def test_a_command_that_opens_a_door_is_refused(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        launch.main(args)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("palpate rasa ")


def test_serving_is_told_to_listen_on_loopback() -> None:
    assert launch.checked(["run", "--model", "x"]) == ["run", "--model", "x", "--interface", "127.0.0.1"]
    assert launch.checked(["train", "nlu"]) == ["train", "nlu"]


def test_the_environment_is_filled_in_and_one_worker_is_forced(tmp_path: Any) -> None:
    env = {"PALPATE_HOME": str(tmp_path), "SANIC_WORKERS": "4", "PALPATE_RASA_PORT": "6001"}
    environment.settle(env)
    assert env["SANIC_WORKERS"] == "1"
    assert env["PALPATE_ACTIONS_PORT"] == "5055"
    assert env["PALPATE_RASA_PORT"] == "6001"
    assert env["PALPATE_INTERNAL_SECRET"] == ""


# -- bodies


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_turn_or_a_refusal(body: bytes) -> None:
    with contextlib.suppress(checked_body.BadBody):
        assert checked_body.read(body).text


@given(st.text(min_size=1, max_size=50))
def test_a_text_keeps_its_length_and_becomes_storable(text: str) -> None:
    body = json.dumps(
        {
            "conversation": "c" * 8,
            "message_id": "m" * 8,
            "text": text,
            "metadata": {"answer": {"question": "x", "value": [text, {text: 1}]}},
        }
    )
    turn = checked_body.read(body.encode())
    assert len(turn.text) == len(text)
    assert "\x00" not in turn.text
    json.dumps(turn.metadata, ensure_ascii=False).encode()
    turn.text.encode()


@pytest.mark.parametrize("character", ["x", "é", "\U0001f642", "\x01"])
def test_the_longest_text_also_fits_as_an_answer(character: str) -> None:
    text = character * checked_body.MOST_TEXT
    answer = {"question": "narrative", "value": text}
    body = {"conversation": "c" * 64, "message_id": "m" * 64, "text": text, "metadata": {"answer": answer}}
    assert checked_body.read(json.dumps(body, ensure_ascii=False).encode()).text == text


# -- logs


def test_a_log_line_says_where_and_what_kind_but_not_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet_logs.DOOR, "serving", True)
    try:
        raise ValueError("my knee hurts")
    except ValueError as error:
        record = logging.LogRecord(
            "rasa.x", logging.ERROR, "/x/y.py", 7, "said %s", ("my knee",), (ValueError, error, error.__traceback__)
        )
    line = quiet_logs.PlaceOnly().format(record)
    assert "knee" not in line
    assert '"error": "ValueError"' in line
    assert "rasa.x:y:7" in line


@pytest.mark.parametrize(
    "parts", ["x", [1], [{"start": "0", "message": "m" * 9}], [{"start": 0}], [{"start": 0, "message": "m"}]]
)
def test_parts_of_a_turn_are_places_and_ids(parts):
    body = {"conversation": "c" * 9, "message_id": "m" * 9, "text": "a", "metadata": {"parts": parts}}
    with pytest.raises(checked_body.BadBody):
        checked_body.read(json.dumps(body).encode())
    body["metadata"]["parts"] = [{"start": 0, "message": "m" * 9}]
    assert checked_body.read(json.dumps(body).encode()).metadata["parts"] == [{"start": 0, "message": "m" * 9}]
