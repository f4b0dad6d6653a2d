"""Asks every part again and again whether it is there: a process that runs may still be one that hangs."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from bot.up.part import Part


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds between two probes, and how long one waits for its answer."""

    every: float = 0.5
    answer: float = 2.0


class Watch:
    """Probes in threads, one for each part, so that one that hangs holds up no other."""

    def __init__(self, parts: Sequence[Part], tempo: Tempo | None = None) -> None:
        self._tempo = tempo or Tempo()
        # No kept lines: one to a process that is gone would say nothing of the process that took its place.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._client = httpx.Client(timeout=self._tempo.answer, limits=limits, trust_env=False)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._follow, args=(part,), daemon=True) for part in parts]

    def start(self) -> None:
        """Begin to probe."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End it; the last probes may still run for the seconds one waits."""
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(2 * self._tempo.answer)
        self._client.close()

    def is_well(self, part: Part) -> bool:
        """True when it says so now. Blocks for one probe."""
        return self._status(part.health, part.headers) == httpx.codes.OK

    def _follow(self, part: Part) -> None:
        while not self._over.wait(self._tempo.every):
            process = part.process
            answered = self._status(part.alive, part.headers) is not None
            if part.process is process:  # else it was the one before that did not answer
                part.heard(answered=answered)

    def _status(self, url: str, headers: Mapping[str, str]) -> int | None:
        try:
            return self._client.get(url, headers=dict(headers)).status_code
        except httpx.HTTPError:
            return None
