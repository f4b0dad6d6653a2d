"""The promises the tree makes to whoever reads it: names that agree, files that Rasa reads, documents that do not lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import memory
from bot import settings
from bot.cli import whole
from bot.domain.intake import FACTS, PHASES, Intake

ROOT = settings.REPOSITORY
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


OF_RASA = {"version", "nlu", "stories", "rules"}
# What our own parts learn from; Rasa passes it over.
OURS = {"leaning": {"affirm", "deny", "unsure"}, "second_look": {"calm"}}


@pytest.mark.parametrize("path", sorted((ROOT / "data").rglob("*.y*ml")), ids=lambda path: path.name)
def test_rasa_reads_every_file_in_data(path: Path) -> None:
    """Rasa skips a file with a misspelt top key in silence, and trips over a borrowed one."""
    keys = set(yaml.safe_load(path.read_text(encoding="utf-8")))
    assert keys <= OURS.get(path.parent.name, OF_RASA)
    assert keys != {"version"}


def test_the_slots_are_the_fields_of_the_intake_and_nothing_else() -> None:
    ours = set(memory.slots_of(Intake()))
    for_words_only = {"about", "side", "confirm_flag", "interrupted", "change", "meant", "consent_after_stop"}
    for_words_only |= {f"{name}_of_another" for name in ("sites", "duration_days", "onset", "nrs", "function_limited")}
    assert set(DOMAIN["slots"]) == ours | for_words_only
    assert set(FACTS) <= set(DOMAIN["slots"])


def test_the_phases_of_the_dialogue_are_those_of_the_intake() -> None:
    assert tuple(DOMAIN["slots"]["phase"]["values"]) == PHASES


def test_every_required_slot_can_be_asked_for() -> None:
    for slot in [*DOMAIN["forms"]["intake_form"]["required_slots"], "side", "region_screen", "confirm_flag", "change"]:
        assert f"utter_ask_{slot}" in DOMAIN["responses"], slot


def test_every_response_the_actions_name_exists() -> None:
    named = set()
    for folder in ("actions", "bot/domain"):
        for file in (ROOT / folder).glob("*.py"):
            named |= set(re.findall(r'"(utter_[a-z_]+[a-z])"', file.read_text(encoding="utf-8")))
    assert named
    assert named <= set(DOMAIN["responses"])


def test_every_question_to_the_visitor_is_short() -> None:
    """At most 45 words; consent and the safety card may be longer."""
    longer_allowed = {"utter_open", "utter_ask_consent_privacy", "utter_ask_emergency_gate"}
    for name, variants in DOMAIN["responses"].items():
        for variant in variants:
            assert len(variant["text"].split()) <= 45 or name in longer_allowed, name


def test_every_setting_is_in_the_example_file() -> None:
    read = set(re.findall(r'"(PALPATE_[A-Z_]+)"', (ROOT / "bot/settings.py").read_text(encoding="utf-8")))
    shown = set(re.findall(r"PALPATE_[A-Z_]+", (ROOT / ".env.example").read_text(encoding="utf-8")))
    assert read - shown == {"PALPATE_INTERNAL_SECRET"}, "made anew at every start, not for people"


def test_every_path_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", readme) if not link.startswith("http")]
    missing = [link for link in links if not (ROOT / link).exists()]
    assert links
    assert not missing


def test_every_command_the_readme_shows_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"palpate ([a-z]+)", readme))
    assert shown <= set(whole().commands)


def test_locks_carry_hashes_and_name_no_registry() -> None:
    for lock in (ROOT / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, lock.name
        assert "--hash=sha256:" in text, lock.name


def test_adr_numbers_are_consecutive_and_have_a_status() -> None:
    files = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for file in files:
        assert "Status: " in file.read_text(encoding="utf-8"), file.name


def test_no_database_key_or_archive_is_in_the_tree() -> None:
    import subprocess

    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout.split()
    assert not [name for name in tracked if name.endswith((".db", ".tar.gz", "keys.json", ".env"))]


def test_importing_bot_costs_nothing() -> None:
    import subprocess
    import sys

    code = "import sys; import bot; heavy = {'spacy', 'rasa', 'sqlalchemy', 'numpy', 'starlette'} & set(sys.modules); sys.exit(bool(heavy))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, check=False).returncode == 0


def test_every_test_the_docs_name_is_there() -> None:
    missing = []
    for page in (ROOT / "docs").rglob("*.md"):
        path = ""
        for named, test in re.findall(r"`(tests/[\w/]+\.py)?(?:::(\w+))?`", page.read_text(encoding="utf-8")):
            path = named or path
            if not (named or test):
                continue
            source = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).is_file() else ""
            if not source or (test and f"def {test}(" not in source):
                missing.append(f"{page.name}: {path}::{test}")
    assert not missing


def test_rasa_depends_on_nothing_but_its_database_and_the_actions() -> None:
    """No lock store, event broker or model server: each of them loses messages when it is gone (rasa 3.6.21)."""
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    assert set(endpoints) == {"action_endpoint", "nlg", "tracker_store"}
    assert endpoints["action_endpoint"]["url"].startswith("http://127.0.0.1:")
    credentials = yaml.safe_load((ROOT / "credentials.yml").read_text(encoding="utf-8"))
    assert set(credentials) == {"bot.engine.channel.PalpateChannel"}
