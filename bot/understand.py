"""The command `palpate understand`: texts in, one JSON object per line out (contract §2)."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from datetime import datetime
from typing import Any, TextIO

from bot.language import reader
from bot.settings import RASA_PYTHON, REPOSITORY

_RASA = REPOSITORY / RASA_PYTHON
_SUBJECTS = ("self", "child", "other")


class NoIntents(RuntimeError):
    """The trained classifier did not answer; the message says what it said instead."""


def main(stdin: TextIO, stdout: TextIO, *, intent: bool) -> int:
    """Answer every line of `stdin`, an empty one too, so that the answers keep step with the lines.

    Returns the exit status: 0, or 1 when the classifier cannot be asked.
    """
    try:
        with Classifier(intent) as classify:
            for line in stdin:
                stdout.write(json.dumps(understand(request(line), classify), ensure_ascii=True) + "\n")
                stdout.flush()
    except NoIntents as error:
        print(f"palpate understand: {error}", file=sys.stderr)  # noqa: T201 - a command's one line of refusal
        return 1
    return 0


def request(line: str) -> dict[str, Any]:
    """The object on a line; a line that is no JSON object with a `text` is itself the text."""
    raw = line.rstrip("\r\n")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        return {"text": raw}
    if isinstance(said, dict) and isinstance(said.get("text"), str):
        return said
    return {"text": raw}


def understand(said: dict[str, Any], classify: Classifier) -> dict[str, Any]:
    """One answer in the contract's shape."""
    text, asked, subject, locale = said["text"], said.get("asked"), said.get("for"), said.get("locale")
    reading = reader.load().read(
        text,
        asked=asked if isinstance(asked, str) else None,
        now=_moment(said.get("now")),
        subject=subject if subject in _SUBJECTS else "self",
        locale=locale if isinstance(locale, str) else None,
    )
    answer = reading.to_json()
    return {
        "text": answer["text"],
        "intent": classify.ask(said),
        "mentions": answer["mentions"],
        "danger": answer["danger"],
    }


def _moment(now: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(now) if isinstance(now, str) else None
    except ValueError:
        return None


class Classifier:
    """The trained Rasa NLU in its own environment, or nothing; a line out, a line back."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Classifier:
        if self._wanted:
            if not _RASA.exists():
                raise NoIntents("Rasa's environment is missing; run make setup")
            self._process = subprocess.Popen(
                [str(_RASA), "-m", "bot.nlu.serve"],
                cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
            self._process.wait(timeout=30)
            if self._process.stdout is not None:
                self._process.stdout.close()

    def ask(self, said: dict[str, Any]) -> dict[str, Any] | None:
        """The intent of a text: name and confidence; None when no intents are wanted."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return None
        line_out = {
            key: said[key] for key in ("text", "asked", "now", "for", "locale") if isinstance(said.get(key), str)
        }
        try:
            self._process.stdin.write(json.dumps(line_out) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError as error:
            raise NoIntents("the classifier ended; is there a trained model? run palpate train") from error
        if not line:
            raise NoIntents("the classifier ended; is there a trained model? run palpate train")
        answer = json.loads(line)
        if "name" not in answer:
            raise NoIntents(f"the classifier refused: {answer}")
        return {"name": answer["name"], "confidence": answer["confidence"]}


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout, intent="--intent" in sys.argv[1:]))
