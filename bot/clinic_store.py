"""Keeps the clinic's file: written whole after it was checked, every version kept beside it with who made it and when."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.settings import DEFAULT_CLINIC, BadSettings, Clinic, clinic_of, merged
from bot.settings import parsed as parsed_file

FILE = "clinic.toml"
FOLDER = "clinic-history"
_NAME = re.compile(r"(\d{6})\.toml")
_ABOUT = re.compile(r"# Version (\d+), (\S+), (.*)")
_PLACE = re.compile(r"\[{0,2}([a-z_]+)\]{0,2}(?: ([a-z_]+):)?")  # every refusal of the settings begins with its place
_BARE = re.compile(r"[A-Za-z0-9_-]+")


class Changed(Exception):
    """Somebody else saved in the meantime."""


@dataclass(frozen=True, slots=True)
class Version:
    """One saved state of the file."""

    number: int
    at: datetime
    by: str


def read(home: Path) -> tuple[dict[str, Any], str]:
    """The clinic's own file as it stands, and its mark; empty where there is none. Raises `BadSettings`."""
    path = home / FILE
    content = path.read_bytes() if path.exists() else b""
    return parsed_file(content, path), mark(content)


def whole(home: Path) -> dict[str, Any]:
    """The file over the shipped defaults, as one mapping. Raises `BadSettings`."""
    return {**shipped(), **read(home)[0]}


def shipped() -> dict[str, Any]:
    """What holds where a clinic says nothing."""
    return tomllib.loads(DEFAULT_CLINIC.read_text(encoding="utf-8"))


def mark(content: bytes) -> str:
    """A short name for this content."""
    return hashlib.sha256(content).hexdigest()[:16]


def save(home: Path, raw: Mapping[str, Any], *, by: str, now: datetime, seen: str) -> Clinic:
    """Check and store; the new clinic. Raises `BadSettings` for what cannot be used, `Changed` when `seen` is old.

    The file is replaced at once: a reader sees the old one or the new one, never half of it.
    """
    path = home / FILE
    if read(home)[1] != seen:
        raise Changed
    clinic = clinic_of(raw, path)
    number = max((version.number for version in versions(home)), default=0)
    if number == 0 and path.exists():  # what a person wrote by hand is a version too
        number = 1
        _write(home / FOLDER / f"{number:06d}.toml", _headed(path.read_text(encoding="utf-8"), number, now, "by hand"))
    content = _headed(dumps(raw), number + 1, now, by)
    _write(home / FOLDER / f"{number + 1:06d}.toml", content)
    _write(path, content)
    return clinic


def faults(home: Path, raw: Mapping[str, Any]) -> dict[str, BadSettings]:
    """All that cannot be used, not only the first: place → why; a place is `rooms`, `opening.tue`, or "" for the whole.

    Each faulty value is put aside in turn, so that the check goes on to the next one.
    """
    tried, found = dict(raw), dict[str, BadSettings]()
    while True:
        try:
            clinic_of(tried, home / FILE)
        except BadSettings as error:
            why = str(error).removeprefix(f"{home / FILE}: ")
            place = _place(why, tried)
            if place in found or not place:
                return {**found, "": error} if not place else found
            found[place] = error
            _put_aside(tried, place, home)
        else:
            return found


def _place(why: str, raw: Mapping[str, Any]) -> str:
    said = _PLACE.match(why)
    key, part = (said[1], said[2]) if said else ("", None)
    if key not in raw:
        return ""
    return f"{key}.{part}" if key in ("opening", "retention") and part in raw[key] else key


def _put_aside(tried: dict[str, Any], place: str, home: Path) -> None:
    key, _, part = place.partition(".")
    if part:
        tried[key] = {name: value for name, value in tried[key].items() if name != part}
    else:
        tried[key] = whole(home)[key]
    if key in ("rooms", "therapists"):  # services name them; what is wrong with these is seen once the lists are right
        tried["services"] = [
            {name: value for name, value in one.items() if name != key} if isinstance(one, Mapping) else one
            for one in tried.get("services") or ()
        ]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Where two states of the file differ: the place, what the old one says and what the new one, "" for nothing.

    Both are taken over the shipped defaults, which hold where a file says nothing.
    """
    before, after = (dict(_flat(merged(shipped(), one))) for one in (old, new))
    places = dict.fromkeys([*before, *after])
    return [(one, before.get(one, ""), after.get(one, "")) for one in places if before.get(one) != after.get(one)]


def _flat(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{key}.")
        elif isinstance(value, list | tuple):
            cells = (
                ", ".join(f"{k} {v}" for k, v in one.items()) if isinstance(one, Mapping) else str(one) for one in value
            )
            yield f"{path}{key}", "\n".join(cells)
        else:
            yield f"{path}{key}", str(value)


def parsed(text: str, home: Path) -> dict[str, Any]:
    """The content of an exported file. Raises `BadSettings`."""
    return parsed_file(text.encode("utf-8"), home / FILE)


def versions(home: Path) -> list[Version]:
    """Every version, newest first."""
    found = []
    for file in sorted((home / FOLDER).glob("*.toml"), reverse=True):
        about = _ABOUT.match(file.read_text(encoding="utf-8").partition("\n")[0])
        if _NAME.fullmatch(file.name) and about is not None:
            found.append(Version(int(about[1]), datetime.fromisoformat(about[2]), about[3]))
    return found


def version(home: Path, number: int) -> dict[str, Any] | None:
    """The content of a version, or None."""
    path = home / FOLDER / f"{number:06d}.toml"
    return parsed_file(path.read_bytes(), path) if path.exists() else None


def dumps(raw: Mapping[str, Any]) -> str:
    """A mapping as TOML: texts, numbers, lists, tables within tables, and lists of tables."""
    return "\n".join(_table(raw, ())) + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """First the plain values, then the tables below."""
    for key, value in table.items():
        if not isinstance(value, Mapping) and not _is_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        name = ".".join(map(_key, (*path, key)))
        if isinstance(value, Mapping):
            yield from ("", f"[{name}]", *_table(value, (*path, key)))
        elif _is_tables(value):
            for row in value:
                yield from ("", f"[[{name}]]", *_table(row, (*path, key)))


def _is_tables(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, int | float):
        return repr(value)
    # A JSON string is a TOML string, but for the one control character JSON leaves as it is.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _headed(content: str, number: int, now: datetime, by: str) -> str:
    return f"# Version {number}, {now.astimezone(UTC).isoformat(timespec='seconds')}, {by}\n{content}"


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
