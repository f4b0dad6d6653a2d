"""Lists every text a visitor can read, with where it comes from, so that none is left without a translation."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import yaml

from bot.domain import (
    card_labels,
    conditions,
    extras,
    flags,
    guardian,
    hints,
    modifiers,
    numbers,
    proxy,
    questions,
    rules,
    scripts,
    sites,
    speech,
    triage,
    wished_times,
    wording,
)
from bot.domain.intake import FACTS
from bot.settings import REPOSITORY
from bot.web.channels import wording as network_wording
from bot.web.chat import fit, papers
from bot.web.site import pages
from bot.web.turns import forgetting, words

# Modules whose constants are texts, or tables of them.
_SPEAKING: tuple[ModuleType, ...] = (
    scripts, wording, hints, proxy, words, wished_times, questions, fit, papers, network_wording, forgetting,
)  # fmt: skip
_PLACES = re.compile(r"\[\[[a-z_]+\]\]|\{[a-z_]+\}")
_ID = re.compile(r"(R-)?(RF|CI|M)-[A-Z0-9-]+|[a-z]+_[a-z_]+|utter_\w+|[A-Z]{2}")
# Where code of ours says a literal by itself: the functions, and which of their arguments is the text.
_SAYS = {"say": 1, "translated": 1, "listed": 2, "Problem": 2, "DoesNotFit": 0}
_NO_TEXTS = frozenset(
    {"ENGLISH", "_SIDES", "_BACK", "PROXIES", "ABOUT_THEM", "_NAMES", "_BEFORE_SUBJECT", "_VERBS", "_FIRST_PERSON"}
)
_TO_CLIENTS = frozenset({"bad_body", "bad_id", "not_json", "bad_json", "bad_parameter", "incomplete", "foreign_origin"})


@dataclass(frozen=True, slots=True)
class Text:
    """An English text and the part of the product it belongs to."""

    english: str
    where: str


def every() -> list[Text]:
    """Each text once, in the order of the parts."""
    seen: dict[str, Text] = {}
    for text in _all():
        words_left = re.search(r"[^\W\d_]", _PLACES.sub("", text.english))
        if words_left or len(_PLACES.findall(text.english)) > 1:
            seen.setdefault(text.english, text)
    return list(seen.values())


def missing(language: str) -> list[Text]:
    """The texts without a translation."""
    known = speech.catalogue(language)
    return [text for text in every() if text.english not in known]


def print_texts(stdout: TextIO, language: str, *, only_missing: bool) -> int:
    """Entries of a .po file, those without a translation empty; 1 when there are any of these."""
    known = speech.catalogue(language)
    lacking = missing(language)
    for text in lacking if only_missing else every():
        stdout.write(
            f"#. {text.where}\nmsgid {_quoted(text.english)}\nmsgstr {_quoted(known.get(text.english, ''))}\n\n"
        )
    return 1 if lacking else 0


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _all() -> Iterator[Text]:
    yield from _responses()
    for flag in flags.RED_FLAGS.values():
        yield from (Text(one, "flags") for one in (flag.plain, flag.ask, *(item.text for item in flag.items)))
    yield from (Text(condition.plain, "conditions") for condition in conditions.CONDITIONS.values())
    yield from (Text(label, "cards") for label in card_labels.LABELS.values())
    yield from (Text(words_of, "extras") for words_of in extras.EXTRAS.values())
    yield from _of_rules()
    yield from (Text(one.visitor, "modifiers") for one in modifiers.MODIFIERS)
    yield Text(speech.AND, "speech")
    yield from _of_sites()
    yield from _of_pages()
    yield from _of_numbers()
    for module in _SPEAKING:
        yield from (Text(one, module.__name__) for one in _constants(module))
    for folder in ("bot/domain", "bot/services", "bot/notify", "bot/web", "actions"):
        for file in sorted((REPOSITORY / folder).rglob("*.py")):
            place = file.relative_to(REPOSITORY)
            if "desk" not in place.parts:
                yield from (Text(one, str(place)) for one in _literals(file))


def _responses() -> Iterator[Text]:
    domain = yaml.safe_load((REPOSITORY / "domain.yml").read_text(encoding="utf-8"))
    for name, variants in domain["responses"].items():
        yield from (Text(variant["text"], name) for variant in variants)


def _of_rules() -> Iterator[Text]:
    said = [rule.because for rule in rules.RULES]
    said += [words_of for _extra, words_of, _staff in rules.NOTES.values()]
    said += [triage.MEANWHILE, *_strings(scripts.FITS), scripts.LETTER, scripts.CLOSING, scripts.MAY_CHANGE]
    for words_of in said:
        yield Text(words_of, "reasons")
        yield Text(guardian.to_guardian(words_of), "reasons, to a guardian")
    yield from (Text(atom.said, "reasons") for rule in rules.RULES for atom in rule.when.atoms)


def _of_pages() -> Iterator[Text]:
    """The clinic's own page and that of a visit. The one about the tag is for whoever runs the website and stays English."""
    made = pages.templates(speech.ENGLISH)
    visit = pages.HERE.parent / "visit" / "templates" / "visit.html"
    for file in (pages.HERE / "templates" / "base.html", pages.HERE / "templates" / "home.html", visit):
        name, source = file.name, file.read_text(encoding="utf-8")
        for _line, _call, message in made.extract_translations(source):  # type: ignore[attr-defined]
            yield Text(message if isinstance(message, str) else str(message[0]), name)


