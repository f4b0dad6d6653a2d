"""One way to log for all processes: named events with agreed keys, so that no visitor's words can slip in."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

# An allow-list: a key that nobody has agreed to be free of health data is dropped and only counted.
SAFE_KEYS = frozenset(
    {
        "event", "level", "timestamp", "process", "reference", "code", "channel", "outcome", "urgency", "phase",
        "dropped", "duration_ms", "count", "seq", "conversation", "request", "turn", "method", "route", "status", "attempt",
        "port", "path", "signal", "error", "staff", "model", "version",
    }
)  # fmt: skip


def keep_only_safe_keys(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not agreed, and say how many were dropped."""
    extra = [key for key in event if key not in SAFE_KEYS]
    for key in extra:
        del event[key]
    if extra:
        event["dropped"] = len(extra)
    return event


def error_name(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Exceptions are logged by class name only: their messages may quote what a visitor wrote."""
    error = event.get("error")
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
    event.pop("exc_info", None)
    return event


class WithoutWords(logging.Formatter):
    """Other libraries' log lines: who speaks, how loud, which error; never its message or traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object; a message may quote what a visitor wrote, so none is kept."""
        line = {"event": "library", "code": record.name, "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line)


class Unfailing:
    """A stream that drops what cannot be written: a full disk under the log must not fail a visitor's message."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or drop it."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or leave it."""
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure(process: str) -> None:
    """Log events of this process as one JSON line each on stderr; other libraries only from WARNING up."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            lambda _logger, _method, event: {**event, "process": process},
            error_name,
            keep_only_safe_keys,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=cast(TextIO, Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def get(**values: Any) -> Any:
    """A logger with values bound to it."""
    return structlog.get_logger(**values)


def turn_of(message_id: object) -> str:
    """The name of one turn in the logs of all three processes: made of the message's id, which they all see."""
    return hashlib.sha256(str(message_id).encode("utf-8", "replace")).hexdigest()[:16]
