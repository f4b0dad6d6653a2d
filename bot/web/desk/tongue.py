"""Which language this request is answered in, and how a text of the desk is said in it."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path

from starlette.requests import Request

from bot.domain import speech

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


def say(text: object) -> str:
    """A text of the desk in the language of this request; the English one is its own key.

    The desk's own words stand first, then what visitors read, which the desk says too.
    """
    wanted, english = _CURRENT.get(), str(text)
    return catalogue(wanted).get(english) or speech.say(wanted, english)


@functools.cache
def catalogue(wanted: str) -> Mapping[str, str]:
    """English → the desk's own words of a language."""
    if wanted == speech.ENGLISH:
        return {}
    return dict(speech.read_po((_HERE / f"spoken_{wanted}.po").read_text(encoding="utf-8")))
