"""A list of erasures beside the database, so that a restore can apply those that are younger than the copy."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.services.stored import Erasure

NAME = "erasures.jsonl"


def read(home: Path) -> list[Erasure]:
    """What the list holds; a line that cannot be read is passed over, the others still count."""
    path = home / NAME
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            raw = json.loads(line)
            found.append(Erasure(raw["conversation"], datetime.fromisoformat(raw["at"]), raw["by"], raw["what"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def keep(home: Path, proofs: Iterable[Erasure]) -> None:
    """Put proofs into the list that are not there yet; the file is replaced as a whole."""
    known = read(home)
    new = [proof for proof in proofs if proof not in set(known)]
    if not new:
        return
    draft = home / f".{NAME}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        for proof in [*known, *new]:
            file.write(json.dumps({**asdict(proof), "at": proof.at.isoformat()}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(home / NAME)
