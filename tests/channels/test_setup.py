"""Setting up: a wrong file is named by key and never by its secret, and the check says what to fix."""

from __future__ import annotations

import io

import pytest
from networks import BOT_TOKEN, channels_toml

from bot import channels_command
from bot.settings import BadSettings, Settings
from bot.web.channels import setup


@pytest.fixture
def settings(tmp_path):
    return Settings.from_env({"PALPATE_HOME": str(tmp_path), "PALPATE_PUBLIC_URL": "https://clinic.example"})


def written(settings, text, mode=0o600):
    path = settings.home / setup.FILE
    path.touch(mode=mode)
    path.chmod(mode)
    path.write_text(text, encoding="utf-8")


def test_without_a_file_there_is_no_channel(settings):
    assert setup.read(settings.home, settings.public_url) == {}


def test_init_makes_a_file_that_nobody_else_can_read_and_that_switches_nothing_on(settings):
    out = io.StringIO()
    assert channels_command.init(settings, out) == 0
    path = settings.home / setup.FILE
    assert path.stat().st_mode & 0o077 == 0
    before = path.read_text(encoding="utf-8")
    assert setup.read(settings.home, settings.public_url) == {}
    channels_command.init(settings, out)
    assert path.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[fax]\n", "fax"),
        ('[sms]\naccount_sid = "AC1"\nauth_token = "hush"\n', "number"),
        ('[sms]\naccount_sid = "AC1"\nauth_token = "hush"\nnumber = "555"\n', "number"),
        ('[telegram]\ntoken = "hush"\nsecrt = "x"\n', "secrt"),
        ('[whatsapp]\nprovider = "carrier pigeon"\n', "provider"),
        ("[sms\n", "channels.toml"),
        ("sms = 3\n", "number"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is(settings, text, named):
    written(settings, text)
    with pytest.raises(BadSettings) as refused:
        setup.read(settings.home, settings.public_url)
    assert named in str(refused.value)
    assert "hush" not in str(refused.value)


def test_credentials_that_others_can_read_are_refused(settings):
    written(settings, "[sms]\n", mode=0o644)
    with pytest.raises(BadSettings, match="chmod 600"):
        setup.read(settings.home, settings.public_url)


def test_the_check_is_content_when_all_is_well_and_says_what_to_fix_when_not(settings, networks):
    channels_toml(settings.home, networks.url)
    out = io.StringIO()
    assert channels_command.check(settings, out) == 1
    assert "FIX sms: where messages go" in out.getvalue()
    assert "palpate channels connect telegram" in out.getvalue()
    networks.webhook = "https://clinic.example/channels/sms"
    out = io.StringIO()
    channels_command.check(settings, out)
    assert "FIX sms" not in out.getvalue()


def test_telegram_is_told_where_we_are(settings, networks):
    channels_toml(settings.home, networks.url)
    assert channels_command.connect(settings, "telegram", io.StringIO()) == 0
    assert networks.webhook == "https://clinic.example/channels/telegram"
    out = io.StringIO()
    assert channels_command.connect(settings, "messenger", out) == 1
    assert "https://clinic.example/channels/messenger" in out.getvalue()


def test_wrong_credentials_are_found_out(settings, networks):
    written(settings, f'[telegram]\ntoken = "{BOT_TOKEN}wrong"\nsecret = "s"\napi = "{networks.url}"\n')
    out = io.StringIO()
    assert channels_command.check(settings, out) == 1
    assert "FIX telegram: Telegram bot - check token" in out.getvalue()


def test_networks_call_only_https(tmp_path, networks):
    settings = Settings.from_env({"PALPATE_HOME": str(tmp_path)})
    written(settings, f'[telegram]\ntoken = "{BOT_TOKEN}"\nsecret = "s"\napi = "{networks.url}"\n')
    out = io.StringIO()
    assert channels_command.check(settings, out) == 1
    assert "PALPATE_PUBLIC_URL" in out.getvalue()
