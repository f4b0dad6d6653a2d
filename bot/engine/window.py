"""Keeps what a tracker carries bounded without changing what the bot says.

Repairs the growth of a turn: `rasa/shared/core/trackers.py:478` (`applied_events`) is quadratic in the length of a
conversation and runs several times a turn, and `tracker.copy()` replays every event for every action.

Rasa decides on the *applied* events: what is left after restarts, rewinds and repeated rounds of a form are taken out.
So the window is made of those: the last turns as they are, and before them one short beginning that leaves a tracker
in the very state it had at the cut (slots, active form and how it stands, pause, last answer). Slot values come from
replaying the tracker, never from looking for old SlotSet events, so AllSlotsReset and rewinds come out right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker


def is_due(tracker: DialogueStateTracker, turns: int) -> bool:
    """Whether the tracker carries twice the turns it should; so the work is done once in `turns` turns."""
    return sum(isinstance(event, UserUttered) for event in tracker.events) >= 2 * turns


def bounded(tracker: DialogueStateTracker, *, turns: int, reach: int) -> list[Event] | None:
    """The events that stand for all of this tracker's, or None when there is nothing to leave out.

    `turns` visitor messages stay as they are, and as many as give the policies more than `reach` states to look back
    on, which is the length of the longest rule: a rule must never run out of history to be compared with.
    """
    applied = tracker.applied_events()
    if not applied:
        return None
    cut = _cut(applied, turns, reach)
    start = next((event for event in reversed(tracker.events) if isinstance(event, SessionStarted)), None)
    head = [start] if start is not None else []
    short = [*head, *(_beginning(tracker, applied[:cut]) if cut else []), *_compact(applied[cut:])]
    return short if len(short) < len(tracker.events) else None


def _cut(applied: Sequence[Event], turns: int, reach: int) -> int:
    """Where the kept part begins: at the `action_listen` before a message, or 0 when all of it is needed."""
    users = states = 0
    for index in range(len(applied) - 1, -1, -1):
        event = applied[index]
        users += isinstance(event, UserUttered)
        states += isinstance(event, ActionExecuted)
        if users >= turns and states > reach and _is_listen(event) and isinstance(applied[index + 1], UserUttered):
            return index
    return 0


def _is_listen(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME


def _beginning(tracker: DialogueStateTracker, past: Sequence[Event]) -> list[Event]:
    """Few events that leave a fresh tracker as `past` leaves it."""
    then = tracker.init_copy()
    for event in past:
        then.update(event)
    said = next((event for event in reversed(past) if isinstance(event, BotUttered)), None)
    return [
        *(_opening(past) if then.active_loop_name else []),
        *_slots(then, past),
        *([said] if said is not None else []),
        *([ActionExecutionRejected(then.active_loop_name)] if then.is_active_loop_rejected else []),
        *([LoopInterrupted(True)] if then.is_active_loop_interrupted else []),
        *([ConversationPaused()] if then.is_paused() else []),
    ]


def _opening(past: Sequence[Event]) -> list[Event]:
    """The turn in which the form that is open at the end of `past` was opened, without slots and answers."""
    end = max(index for index, event in enumerate(past) if isinstance(event, ActiveLoop) and event.name)
    begin = next((index for index in range(end, -1, -1) if isinstance(past[index], UserUttered)), 0)
    if begin and _is_listen(past[begin - 1]):
        begin -= 1
    kept = (ActionExecuted, UserUttered, ActiveLoop)
    return [event for event in past[begin : end + 1] if isinstance(event, kept)]


def _slots(then: DialogueStateTracker, past: Sequence[Event]) -> list[Event]:
    """One SlotSet for each slot that has a value of its own at this point, the last one set last."""
    order = list(dict.fromkeys(event.key for event in reversed(past) if isinstance(event, SlotSet)))
    set_by_now = [name for name in reversed(order) if name in then.slots and then.slots[name].has_been_set]
    return [SlotSet(name, then.slots[name].value, timestamp=past[-1].timestamp) for name in set_by_now]


def _compact(events: Sequence[Event]) -> list[Event]:
    """The same events with every unbroken run of slots and answers cut down to the last of each.

    A form leaves such a run: its later rounds are taken out of the applied events, their slots and answers are not.
    """
    kept: list[Event] = []
    run: dict[Any, Event] = {}
    for event in events:
        if isinstance(event, SlotSet | BotUttered):
            key = ("slot", event.key) if isinstance(event, SlotSet) else "said"
            run.pop(key, None)
            run[key] = event
        else:
            kept += run.values()
            run = {}
            kept.append(event)
    return [*kept, *run.values()]