def _of_sites() -> Iterator[Text]:
    for site in sites.SITES:
        sides = (None, "left", "right", "both") if sites.paired(site) else (None,)
        yield from (Text(sites.say({"site": site, "side": side}), "sites") for side in sides)


def _of_numbers() -> Iterator[Text]:
    for lines in (*numbers.NUMBERS.values(), numbers.EVERYWHERE):
        told = (lines.emergency_words, lines.nonurgent, lines.crisis_call, lines.crisis_text or "")
        yield from (Text(one, "numbers") for one in told)


def _constants(module: ModuleType) -> Iterator[str]:
    """The texts among a module's own constants; ids and names of fields are none."""
    for name, value in vars(module).items():
        if name.isupper() and name not in _NO_TEXTS:
            yield from (one for one in _strings(value) if not _ID.fullmatch(one) and one not in FACTS)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, questions.Question):
        yield from (value.why, *(str(choice["label"]) for choice in value.choices))
    elif isinstance(value, dict) and set(value) == {"value", "label"}:
        yield str(value["label"])
    elif isinstance(value, dict):
        yield from (one for inner in value.values() for one in _strings(inner))
    elif isinstance(value, tuple | list):
        yield from (one for inner in value for one in _strings(inner))


def _literals(file: Path) -> Iterator[str]:
    """The texts that code passes straight to `say` and its like."""
    dotted = ".".join(file.relative_to(REPOSITORY).with_suffix("").parts)
    names = vars(sys.modules.get(dotted) or importlib.import_module(dotted))
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            at = _SAYS.get(called)
            if at is not None and not _for_programs(node):
                method = called == "say" and isinstance(node.func, ast.Attribute)
                yield from _literal(node.args[at - method : at - method + 1], names)
            if called == "Question":
                yield from _literal((word.value for word in node.keywords if word.arg == "why"), names)


def _for_programs(call: ast.Call) -> bool:
    """True for a refusal that only a badly written client gets: nobody reads it in a chat."""
    return any(isinstance(one, ast.Constant) and one.value in _TO_CLIENTS for one in call.args[:2])


def _literal(nodes: Iterable[ast.expr], names: Mapping[str, Any]) -> Iterator[str]:
    """The texts of expressions: literals, and constants of the module, or what is picked from them."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Name) and node.id.isupper():
            yield from _strings(names.get(node.id))
        elif isinstance(node, ast.Subscript | ast.Attribute):
            yield from _literal([node.value], names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            yield from _literal([node.func.value], names)
        elif isinstance(node, ast.IfExp):
            yield from _literal((node.body, node.orelse), names)
