"""Every setting of the product in one frozen object, checked at the door, so that nothing else reads the environment."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.numbers import Lines, own_lines
from bot.domain.opening import BadOpening, Opening
from bot.domain.policy import DEFAULT_POLICY, BadPolicy, Policy
from bot.domain.slots import SUITS
from bot.domain.speech import LANGUAGES, language_of

REPOSITORY = Path(__file__).resolve().parent.parent
# Of the two environments' interpreters the one that is not ours, below the repository.
RASA_PYTHON = Path(".venv-rasa/bin/python")
DEFAULT_CLINIC = Path(__file__).resolve().parent / "clinic_default.toml"
# What a clinic may say of its telephone numbers: bot/domain/numbers.py tells what each is.
# What may be kept for so many days: chats without a hand-off, transcripts, hand-offs.
RETENTION = ("abandoned_days", "transcript_days", "handoff_days")
OWN_NUMBERS = ("emergency", "emergency_words", "nonurgent", "crisis_call", "crisis_text", "checked")
# A visitor asks to be forgotten after the hand-off: staff look whether the law demands the record, or it goes at once.
ERASE_AFTER_HANDOFF = ("staff_review", "now")
COUNTRIES = ("US", "CA", "GB", "IE", "EU", "ES", "MX", "AR", "AU", "NZ")


class BadSettings(ValueError):
    """A setting cannot be used; the message names it and says what would do.

    `text` with its `{places}` and `values` say so in any language, without the file and the setting; `also` are more of
    the same kind that were found with it.
    """

    def __init__(self, text: str, /, *, at: str = "", also: Sequence[BadSettings] = (), **values: object) -> None:
        said = text.format(**values) if values else text
        super().__init__(f"{at}{said}")
        self.text, self.values, self.also = text, values, tuple(also)


@dataclass(frozen=True, slots=True)
class Service:
    """Something a visitor can book; `minutes` in steps of five, `price` as the clinic writes it.

    `buffer` minutes stay free before and after; `suits` is one of `slots.SUITS`; empty `rooms` or `therapists` mean all.
    """

    name: str
    minutes: int
    price: str = ""
    buffer: int = 0
    suits: str = ""
    rooms: tuple[str, ...] = ()
    therapists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clinic:
    """What the clinic says of itself; the texts fill the `[[…]]` places of the bot's answers.

    `policy` holds its choices among the rules, `numbers` its own words for the telephone numbers of its country.
    """

    name: str
    country: str
    time_zone: str
    phone: str
    email: str
    address: str
    hours: str
    facts: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = DEFAULT_POLICY
    numbers: Mapping[str, str] = field(default_factory=dict)
    translated: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    erase_after_handoff: str = "staff_review"
    opening: Opening = field(default_factory=Opening)
    rooms: tuple[str, ...] = ()
    therapists: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()
    languages: tuple[str, ...] = LANGUAGES
    replies: Mapping[str, str] = field(default_factory=dict)
    retention: Mapping[str, int] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone."""
        return ZoneInfo(self.time_zone)

    def facts_in(self, locale: str) -> Mapping[str, str]:
        """The answers in the language of a locale; where the clinic gave none in it, in the language it has."""
        return {**self.facts, **self.translated.get(language_of(locale), {})}

    @property
    def lines(self) -> Lines:
        """Whom to call: the numbers of the country, with the clinic's own where it gives some."""
        return own_lines(self.country, self.numbers)


