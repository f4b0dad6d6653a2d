"""The same person by every channel, against the trained model with real actions: the stored record and result are the same."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from homeserver import MatrixPerson
from networks import channels_toml
from people import PUBLIC, WRITERS, Writer, writer

from bot import bootstrap
from bot.settings import Settings
from bot.vault import Vault

pytestmark = pytest.mark.stack
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/conversations/whole.yml").read_text(encoding="utf-8"))
CHANNELS = (*WRITERS, "matrix")
US = "@palpate:localhost"
MOST_TURNS = 60


@dataclass
class Product:
    """The running product with every channel, and its booking storage."""

    stack: Any
    storage: Any
    vault: Vault


@pytest.fixture(scope="module")
def product(tmp_path_factory, networks_serving, synapse) -> Iterator[Product]:
    """`palpate up` with a channels.toml, started once."""
    from tests.conftest import start, stop  # type: ignore[import-not-found]

    home = tmp_path_factory.mktemp("channels-home")
    channels_toml(home, networks_serving.url, synapse.url)
    stack = start(home, PALPATE_PUBLIC_URL=PUBLIC)
    storage = bootstrap.storage(Settings.from_env(stack.env))
    yield Product(stack, storage, Vault.open(home))
    storage.close()
    stop(stack)


class Correspondent:
    """A visitor on another network, who waits until everything written back has arrived."""

    def __init__(self, product: Product, channel: str, address: str, speak: Any) -> None:
        self._product, self._channel, self._speak = product, channel, speak
        self._address, self.turns = address, 0

    def say(self, text: str) -> None:
        """Write, and wait for the end of the turn."""
        before = self._last()
        self.turns += 1
        self._speak(text)
        pause, deadline = threading.Event(), time.monotonic() + 30
        while not self._answered(before):
            assert time.monotonic() < deadline, "no answer"
            pause.wait(0.03)

    def tap(self, value: Any) -> None:
        """Where the web has a tap, these write numbers."""
        choices = self.question["choices"]
        wanted = value if isinstance(value, list) else [value]
        self.say(", ".join(str([choice["value"] for choice in choices].index(one) + 1) for one in wanted))

    @property
    def chat(self) -> Any:
        """Their conversation."""
        with self._product.storage.reading() as uow:
            thread = uow.threads.get(self._channel, self._product.vault.blind(f"{self._channel}\n{self._address}"))
            return None if thread is None else uow.conversations.get(thread.conversation)

    @property
    def question(self) -> Mapping[str, Any]:
        """The open question."""
        return dict(self.chat.state.get("question") or {})

    def _last(self) -> int:
        chat = self.chat
        return 0 if chat is None else int(chat.spoken_through)

    def _answered(self, before: int) -> bool:
        chat = self.chat
        if chat is None or chat.spoken_through <= before or chat.answered_through < chat.spoken_through:
            return False
        with self._product.storage.reading() as uow:
            return uow.outbox.waiting() == 0


class Browser:
    """The same visitor in the web chat."""

    def __init__(self, visitor: Any) -> None:
        self._visitor = visitor

    def say(self, text: str) -> None:
        """Write."""
        self._visitor.say(text)

    def tap(self, value: Any) -> None:
        """Tap."""
        self._visitor.answer(value)

    @property
    def phase(self) -> str:
        """Where it stands."""
        return str(self._visitor.state["phase"])

    @property
    def question(self) -> Mapping[str, Any]:
        """The open question."""
        return {"field": self._visitor.open_field}

    @property
    def reference(self) -> str:
        """The hand-off's."""
        return str(self._visitor.state["handoff"])


def hold(somebody: Any, case: Mapping[str, Any]) -> None:
    """The whole interview as the case says."""
    given = {"consent_privacy": "yes, that's fine", "read_back": "yes, that's right", **case["says"]}
    somebody.say(case["opening"])
    for _ in range(MOST_TURNS):
        if phase(somebody) not in ("consent", "interview", "read_back"):
            return
        answer = given.get(somebody.question["field"], "skip")
        if isinstance(answer, dict):
            somebody.tap(answer["tap"])
        else:
            somebody.say(answer)
    raise AssertionError("no end in sight")


