"""The edge's own scan sees a danger in English and in Spanish, whatever language the conversation was opened in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.numbers import lines_for
from bot.language import reader
from bot.web.turns import danger

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def _found(text: str, locale: str):
    return danger.in_text(
        reader.load(), text, asked=None, now=NOW, subject="self", country=lines_for("US"), locale=locale
    )


@pytest.mark.parametrize("locale", ["en", "es", "es-MX", "fr"])
@pytest.mark.parametrize(
    "text",
    [
        "crushing chest pain down my left arm and I'm sweating",
        "me duele el pecho, se me duerme el brazo izquierdo y estoy sudando frío",
        "I'm coughing up blood, me falta el aire",
        "no puedo orinar y tengo dormida la entrepierna",
    ],
)
def test_help_is_offered(text, locale):
    assert _found(text, locale) is not None


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize(
    "text", ["me muero de hambre", "no me duele el pecho", "once a week my son eats pie", "my back is stiff"]
)
def test_no_false_alarm(text, locale):
    assert _found(text, locale) is None
