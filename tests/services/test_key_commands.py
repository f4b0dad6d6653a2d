"""`palpate keys …` as it is typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot import key_file
from bot.cli import whole


@pytest.fixture
def palpate(tmp_path):
    """`palpate ARGS`, with a home of its own."""

    def run(*args: str, expect: int = 0) -> str:
        env = {"PALPATE_HOME": str(tmp_path), "PALPATE_DATABASE_URL": ""}
        result = CliRunner().invoke(whole(), args, env=env)
        assert result.exit_code == expect, result.output
        return result.output

    return run


def test_a_new_key_seals_and_the_old_one_waits_its_time(palpate, tmp_path):
    palpate("staff", "invite", "Bo", "--role", "lead")
    assert "seals" in palpate("keys", "status")
    old = key_file.read(key_file.path_of(tmp_path)).newest.hex()
    said = palpate("keys", "rotate")
    assert f"key {old} kept: nothing needs it" in said
    assert f"{old}\told" in palpate("keys", "status")
    assert f"key {old} kept" in palpate("keys", "finish")


def test_a_broken_key_file_is_named_in_one_line(palpate, tmp_path):
    palpate("keys", "status")
    key_file.path_of(tmp_path).write_text("{}", encoding="ascii")
    said = palpate("keys", "status", expect=1)
    assert str(key_file.path_of(tmp_path)) in said
    assert said.count("\n") == 1
