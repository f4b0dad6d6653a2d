"""Lays the visitor's words beside the reasons: which stretch of which message set which fact."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message; `keys` are the facts it set, `anchor` is where a reason can point."""

    text: str
    keys: tuple[str, ...] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One line of the transcript, cut into pieces."""

    seq: int
    sender: str
    at: str
    pieces: tuple[Piece, ...]
    event: str = ""
    by: str = ""
    alert: bool = False


def seq_of(raw: str) -> int:
    """A place in the log as an address names it; 0 for what is none."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 9 else 0


def bubbles(transcript: Sequence[Json], said: Json) -> tuple[Bubble, ...]:
    """The transcript with the words behind each fact marked."""
    return tuple(
        Bubble(
            int(line["seq"]),
            str(line["from"]),
            str(line["at"]),
            _pieces(line, said) if line["from"] == "visitor" else (Piece(str(line["text"])),),
            str(line.get("event") or ""),
            str(line.get("by") or ""),
            bool(line.get("alert")),
        )
        for line in transcript
    )


def anchors(marked: Sequence[Bubble]) -> Mapping[str, str]:
    """Fact → the anchor of the first words that set it."""
    found: dict[str, str] = {}
    for bubble in marked:
        for piece in bubble.pieces:
            for key in piece.keys:
                found.setdefault(key, piece.anchor)
    return found


def _pieces(line: Json, said: Json) -> tuple[Piece, ...]:
    """The message cut wherever a quotation begins or ends; each piece knows every fact that it was quoted for."""
    text, spans = str(line["text"]), _spans(line, said)
    cuts = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    out = []
    for start, end in itertools.pairwise(cuts):
        keys = tuple(dict.fromkeys(key for first, last, key in spans if first <= start and end <= last))
        out.append(Piece(text[start:end], keys, f"w{line['seq']}-{start}" if keys else ""))
    return tuple(out)


def _spans(line: Json, said: Json) -> list[tuple[int, int, str]]:
    """Where facts were set in this message. A fact that quotes all of it is left out where others quote parts."""
    text = str(line["text"])
    found = [
        (*place, key) for key, every in said.items() for words in every or () if (place := _place(line, text, words))
    ]
    parts = [span for span in found if span[:2] != (0, len(text))]
    return parts or found


def _place(line: Json, text: str, words: Json) -> tuple[int, int] | None:
    """By offsets where they are right, else by the words themselves, in the message they came from."""
    quoted = str(words.get("text") or "")
    if not quoted or not _same_message(line, words.get("message")):
        return None
    start = words.get("start")
    if isinstance(start, int) and text[start : start + len(quoted)] == quoted:
        return start, start + len(quoted)
    at = text.find(quoted)
    return (at, at + len(quoted)) if at >= 0 else None


def _same_message(line: Json, message: object) -> bool:
    """A message is named by its client id, or as the dialogue names it: conversation and place in the log."""
    return not message or message == line.get("id") or str(message).endswith(f"-{line['seq']}")
