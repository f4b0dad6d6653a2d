"""A wish to move or cancel a visit that is booked is told from a question about rules and from the visit being planned."""

from __future__ import annotations

import pytest

from bot.domain import planned_visit


@pytest.mark.parametrize(
    "text",
    [
        "Change my booking to Friday", "cancel my appointment", "I need to cancel tomorrow's massage", "can I move my appointment to Monday?",
        "could you reschedule my session please", "I can't make my appointment", "I won't be able to come to my visit", "my appointment needs to be moved",
        "please postpone the visit", "quiero cancelar mi cita", "¿puedo cambiar mi cita al viernes?", "necesito mover la cita", "no puedo ir a mi cita",
        "¿me puede aplazar la visita?", "cambie mi reserva", "quisiera anular mi hora",
    ],
)  # fmt: skip
def test_a_wish_for_another_time_is_heard(text: str) -> None:
    assert planned_visit.is_about_one(text)


@pytest.mark.parametrize(
    "text",
    [
        "what's your cancellation policy", "I'd like to book an appointment", "change my age to 46", "my shoulder can't move", "I can't move my arm",
        "I want a massage on Friday", "Friday morning", "change the side", "quiero una cita el viernes", "cambiar la edad", "no puedo mover el brazo",
        "la última visita me ayudó",
    ],
)  # fmt: skip
def test_everything_else_is_not(text: str) -> None:
    assert not planned_visit.is_about_one(text)


@pytest.mark.parametrize(
    "text", ["how do I cancel my appointment?", "¿cómo cancelo mi cita?", "is there a fee if I cancel my visit"]
)
def test_who_asks_how_gives_no_order(text: str) -> None:
    assert planned_visit.asks_how(text)
    assert planned_visit.is_about_one(text)
