"""Every text of the desk has its Spanish: what templates say, what code gives them, what rules say to staff; page by page."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import triage_page
from bot.domain import conditions, flags, modifiers, policy, review, rules, signoff, speech, summary, triage
from bot.domain import record as records
from bot.notify import visits
from bot.services import figures as counted
from bot.services.review import Actor
from bot.settings import REPOSITORY
from bot.storage.memory import MemoryStorage
from bot.web import desk
from bot.web import visit as visit_pages
from bot.web.desk import clinic, clinical, exports, figures, queues, render, sign_in, tongue
from tests.desk.furnished import PAGES

_SAID = re.compile(r"""(?<![\w])_\(\s*"((?:[^"\\]|\\.)*)"|(?<![\w])_\(\s*'((?:[^'\\]|\\.)*)'""")


def templates() -> Iterator[Path]:
    for package in (desk, visit_pages):
        yield from sorted((Path(package.__file__ or "").parent / "templates").rglob("*.html"))


def texts() -> set[str]:
    found: set[str] = set()
    for template in templates():
        found |= {one or other for one, other in _SAID.findall(template.read_text(encoding="utf-8"))}
    found |= (
        set(render.STATUS_WORDS.values())
        | set(render.MOVE_WORDS.values())
        | {words for _, words in render.KEYS}
        | {label for _, label, _ in render.PLACES}
    )
    found |= (
        {queue.title for queue in queues.QUEUES.values()}
        | set(clinic.DAY_NAMES.values())
        | set(clinic.FACT_NAMES.values())
        | set(clinic.PLACE_NAMES.values())
        | set(clinic.KEEP_NAMES.values())
        | {render.NETWORKS["web"], render.NETWORKS["smtp"]}
    )
    found |= {summary.outcome_words(*answer) for answer in review.RANKS}
    found |= {summary.outcome_words(*answer, provisional=True) for answer in review.RANKS}
    found |= {text for chart in charts_of_nothing() for text in (chart.title, chart.about, chart.head)}
    found |= {"Agreement by rule", "Agreement by reviewer", "Rule", "Reviewer", "Began", "Agreed to the use of what they write",
              "Came to the read-back", "Came to a result", "All others"}  # fmt: skip
    found |= {"Who", "What they want", "Complaint", "Danger signs told", "Conditions and medicines", "Also told", "Asked and not answered",
              "Doctor", "For the therapist", "Name", "Visit", "Age", "Sex", "Phone", "E-mail", "Wished times", "Wishes", "Where", "Pain",
              "How long", "Began", "Limits them", "Feels", "Cause they name", "Blood pressure"}  # fmt: skip
    found |= {
        *visits.TEXTS.values(),
        *visits.ASKED.values(),
        visits.SUBJECT,
        signoff.UNSIGNED,
        signoff.ONE_MORE,
        exports.FOOT,
    }
    found |= {
        sign_in.WRONG,
        sign_in.WRONG_CODE,
        sign_in.NOT_LET_IN,
        sign_in.OLD_LINK,
        *refusals(),
        *said_by_code(),
        *acts(),
    }
    found |= {one.why for one in policy.settings(policy.DEFAULT_POLICY)}
    return found


def acts() -> set[str]:
    """What the audit log and the history of a hand-off name."""
    moves = {review.say(move) for move in review.MOVES} | {"danger"}
    entries = [call for named, call in calls() if named == "AuditEntry" and len(call.args) > 2]
    written = {call.args[2].value for call in entries if isinstance(call.args[2], ast.Constant)}
    return {name.replace("_", " ") for name in moves | written}


# What only a program is told, never a person on a page.
_TO_PROGRAMS = {"sign_in", "not_json", "bad_json", "foreign_form", "step_owed"}
_REFUSE = {
    "BadSettings": 0,
    "BadOpening": 1,
    "ClosedThen": 1,
    "BadMove": 1,
    "IllegalMove": 0,
    "NotAllowed": 0,
    "Problem": 2,
}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for folder in ("bot/services", "bot/web/desk", "bot/domain", "bot/settings.py"):
        place = REPOSITORY / folder
        for file in [place] if place.is_file() else sorted(place.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    named = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    yield named, node


def refusals() -> set[str]:
    """The texts of everything staff can be refused."""
    found = set()
    for named, call in calls():
        at = _REFUSE.get(named)
        first = call.args[1] if len(call.args) > 1 else None
        if at is None or (isinstance(first, ast.Constant) and first.value in _TO_PROGRAMS):
            continue
        found |= {one.value for one in call.args[at : at + 1] if isinstance(one, ast.Constant)}
    return {text for text in found if not text.startswith("PALPATE_")}  # the environment is for who runs the machine


def said_by_code() -> set[str]:
    """Literals that code of the desk or the brief says."""
    return {
        call.args[0].value
        for named, call in calls()
        if (named == "tell" or (named == "say" and isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "tongue"))
        and call.args and isinstance(call.args[0], ast.Constant)
    }  # fmt: skip


def charts_of_nothing() -> list[figures.Chart]:
    """The charts of a desk where nothing happened yet."""
    at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    lead = Actor("Lea", "lead")
    return figures.charts(counted.figures(MemoryStorage()(), days=7, zone=UTC, by=lead, now=at))


def test_every_text_of_the_desk_and_of_the_visit_page_has_its_spanish():
    known = {**speech.catalogue("es"), **tongue.catalogue("es")}
    assert sorted(text for text in texts() if text not in known) == []


@pytest.mark.parametrize("text", sorted(texts()))
def test_no_place_is_lost_on_the_way(text):
    places = re.compile(r"\{\w+\}")
    spanish = tongue.catalogue("es").get(text) or speech.say("es", text)
    assert sorted(places.findall(spanish)) == sorted(places.findall(text))


_BARE = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.S)
# The same in every language: formats, units, names of things, examples.
_SAME = {"ICS", "min ·", "Kappa", "API", "min", "PLP-7K3F-9Q", "palpate rules sign --by NAME", "NRS", "yes", "no"}


