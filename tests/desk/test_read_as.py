"""While a person has the word, an answer to the proposed times is shown to them with the move that goes with it; nothing is booked by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from starlette.responses import Response

from bot.services.stored import NewMessage
from bot.web.desk import pages

SLOTS = ["2026-11-24T15:00:00+00:00|Kim|Room 1", "2026-11-25T15:00:00+00:00|Kim|Room 1"]


@pytest.fixture
def asked(context, browser):
    """Two times are proposed, and Ana has taken over: the desk, and the address of the hand-off."""
    reference, desk = context.handed_off(1), browser()
    at = f"/desk/handoffs/{reference}"
    desk.post(f"{at}/claim")
    assert desk.post(f"{at}/propose", {"minutes": "60", "slot": SLOTS}).status_code == 303
    assert desk.post(f"{at}/takeover").status_code == 303
    context.later(minutes=1)
    return desk, at


def written(context, text, number=1):
    with context.uow() as uow:
        uow.conversations.append(
            f"conversation-{number:010d}", NewMessage("visitor", text, id=text[:30]), now=context.time
        )
        uow.commit()


def read_as(page: str) -> list[str]:
    return re.findall(r'<div class="readas"><span>(.*?)</span>', page)


@pytest.mark.parametrize("words", ["the second", "Wednesday works", "la segunda"])
def test_a_yes_in_words_is_shown_and_booked_by_staff(words, context, asked):
    desk, at = asked
    written(context, words)
    page = desk.get(at).text
    assert read_as(page) == ["Reads as a yes to Wed 25 Nov, 10:00"]
    assert "proposed" in page
    form = re.search(r'class="readas">.*?<form method="post" action="([^"]+)".*?name="visit" value="(\d+)"', page, re.S)
    assert desk.post(form[1], {"visit": form[2]}).status_code == 303
    page = desk.get(at).text
    assert "Booked" in page
    assert read_as(page) == [], "what is answered is not asked again"


def test_none_of_them_is_shown_too_and_other_talk_is_left_alone(context, asked):
    desk, at = asked
    written(context, "none of them, sorry")
    written(context, "is there a car park near you?")
    assert read_as(desk.get(at).text) == ["Reads as: none of these times"]


def test_it_stands_beside_a_line_that_comes_while_the_page_is_open(context, asked, monkeypatch):
    desk, at = asked
    looks: list[Callable[[], list[tuple[str, str]]]] = []
    monkeypatch.setattr(pages, "stream", lambda request, desk, who, look: (looks.append(look), Response())[1])
    [address] = re.findall(r'sse-connect="([^"]+)"', desk.get(at).text)
    desk.get(unescape(address))
    written(context, "yes, the first one")
    assert read_as(dict(looks[0]())["line"]) == ["Reads as a yes to Tue 24 Nov, 10:00"]
