"""`palpate rules` as a clinic uses it: replay what was really handed off, sign, turn a switch, sign twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from bot import bootstrap
from bot.cli import cli
from bot.domain import record as records
from bot.domain import triage
from bot.services import hand_off
from bot.settings import Settings
from bot.storage import migrations, sql
from bot.vault import Vault

OLD_ACHE = {
    "age": 40, "sites": [{"site": "knee"}], "duration_days": 400, "onset": "gradual", "nrs": 6, "complaint": "pain",
    "rf": [], "ci": [],
}  # fmt: skip
OWN_CHOICE = "[policy]\nchronic_requires_doctor = false\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An installation with one hand-off of each kind: one that today's rules read, one they do not."""
    monkeypatch.setenv("PALPATE_HOME", str(tmp_path))
    settings = Settings.from_env({"PALPATE_HOME": str(tmp_path)})
    storage = sql.SqlStorage.open(settings.database_url, Vault.open(tmp_path))
    migrations.upgrade(storage.engine)
    storage.close()
    result = triage.result_to_json(triage.classify(records.from_json(OLD_ACHE)))
    uow = bootstrap.storage(settings)
    for number, record in enumerate((OLD_ACHE, {**OLD_ACHE, "ci": ["CI-OF-OLD"]})):
        hand_off.hand_off(
            uow(), conversation=f"conversation-{number:010d}", record={**record, "facts": {}}, result=result,
            consent={"privacy": True, "share": False, "version": "1", "language": "en"}, said={}, now=datetime.now(UTC),
        )  # fmt: skip
    return tmp_path


def rules(*arguments):
    answer = CliRunner().invoke(cli, ["rules", *arguments])
    return answer.exit_code, answer.output


def test_a_clinic_turns_a_switch_and_two_people_sign(home):
    status, out = rules("replay")
    assert status == 0
    assert "cannot be read by these rules: ci" in out
    assert "0 changed" in out
    assert "1 of 1 signatures" in rules("sign", "--by", "Ana Ruiz, RN")[1]
    (home / "clinic.toml").write_text(OWN_CHOICE, encoding="utf-8")
    status, out = rules("replay")
    assert status == 1
    assert "PLP-" in out
    assert "doctor_first/gp -> clinical_massage R-C03 milder" in out
    assert "1 of 2 signatures" in rules("sign", "--by", "Ana Ruiz, RN")[1]
    assert "signed this version already" in rules("sign", "--by", "ana ruiz, RN")[1]
    assert "second clinician" in rules("show")[1]
    assert "2 of 2 signatures" in rules("sign", "--by", "Ben Ode, MD")[1]
    assert "second clinician" not in rules("show")[1]
    assert rules("replay")[0] == 0


def test_without_a_name_nothing_is_signed(home):
    assert rules("sign", "--by", " ")[0] == 2
    assert "No clinician has signed" in rules("show")[1]


def test_without_a_database_the_command_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PALPATE_HOME", str(tmp_path / "new"))
    status, out = rules("replay")
    assert status == 1
    assert "palpate db upgrade" in out
