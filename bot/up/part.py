"""One process of the product: how it is started, what it is asked, and what is known of it."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot import training
from bot.settings import RASA_PYTHON, REPOSITORY, Settings

SECRET = "PALPATE_INTERNAL_SECRET"  # noqa: S105 - the name of a variable
COLD_SECONDS = 120.0  # a start may take this long until the first answer, on a busy machine
WARM_SECONDS = 20.0  # of one that had everything loaded before
EARLY_SECONDS = 5.0  # a part that ends sooner than this after its start may be one that cannot start
SILENT_PROBES = 3  # so many in a row without any answer, and a part that runs is one that hangs


@dataclass(slots=True)
class Part:
    """`health` answers 200 when the part is well, `alive` answers anything as long as it is not hanging."""

    name: str
    command: list[str]
    health: str
    alive: str
    headers: Mapping[str, str] = field(default_factory=dict)
    has_spare: bool = False
    process: subprocess.Popen[bytes] | None = None
    spare: subprocess.Popen[bytes] | None = None
    spare_begun: float = 0.0
    started: float = 0.0
    patience: float = COLD_SECONDS
    early_ends: int = 0
    has_ended: bool = False
    answered: bool = False
    silent: int = 0

    def begin(self, process: subprocess.Popen[bytes], now: float, *, ahead: float = 0.0) -> None:
        """It was started; what was known of the process before no longer counts. A spare is `ahead` so many seconds."""
        self.process, self.started = process, now
        self.patience = max(WARM_SECONDS, COLD_SECONDS - ahead)
        self.answered, self.silent, self.has_ended = False, 0, False

    def ended(self, now: float) -> None:
        """It is seen not to run any more; the first look tells whether it ended soon after its start."""
        if not self.has_ended:
            self.has_ended = True
            self.early_ends = self.early_ends + 1 if now - self.started < EARLY_SECONDS else 0

    def could_not_start(self, now: float) -> None:
        """The machine had no room for it: it is tried again later, as one that ended at once."""
        self.started = now
        self.early_ends += 1

    def heard(self, *, answered: bool) -> None:
        """What came of one more probe."""
        self.answered = self.answered or answered
        self.silent = 0 if answered else self.silent + 1

    @property
    def runs(self) -> bool:
        """True while there is a process, well or not."""
        return self.process is not None and self.process.poll() is None

    def hangs(self, now: float) -> bool:
        """True when it runs and answers nobody: it stopped answering, or never began to."""
        if not self.runs:
            return False
        return self.silent >= SILENT_PROBES if self.answered else now - self.started > self.patience

    def wants_spare(self, now: float) -> bool:
        """True when it is well and no twin waits; after one that ended by itself not soon again."""
        if not (self.has_spare and self.answered and self.runs):
            return False
        return self.spare is None or (self.spare.poll() is not None and now > self.spare_begun + COLD_SECONDS)

    def pause(self, now: float) -> float:
        """Seconds to wait before it is started again: none for one that had run, ever more for one that cannot."""
        return max(0.0, self.started + min(10.0, 0.5 * 2 ** min(self.early_ends, 5) - 0.5) - now)


def with_secret(settings: Settings, env: Mapping[str, str]) -> dict[str, str]:
    """The environment of all parts, with the secret by which they know each other."""
    return {
        **env,
        SECRET: env.get(SECRET) or secrets.token_urlsafe(32),
        "PALPATE_HOME": str(settings.home),
        "PYTHONUNBUFFERED": "1",
    }


def parts(settings: Settings, env: Mapping[str, str]) -> list[Part]:
    """The three processes, in the order in which they are needed."""
    actions, rasa, web = settings.actions_url, settings.rasa_url, f"http://127.0.0.1:{settings.port}"
    act = [sys.executable, "-m", "actions.server"]
    serve = [str(REPOSITORY / RASA_PYTHON), "-m", "bot.engine.launch", "run", "--model", str(training.ARCHIVE)]
    serve += ["--port", str(settings.rasa_port), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    health, known = f"{rasa}/webhooks/palpate/health", {"X-Palpate-Secret": env[SECRET]}
    found = [
        Part("actions", act, f"{actions}/health", f"{actions}/health"),
        Part("rasa", serve, health, f"{rasa}/", known),
        Part("web", [sys.executable, "-m", "bot.web"], f"{web}/healthz", f"{web}/healthz"),
    ]
    for part in found:
        part.has_spare = settings.spares
    return found
