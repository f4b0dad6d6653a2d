"""Word sets written as plain lines, so that a list of fifty words takes two lines of code and not fifty."""

from __future__ import annotations


def words(*lines: str) -> frozenset[str]:
    """The words of these lines, split at spaces."""
    return frozenset(word for line in lines for word in line.split())


def in_order(*lines: str) -> list[str]:
    """The words of these lines, in the order they are written."""
    return [word for line in lines for word in line.split()]
