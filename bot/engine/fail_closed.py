"""Makes Rasa say that a turn failed instead of carrying on as if it had not.

Repairs R1, R2, R10, R11 and R12 as far as they are not the channel's or the tracker store's own business:
* `rasa/core/agent.py:528` wraps every store so that a failing database means silent memory (R2);
* `rasa/core/tracker_store.py:1236` ends the whole process on any `ValueError`, e.g. a lone surrogate (R1);
* `rasa/core/tracker_store.py:1560` falls back to memory when the named store cannot be imported, or none is named;
* `rasa/core/processor.py:993` swallows a failed action: its events are lost and the visitor hears nothing;
* `rasa/core/actions/action.py:1187` keeps a slot's value *unchecked* when its check failed (R11);
* `rasa/core/agent.py:266` serves without a model when the model cannot be loaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


class ActionFailed(RuntimeError):
    """A custom action did not come to its end, so the turn did not happen; carries the action's name only."""


class NoSafeStore(RuntimeError):
    """There is no tracker store that outlives this process."""


def install(*, serving: bool) -> None:
    """Put these repairs in place; `serving` also insists on a durable store and a model."""
    from rasa.core import agent, tracker_store

    agent.FailSafeTrackerStore = lambda store: store
    tracker_store.SQLTrackerStore.session_scope = _session_scope
    tracker_store._load_from_module_name_in_endpoint_config = _named_store
    _actions_fail_the_turn()
    _checks_fail_the_turn()
    if serving:
        _insist_on_a_store()
        _insist_on_a_model()


@contextlib.contextmanager
def _session_scope(self: Any) -> Iterator[Any]:
    """A database session that is closed, rolled back if need be, and whose errors go to the caller."""
    session = self.sessionmaker()
    try:
        yield session
    finally:
        session.close()


def _named_store(domain: Any, store: Any, event_broker: Any = None) -> Any:
    from rasa.shared.utils.common import class_from_module_path

    try:
        kind = class_from_module_path(store.type)
    except (AttributeError, ImportError) as error:
        raise NoSafeStore(f"the tracker store {store.type} of endpoints.yml cannot be loaded: {error}") from error
    return kind(host=store.url, domain=domain, event_broker=event_broker, **store.kwargs)


def _insist_on_a_store() -> None:
    from rasa.core import tracker_store

    create = tracker_store._create_from_endpoint_config

    def checked(endpoint_config: Any = None, domain: Any = None, event_broker: Any = None) -> Any:
        if endpoint_config is None or endpoint_config.type is None:
            raise NoSafeStore("endpoints.yml names no tracker_store; conversations would be kept in memory only")
        return create(endpoint_config, domain, event_broker)

    tracker_store._create_from_endpoint_config = checked


def _insist_on_a_model() -> None:
    from rasa.core import agent

    load = agent.load_agent

    async def checked(*args: Any, **kwargs: Any) -> Any:
        loaded = await load(*args, **kwargs)
        if not loaded.is_ready():
            raise SystemExit("the model could not be loaded; train one with `palpate rasa train`")
        return loaded

    agent.load_agent = checked


def _actions_fail_the_turn() -> None:
    from rasa.core.actions.action import ActionExecutionRejection
    from rasa.core.processor import MessageProcessor

    stock = MessageProcessor._run_action

    async def run_action(self: Any, action: Any, *args: Any, **kwargs: Any) -> bool:
        run, failures = action.run, []

        async def watched(*inner: Any, **named: Any) -> Any:
            try:
                return await run(*inner, **named)
            except ActionExecutionRejection:
                raise
            except Exception as error:
                failures.append(error)
                raise

        action.run = watched
        more = await stock(self, action, *args, **kwargs)
        if failures:
            raise ActionFailed(action.name()) from failures[0]
        return more

    MessageProcessor._run_action = run_action


def _checks_fail_the_turn() -> None:
    from rasa.core.actions.action import ActionExtractSlots, RemoteAction
    from rasa.shared.core.events import BotUttered, SlotSet

    async def run_custom_action(
        self: Any, custom_action: str, output_channel: Any, nlg: Any, tracker: Any, domain: Any
    ) -> list[Any]:
        """What the action sets and says; its failure is the caller's, so that no value is kept unchecked."""
        remote = RemoteAction(custom_action, self._action_endpoint)
        events = await remote.run(output_channel, nlg, tracker, domain)
        return [event for event in events if isinstance(event, SlotSet | BotUttered)]

    ActionExtractSlots._run_custom_action = run_custom_action
