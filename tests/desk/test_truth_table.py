"""Every role in every state with every move: what the tables of the domain say is what the staff API does, and nothing else."""

from __future__ import annotations

import itertools

import pytest

from bot.domain import permissions, review
from bot.services.stored import Handoff

BASE = "/desk/api/handoffs"
START = "2026-11-24T15:00:00+00:00"
VISIT = {"start": START, "minutes": 60, "therapist": "Kim", "room": "Room 1"}
BODIES = {
    "claim": {}, "release": {}, "assign": {"to": "Ana"}, "note": {"text": "n"}, "label": {"labels": ["l"]}, "agree": {},
    "override": {"outcome": "clinical_massage", "urgency": None, "reason": "r"}, "wait": {"for": "patient"}, "resume": {},
    "clear": {"items": ["CI-PREG"], "by": "Dr Lee", "date": "2026-11-20", "limits": ""}, "book": VISIT, "propose": VISIT,
    "reschedule": VISIT, "decline": {"reason": "r"}, "reopen": {"reason": "r"},
}  # fmt: skip
# What leads into each state from `new`.
WAY = {
    "new": (), "claimed": ("claim",), "waiting_for_patient": ("claim", "wait"), "waiting_for_doctor": ("claim", "doctor"),
    "booked": ("claim", "book"), "declined": ("claim", "decline"),
}  # fmt: skip


def brought_to(status: str, reference: str, staff) -> None:
    for step in WAY[status]:
        move, body = ("wait", {"for": "doctor"}) if step == "doctor" else (step, BODIES[step])
        assert staff.call(f"{BASE}/{reference}/{move}", body).status_code == 200


@pytest.mark.parametrize("status", review.STATUSES)
def test_a_move_is_done_exactly_where_the_table_has_it(context, program, status):
    staff = program("Ana")
    for number, (move, body) in enumerate(BODIES.items(), 1):
        reference = context.handed_off(number)
        brought_to(status, reference, staff)
        legal = move in review.legal(status)
        answer = staff.call(f"{BASE}/{reference}/{move}", body)
        assert answer.status_code == (200 if legal else 409), (status, move, answer.text)
        with context.uow.reading() as uow:
            found: Handoff = uow.handoffs.by_reference(reference)
        if not legal:
            assert found.status == status
            assert ", ".join(review.legal(status)) in answer.json()["detail"]
        if found.status == "booked":  # the time is free again for the next round
            staff.call(f"{BASE}/{reference}/reopen", {"reason": "r"})
        elif move == "propose" and legal:
            staff.call(f"{BASE}/{reference}/give_up")


@pytest.mark.parametrize(("role", "move"), list(itertools.product(permissions.ROLES, BODIES)))
def test_every_role_may_what_its_row_says(context, program, role, move):
    reference = context.handed_off(1)
    answer = program("Ana", role).call(f"{BASE}/{reference}/{move}", BODIES[move])
    assert (answer.status_code == 403) is (not permissions.may(role, move))


@pytest.mark.parametrize(("role", "path", "act"), [
    (role, path, act) for role in permissions.ROLES for path, act in (
        ("/desk/figures", "read_figures"), ("/desk/learning", "read_figures"), ("/desk/clinic", "change_settings"), ("/desk?queue=disagreed", "act_for_others"),
        ("/desk/live", "list"), ("/desk", "list"), ("/desk/rules", "list"),
    )
])  # fmt: skip
def test_every_page_opens_for_whom_its_act_is_allowed(browser, role, path, act):
    assert browser("Ana", role).get(path).status_code == (200 if permissions.may(role, act) else 403)
