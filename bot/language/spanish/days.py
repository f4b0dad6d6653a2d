"""Reads points in time in Spanish ("desde el lunes", "el verano pasado", "el 3 de mayo") as days before a given now.

Seasons are those of the northern half of the earth, as in English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from bot.language.spanish.line import Line, said
from bot.language.wordlist import in_order

_WEEKDAYS = {
    name: number for number, name in enumerate(in_order("lunes martes miercoles jueves viernes sabado domingo"))
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene", "febrero feb", "marzo mar", "abril abr", "mayo may", "junio jun", "julio jul", "agosto ago",
            "septiembre setiembre sept sep", "octubre oct", "noviembre nov", "diciembre dic",
        ), 1
    )
    for name in names.split()
}  # fmt: skip
_SHORT_MONTHS = frozenset(name for name in _MONTHS if len(name) <= 4 and name != "mayo")
_SEASONS = {"primavera": 3, "verano": 6, "otono": 9, "invierno": 12}
_FEASTS = {
    "navidad": (12, 25), "navidades": (12, 25), "nochebuena": (12, 24), "nochevieja": (12, 31), "ano nuevo": (1, 1), "reyes": (1, 6),
    "semana santa": (4, 8), "pascua": (4, 10), "halloween": (10, 31), "dia de muertos": (11, 2), "san valentin": (2, 14),
}  # fmt: skip
_MOVES = frozenset({"semana santa", "pascua"})
# low, high days before now
_PHRASES: dict[str, tuple[float, float]] = {
    "ayer": (1, 1), "ayer por la manana": (1, 1.5), "ayer por la tarde": (0.5, 1.2), "ayer por la noche": (0.5, 1), "ayer en la noche": (0.5, 1),
    "anoche": (0.5, 1), "anteayer": (2, 2), "antes de ayer": (2, 2), "antier": (2, 2), "antiayer": (2, 2), "anteanoche": (1.5, 2), "antenoche": (1.5, 2),
    "hoy": (0, 0.5), "esta manana": (0, 0.5), "hoy por la manana": (0, 0.5), "hoy en la manana": (0, 0.5), "esta tarde": (0, 0.5),
    "esta noche": (0, 0.5), "esta madrugada": (0, 0.7), "ahora mismo": (0, 0.1), "ahorita": (0, 0.2), "recien": (0, 0.3),
    "el otro dia": (2, 7), "la otra noche": (2, 7), "la otra semana": (7, 28), "el otro mes": (30, 90),
    "la semana pasada": (4, 13), "la pasada semana": (4, 13), "la semana antepasada": (11, 20), "el mes pasado": (21, 60), "el pasado mes": (21, 60),
    "el mes antepasado": (45, 90), "el ano pasado": (200, 700), "el pasado ano": (200, 700), "el ano antepasado": (500, 1100),
    "esta semana": (0, 6), "este mes": (0, 30), "este ano": (0, 365), "el fin de semana": (1, 8), "el fin de semana pasado": (2, 9),
    "el finde": (1, 8), "el finde pasado": (2, 9), "este fin de semana": (0, 6), "este finde": (0, 6), "a principios de semana": (1, 6),
    "principios de ano": (150, 365),
}  # fmt: skip
_NEEDS_PAST = frozenset(
    {"el fin de semana", "el finde", "este fin de semana", "este finde", "esta noche", "hoy", "esta tarde"}
)
_PAST = re.compile(
    r" (?:desde|empezo|comenzo|empece|inicio|fue|paso|ocurrio|sucedio|cai|lastime|torci|golpee|lesione|pego|dio|hice|jale"
    r"|opere|operaron|levante|amaneci|chocaron|choque|tuve|doli\w*|sali\w*|jugando|haciendo|bailando|nadando|entrenando|cargando|levantando|fastidie|fastidio|corri\w*|tire|pasado|pasada) "
)

_PAST_VERB = re.compile(
    r" (?:me|se|nos) (?:me )?(?:cai|cayo|torci|lastime|golpee|lesione|pegue|desgarre|resbale|doble|operaron|empezo|hice|chocaron) "
)

_PHRASE = re.compile(rf"(?<= )(?:desde )?(?P<said>{said(*_PHRASES)})(?= )")
_WEEKDAY = re.compile(
    rf"(?<= )(?P<from>desde )?(?:este |el )?(?P<before>pasado )?(?P<day>{said(*_WEEKDAYS)})(?P<after> pasado)?"
    r"(?: (?:por|en) la (?:manana|tarde|noche))?(?= )"
)
_DATE = re.compile(
    r"(?<= )(?:desde )?(?:el )?(?P<one>\d{1,4}) (?P<sign>[/.-]) (?P<two>\d{1,2}) (?P=sign) (?P<three>\d{2,4})(?= )"
)
_MONTH = re.compile(
    r"(?<= )(?P<from>desde |en )?(?:(?:a |el )?(?:principios|finales|fines|mediados|inicios|comienzos) (?P<part>de |del mes de ))?"
    rf"(?:el )?(?:mes de )?(?:(?P<number>\d{{1,2}}) de )?(?P<month>{said(*_MONTHS)})(?P<last> pasado| del ano pasado)?"
    r"(?: (?:de |del )?(?P<year>(?:19|20)\d\d))?(?= )"
)
_SEASON = re.compile(
    rf"(?<= )(?P<from>desde )?(?:en )?(?:el |la |este |esta )?(?P<season>{said(*_SEASONS)})"
    r"(?P<last> pasad[oa]| del ano pasado)?(?: (?:de |del )?(?P<year>(?:19|20)\d\d))?(?= )"
)
_FEAST = re.compile(rf"(?<= )(?P<from>desde |en )?(?:la |las |el )?(?P<feast>{said(*_FEASTS)})(?= )")
_YEAR = re.compile(r"(?<= )(?P<from>desde |en )(?:el (?:ano )?)?(?P<year>(?:19|20)\d\d)(?= )")
_COMING = re.compile(r" (?:proximo|proxima|que viene|siguiente|cada|todos los|disponible|cita|reservar|agendar|turno) ")


@dataclass(frozen=True, slots=True)
class Point:
    """`low`..`high` days before now, said by words `first`..`last` (exclusive)."""

    low: float
    high: float
    first: int
    last: int


def read(line: Line, today: date, *, wanted: bool) -> Iterator[Point]:
    """Every point in the past; `wanted`: the open question asks for one, so that a bare day is in the past."""
    for pattern, days in _READERS:
        for match, first, last in line.find(pattern):
            past = wanted or _is_past(line, match)
            found = days(match, today, past)
            if found is not None:
                yield Point(*found, first, last)


def _is_past(line: Line, match: re.Match[str]) -> bool:
    """Whether what stands before, in the sentence, tells of something that was; a wish for a time to come does not."""
    begin = line.text.rfind("|", 0, match.start()) + 1
    before = line.text[max(begin, match.start() - 60) : match.start() + 1]
    end = line.text.find("|", match.end())
    around = line.text[max(begin, match.start() - 30) : match.end() + 25]
    after = line.text[match.end() : min(match.end() + 40, end if end >= 0 else len(line.text))]
    told = bool(_PAST.search(before)) or bool(_PAST_VERB.search(after))
    return bool(match.groupdict().get("from")) or (told and not _COMING.search(around))


Days = tuple[float, float]


def _phrase(match: re.Match[str], today: date, past: bool) -> Days | None:
    words = match["said"]
    return None if words in _NEEDS_PAST and not (past or "desde" in match[0]) else _PHRASES[words]


def _weekday(match: re.Match[str], today: date, past: bool) -> Days | None:
    gone = bool(match["before"] or match["after"])
    if not (past or gone):
        return None
    back = (today.weekday() - _WEEKDAYS[match["day"]]) % 7 or 7
    nearest = 0 if back == 7 and not gone else back  # "desde el lunes" said on a Monday
    return nearest, back + (7 if gone and back < 4 else 0)


def _back(today: date, year: int, month: int, day: int) -> int | None:
    try:
        back = (today - date(year, month, day)).days
    except ValueError:
        return None
    return back if 0 <= back < 40000 else None


def _numeric(match: re.Match[str], today: date, past: bool) -> Days | None:
    """Day first, as Spanish is written."""
    one, two, three = (int(match[name]) for name in ("one", "two", "three"))
    year = three + 2000 if three < 100 else three
    back = _back(today, one, two, three) if one > 1900 else _back(today, year, two, one)
    return None if back is None else (back, back)


def _month(match: re.Match[str], today: date, past: bool) -> Days | None:
    name, year = match["month"], int(match["year"]) if match["year"] else None
    if name in _SHORT_MONTHS and not match["number"]:
        return None
    if not (past or match["last"] or year or match["part"]):
        return None
    month = _MONTHS[name]
    if match["last"] == " del ano pasado":
        year = today.year - 1
    if match["number"]:
        backs = (
            _back(today, try_year, month, int(match["number"]))
            for try_year in ([year] if year else [today.year, today.year - 1])
        )
        back = next((days for days in backs if days is not None), None)
        return None if back is None else (back, back)
    this_year = month < today.month or (month == today.month and not match["last"])
    return _between(today, date(year or (today.year if this_year else today.year - 1), month, 1), 31)


def _season(match: re.Match[str], today: date, past: bool) -> Days | None:
    if not (past or match["last"] or match["year"]):
        return None
    year = int(match["year"]) if match["year"] else today.year - (match["last"] == " del ano pasado")
    begin = date(year, _SEASONS[match["season"]], 1)
    if begin > today or (match["last"] and (today - begin).days < 80):
        begin = date(begin.year - 1, begin.month, 1)
    return _between(today, begin, 91)


def _feast(match: re.Match[str], today: date, past: bool) -> Days | None:
    if not past:
        return None
    name = match["feast"]
    begin = date(today.year, *_FEASTS[name])
    if begin > today:
        begin = date(today.year - 1, *_FEASTS[name])
    back, slack = (today - begin).days, 20 if name in _MOVES else 5
    return max(0, back - slack), back + slack


def _year(match: re.Match[str], today: date, past: bool) -> Days | None:
    begin = date(int(match["year"]), 1, 1)
    return _between(today, begin, min(365, (today - begin).days + 1)) if begin <= today else None


def _between(today: date, start: date, length: int) -> Days:
    begun = (today - start).days
    return max(0, begun - length + 1), max(0, begun)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date, bool], Days | None]], ...] = (
    (_PHRASE, _phrase), (_WEEKDAY, _weekday), (_DATE, _numeric), (_MONTH, _month), (_SEASON, _season), (_FEAST, _feast), (_YEAR, _year),
)  # fmt: skip
