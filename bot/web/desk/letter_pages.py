"""Has the pages of a visitor's PDF drawn outside of this process, within limits, so that staff see what it says."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from bot.domain.errors import PalpateError

MOST = 10  # pages that are shown; the rest is in the download
SECONDS = 15.0
LARGEST = 16_000_000  # bytes of one drawn page
_PROGRAM = Path(__file__).with_name("draw_page.py")
_TWO_AT_ONCE = threading.BoundedSemaphore(2)


class CannotBeDrawn(PalpateError):
    """The file is broken, locked, or more than we are ready to draw."""

    code = "P426"


def count(content: bytes) -> int:
    """How many pages the PDF has. Raises `CannotBeDrawn`."""
    told = _run(content, 0)
    if not told.isdigit() or int(told) == 0:
        raise CannotBeDrawn
    return int(told)


def draw(content: bytes, page: int) -> bytes:
    """A page as PNG, `page` from 1 to `MOST`. Raises `CannotBeDrawn`."""
    if not 1 <= page <= MOST:
        raise CannotBeDrawn
    png = _run(content, page)
    if not png.startswith(b"\x89PNG") or len(png) > LARGEST:
        raise CannotBeDrawn
    return png


def _run(content: bytes, page: int) -> bytes:
    """What the program wrote; it knows nothing of our environment, and what it complains of is not kept."""
    words = [sys.executable, "-I", str(_PROGRAM), str(page)]
    with _TWO_AT_ONCE:
        try:
            done = subprocess.run(
                words, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, timeout=SECONDS, check=True
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError):
            raise CannotBeDrawn from None
    return done.stdout
