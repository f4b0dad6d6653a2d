"""Which language this request is answered in, and how a text of the desk is said in it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from starlette.requests import Request

from bot.domain import speech
from bot.domain.errors import PalpateError

COOKIE = "palpate_desk_language"
LANGUAGES = {"en": "English", "es": "Español"}
_HERE = Path(__file__).resolve().parent
_CURRENT: ContextVar[str] = ContextVar("desk_language", default=speech.ENGLISH)


def use(request: Request) -> None:
    """Answer this request in the language of its cookie, else in the first one of the browser's that we speak."""
    chosen = request.cookies.get(COOKIE, "")
    asked = request.headers.get("accept-language", "").split(",")
    wanted = (chosen, *(part.partition(";")[0].strip() for part in asked))
    spoken = (tag.replace("_", "-").partition("-")[0].lower() for tag in wanted)
    _CURRENT.set(next((tag for tag in spoken if tag in LANGUAGES), speech.ENGLISH))


def language() -> str:
    """The language of this request."""
    return _CURRENT.get()


@contextmanager
def spoken(wanted: str) -> Iterator[None]:
    """Within it this language is spoken, whatever the request asks for: a paper is in its reader's language."""
    token = _CURRENT.set(wanted if wanted in LANGUAGES else speech.ENGLISH)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def say(text: object, /, **values: object) -> str:
    """A text of the desk in the language of this request, with its `{places}` filled; the English one is its own key.

    The desk's own words stand first, then what visitors read, which the desk says too.
    """
    wanted, english = _CURRENT.get(), str(text)
    words = catalogue(wanted).get(english) or speech.say(wanted, english)
    return words.format(**values) if values else words


def refusal(error: PalpateError) -> str:
    """Why something was refused, as a sentence in the language of this request."""
    told = {key: _told(value) for key, value in error.values.items()}
    words = say(error.text, **told)
    return f"{words[:1].upper()}{words[1:].removesuffix('.')}."


def _told(value: object) -> object:
    """What fills a place of a refusal: names of moves, fields and states are said in words."""
    if isinstance(value, tuple):
        return ", ".join(str(_told(one)) for one in value)
    return say(value.replace("_", " ")) if isinstance(value, str) else value


def number(value: float, places: int | None = None) -> str:
    """A number as the language writes it: "5.5" or "5,5"."""
    plain = f"{value:g}" if places is None else f"{value:.{places}f}"
    return plain.replace(".", ",") if _CURRENT.get() == "es" else plain


@functools.cache
def catalogue(wanted: str) -> Mapping[str, str]:
    """English → the desk's own words of a language."""
    files = sorted(_HERE.glob(f"spoken_{wanted}*.po"))
    return {text: words for file in files for text, words in speech.read_po(file.read_text(encoding="utf-8"))}
