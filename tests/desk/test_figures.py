"""What the desk counts, and what is learnt from messages that were read wrongly."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import kappa
from bot.domain.review import RANKS, Answer
from bot.services import figures, learning
from bot.services.review import Actor
from bot.services.stored import Conversation, Erasure

BASE = "/desk/api/handoffs"
ANSWERS = [Answer(outcome, urgency) for outcome, urgency in RANKS]
answers = st.sampled_from(ANSWERS)


@given(st.lists(st.tuples(answers, answers), max_size=30))
def test_agreement_counts_every_pair_once_and_kappa_stays_in_its_range(pairs):
    found = kappa.measure(pairs)
    assert found.total == len(pairs) == found.agreed + found.under + found.over
    assert found.kappa is None or -1 <= found.kappa <= 1
    if found.kappa is not None and found.agreed == found.total:
        assert found.kappa == 1


def test_kappa_of_a_textbook():
    yes, no = ANSWERS[0], ANSWERS[1]
    pairs = [(yes, yes)] * 20 + [(yes, no)] * 5 + [(no, yes)] * 10 + [(no, no)] * 15
    assert kappa.measure(pairs).kappa == pytest.approx(0.4)


def test_the_page_counts_what_happened(context, browser):
    mild, grave = context.handed_off(1), context.handed_off(2, rf=["RF-CES"])
    context.later(minutes=4)
    lead = browser("Ana", "lead")
    for reference in (mild, grave):
        lead.get(f"/desk/handoffs/{reference}")
        lead.post(f"/desk/handoffs/{reference}/claim")
    lead.post(f"/desk/handoffs/{mild}/override", {"outcome": "not_now/same_day", "reason": "grey"})
    lead.post(f"/desk/handoffs/{grave}/agree")
    lead.post(f"/desk/handoffs/{grave}/override", {"outcome": "clinical_massage/", "reason": "old"})
    page = re.sub(r"\s+", " ", lead.get("/desk/figures?days=7").text)
    assert "<dt>First look, median</dt><dd>4 min</dd>" in page
    assert "R-RF-CES" in page
    assert "2 decisions: 1 under, 1 over" in page
    assert page.count('class="bars"') >= 4
    assert browser("Ben").get("/desk/figures").status_code == 403
    for odd in ("x", "²", "9999999999", "-1"):
        assert lead.get("/desk/figures", params={"days": odd}).status_code == 200


def begun(context, number: int, **at: Any) -> None:
    """A conversation that never came to a hand-off: `phase`, `field` of the open question, `minutes` since it was written in."""
    chat = f"chat-without-result-{number}"
    when = context.time - timedelta(minutes=at.get("minutes", 120))
    with context.uow() as uow:
        uow.conversations.add(Conversation(chat, b"h", "web", "en", at["phase"], when, when))
        if at.get("field"):
            uow.conversations.give_consent(chat, version="v", now=when)
            uow.conversations.save(chat, now=when, state={"field": at["field"]})
        uow.commit()


def window(context, days: int = 7) -> figures.Figures:
    zone = context.settings.clinic.zone
    return figures.figures(context.uow(), days=days, zone=zone, by=Actor("Lea", "lead"), now=context.time)


def test_every_total_is_the_sum_of_its_table(context, browser):
    """On the page and behind it; a hand-off of an older conversation, an erased one and one a year old among them."""
    context.time -= timedelta(days=300)
    context.handed_off(1)
    context.time += timedelta(days=290)
    with context.uow() as uow:
        uow.conversations.add(
            Conversation("conversation-0000000002", b"h", "web", "en", "interview", context.time, context.time)
        )
        uow.commit()
    context.later(days=10, hours=-1)
    references = [context.handed_off(number, rf=["RF-CES"] if number == 4 else []) for number in (2, 3, 4, 5)]
    with context.uow() as uow:
        uow.conversations.erase(
            "conversation-0000000005", erasure=Erasure("conversation-0000000005", context.time, "visitor", "chat")
        )
        uow.commit()
    begun(context, 1, phase="consent")
    begun(context, 2, phase="interview", field="nrs#2")
    begun(context, 3, phase="interview", field="nrs")
    begun(context, 4, phase="stopped")
    begun(context, 5, phase="interview", field="nrs", minutes=5)
    for name, role in (("Ana", "reviewer"), ("Ben", "lead")):
        staff = browser(name, role)
        for reference in references[: 2 if role == "reviewer" else 4]:
            staff.post(f"/desk/handoffs/{reference}/agree")
    staff.post(f"/desk/handoffs/{references[0]}/override", {"outcome": "not_now/same_day", "reason": "grey"})
    staff.post(f"/desk/handoffs/{references[1]}/withdraw", {"reason": "too quick"})
    found = window(context)
    assert found.handoffs == 4
    for parts in (found.by_day, found.by_outcome, found.by_channel, found.reasons):
        assert sum(parts.values()) == found.handoffs
    chats = found.chats
    assert (chats.begun, chats.handed_off, chats.ended, chats.going_on, chats.left) == (7, 2, 1, 1, 3)
    assert chats.begun == chats.handed_off + chats.ended + chats.going_on + chats.left
    assert sum(chats.left_at.values()) == chats.left
    assert chats.left_at == {"nrs": 2, "consent_privacy": 1}
    assert chats.begun >= chats.agreed >= chats.read_back >= chats.handed_off
    assert found.agreement.total == 5
    for groups in (found.by_rule, found.by_reviewer):
        for count in ("total", "agreed", "under", "over"):
            assert sum(getattr(one, count) for one in groups.values()) == getattr(found.agreement, count)
    assert next(iter(found.by_reviewer)) == "Ben"  # who has under-triage stands first
    page = staff.get("/desk/figures?days=7").text
    for chart in re.findall(r"data-chart=.*?</table>", page, re.DOTALL):
        rows = [int(number) for number in re.findall(r"<td>(\d+)</td>", chart.split("<tfoot>")[0])]
        together = re.search(r"<tfoot>.*?<td>(\d+)</td>", chart, re.DOTALL)
        assert together is None or int(together[1]) == sum(rows)
    assert page.count("<tfoot>") >= 7


def test_a_day_at_the_edge_of_the_window_is_counted_whole_or_not_at_all(context):
    zone = context.settings.clinic.zone
    now = context.time
    midnight = (now.astimezone(zone) - timedelta(days=6)).replace(hour=0, minute=0, second=0, microsecond=0)
    for number, at in enumerate((midnight - timedelta(seconds=1), midnight, now), 1):
        context.time = at.astimezone(UTC)
        context.handed_off(number)
    context.time = now
    found = window(context, 7)
    assert found.handoffs == sum(found.by_day.values()) == 2
    assert len(found.by_day) == 7


def test_a_misread_message_becomes_a_case_without_personal_details(context, browser):
    text = "Ana Ruiz here, call 555 010 0142 or ana@example.org, my heel is killing me, not the knee"
    reference = context.handed_off(1, text, "can I bring my dog")
    ana = browser("Ana", "lead")
    at = f"/desk/handoffs/{reference}/misread"
    assert ana.post(at, {"seq": "1", "kind": "site", "value": "heel", "note": "read Ana's knee"}).status_code == 303
    assert (
        ana.post(at, {"seq": "1", "kind": "site", "value": "knee", "denied": "yes"}).status_code == 303
    )  # the later word counts
    assert ana.post(at, {"seq": "2", "kind": "intent", "value": "faq_companion"}).status_code == 303
    [[case]] = yaml.safe_load(ana.get("/desk/learning/cases.yml").text).values()
    assert case["reads"] == [{"kind": "site", "value": "knee", "negated": True}]
    assert not re.search(r"Ana|Ruiz|0142|example\.org", case["text"])
    assert "my heel is killing me" in case["text"]
    told = yaml.safe_load(ana.get("/desk/learning/sentences.yml").text)
    assert told["nlu"] == [{"intent": "faq_companion", "examples": "- can I bring my dog\n"}]
    assert "misread: site knee" in ana.get(f"/desk/handoffs/{reference}").text
    assert browser("Ben").get("/desk/learning").status_code == 403


def test_what_is_exported_is_read_by_the_loaders_of_the_cases(context, browser, tmp_path):
    """The files go into a copy of the tests as they come from the desk, and the tests of the language run on them."""
    told = (
        ("my left knee is sore, call 555 010 0142", "site", "left knee", ""),
        ("seven out of ten", "intensity", "7", ""),
        ("for three weeks", "duration", "21", ""),
        ("no swelling", "finding", "Swelling", "yes"),
        ("numb between my legs", "danger", "rf-ces", ""),
        ("no numbness down below", "danger", "RF-CES", "yes"),
        ("can I bring my dog", "intent", "faq_companion", ""),
    )
    reference = context.handed_off(1, *(text for text, *_ in told))
    ana = browser("Ana", "lead")
    for seq, (_, kind, value, denied) in enumerate(told, 1):
        fields = {"seq": str(seq), "kind": kind, "value": value, "denied": denied}
        assert ana.post(f"/desk/handoffs/{reference}/misread", fields).status_code == 303
    root = Path(__file__).parents[2]
    copy = tmp_path / "tests"
    for name in ("language/conftest.py", "language/test_reading.py", "language/test_danger.py"):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / "tests" / name, copy / name)
    shutil.copytree(root / "tests/cases/language", copy / "cases/language")
    (copy / "cases/language/reading.yml").write_text(ana.get("/desk/learning/cases.yml").text, encoding="utf-8")
    (copy / "cases/language/danger_told.yml").write_text(ana.get("/desk/learning/danger.yml").text, encoding="utf-8")
    wanted = "test_reads_what_is_said or (numb and (test_flagged or test_lookalike) and RF-CES)"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(tmp_path), "-k", wanted, str(copy / "language")]  # fmt: skip
    ran = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout[-3000:]
    sentences = yaml.safe_load(ana.get("/desk/learning/sentences.yml").text)
    committed = yaml.safe_load((root / "data/nlu/faq_clinic.yml").read_text(encoding="utf-8"))
    assert sentences["version"] == committed["version"]
    assert {key for row in sentences["nlu"] for key in row} == {key for row in committed["nlu"] for key in row}
    assert "examples: |\n" in ana.get("/desk/learning/sentences.yml").text
    assert ana.get("/desk/learning/cases.yml?language=es").text.strip() == "{}"


@pytest.mark.parametrize(
    "fields", [{"seq": "9", "kind": "site", "value": "x"}, {"seq": "1", "kind": "mood", "value": "x"}, {"seq": "1", "kind": "site", "value": " "}, {"kind": "site", "value": "x"},
     {"seq": "1", "kind": "site", "value": "left kneee joint"}, {"seq": "1", "kind": "danger", "value": "RF-NONE"},
     {"seq": "1", "kind": "intensity", "value": "11"}, {"seq": "1", "kind": "duration", "value": "three weeks"}]
)  # fmt: skip
def test_what_cannot_be_marked_is_refused(context, browser, fields):
    reference = context.handed_off(1)
    assert browser("Ana").post(f"/desk/handoffs/{reference}/misread", fields).status_code in (404, 422)


@given(st.text(max_size=200))
def test_taking_out_personal_details_never_fails_and_leaves_no_long_number(text):
    clean = learning.without_personal(text, {"name": "Ana Ruiz"})
    assert not re.search(r"\d{6,}", clean)
    assert not re.search(r"\bruiz\b", clean, re.IGNORECASE)
