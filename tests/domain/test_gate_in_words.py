"""The card of emergencies answered by a story: words it happens to share with a row make nobody an emergency."""

from __future__ import annotations

import pytest

from bot.domain import answers, cards, interview
from bot.domain.intake import Intake
from bot.domain.said import Said


def at_the_gate(text: str, locale: str) -> Intake:
    """Who answers the gate so. What the reader finds by itself is left out: this is about the rows."""
    intake = Intake(locale=locale)
    intake.know("consent_privacy", True)
    intake.phase, intake.open_field = "interview", cards.EMERGENCY
    interview.take(intake, Said(text=text, intent="describe_pain", mentions=(), danger=()))
    return intake


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "back pain for weeks"),
        ("en", "I have pain in my lower back"),
        ("en", "sudden pain in my leg"),
        ("es", "tengo dolor de espalda"),
        ("es", "dolor en la pierna"),
        ("es", "Me duele la espalda baja desde hace tres semanas, un 6"),
        ("es", "se me carga el cuello en el trabajo, sobre todo por la tarde"),
    ],
)
def test_an_ache_that_shares_words_with_a_row_is_asked_about_and_no_emergency(locale, text):
    intake = at_the_gate(text, locale)
    assert intake.rf == []
    assert intake.phase == "interview"
    assert len(intake.to_confirm) <= 2


@pytest.mark.parametrize(
    ("locale", "text", "flag"),
    [("en", "my arm went cold and blue", "RF-ALI"), ("es", "la pierna se me puso fría y azul, con dolor", "RF-ALI")],
)
def test_what_points_at_a_row_is_asked_about_next(locale, text, flag):
    intake = at_the_gate(text, locale)
    assert flag in [*intake.to_confirm, *intake.rf]
    assert intake.open_field == intake.to_confirm[0] if intake.to_confirm else intake.phase == "stopped"


@pytest.mark.parametrize("card", ["emergency_gate", "general_screen", "conditions", "medicines", "skin"])
@pytest.mark.parametrize(
    "text", ["un problema con el cuello y la espalda", "una cosa de la que no sé nada", "en el trabajo o en la casa"]
)
def test_small_words_of_spanish_name_no_row(card, text):
    rows = [{"value": item, "label": cards.label(item, "es")} for item in cards.items(card, Intake(locale="es"))]
    assert answers.named_choices(text, rows) == []
