"""The clinic's settings: checked before they are kept, seen by running processes, every version kept, one file."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import clinic_store
from bot.settings import DEFAULT_CLINIC
from bot.web.desk import clinic as clinic_page


def form_of(page: str) -> dict[str, str | list[str]]:
    """The form as a browser would send it back untouched."""
    fields: dict[str, list[str]] = {}
    unescape = lambda text: __import__("html").unescape(text)  # noqa: E731
    for tag in re.findall(r"<input [^>]*>", page):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        if name and not (kind and kind[1] == "checkbox" and "checked" not in tag):
            value = re.search(r'value="([^"]*)"', tag)
            fields.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)</textarea>', page):
        fields.setdefault(name, []).append(unescape(text))
    country = re.search(r"<option selected>(\w\w)</option>", page)
    assert country is not None
    fields["country"] = [country[1]]
    for once in ("csrf", "mark"):
        fields[once] = fields[once][:1]
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


ENGLISH = re.compile(r"\b(must|give|the|names?|list|needed|one of|empty|such|multiple)\b")


def test_the_form_sent_back_untouched_changes_nothing(context, browser):
    lead = browser("Ana", "lead")
    before = context.settings.clinic
    assert lead.post("/desk/clinic", form_of(lead.get("/desk/clinic").text)).status_code == 303
    assert context.settings.clinic == before


def test_a_change_is_seen_at_once_and_is_a_version(context, browser):
    lead = browser("Ana", "lead")
    form = form_of(lead.get("/desk/clinic").text)
    change = {"name": "Birch “Lane”", "rooms": "Blue\nGreen", "open.mon": "07:00-12:00, 13:00-15:30", "closed": "2026-12-25",
              "services": "Short | 30 | 45 €", "keep.transcript_days": "30", "fact.insurance": "No.", "languages": "en"}  # fmt: skip
    assert lead.post("/desk/clinic", {**form, **change}).status_code == 303
    clinic = context.settings.clinic
    assert (clinic.name, clinic.rooms, clinic.languages) == ("Birch “Lane”", ("Blue", "Green"), ("en",))
    assert clinic.opening.to_mapping()["mon"] == ["07:00-12:00", "13:00-15:30"]
    assert (clinic.services[0].minutes, clinic.retention["transcript_days"], clinic.facts["insurance"]) == (
        30,
        30,
        "No.",
    )
    assert "Birch “Lane”" in lead.get("/desk").text
    assert [one.by for one in clinic_store.versions(context.settings.home)] == ["Ana"]
    kept = tomllib.loads(lead.get("/desk/clinic.toml").text)
    assert kept["name"] == "Birch “Lane”"
    with context.uow.reading() as uow:
        assert uow.audit.newest(action="settings_changed", limit=1)[0].actor == "Ana"


@pytest.mark.parametrize(
    ("field", "value"),
    [("country", "XX"), ("time_zone", "Mars/Olympus"), ("open.tue", "19:00-08:00"), ("open.tue", "08:00-12:00, 11:00-13:00"),
     ("closed", "Christmas"), ("rooms", "A\na"), ("services", "Long | 61 | 1"), ("services", "Long"),
     ("keep.handoff_days", "0"), ("keep.handoff_days", "ever"), ("name", " "), ("languages", "xx")],
)  # fmt: skip
def test_what_cannot_be_used_is_named_and_nothing_is_kept(context, browser, field, value):
    lead = browser("Ana", "lead")
    form = form_of(lead.get("/desk/clinic").text)
    answer = lead.post("/desk/clinic", {**form, field: value})
    assert answer.status_code == 422
    assert f'id="fault-{field}"' in answer.text
    assert not (context.settings.home / "clinic.toml").exists()


def test_two_who_change_at_once(context, browser):
    ana, ben = browser("Ana", "lead"), browser("Ben", "admin")
    form = form_of(ana.get("/desk/clinic").text)
    theirs = form_of(ben.get("/desk/clinic").text)
    assert ana.post("/desk/clinic", {**form, "phone": "+1 1"}).status_code == 303
    late = ben.post("/desk/clinic", {**theirs, "phone": "+1 2"})
    assert late.status_code == 409
    assert 'value="+1 2"' in late.text
    assert context.settings.clinic.phone == "+1 1"


def test_an_earlier_version_can_be_taken_again(context, browser):
    lead = browser("Ana", "lead")
    for phone in ("+1 1", "+1 2"):
        lead.post("/desk/clinic", {**form_of(lead.get("/desk/clinic").text), "phone": phone})
    mark = form_of(lead.get("/desk/clinic").text)["mark"]
    assert lead.post("/desk/clinic/versions/1", {"mark": mark}).status_code == 303
    assert context.settings.clinic.phone == "+1 1"
    assert [one.number for one in clinic_store.versions(context.settings.home)] == [3, 2, 1]
    assert lead.post("/desk/clinic/versions/99", {"mark": mark}).status_code == 404


def test_reviewers_may_not(context, browser):
    ben = browser("Ben")
    assert ben.get("/desk/clinic").status_code == ben.get("/desk/clinic.toml").status_code == 403
    assert ben.post("/desk/clinic", {"name": "x"}).status_code == 403


def test_a_file_broken_by_hand_leaves_the_last_good_one_standing(context):
    path = context.settings.home / "clinic.toml"
    path.write_text('name = "Elm"\n', encoding="utf-8")
    assert context.settings.clinic.name == "Elm"
    path.write_text('name = "Elm\n', encoding="utf-8")
    assert context.settings.clinic.name == "Elm"
    path.write_text('name = "Oak, again"\n', encoding="utf-8")
    assert context.settings.clinic.name == "Oak, again"


def test_every_fault_is_said_beside_its_field_and_nothing_typed_is_lost(context, browser):
    lead = browser("Ana", "lead")
    form = form_of(lead.get("/desk/clinic").text)
    bad = {"open.tue": "19:00-08:00", "open.wed": "soon", "closed": "Christmas", "rooms": "A\na", "services": "Long | 61 | 1 | x | y | z | q | more",
           "keep.handoff_days": "ever", "name": " ", "time_zone": "Mars", "phone": "+1 777", "fact.cost": "a lot",
           "reply_title": ["Hello", "half a reply"], "reply_text": ["Hello {name}", ""]}  # fmt: skip
    page = lead.post("/desk/clinic", {**form, **bad})
    assert page.status_code == 422
    for name in ("open.tue", "open.wed", "closed", "rooms", "services", "keep.handoff_days", "name", "time_zone"):
        assert f'aria-describedby="fault-{name}"' in page.text, name
        assert f'id="fault-{name}"' in page.text, name
    assert 'id="fault-replies"' in page.text
    assert "fault-phone" not in page.text
    spanish = lead.post("/desk/clinic", {**form, **bad}, headers={"Accept-Language": "es"}).text
    said = [
        " ".join(one.split())
        for one in re.findall(r'<span class="refused" id="fault-[^>]*>(.*?)</span>', spanish, re.S)
    ]
    assert len(said) >= 9
    assert any("Escriba las horas así: 08:00-12:30." in one for one in said)
    assert not [one for one in said if ENGLISH.search(one)]
    back = form_of(page.text)
    kept = {name: value for name, value in back.items() if name in bad and not name.startswith("reply")}
    assert kept == {name: value for name, value in bad.items() if not name.startswith("reply")}
    assert [one for one in back["reply_title"] if one] == bad["reply_title"]
    mended = {**form, **bad, "open.tue": "", "open.wed": "", "closed": "", "rooms": "A", "keep.handoff_days": "30", "name": "Elm",
              "time_zone": "Europe/Madrid", "reply_text": ["Hello {name}", "whole"]}  # fmt: skip
    page = lead.post("/desk/clinic", mended)
    [services] = re.findall(r'id="fault-services">(.*?)</span>', page.text, re.S)
    for fault in ("minutes must be", "buffer must be", "suits must be", "z is not in the list of rooms", "q is not in"):
        assert fault in services, "every fault of every service is named at once"
    assert lead.post("/desk/clinic", {**mended, "services": "Long | 60"}).status_code == 303
    assert dict(context.settings.clinic.replies)["half a reply"] == "whole"


def test_a_version_is_compared_with_what_counts_now(context, browser):
    lead = browser("Ana", "lead")
    for phone, rooms in (("+1 1", "Blue"), ("+1 2", "Blue\nGreen")):
        form = form_of(lead.get("/desk/clinic").text)
        lead.post("/desk/clinic", {**form, "phone": phone, "rooms": rooms})
    page = lead.get("/desk/clinic/versions/1").text
    assert re.findall(r'<th scope="row">([^<]+)</th><td [^>]*>([^<]*)</td><td [^>]*>([^<]*)</td>', page) == [
        ("Phone", "+1 1", "+1 2"),
        ("Rooms", "Blue", "Blue\nGreen"),
    ]
    assert "Nothing is different" in lead.get("/desk/clinic/versions/2").text
    assert lead.get("/desk/clinic/versions/9").status_code == 404
    assert '/desk/clinic/versions/1"' in lead.get("/desk/clinic").text


def test_a_place_of_the_file_is_named_as_the_form_names_it():
    named = clinic_page.place_words
    assert (named("opening.tue"), named("facts.cost")) == (
        "Hours: Tuesday",
        "Answers to frequent questions: What it costs",
    )
    assert (named("phone"), named("policy.x")) == ("Phone", "policy.x")


def test_what_was_exported_can_be_imported(context, browser):
    lead = browser("Ana", "lead")
    form = form_of(lead.get("/desk/clinic").text)
    lead.post("/desk/clinic", {**form, "phone": "+1 1", "fact.cost": "90 €", "services": "Short | 30 | 45 €"})
    exported, before = lead.get("/desk/clinic.toml").text, context.settings.clinic
    lead.post("/desk/clinic", {**form_of(lead.get("/desk/clinic").text), "phone": "+1 2", "fact.cost": "1 €"})
    mark = form_of(lead.get("/desk/clinic").text)["mark"]
    foreign = exported + '\n[numbers]\nemergency = "999"\nchecked = "2026-11-23"\n'
    assert lead.post("/desk/clinic/import", {"mark": mark, "toml": foreign}).status_code == 303
    assert context.settings.clinic == before  # with this house's own numbers, which are signed
    mark = form_of(lead.get("/desk/clinic").text)["mark"]
    broken = lead.post("/desk/clinic/import", {"mark": mark, "toml": 'name = "half'})
    assert broken.status_code == 422
    assert 'id="fault-toml"' in broken.text
    assert "name = &#34;half</textarea>" in broken.text
    unusable = lead.post("/desk/clinic/import", {"mark": mark, "toml": 'time_zone = "Mars"'})
    assert 'id="fault-time_zone"' in unusable.text
    assert context.settings.clinic == before


values = st.recursive(
    st.text() | st.integers(-(2**53), 2**53) | st.booleans() | st.lists(st.text() | st.integers(0, 9), max_size=3),
    lambda inner: st.dictionaries(st.text(), inner, max_size=3) | st.lists(st.dictionaries(st.text(), st.text(), max_size=2), min_size=1, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(), values, max_size=5))
def test_what_is_written_is_read_back(raw):
    assert tomllib.loads(clinic_store.dumps(raw)) == raw


def test_the_shipped_settings_are_written_and_read_back():
    raw = tomllib.loads(DEFAULT_CLINIC.read_text(encoding="utf-8"))
    assert tomllib.loads(clinic_store.dumps(raw)) == raw
