"""The visitor's words are marked in the message they came from and nowhere else."""

from __future__ import annotations

from typing import Any

from bot.web.desk import words
from bot.web.desk.render import breakable


def line(seq: int, text: str, sender: str = "visitor", identity: str = "") -> dict[str, Any]:
    return {
        "seq": seq,
        "from": sender,
        "at": "2026-11-23T14:00:00+00:00",
        "text": text,
        "id": identity or f"client-{seq}",
    }


def marked(transcript, said):
    return [
        (bubble.seq, piece.text, piece.keys)
        for bubble in words.bubbles(transcript, said)
        for piece in bubble.pieces
        if piece.keys
    ]


def quote(text: str, start: int, message: str) -> dict[str, Any]:
    return {"text": text, "start": start, "end": start + len(text), "message": message}


def test_by_the_name_the_dialogue_gives_a_message():
    transcript = [line(2, "yes"), line(4, "knee, knee"), line(14, "knee")]
    said = {"sites": [quote("knee", 6, "conversation-0000000001-4")]}
    assert marked(transcript, said) == [(4, "knee", ("sites",))]
    assert words.anchors(words.bubbles(transcript, said)) == {"sites": "w4-6"}


def test_by_the_words_when_the_offsets_are_of_another_text():
    assert marked([line(4, "since May my knee")], {"sites": [quote("knee", 40, "client-4")]}) == [
        (4, "knee", ("sites",))
    ]


def test_overlapping_quotations_keep_every_fact_and_every_letter():
    transcript = [line(1, "a sore knee 5/10")]
    said = {
        "sites": [quote("sore knee", 2, "client-1")],
        "quality": [quote("sore", 2, "client-1")],
        "narrative": [quote("a sore knee 5/10", 0, "client-1")],
    }
    assert marked(transcript, said) == [(1, "sore", ("sites", "quality")), (1, " knee", ("sites",))]
    assert "".join(piece.text for piece in words.bubbles(transcript, said)[0].pieces) == "a sore knee 5/10"


def test_a_tapped_answer_is_marked_whole():
    said = {"narrative": [quote("None of these", 0, "client-1")]}
    assert marked([line(1, "None of these")], said) == [(1, "None of these", ("narrative",))]


def test_what_the_bot_says_is_never_marked():
    assert marked([line(1, "Got it: knee", sender="bot")], {"sites": [quote("knee", 8, "")]}) == []


def test_an_address_breaks_at_its_sign_and_dots_and_stays_harmless():
    assert str(breakable("ana.ruiz@example.org")) == "ana<wbr>.ruiz@<wbr>example<wbr>.org"
    assert str(breakable("<b>@x.y")) == "&lt;b&gt;@<wbr>x<wbr>.y"
    assert str(breakable("+1 555 <")) == "+1 555 &lt;"
