"""Word sets written as plain lines, so that a list of fifty words takes two lines of code and not fifty."""

from __future__ import annotations


def words(*lines: str) -> frozenset[str]:
    """The words of these lines, split at spaces."""
    return frozenset(word for line in lines for word in line.split())
