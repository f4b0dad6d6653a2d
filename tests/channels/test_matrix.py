"""Matrix for real: a homeserver, people in rooms, messages written while we are away, encrypted rooms and groups."""

from __future__ import annotations

import itertools

import httpx
import pytest
from offering import days_ahead, handed_off, propose, stands
from test_known import RECORD, tells

from bot.web.limits import Allowance

NAMES = (f"visitor{number}" for number in itertools.count(1))
US = "@palpate:localhost"


@pytest.fixture
def matrix_clinic(start_clinic, synapse):
    return start_clinic(synapse.url)


@pytest.fixture
def somebody(synapse):
    return synapse.person(next(NAMES))


def test_a_visitor_is_greeted_and_answered_in_a_room_of_their_own(matrix_clinic, somebody):
    room = somebody.room(US)
    matrix_clinic.wait(lambda: US in somebody.members(room))
    somebody.write(room, "hello")
    matrix_clinic.wait(lambda: any("May I keep it?" in text for text in somebody.read(room)))
    somebody.write(room, "yes")
    matrix_clinic.wait(lambda: "How bad?" in "".join(somebody.read(room)))
    said = somebody.read(room)
    assert said[0].startswith("Hello from ")
    carried = [text for text in said if "reach us through the Matrix servers of you and the clinic" in text]
    assert len(carried) == 1
    assert "May I keep it?" in carried[0]
    assert len(said) == len(set(said))


def test_danger_is_answered_though_rasa_is_down(matrix_clinic, somebody, rasa):
    rasa.up = False
    room = somebody.room(US)
    somebody.write(room, "I have chest pain")
    matrix_clinic.wait(lambda: any("911" in text and "emergency help" in text for text in somebody.read(room)))


def test_what_was_written_while_we_were_away_is_answered_once(matrix_clinic, start_clinic, somebody, synapse, rasa):
    room = somebody.room(US)
    somebody.write(room, "hello")
    matrix_clinic.wait(lambda: any("May I keep it?" in text for text in somebody.read(room)))
    matrix_clinic.settled()
    matrix_clinic.stop()
    for number in range(25):
        somebody.write(room, f"text {number}")
    again = start_clinic(synapse.url)
    again.wait(
        lambda: [t["text"] for t in rasa.turns if t["text"].startswith("text")] == [f"text {n}" for n in range(25)]
    )
    again.settled()
    answers = [text for text in somebody.read(room) if text.startswith("I heard text")]
    assert [text.split("\n")[0] for text in answers] == [f"I heard text {number}" for number in range(25)]


def test_an_encrypted_room_is_refused_politely(matrix_clinic, somebody, rasa):
    room = somebody.room(US, encrypted=True)
    matrix_clinic.wait(lambda: US in somebody.members(room))
    turns = len(rasa.turns)
    somebody.send(
        room,
        "m.room.encrypted",
        {
            "algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": "AAAA",
            "device_id": "D",
            "sender_key": "K",
            "session_id": "S",
        },
    )
    matrix_clinic.wait(lambda: any("encrypted rooms" in text for text in somebody.read(room)))
    assert len(rasa.turns) <= turns + 1  # the greeting at the most


def test_edits_reactions_and_pictures_get_a_kind_answer(matrix_clinic, somebody):
    room = somebody.room(US)
    first = somebody.write(room, "hello")
    matrix_clinic.wait(lambda: any("May I keep it?" in text for text in somebody.read(room)))
    somebody.send(
        room,
        "m.room.message",
        {
            "msgtype": "m.text",
            "body": "* hi",
            "m.new_content": {"msgtype": "m.text", "body": "hi"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": first},
        },
    )
    somebody.send(room, "m.room.message", {"msgtype": "m.image", "body": "a.png", "url": "mxc://localhost/x"})
    matrix_clinic.wait(lambda: any("changed a message" in text for text in somebody.read(room)))
    matrix_clinic.wait(lambda: any("only read text" in text for text in somebody.read(room)))


def test_a_group_is_left(matrix_clinic, somebody, synapse):
    other = synapse.person(next(NAMES))
    third = synapse.person(next(NAMES))
    room = somebody.room(other.id, others=(third.id,))
    other.join(room)
    third.join(room)
    somebody._call("POST", f"rooms/{room}/invite", {"user_id": US})
    somebody.write(room, "hello all")
    matrix_clinic.wait(lambda: somebody.membership(room, US) == "leave")


def test_a_flood_in_one_room_is_told_once_waits_its_turn_and_hurts_no_other(start_clinic, somebody, synapse, rasa):
    clinic = start_clinic(synapse.url, Allowance(messages="3/2 seconds"))
    room = somebody.room(US)
    clinic.wait(lambda: somebody.membership(room, US) == "join")
    for number in range(8):
        somebody.write(room, f"flood {number}")
    other = synapse.person(next(NAMES))
    calm = other.room(US)
    other.write(calm, "hello")
    clinic.wait(lambda: any("May I keep it?" in text for text in other.read(calm)))
    wanted = [f"flood {number}" for number in range(8)]
    clinic.wait(lambda: [t["text"] for t in rasa.turns if t["text"].startswith("flood")] == wanted)
    clinic.wait(lambda: sum("a lot at once" in text for text in somebody.read(room)) == 1)


def test_what_is_known_is_listed_and_a_download_is_a_link_that_opens_once(matrix_clinic, somebody, rasa):
    tells(rasa, RECORD)
    room = somebody.room(US)
    for said, until in (("hello", "May I keep it?"), ("yes", "How bad?"), ("told", "Noted.")):
        somebody.write(room, said)
        matrix_clinic.wait(lambda until=until: any(until in text for text in somebody.read(room)))
    somebody.write(room, "know?")
    matrix_clinic.wait(lambda: any("noted about you" in text for text in somebody.read(room)))
    known = next(text for text in somebody.read(room) if "noted about you" in text)
    assert "• Lower back, 6 of 10, for about 3 weeks" in known
    assert "• Reach you: A…, …99, a…@example.org" in known
    assert not any(word in known for word in ("panel", "Ruiz", "0199", "ana@", "http"))
    somebody.write(room, "mine!")
    matrix_clinic.wait(lambda: any("#resume=" in text for text in somebody.read(room)))
    code = next(text for text in somebody.read(room) if "#resume=" in text).split("#resume=")[1].split(" ")[0]
    with httpx.Client(base_url=matrix_clinic.serving.url, timeout=20) as http:
        opened = http.post("/api/resume", json={"code": code})
        assert opened.status_code == 200, opened.text
        assert http.post("/api/resume", json={"code": code}).status_code == 404


def test_proposed_times_are_answered_in_the_room(matrix_clinic, somebody):
    room = somebody.room(US)
    for said, until in (("hello", "May I keep it?"), ("yes", "How bad?")):
        somebody.write(room, said)
        matrix_clinic.wait(lambda until=until: any(until in text for text in somebody.read(room)))
    reference = handed_off(matrix_clinic.context, matrix_clinic.conversation("matrix", room))
    propose(matrix_clinic.context, reference, days_ahead(matrix_clinic.context, 2, 3))
    matrix_clinic.wait(lambda: any("2 times" in text for text in somebody.read(room)))
    matrix_clinic.at_rest()
    matrix_clinic.clock.ahead += 10
    somebody.write(room, "the second")
    matrix_clinic.wait(lambda: any("is booked" in text for text in somebody.read(room)))
    assert stands(matrix_clinic.context, reference)[1] == ["cancelled", "confirmed"]
