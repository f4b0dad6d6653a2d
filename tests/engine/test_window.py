"""The event window must never change what the bot says; stock Rasa with all its events is the judge."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import random
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.utils.endpoints import EndpointConfig

from bot.engine.channel import Replies
from bot.engine.one_at_a_time import ConversationLocks
from bot.engine.reach import reach_of
from bot.engine.tracker_store import LiveTrackerStore

SAYINGS = (
    ["hello", "price", "hours", "begin", "stop", "forget", "count", "undo", "yes", "who knows", "ann", "b!d", "small"]
    + ["both", "say so", "begin", "hours", "count"] * 2
    + ["reboot"]
)


def actions() -> Any:
    spec = importlib.util.spec_from_file_location("small_actions", Path(__file__).parent / "project" / "actions.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Direct(EndpointConfig):
    """The project's actions without HTTP in between."""

    run = staticmethod(actions().run)

    async def request(self, *_args: Any, **kwargs: Any) -> Any:
        return json.loads(json.dumps(Direct.run(json.loads(json.dumps(kwargs["json"])))))


class Bot:
    """The trained project with a store of its own; unpatched Rasa otherwise."""

    def __init__(self, model: Path, home: Path, *, window: int, live: int) -> None:
        self.store = LiveTrackerStore(home=str(home), host="sqlite://", window_turns=window, live_conversations=live)
        locks, nlg = ConversationLocks(), TemplatedNaturalLanguageGenerator({})
        self.processor = MessageProcessor(str(model), self.store, locks, nlg, Direct("http://127.0.0.1:1"))
        nlg.responses = self.processor.domain.responses
        self.store.domain = self.processor.domain
        self.store.reach = reach_of(self.processor.graph_runner)

    async def say(self, conversation: str, number: int, text: str) -> tuple[Any, ...]:
        replies = Replies()
        message = UserMessage(text, replies, conversation, input_channel="palpate", message_id=f"message-{number}")
        await self.processor.handle_message(message)
        tracker = await self.store.retrieve(conversation)
        state = (
            tracker.current_slot_values(),
            {name for name, slot in tracker.slots.items() if slot.has_been_set},
            tracker.active_loop_name,
            tracker.is_active_loop_rejected,
            tracker.latest_action_name,
            tracker.followup_action,
            tracker.latest_message.text,
            tracker.is_paused(),
        )
        await self.store.save(tracker)
        return replies.messages, state


@pytest.fixture(scope="module")
def bots(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bot]:
    model = project / "models" / "small.tar.gz"
    home = tmp_path_factory.mktemp("homes")
    return {
        "every event": Bot(model, home / "all", window=0, live=100),
        "window": Bot(model, home / "window", window=2, live=100),
        "window, read from disk each time": Bot(model, home / "disk", window=2, live=0),
        "as served": Bot(model, home / "served", window=6, live=100),
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_window_never_changes_what_the_bot_says(bots: dict[str, Bot], seed: int) -> None:
    chance = random.Random(seed)
    said = [chance.choice(SAYINGS) for _ in range(30)]
    if seed % 2:  # long stays in the form
        said = [text if text not in ("stop", "reboot", "both") else "hours" for text in said]
    answers = {name: asyncio.run(_hold(bot, f"conversation-{seed}", said)) for name, bot in bots.items()}
    full = answers.pop("every event")
    for name, given in answers.items():
        for number, (expected, got) in enumerate(zip(full, given, strict=True)):
            assert got == expected, f"{name} differs at message {number}: {said[: number + 1]}"


def test_the_window_bounds_what_a_turn_carries(bots: dict[str, Bot]) -> None:
    """Turn by turn stock Rasa carries ever more events, the window a few dozen."""
    said = ["begin", *["b!d", "hours", "count"] * 12]
    for bot in bots.values():
        asyncio.run(_hold(bot, "long-conversation", said))
    carried = {name: len(asyncio.run(bot.store.retrieve("long-conversation")).events) for name, bot in bots.items()}
    assert carried["every event"] > 250
    assert carried["as served"] < 150
    assert carried["window, read from disk each time"] < 80


async def _hold(bot: Bot, conversation: str, said: list[str]) -> list[Any]:
    return [await bot.say(conversation, number, text) for number, text in enumerate(said)]
