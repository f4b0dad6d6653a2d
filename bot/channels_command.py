"""`palpate channels`: makes the settings file, tests every network that is set up and says what to fix, connects Telegram."""

from __future__ import annotations

from typing import TextIO

from bot.notify.alert import NotDelivered, Refused
from bot.settings import Settings
from bot.web.channels import setup
from bot.web.channels.telegram import Telegram


def init(settings: Settings, out: TextIO) -> int:
    """Write the example file once and say where it is."""
    out.write(f"{setup.write_example(settings.home)}\n")
    return 0


def check(settings: Settings, out: TextIO) -> int:
    """One line for each thing looked at; 1 when something is to be fixed, or nothing is set up. Raises `BadSettings`."""
    channels = setup.read(settings.home, settings.public_url)
    if not channels:
        out.write(f"no channel is set up: `palpate channels init`, then edit {settings.home / setup.FILE}\n")
        return 1
    well = _public(settings, out) if any(name != "matrix" for name in channels) else True
    for name, channel in channels.items():
        address = setup.address_of(settings.public_url, name)
        for finding in channel.check(address):
            mark = "ok  " if finding.well else "FIX "
            out.write(f"{mark}{name}: {finding.what}{f' - {finding.fix}' if finding.fix else ''}\n")
            well = well and finding.well
    return 0 if well else 1


def connect(settings: Settings, name: str, out: TextIO) -> int:
    """Tell a network where its messages go, where it can be told. Raises `BadSettings`."""
    channel = setup.read(settings.home, settings.public_url).get(name)
    address = setup.address_of(settings.public_url, name)
    if not isinstance(channel, Telegram):
        known = "is not set up" if channel is None else f"is told on its own pages: enter {address}"
        out.write(f"{name} {known}\n")
        return 1
    try:
        channel.connect(address)
    except (NotDelivered, Refused) as error:
        out.write(f"telegram did not take it ({error}): check token, and that {address} can be reached by https\n")
        return 1
    out.write(f"telegram sends messages to {address}\n")
    return 0


def _public(settings: Settings, out: TextIO) -> bool:
    """Networks call only addresses with https."""
    if settings.public_url.startswith("https://"):
        return True
    out.write(
        f"FIX address: set PALPATE_PUBLIC_URL to the clinic's https address; {settings.public_url} cannot be called from outside\n"
    )
    return False
