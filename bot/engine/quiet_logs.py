"""Lets Rasa's process say what went wrong and where, and never what anybody wrote.

Repairs three leaks of stock Rasa: structlog prints tracebacks with the local variables of every frame
(`rasa/utils/log_utils.py:112`), messages are built from visitors' words and answers of the action server with f-strings
(e.g. `rasa/core/channels/rest.py:176`, `rasa/core/actions/action.py:790`), and every distinct warning text is kept in
memory for ever (`rasa/shared/utils/io.py:99`). A log line here has a level, the place in the source and the class of
the error. Until the server takes its first request no visitor has said anything, so messages are shown until then.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

from bot.logs import Unfailing, error_name, keep_only_safe_keys

PLAIN_EVENT = re.compile(r"[a-z0-9_.]{1,64}")
# Rasa says this of every domain it reads, whatever is in it.
EXPECTED = ("Slot auto-fill has been removed",)
LIBRARIES = ("sanic.root", "sanic.error", "sanic.access", "asyncio", "apscheduler", "rasa", "sqlalchemy", "aiohttp")


class Doorkeeper:
    """Knows whether visitors' words may be about; open at start-up, closed for good once the server listens."""

    def __init__(self) -> None:
        self.serving = False


DOOR = Doorkeeper()


def _line(level: str, **values: Any) -> str:
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    return json.dumps({"timestamp": at, "level": level, "process": "rasa", **values})


class PlaceOnly(logging.Formatter):
    """A log record as one JSON line: where and what kind, without its message once visitors are about."""

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, Any] = {"event": "library", "code": _place(record)}
        error = record.exc_info[1] if record.exc_info else None
        links = chain(error) if error is not None else []
        if links:
            values |= {"error": kinds(links), "path": innermost(links[-1].__traceback__)}
        if not DOOR.serving:
            values["event"] = record.getMessage() if record.args else str(record.msg)
            values |= {"because": str(links[-1])} if links else {}
        return _line(record.levelname.lower(), **values)


def _place(record: logging.LogRecord) -> str:
    return getattr(record, "place", f"{record.name}:{record.module}:{record.lineno}")


def chain(error: BaseException) -> list[BaseException]:
    """The error, what caused it, what caused that; five at most."""
    found = [error]
    while (cause := found[-1].__cause__ or found[-1].__context__) is not None and len(found) < 5:
        found.append(cause)
    return found


def kinds(links: list[BaseException]) -> str:
    """The class names of a chain of errors, nothing of their texts."""
    return " < ".join(type(link).__name__ for link in links)


def innermost(trace: TracebackType | None) -> str:
    """`module:line` of the place an error came from; source code only, no values."""
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"


def _name_only(_logger: Any, _method: str, event: Any) -> Any:
    """Rasa's event names are constants; anything else may be a sentence."""
    if not PLAIN_EVENT.fullmatch(str(event.get("event", ""))):
        event["event"] = "library"
    return event


def _of_rasa(_logger: Any, _method: str, event: Any) -> Any:
    error = sys.exc_info()[1]
    return {**event, "process": "rasa", **({"error": error} if error is not None else {})}


def _configure_structlog(_level: int | None = None) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _of_rasa,
            _name_only,
            error_name,
            keep_only_safe_keys,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(file=Unfailing(sys.stderr)),
        cache_logger_on_first_use=True,
    )


def _show_warning(
    _message: Any, category: type[Warning], filename: str, lineno: int, _file: TextIO | None = None, _line: Any = None
) -> None:
    if not issubclass(category, DeprecationWarning | PendingDeprecationWarning | FutureWarning):
        _warn(str(_message), f"{Path(filename).stem}:{lineno}")


def _warn(text: str, place: str) -> None:
    logging.getLogger("rasa.warning").warning(text, extra={"place": place})


def _raise_warning(message: str, _category: type[Warning] | None = None, **_kwargs: Any) -> None:
    if message.startswith(EXPECTED):
        return
    frame = sys._getframe(1)
    _warn(message, f"{frame.f_globals.get('__name__')}:{frame.f_lineno}")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("rasa").critical("stopped", exc_info=(kind, error, trace))


def install() -> None:
    """Take over every way this process writes a log line; call before Rasa is imported."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlaceOnly())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.lastResort = handler
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("sanic.access").setLevel(logging.CRITICAL)
    logging.raiseExceptions = False
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    sys.excepthook = _uncaught
    _configure_structlog()


def keep() -> None:
    """Stop Rasa's start-up from putting its own loggers back; call after Rasa was imported."""
    import rasa.__main__
    import rasa.core.utils
    import rasa.shared.utils.io
    import rasa.utils.common
    import rasa.utils.io

    def nothing(*_args: Any, **_kwargs: Any) -> None:
        return None

    rasa.__main__.configure_structlog = _configure_structlog
    rasa.__main__.configure_logging_and_warnings = nothing
    rasa.utils.io.configure_colored_logging = nothing
    rasa.utils.common.update_sanic_log_level = nothing
    rasa.core.utils.configure_file_logging = nothing
    rasa.shared.utils.io.raise_warning = _raise_warning


def close_door() -> None:
    """From here on no message of any library is shown; called when the server is about to listen."""
    DOOR.serving = True