class ClinicFile:
    """The clinic's file, read again when it has changed; a broken change leaves the last good one standing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = _mark(path)
        self._clinic = read_clinic(path)

    def now(self) -> Clinic:
        """The clinic as the file says; costs one look at the file's date."""
        mark = _mark(self.path)
        if mark != self._mark:
            with contextlib.suppress(BadSettings, OSError, UnicodeDecodeError):
                self._clinic = read_clinic(self.path)
            self._mark = mark
        return self._clinic


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass(frozen=True, slots=True)
class Oidc:
    """The clinic's identity provider; `roles` maps a value of `claim` to reviewer or lead, never to admin."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. Ports are TCP ports on loopback unless `host` says otherwise; times are seconds."""

    home: Path
    host: str
    port: int
    rasa_port: int
    actions_port: int
    database_url: str
    public_url: str
    merge_seconds: float
    waiting_seconds: int
    internal_secret: str
    frame_ancestors: tuple[str, ...]
    clinics: ClinicFile
    token_idle_seconds: int = 86_400
    spares: bool = True
    metrics_port: int = 0
    trusted_proxies: str = "127.0.0.1"
    limits_url: str = ""
    link_seconds: int = 900
    speaker_away_seconds: int = 300
    return_seconds: int = 30 * 86_400
    alert_webhook: str = ""
    alert_smtp: str = ""
    alert_to: str = ""
    second_factor_required: bool = False
    oidc: Oidc | None = None
    pg_bin: str = ""

    @property
    def clinic(self) -> Clinic:
        """What the clinic says of itself now; a change of its file is seen by every running process."""
        return self.clinics.now()

    @property
    def rasa_url(self) -> str:
        """Where the Rasa process listens; never anything but loopback."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Where the action server listens; never anything but loopback."""
        return f"http://127.0.0.1:{self.actions_port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the `PALPATE_…` variables and the clinic file; raise `BadSettings` naming what is wrong."""
        home = Path(env.get("PALPATE_HOME") or REPOSITORY / "var").expanduser().resolve()
        port = _port(env, "PALPATE_PORT", 8000)
        return cls(
            home=home,
            host=env.get("PALPATE_HOST", "127.0.0.1"),
            port=port,
            rasa_port=_port(env, "PALPATE_RASA_PORT", 5005),
            actions_port=_port(env, "PALPATE_ACTIONS_PORT", 5055),
            database_url=_database_url(env, home),
            public_url=env.get("PALPATE_PUBLIC_URL", f"http://localhost:{port}").rstrip("/"),
            merge_seconds=_seconds(env, "PALPATE_MERGE_SECONDS", 0.0),
            waiting_seconds=int(_seconds(env, "PALPATE_WAITING_SECONDS", 1800.0)),
            internal_secret=env.get("PALPATE_INTERNAL_SECRET", ""),
            frame_ancestors=_origins(env),
            clinics=ClinicFile(home / "clinic.toml"),
            token_idle_seconds=int(_seconds(env, "PALPATE_TOKEN_IDLE_SECONDS", 86_400.0)),
            link_seconds=int(_seconds(env, "PALPATE_LINK_SECONDS", 900.0)),
            speaker_away_seconds=int(_seconds(env, "PALPATE_SPEAKER_AWAY_SECONDS", 300.0)),
            spares=env.get("PALPATE_SPARES", "on").strip().lower() != "off",
            metrics_port=_port(env, "PALPATE_METRICS_PORT", 0) if env.get("PALPATE_METRICS_PORT") else 0,
            trusted_proxies=_proxies(env),
            limits_url=_url(env, "PALPATE_LIMITS_URL", ("redis://", "rediss://", "valkey://", "valkeys://")),
            alert_webhook=_url(env, "PALPATE_ALERT_WEBHOOK", ("http://", "https://")),
            alert_smtp=_url(env, "PALPATE_ALERT_SMTP", ("smtp://", "smtps://")),
            alert_to=env.get("PALPATE_ALERT_TO", ""),
            second_factor_required=_second_factor(env),
            oidc=_oidc(env),
            pg_bin=env.get("PALPATE_PG_BIN", ""),
        )


def read_clinic(path: Path) -> Clinic:
    """The clinic's own file over the shipped defaults; raise `BadSettings` for a value that cannot be used."""
    return clinic_of(_parsed(path) if path.exists() else {}, path)


