"""Cuts Rasa's two lines to the outside, so that nothing of a clinic leaves its machine.

Repairs `rasa/telemetry.py:183` (usage reports, on unless told otherwise; also writes ~/.config/rasa/global.yml) and
`rasa/telemetry.py:657` (sends exceptions to a server of Rasa's, whatever RASA_TELEMETRY_ENABLED says).
"""

from __future__ import annotations

import os


def install() -> None:
    """Switch both off for this process and those it starts; call after Rasa was imported and before its `main`."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    import rasa.telemetry

    rasa.telemetry.initialize_telemetry = lambda: False
    rasa.telemetry.is_telemetry_enabled = lambda: False
    rasa.telemetry.initialize_error_reporting = lambda: None
    rasa.telemetry.telemetry_write_key = lambda: None
    rasa.telemetry.sentry_write_key = lambda: None
