"""What a visitor told us, as one value that can be judged, stored and read back, and that refuses what it cannot mean."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from bot.domain.errors import PalpateError
from bot.domain.extras import EXTRAS
from bot.domain.flags import CONDITIONS, RED_FLAGS
from bot.domain.screens import REGION_OF, REGIONS

SEX = ("F", "M", "X")
SIDES = ("left", "right", "both")
ONSETS = ("gradual", "sudden", "overuse", "injury", "post_op", "none")
COMPLAINTS = ("relax", "tension", "pain", "injury", "rehab", "illness")
DOCTOR = ("none", "seen", "ok", "ordered", "refused")

# Questions whose answer may be missing, beside the flags, conditions and extras themselves.
SAFETY_FIELDS = (
    "age", "sex", "emergency_gate", "general_screen", "conditions", "medicines", "skin", "sites", "duration_days", "onset",
    "nrs", "complaint", "function_limited", "bp", "doctor", "hours_since_injury", "weeks_since_injury",
    "weeks_since_surgery", "weeks_since_fracture", "weeks_since_birth", "weeks_since_chemo", "weeks_pregnant",
    "fever_days", *(f"screen_{region}" for region in REGIONS),
)  # fmt: skip

# Lowest and highest value that can be meant.
RANGES: Mapping[str, tuple[float, float]] = {
    "age": (0, 120),
    "duration_days": (0, 36_500),
    "nrs": (0, 10),
    "psfs": (0, 10),
    "areas": (0, 60),
    "hours_since_injury": (0, 876_000),
    "weeks_since_injury": (0, 5_200),
    "weeks_since_surgery": (0, 5_200),
    "weeks_since_fracture": (0, 5_200),
    "weeks_since_birth": (0, 5_200),
    "weeks_since_chemo": (0, 5_200),
    "weeks_pregnant": (0, 45),
    "fever_days": (0, 3_650),
}
BP_RANGE = ((40, 300), (20, 200))


class BadRecord(PalpateError):
    """A record that cannot be judged: `key` names the place in it, `why` says what is wrong and what was perhaps meant."""

    code = "P422"

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key = key
        self.why = why


@dataclass(frozen=True, slots=True)
class Site:
    """A place on the body; `side` is left, right, both or None."""

    site: str
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """One ache with its own place, time and score; durations in days, `nrs` 0–10, None where it is not known."""

    sites: tuple[Site, ...] = ()
    duration_days: float | None = None
    onset: str | None = None
    nrs: float | None = None
    complaint: str | None = None
    function_limited: bool | None = None
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntakeRecord:
    """Everything the rules may look at, in the shape of contract §3.

    `rf` and `ci` hold what is present or possible; what is not in them was asked and denied, unless `rf_unknown` names it
    (ids, extras or names of questions). `cleared` was verified by staff, `cleared_claimed` is the visitor's word. The
    ache at the top level is the short form for one; `complaints` holds more. `peg` is pain, enjoyment, activity (0–10
    each), `psfs` one activity (0 unable – 10 as before), `areas` the number of sore areas.
    """

    age: int | None = None
    sex: str | None = None
    sites: tuple[Site, ...] = ()
    duration_days: float | None = None
    onset: str | None = None
    nrs: float | None = None
    complaint: str | None = None
    function_limited: bool | None = None
    rf: tuple[str, ...] = ()
    rf_unknown: tuple[str, ...] = ()
    ci: tuple[str, ...] = ()
    bp: tuple[int, int] | None = None
    doctor: str | None = None
    cleared: tuple[str, ...] = ()
    cleared_claimed: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    hours_since_injury: float | None = None
    peg: tuple[int, int, int] | None = None
    psfs: float | None = None
    areas: int | None = None
    complaints: tuple[Complaint, ...] = ()
    weeks_since_injury: float | None = None
    weeks_since_surgery: float | None = None
    weeks_since_fracture: float | None = None
    weeks_since_birth: float | None = None
    weeks_since_chemo: float | None = None
    weeks_pregnant: float | None = None
    fever_days: float | None = None


_COMPLAINT_KEYS = tuple(spec.name for spec in fields(Complaint))
KEYS = tuple(spec.name for spec in fields(IntakeRecord))
_OPTIONAL = KEYS[KEYS.index("hours_since_injury") :]
_WHOLE = frozenset({"age", "areas"})
_UNKNOWABLE = (*RED_FLAGS, *CONDITIONS, *EXTRAS, *SAFETY_FIELDS)
_IDS: Mapping[str, tuple[str, ...]] = {
    "rf": tuple(RED_FLAGS),
    "ci": tuple(CONDITIONS),
    "rf_unknown": _UNKNOWABLE,
    "cleared": (*CONDITIONS, *RED_FLAGS),
    "cleared_claimed": (*CONDITIONS, *RED_FLAGS),
    "extra": tuple(EXTRAS),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {"sex": SEX, "onset": ONSETS, "complaint": COMPLAINTS, "doctor": DOCTOR}


def from_json(raw: object) -> IntakeRecord:
    """Read a record of contract §3.

    Without the list `rf` (or `ci`) nobody has asked: the cards it comes from then count as not answered. Raises
    `BadRecord` for unknown keys, unknown ids and values that cannot be meant.
    """
    if not isinstance(raw, Mapping):
        raise BadRecord("record", "must be an object")
    _known_keys(raw, KEYS, "")
    values: dict[str, Any] = {key: _read(key, value, key) for key, value in raw.items() if value is not None}
    missing: list[str] = []
    if raw.get("rf") is None:
        missing += ["emergency_gate", "general_screen"]
    if raw.get("ci") is None:
        missing += ["conditions", "medicines"]
    if missing:
        values["rf_unknown"] = tuple(dict.fromkeys((*values.get("rf_unknown", ()), *missing)))
    return IntakeRecord(**values)


def to_json(record: IntakeRecord) -> dict[str, Any]:
    """The inverse of `from_json`: all keys of the contract, the optional ones only when they are set."""
    out: dict[str, Any] = {}
    for key in KEYS:
        value = getattr(record, key)
        if key in _OPTIONAL and (value is None or value == ()):
            continue
        out[key] = _plain(value)
    return out


def vocabulary() -> dict[str, Any]:
    """Every key and id a record may hold, for `palpate triage --vocabulary`."""
    return {
        "keys": list(KEYS),
        "complaint_keys": list(_COMPLAINT_KEYS),
        "sex": list(SEX),
        "onset": list(ONSETS),
        "complaint": list(COMPLAINTS),
        "doctor": list(DOCTOR),
        "side": list(SIDES),
        "sites": dict(REGION_OF),
        "rf": {flag.id: flag.name for flag in RED_FLAGS.values()},
        "ci": {condition.id: condition.name for condition in CONDITIONS.values()},
        "extra": dict(EXTRAS),
        "rf_unknown": list(_UNKNOWABLE),
        "ranges": {key: list(ends) for key, ends in RANGES.items()},
        "bp": [list(ends) for ends in BP_RANGE],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Site):
        return {"site": value.site, "side": value.side}
    if isinstance(value, Complaint):
        return {key: _plain(getattr(value, key)) for key in _COMPLAINT_KEYS}
    return value


def _read(key: str, value: Any, where: str) -> Any:
    """One value by the kind of its key; `where` is the place named in a refusal."""
    if key in _IDS:
        return _ids(value, _IDS[key], where)
    if key in _CHOICES:
        return _one_of(value, _CHOICES[key], where)
    if key in RANGES:
        return _number(value, RANGES[key], where, whole=key in _WHOLE)
    if key == "function_limited":
        if not isinstance(value, bool):
            raise BadRecord(where, "must be true, false or null")
        return value
    if key == "sites":
        return tuple(_site(entry, f"{where}[{n}]") for n, entry in enumerate(_list(value, where)))
    if key == "bp":
        return _bp(value, where)
    if key == "peg":
        scores = _list(value, where)
        if len(scores) != 3:
            raise BadRecord(where, "must be three numbers: pain, enjoyment, activity")
        return tuple(_number(score, (0, 10), f"{where}[{n}]", whole=True) for n, score in enumerate(scores))
    return tuple(_complaint(entry, f"{where}[{n}]") for n, entry in enumerate(_list(value, where)))


def _bp(value: Any, where: str) -> tuple[Any, ...]:
    pair = _list(value, where)
    if len(pair) != 2:
        raise BadRecord(where, "must be two numbers: systolic, diastolic")
    return tuple(_number(part, ends, where, whole=True) for part, ends in zip(pair, BP_RANGE, strict=True))


def _complaint(raw: Any, where: str) -> Complaint:
    if not isinstance(raw, Mapping):
        raise BadRecord(where, "must be an object")
    _known_keys(raw, _COMPLAINT_KEYS, f"{where}.")
    return Complaint(**{key: _read(key, value, f"{where}.{key}") for key, value in raw.items() if value is not None})


def _site(raw: Any, where: str) -> Site:
    if not isinstance(raw, Mapping):
        raise BadRecord(where, 'must be an object like {"site": "knee", "side": "left"}')
    _known_keys(raw, ("site", "side"), f"{where}.")
    side = raw.get("side")
    return Site(
        _one_of(raw.get("site"), tuple(REGION_OF), f"{where}.site"),
        None if side is None else _one_of(side, SIDES, f"{where}.side"),
    )


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadRecord(where, "must be a list")
    return list(value)


def _ids(value: Any, known: tuple[str, ...], where: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_one_of(entry, known, where) for entry in _list(value, where)))


def _one_of(value: Any, known: tuple[str, ...], where: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    raise BadRecord(where, f"unknown value {_short(value)}{_nearest(value, known)}")


def _number(value: Any, ends: tuple[float, float], where: str, *, whole: bool) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or (whole and not isinstance(value, int)):
        raise BadRecord(where, f"must be a {'whole ' if whole else ''}number from {ends[0]:g} to {ends[1]:g}")
    if not ends[0] <= value <= ends[1]:
        raise BadRecord(where, f"{_short(value)} is out of range; known are {ends[0]:g} to {ends[1]:g}")
    return value


def _known_keys(raw: Mapping[Any, Any], known: Iterable[str], prefix: str) -> None:
    for key in raw:
        if key not in known:
            raise BadRecord(f"{prefix}{key}"[:80], f"unknown key{_nearest(key, tuple(known))}")


def _short(value: Any) -> str:
    words = ascii(value)
    return words if len(words) <= 40 else f"{words[:40]}…"


def _nearest(value: Any, known: tuple[str, ...]) -> str:
    """The known word that looks most like it, always one, so that a misspelt id is quickly mended."""
    wanted = str(value)[:80].lower()
    folded = {entry.lower(): entry for entry in known}
    near = difflib.get_close_matches(wanted, folded, n=1, cutoff=0.0)
    return f"; the nearest known is {folded[near[0]]!r}" if near else ""