@pytest.mark.parametrize("template", list(templates()), ids=lambda path: path.name)
def test_no_template_says_a_word_that_nobody_translates(template):
    bare = _BARE.sub("\x00", template.read_text(encoding="utf-8"))
    read = [re.sub(r"<[^>]*>", "\x00", re.sub(r"<(script|style|svg)\b.*?</\1>", "", bare, flags=re.S))]
    read += [one for name, one in re.findall(r"\s(aria-label|placeholder|title|alt)=\"([^\"]*)\"", bare)]
    read = [
        re.sub(r"[\w-]+=\"[^\"]*\"", "", text) for text in read
    ]  # attributes that a child gives to its parent's tag
    words = [" ".join(piece.split()) for text in read for piece in text.split("\x00")]
    assert [one for one in words if re.search(r"[^\W\d_]{2}", html.unescape(one)) and one not in _SAME] == []


def test_what_the_rules_say_to_staff_is_said_in_spanish(spanish):
    told = [rule.staff for rule in rules.RULES] + [one.action for one in conditions.CONDITIONS.values()]
    told += [one.instruction for one in modifiers.MODIFIERS] + [staff for _, _, staff in rules.NOTES.values()]
    known = {**speech.catalogue("es"), **tongue.catalogue("es")}
    names = [flag.name for flag in flags.RED_FLAGS.values()] + [one.name for one in conditions.CONDITIONS.values()]
    assert [name for name in names if name not in known] == []
    assert [text for text in told if _ENGLISH.search(clinical.staff(text))] == []


_ENGLISH = re.compile(r"\b(the|with|and|not|no deep|avoid|only|doctor|suspected|hold|pain|first)\b", re.I)


@pytest.fixture
def spanish():
    """This test's request comes from somebody who reads Spanish."""
    token = tongue._CURRENT.set("es")
    yield
    tongue._CURRENT.reset(token)


_NO_WORDS = re.compile(r"R-|PEG$")  # ids of rules, and a scale that has the same name everywhere


def test_the_brief_of_every_case_is_wholly_spanish(spanish):
    """What the brief says by itself has its Spanish; words of the visitor are theirs."""
    asked: set[str] = set()

    def tell(text, /, **values):
        asked.add(str(text))
        return tongue.say(text, **values)

    voice = summary.Voice("es", tell, clinical.staff, tongue.number)
    facts = {
        "for_whom": "child",
        "preferred_times": ["2026-12-03T12:00/2026-12-03T17:00"],
        "quality": ["dull", "pins_and_needles"],
        "function": "",
        "contact": {"name": "Ana"},
    }
    for case in triage_page.load_cases():
        result = triage.result_to_json(case.result())
        judged = case.record if isinstance(case.record, dict) else records.to_json(case.record)
        raw = {**judged, "facts": facts}
        said = summary.brief(raw, result, voice=voice)
        note = summary.doctor_note(raw, clinic="Alder Row", voice=voice)
        for change in result["what_would_change"]:
            assert not _ENGLISH.search(clinical.condition(change["if"])), change["if"]
        assert not _ENGLISH.search(f"{said.text()} {note}"), said.text()
    known = {**speech.catalogue("es"), **tongue.catalogue("es")}
    assert sorted(text for text in asked if text and text not in known and not _NO_WORDS.match(text)) == []


def test_no_page_of_a_spanish_desk_holds_an_english_text(context, furnished, stranger):
    """Every page is read in Spanish and held against the English side of the catalogue."""
    stranger.headers["Accept-Language"] = "es-MX"
    pages = {"sign-in": stranger.get("/desk/sign-in").text}
    stranger.sign_in("Ana")
    pages |= {
        name: stranger.get(path.format(**furnished)).text
        for name, path in PAGES.items()
        if name not in pages and name != "visit"
    }
    known = {**speech.catalogue("es"), **tongue.catalogue("es")}
    english = {text for text, words in known.items() if words.casefold() != text.casefold() and "{" not in text}
    long_ones = [text for text in english if len(text.split()) > 3]
    found = []
    for name, page in pages.items():
        assert '<html lang="es">' in page, name
        for text in set(visible(page)) - {"shoulder"}:  # what a message should have been read as is data
            if text in english or text.rstrip(".:") in english or any(one in text for one in long_ones):
                found.append((name, text))
    assert found == []


def visible(page: str) -> list[str]:
    """The texts of a page, with its labels and without what is marked as another language."""
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r"<(\w+)[^>]*\slang=\"en\"[^>]*>.*?</\1>", "", page, flags=re.S)
    texts = re.sub(r"<[^>]*>", "\x00", page).split("\x00")
    texts += re.findall(r"\s(?:aria-label|placeholder|title|alt)=\"([^\"]*)\"", page)
    return [tidy for text in texts if (tidy := " ".join(html.unescape(text).split()))]
