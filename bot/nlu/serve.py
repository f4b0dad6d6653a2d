"""Answers with the trained intent, a line in and a line out, for `palpate understand --intent`, without starting Rasa.

`python -m bot.nlu.serve` in Rasa's environment: {"text", "asked", "for", "now", "locale"} → {"name", "confidence"}. The weights
and the last word (`choice`) are those of the trained archive's own component; an intent is told as the classifier sees
it, a danger in the text does not overrule it here.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

from bot import model_archive
from bot.language import reader
from bot.model_archive import ArchiveRefused
from bot.nlu import by_language, choice, linear
from bot.nlu.by_language import ByLanguage
from bot.nlu.moment import moment

ARCHIVE = Path(__file__).resolve().parents[2] / "models" / "palpate.tar.gz"
COMPONENT = "LinearIntentClassifier"
SUBJECTS = ("self", "child", "other")


class NoModel(RuntimeError):
    """There is no trained model to answer with."""


def load(archive: Path = ARCHIVE) -> ByLanguage:
    """The intent model inside a trained Rasa archive. Raises NoModel or linear.BadModel."""
    try:
        with tarfile.open(archive) as packed:
            return ByLanguage.from_files(dict(_files(packed)))
    except (OSError, tarfile.TarError) as error:
        raise NoModel("there is no trained model; run `palpate train`") from error


def _files(packed: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """The classifier's files by their own name, and nothing else of the archive."""
    for member in packed:
        path = Path(member.name)
        if member.isfile() and COMPONENT in path.parent.name and path.name in by_language.file_names():
            content = packed.extractfile(member)
            if content is not None:
                yield path.name, content.read()


def guess(model: ByLanguage, language: Any, line: Mapping[str, Any]) -> choice.Guess:
    """The intent of one line; `asked`, `for`, `now` and `locale` may be missing or make no sense."""
    text, asked, whom = str(line.get("text", "")), line.get("asked"), line.get("for")
    asked = asked if isinstance(asked, str) else None
    locale = line["locale"] if isinstance(line.get("locale"), str) else None
    reading = language.read(
        text, asked=asked, now=moment(line.get("now")), subject=whom if whom in SUBJECTS else "self", locale=locale
    )
    kinds = {mention.kind for mention in reading.mentions}
    weighed = model.probabilities(text, locale)
    return choice.choose(text, weighed, asked=asked, read=kinds, leans=lambda: model.leans(text, kinds, locale))


def main(lines: TextIO, out: TextIO) -> int:
    """Answer until the input ends; 1 when there is no model, with one line on stderr saying so."""
    try:
        archive = Path(os.environ.get("PALPATE_MODEL") or ARCHIVE)
        if archive.exists():
            model_archive.check(archive)
        model = load(archive)
    except (NoModel, linear.BadModel, ArchiveRefused) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    language = reader.load()
    model.probabilities("")  # so that the first answer is not the slow one
    for line in lines:
        if line.strip():
            out.write(json.dumps(guess(model, language, json.loads(line)).to_json()) + "\n")
            out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin, sys.stdout))