def phase(somebody: Any) -> str:
    """Where the conversation stands."""
    return str(somebody.phase if isinstance(somebody, Browser) else somebody.chat.phase)


def stored(product: Product, reference: str) -> dict[str, Any]:
    """The hand-off as booking storage has it, without what differs by nature: times, ids and the channel."""
    with product.storage.reading() as uow:
        handoff = uow.handoffs.by_reference(reference)
        revision = uow.handoffs.newest_revisions([handoff.id])[handoff.id]
    record = json.loads(json.dumps(revision.record, default=str))
    result = {key: revision.result[key] for key in ("outcome", "urgency", "rule", "provisional", "unknown")}
    return {"record": record, "result": result}


def differing(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two values differ, by path."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            row for key in sorted({*one, *other}) for row in differing(one.get(key), other.get(key), f"{place}.{key}")
        ]
    return [] if one == other else [f"{place}: {one!r}, not {other!r}"]


def correspondent(product: Product, channel: str, synapse: Any, http: httpx.Client, number: int) -> Correspondent:
    """A new visitor of this channel."""
    if channel == "matrix":
        person: MatrixPerson = synapse.person(f"scenario{number}")
        room = person.room(US)
        return Correspondent(product, channel, room, lambda text: person.write(room, text))
    own: Writer = writer(channel, http, _now, str(7_000_000 + number) if channel != "sms" else f"+1212555{number:04d}")
    return Correspondent(product, channel, own.address, own.write)


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _cases() -> list[Any]:
    """One of each kind always, the rest in the long run."""
    quick = ("an athlete's strain", "a relaxation visit")
    return [
        pytest.param(case, id=case["id"], marks=() if case["id"] in quick[:1] else pytest.mark.long) for case in CASES
    ]


@pytest.mark.parametrize("case", _cases())
def test_every_channel_leaves_the_same_record_and_result(case, product, synapse):
    from tests.conftest import Visitor  # type: ignore[import-not-found]

    with httpx.Client(base_url=product.stack.url, timeout=30) as http:
        visitor = Visitor(http)
        visitor.arrive()
        browser = Browser(visitor)
        hold(browser, case)
        expected = stored(product, browser.reference)
        for place, channel in enumerate(CHANNELS):
            somebody = correspondent(product, channel, synapse, http, 100 * CASES.index(case) + place + 1)
            hold(somebody, case)
            assert phase(somebody) == browser.phase, channel
            assert differing(stored(product, somebody.chat.state["handoff"]), expected) == [], channel


# The words that the product itself gives for it, and some of people's own.
KNOW = {
    "en": ("what do you know about me?", "download my data"),
    "es": ("¿qué datos tienen de mí?", "descargar mis datos"),
}
TOLD = {
    "en": ("hi", "yes, that's fine", "My lower back has hurt for three weeks, about a 6"),
    "es": (
        "hola, escríbame en español",
        "sí, de acuerdo",
        "Me duele la espalda baja desde hace tres semanas, un dolor de 6 de 10",
    ),
}
SEEN = {"en": ("I keep nothing", "Lower back, 6 of 10"), "es": ("No guardo nada", "6 de 10")}


@pytest.mark.parametrize("locale", ["en", "es"])
def test_what_is_known_is_told_in_the_middle_of_an_interview_which_goes_on(locale, product, synapse, networks_serving):
    with httpx.Client(base_url=product.stack.url, timeout=30) as http:
        somebody = correspondent(product, "telegram", synapse, http, 900 + len(TOLD[locale][0]))
        (hello, yes, story), (know, download), (nothing, ache) = TOLD[locale], KNOW[locale], SEEN[locale]

        def said(text: str) -> str:
            before = len(networks_serving.sent)
            somebody.say(text)
            return "\n".join(networks_serving.texts()[before:])

        said(hello)
        assert nothing in said(know)
        said(yes)
        said(story)
        question = somebody.question["field"]
        assert ache in said(know)
        assert "#resume=" in said(download)
        assert somebody.question["field"] == question