def clinic_of(own: Mapping[str, Any], path: Path) -> Clinic:
    """The clinic of a parsed file over the shipped defaults; `path` is named in a refusal. Raises `BadSettings`."""
    raw = merged(tomllib.loads(DEFAULT_CLINIC.read_text(encoding="utf-8")), own)
    facts, translated = _facts(path, raw.pop("facts", {}))
    policy, numbers = _policy(path, raw.pop("policy", {})), _numbers(path, raw.pop("numbers", {}))
    booking = _booking(path, raw)
    try:
        clinic = Clinic(
            **{key: str(value) for key, value in raw.items()},
            facts=facts,
            policy=policy,
            numbers=numbers,
            translated=translated,
            **booking,
        )
    except TypeError as error:
        raise BadSettings("unknown key; the known ones are in {file}", at=f"{path}: ", file=DEFAULT_CLINIC) from error
    if clinic.erase_after_handoff not in ERASE_AFTER_HANDOFF:
        raise _one_of(path, "erase_after_handoff", ERASE_AFTER_HANDOFF)
    if clinic.country not in COUNTRIES:
        raise _one_of(path, "country", COUNTRIES)
    if not clinic.name.strip():
        raise BadSettings("must not be empty", at=f"{path}: name ")
    try:
        ZoneInfo(clinic.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadSettings(
            "must be one such as {example}", at=f"{path}: time_zone ", example="America/New_York"
        ) from error
    return clinic


def _booking(path: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """What the desk books with: hours, rooms, therapists, services; and what it says and keeps."""
    try:
        opening = Opening.from_mapping(_table(path, raw, "opening"))
    except BadOpening as error:
        raise BadSettings(error.text, at=f"{path}: [opening] {error.day}: ", **error.values) from error
    languages = _names(path, raw, "languages") or LANGUAGES
    if unknown := [one for one in languages if one not in LANGUAGES]:
        raise BadSettings(
            "{name} is not spoken; known are {known}",
            at=f"{path}: languages: ",
            name=unknown[0],
            known=", ".join(LANGUAGES),
        )
    rooms, therapists = _names(path, raw, "rooms"), _names(path, raw, "therapists")
    return {
        "opening": opening,
        "rooms": rooms,
        "therapists": therapists,
        "services": _services(path, raw.pop("services", []), rooms, therapists),
        "languages": languages,
        "replies": {title: str(text) for title, text in _table(path, raw, "replies").items()},
        "retention": _retention(path, _table(path, raw, "retention")),
    }


def _one_of(path: Path, key: str, choices: Sequence[str]) -> BadSettings:
    return BadSettings("must be one of {choices}", at=f"{path}: {key} ", choices=", ".join(choices))


def _table(path: Path, raw: dict[str, Any], name: str) -> dict[str, Any]:
    table = raw.pop(name, {})
    if not isinstance(table, dict):
        raise BadSettings("must be a table", at=f"{path}: [{name}] ")
    return table


def _names(path: Path, raw: dict[str, Any], key: str) -> tuple[str, ...]:
    given = raw.pop(key, [])
    if not isinstance(given, list) or not all(isinstance(one, str) and 0 < len(one.strip()) <= 80 for one in given):
        raise BadSettings("must be a list of names of 1 to 80 characters", at=f"{path}: {key} ")
    tidy = tuple(" ".join(one.split()) for one in given)
    if len({one.casefold() for one in tidy}) != len(tidy):
        raise BadSettings("holds the same name twice", at=f"{path}: {key} ")
    return tidy


def _services(path: Path, raw: Any, rooms: Sequence[str], therapists: Sequence[str]) -> tuple[Service, ...]:
    """Every service; all that is wrong with any of them is refused at once."""
    made, faults = [], list[BadSettings]()
    for row, one in enumerate(raw if isinstance(raw, list) else [raw], 1):
        service = _service(path, one)
        if service is None:
            faults.append(BadSettings("row {row}: a name and minutes are needed", at=f"{path}: [[services]] ", row=row))
            continue
        made.append(service)
        faults += _service_faults(f"{path}: [[services]] ", service, {"rooms": rooms, "therapists": therapists})
    if faults:
        first = faults[0]
        raise BadSettings(first.text, at=f"{path}: [[services]] ", also=faults[1:], **first.values)
    return tuple(made)


def _service(path: Path, one: Any) -> Service | None:
    try:
        made = Service(
            str(one["name"]).strip(), one["minutes"], str(one.get("price", "")), one.get("buffer", 0),
            str(one.get("suits", "")), _names(path, dict(one), "rooms"), _names(path, dict(one), "therapists"),
        )  # fmt: skip
    except (TypeError, KeyError, AttributeError, ValueError):
        return None
    return made if made.name else None


def _service_faults(at: str, one: Service, known: Mapping[str, Sequence[str]]) -> list[BadSettings]:
    found = []
    if not _minutes(one.minutes, 5, 240):
        found.append(
            BadSettings(
                "{name}: the minutes must be a multiple of 5 from {least} to {most}",
                at=at,
                name=one.name,
                least=5,
                most=240,
            )
        )
    if not _minutes(one.buffer, 0, 60):
        found.append(
            BadSettings(
                "{name}: the buffer must be a multiple of 5 from {least} to {most}",
                at=at,
                name=one.name,
                least=0,
                most=60,
            )
        )
    if one.suits not in SUITS:
        suits = ", ".join(filter(None, SUITS))
        found.append(BadSettings("{name}: suits must be one of {suits}, or empty", at=at, name=one.name, suits=suits))
    found += [
        BadSettings("{name}: {unknown} is not in the list of rooms", at=at, name=one.name, unknown=room)
        for room in one.rooms if room not in known["rooms"]
    ]  # fmt: skip
    found += [
        BadSettings("{name}: {unknown} is not in the list of therapists", at=at, name=one.name, unknown=therapist)
        for therapist in one.therapists if therapist not in known["therapists"]
    ]  # fmt: skip
    return found


def _minutes(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value % 5 == 0 and least <= value <= most


def _retention(path: Path, raw: Mapping[str, Any]) -> Mapping[str, int]:
    """Days until what is kept is deleted."""
    for key, days in raw.items():
        if key not in RETENTION or isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= 36_500:
            keys = ", ".join(RETENTION)
            raise BadSettings("give days from 1 to 36500 under {keys}", at=f"{path}: [retention] {key}: ", keys=keys)
    return dict(raw)


def _policy(path: Path, raw: Any) -> Policy:
    """The clinic's switches and windows over the defaults, which stay where it says nothing."""
    try:
        return Policy.from_mapping(raw if isinstance(raw, dict) else {"policy": raw})
    except BadPolicy as error:
        raise BadSettings(str(error), at=f"{path}: [policy] ") from error


def _numbers(path: Path, raw: Any) -> Mapping[str, str]:
    """The clinic's own telephone numbers; whoever sets one says when it was looked at, so that its age can be seen."""
    own = {key: str(text) for key, text in raw.items()} if isinstance(raw, dict) else {"numbers": ""}
    for key, text in own.items():
        if key not in OWN_NUMBERS or not text.strip():
            keys = ", ".join(OWN_NUMBERS)
            raise BadSettings("give a text under one of {keys}", at=f"{path}: [numbers] {key}: ", keys=keys)
    if "emergency" in own and not re.fullmatch(r"\+?\d{2,15}", own["emergency"]):
        raise BadSettings("must be digits that a telephone can dial", at=f"{path}: [numbers] emergency ")
    if own and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", own.get("checked", "")):
        raise BadSettings(
            "must be the day they were looked at, such as {example}",
            at=f"{path}: [numbers] checked ",
            example="2026-11-23",
        )
    return own


def _parsed(path: Path) -> dict[str, Any]:
    return parsed(path.read_bytes(), path)


def parsed(content: bytes, path: Path) -> dict[str, Any]:
    """A clinic's file as a mapping; raises `BadSettings` with the line that is no TOML."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        if place is None:
            raise BadSettings("this is no TOML file: it ends too early, or is not UTF-8", at=f"{path}: ") from error
        raise BadSettings(
            "this is no TOML: look at line {line}, column {column}", at=f"{path}: ", line=place[1], column=place[2]
        ) from error


def _facts(path: Path, raw: Mapping[str, Any]) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """The answers, and beside them those of `[facts.es]` and other languages."""
    tables = {name: told for name, told in raw.items() if isinstance(told, Mapping)}
    if unknown := [name for name in tables if name not in LANGUAGES]:
        raise BadSettings("the chat speaks {known}", at=f"{path}: [facts.{unknown[0]}]: ", known=", ".join(LANGUAGES))
    translated = {name: {key: str(text) for key, text in told.items()} for name, told in tables.items()}
    return {key: str(text) for key, text in raw.items() if key not in tables}, translated


def merged(base: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The clinic's own words over the shipped ones. A shipped translation of what it changed would be wrong: it goes."""
    changed = {*own, *own.get("facts", {})}
    facts: dict[str, Any] = {}
    for name, told in base.get("facts", {}).items():
        facts[name] = (
            {key: text for key, text in told.items() if key not in changed} if isinstance(told, dict) else told
        )
    for name, told in own.get("facts", {}).items():
        facts[name] = {**facts.get(name, {}), **told} if isinstance(told, dict) else told
    kept = {**base.get("retention", {}), **own.get("retention", {})}
    return {**base, **own, "facts": facts, "retention": kept}


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    raw = env.get(name) or str(default)
    if not raw.isascii() or not raw.isdigit() or not 0 < int(raw) < 65536:
        raise BadSettings(f"{name} must be a port from 1 to 65535")
    return int(raw)


def _proxies(env: Mapping[str, str]) -> str:
    """Addresses and networks whose word on the visitor's address counts; `*` would believe everybody."""
    listed = [one for one in re.split(r"[,\s]+", env.get("PALPATE_TRUSTED_PROXIES", "127.0.0.1")) if one]
    for one in listed:
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise BadSettings("PALPATE_TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8") from error
    return ",".join(listed)


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    raw = env.get(name) or str(default)
    if not re.fullmatch(r"\d{1,7}(\.\d{1,3})?", raw):
        raise BadSettings(f"{name} must be a number of seconds, 0 or more")
    return float(raw)


def _database_url(env: Mapping[str, str], home: Path) -> str:
    url = env.get("PALPATE_DATABASE_URL") or f"sqlite:///{home / 'palpate.db'}"
    if not url.startswith(("sqlite:///", "postgresql://")):
        raise BadSettings("PALPATE_DATABASE_URL must start with postgresql:// or sqlite:///")
    return url


def _url(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    url = env.get(name, "")
    if url and not url.startswith(schemes):
        raise BadSettings(f"{name} must start with {' or '.join(schemes)}")
    return url


def _second_factor(env: Mapping[str, str]) -> bool:
    """Staff need a second factor wherever the desk is served by TLS, which is everywhere but on this machine."""
    wanted = env.get("PALPATE_SECOND_FACTOR") or "auto"
    if wanted not in ("auto", "required", "optional"):
        raise BadSettings("PALPATE_SECOND_FACTOR must be auto, required or optional")
    return wanted == "required" or (wanted == "auto" and env.get("PALPATE_PUBLIC_URL", "").startswith("https://"))


def _oidc(env: Mapping[str, str]) -> Oidc | None:
    """The identity provider, or None when no issuer is set."""
    issuer = _url(env, "PALPATE_OIDC_ISSUER", ("https://", "http://127.0.0.1", "http://localhost"))
    if not issuer:
        return None
    roles = dict(pair.rpartition("=")[::2] for pair in env.get("PALPATE_OIDC_ROLES", "").split())
    if not roles or "" in roles or not set(roles.values()) <= {"reviewer", "lead"}:
        raise BadSettings(
            "PALPATE_OIDC_ROLES must be pairs such as front-desk=reviewer; admin is given at the desk only"
        )
    if not env.get("PALPATE_OIDC_CLIENT_ID"):
        raise BadSettings("PALPATE_OIDC_CLIENT_ID must be set, since PALPATE_OIDC_ISSUER is")
    claim = env.get("PALPATE_OIDC_CLAIM") or "groups"
    return Oidc(issuer, env["PALPATE_OIDC_CLIENT_ID"], env.get("PALPATE_OIDC_CLIENT_SECRET", ""), claim, roles)


def _origins(env: Mapping[str, str]) -> tuple[str, ...]:
    """The sites that may show the chat in a frame; the clinic's own pages always may."""
    raw = env.get("PALPATE_FRAME_ANCESTORS", "").split()
    for origin in raw:
        if not re.fullmatch(r"https?://[A-Za-z0-9.\-]+(:\d+)?", origin):
            raise BadSettings("PALPATE_FRAME_ANCESTORS must be origins such as https://www.clinic.example")
    return tuple(raw)
