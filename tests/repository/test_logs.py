"""What a process writes to its log: agreed keys only, and no word of a visitor, whoever speaks."""

from __future__ import annotations

import io
import subprocess
import sys

from bot import logs
from bot.settings import REPOSITORY

TALK = """
import logging
from bot import logs
logs.configure("test")
logs.get().info("turn_done", conversation="c1", text="PLANTED in a key", record={"nrs": "PLANTED"})
logs.get().error("failed", error=ValueError("PLANTED in an exception"))
logging.getLogger("library").error("PLANTED %s", "PLANTED argument")
try:
    raise RuntimeError("PLANTED in a traceback")
except RuntimeError:
    logging.getLogger("uvicorn.error").exception("PLANTED")
    logs.get().error("failed", exc_info=True)
"""


def test_no_words_reach_the_log_and_what_was_dropped_is_counted() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TALK], cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=True
    )
    log = done.stdout + done.stderr
    assert "PLANTED" not in log
    assert '"dropped": 2' in log
    assert '"error": "ValueError"' in log
    assert '"error": "RuntimeError"' in log
    assert '"conversation": "c1"' in log


def test_a_full_disk_under_the_log_fails_nobody():
    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    stream = logs.Unfailing(Full())
    assert stream.write("line") == 4
    stream.flush()
