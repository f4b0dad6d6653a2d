"""Matrix for real: a homeserver, people in rooms, messages written while we are away, encrypted rooms and groups."""

from __future__ import annotations

import itertools

import pytest

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
