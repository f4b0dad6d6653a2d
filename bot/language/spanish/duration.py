"""Reads how long ago something began, how long it has lasted, and any other length of time, in Spanish, as ranges of days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bot.domain.mention import Mention
from bot.language.context import Context
from bot.language.context import said as said_flags
from bot.language.duration import STORIES, Stretch, of_the_ache, since_the_pandemic
from bot.language.spanish import days, numbers
from bot.language.spanish.line import Line, said
from bot.language.tokens import Tokens

_UNITS: dict[str, float] = {}
for _names, _length in (
    ("segundo segundos seg", 1 / 86400), ("minuto minutos min mins minutitos", 1 / 1440), ("hora horas hr hrs h", 1 / 24),
    ("dia dias noche noches d diitas diecitas", 1), ("semana semanas sem semanita semanitas", 7), ("quincena quincenas", 15),
    ("mes meses mesecito", 30.4), ("trimestre trimestres", 91), ("semestre semestres", 182), ("ano anos anito anitos ani", 365),
    ("decada decadas", 3650), ("siglo siglos", 36500),
):  # fmt: skip
    _UNITS |= dict.fromkeys(_names.split(), _length)
_PLURAL = {
    "minutos": (2, 20), "horas": (2, 10), "dias": (2, 7), "noches": (2, 7), "semanas": (2, 7), "meses": (2, 11), "anos": (2, 12),
    "decadas": (1, 4), "siglos": (1, 2),
}  # fmt: skip
_LIFE, _CHILDHOOD = (3650.0, 29200.0), (2900.0, 29200.0)
_CHILD = said(
    "chico; chica; chiquito; chiquita; nino; nina; pequeno; pequena; peque; joven; adolescente; chavo; chava; chamaco; pibe; piba; bebe"
)
# Words that say a length by themselves: (low, high) in days.
_FIXED: tuple[tuple[str, tuple[float, float]], ...] = (
    (r"(?:desde )?(?:de )?toda (?:la|mi) vida|desde siempre|desde que (?:naci|tengo memoria|recuerdo|me acuerdo)|de nacimiento|desde nacimiento", _LIFE),
    (rf"desde (?:que )?(?:yo )?(?:era |soy |muy |bien )*{_CHILD}|desde la (?:infancia|ninez|adolescencia)|de toda la vida", _CHILDHOOD),
    (r"(?:desde )?hace (?:muchisimo|mucho mucho) tiempo|(?:hace|desde hace) un monton|(?:hace )?una eternidad|hace siglos", (365, 7300)),
    (r"(?:desde )?hace (?:ya )?(?:mucho|bastante|un monton de|buen) tiempo|(?:desde )?hace (?:ya )?mucho|mucho tiempo|hace banda", (60, 1800)),
    (r"(?:desde )?hace (?:ya )?(?:un |algun )?tiempo|desde hace rato|hace (?:un )?buen rato|un buen tiempo|hace tiempito", (14, 400)),
    (r"hace (?:un )?(?:ratito|rato|momento|instante)", (0, 0.3)),
    (r"(?:desde )?hace (?:muy )?poco(?: tiempo)?|hace nada|recientemente|ultimamente|no hace mucho|hace poquito|poco tiempo", (1, 45)),
    (r"todo el dia|todo el santo dia", (0.3, 1)), (r"toda la noche", (0.3, 1)), (r"toda la semana", (5, 7)), (r"todo el mes", (20, 31)),
    (r"todo el ano", (180, 365)), (r"de la noche a la manana", (0, 1)),
)  # fmt: skip
_FIXED_AT = [(re.compile(rf"(?<= )(?:{words})(?= )"), length) for words, length in _FIXED]

_BEGAN = (
    r"(?:desde hace|desde hara|hace|hara|llev\w{1,5}|ando|van?(?: para)?|voy para|ya son|son ya|tengo|tiene|tenia|durante|por|ultim[oa]s|"
    r"desde los ultimos|en l[oa]s ultim[oa]s|este ultimo|esta ultima|pasad[oa]s|de hace)"
)
_ABOUT = (
    r"(?:mas o menos|mas de|menos de|casi|como|unos|unas|aproximadamente|aprox|alrededor de|cerca de|ya|quiza|quizas|tal vez|creo que|"
    r"por lo menos|al menos|solo|apenas|los|las|como hace|hace como|unos como|el|la|ya como|que|todo|toda|pocos|ultim[oa]s)"
)
_UNIT = said(*_UNITS)
_LENGTH = re.compile(
    rf"(?<= )(?P<began>{_BEGAN} )?(?P<about>(?:{_ABOUT} ){{0,3}})(?:(?:entre|de) )?"
    rf"(?:(?P<low>{numbers.ANY})(?P<odd> y (?:pico|tantos|algo)(?: de)?)?(?: (?:(?:{_UNIT} )?(?:o|u|a|-|–|/)|y) (?P<high>{numbers.PLAIN}))? )?"
    rf"(?P<unit>{_UNIT})(?P<half> y (?:medio|media))?(?: (?:y|con) (?P<more>{numbers.PLAIN}) (?P<small>{_UNIT}))?"
    rf"(?P<after> (?:atras|y pico|o asi|o mas|mas o menos|con|asi|sin|que|seguid[oa]s|largos|y contando|antes|o dos|pasad[oa]s?))?(?= )"
)
_EVERY = re.compile(
    r" (?:cada|dentro de|en|proxim[oa]s?|siguientes?|caminar|camino|correr|corro|durar?|sesion(?: de)?|masaje de|vez al|veces al|veces por|"
    r"veces a la|una vez (?:al|por|a la)|a la|al|por|sentad[oa](?: (?:por|durante))?|estar|trabajo|duermo|despues de|tras|primer[oa]s?|esta|este|fin de|de) $"
)
_MEASURED_FROM = re.compile(
    r" (?:despues|tome|tomando|otr[oa]s?|reposo|espere|antes|durante|por|descanse|descanso|hice) (?:de )?$"
)
_OF_ELSE = re.compile(
    r" (?:de )?(?:fisio\w*|reposo|tratamiento|embaraz\w+|masajes?|terapia|rehabilitacion|antibioticos?|vacaciones|gestacion|baja|despues|antes) "
)
_AGE_AT = re.compile(r" (?:desde los|a los|tenia|cumpli|cumplo|de|mis) $")
_WANTED = ("duration", "onset", "weeks_since")


def read(tokens: Tokens, context: Context, *, asked: str | None, now: datetime, aching: bool) -> list[Mention]:
    """Durations (how long it has been there) and spans (any other length), in days before `now`."""
    wanted = asked is not None and asked.startswith(_WANTED)
    line = Line.of(tokens)
    stretches = [*_fixed(line), *_pandemic(line, now)]
    stretches += [one for one in _lengths(tokens, line, wanted=wanted, age=asked == "age") if _free(one, stretches)]
    if asked is None or not asked.startswith("preferred"):
        points = (Stretch(p.low, p.high, p.first, p.last, True) for p in days.read(line, now.date(), wanted=wanted))
        for point in points:
            if _free(point, stretches):
                stretches.append(point)
    told = of_the_ache(sorted(stretches, key=lambda one: one.first), told=aching and asked in STORIES)
    return [_mention(tokens, context, one) for one in told]


def _free(one: Stretch, taken: list[Stretch]) -> bool:
    return all(one.last <= other.first or one.first >= other.last for other in taken)


def _mention(tokens: Tokens, context: Context, stretch: Stretch) -> Mention:
    flags = context.flags(stretch.first, stretch.last, site=True)
    meant = {name: True for name in said_flags(flags) if name != "past"}  # when it began is told in the past anyway
    return Mention(
        "duration" if stretch.onset else "span", None, tokens.starts[stretch.first], tokens.ends[stretch.last - 1],
        days_lo=_neat(stretch.low), days_hi=_neat(stretch.high), **meant,
    )  # fmt: skip


def _neat(value: float) -> float:
    rounded = round(value, 1) if value >= 1 else float(f"{value:.4g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _fixed(line: Line) -> Iterator[Stretch]:
    found: list[Stretch] = []
    for pattern, (low, high) in _FIXED_AT:
        for _, first, last in line.find(pattern):
            one = Stretch(low, high, first, last, True)
            if _free(one, found):
                found.append(one)
    yield from found


_PANDEMIC = re.compile(
    r"(?<= )desde (?:que (?:empezo|paso) )?(?:la |el )?(?:pandemia|covid|cuarentena|confinamiento)(?= )"
)


def _pandemic(line: Line, now: datetime) -> Iterator[Stretch]:
    for _, first, last in line.find(_PANDEMIC):
        yield Stretch(*since_the_pandemic(now), first, last, True)


def _lengths(tokens: Tokens, line: Line, *, wanted: bool, age: bool) -> Iterator[Stretch]:
    for match, first, last in line.find(_LENGTH):
        length = _days(match)
        if length is None or _is_age(line, match, age=age, wanted=wanted):
            continue
        low, high = length
        began, after = (match["began"] or "").strip(), (match["after"] or "").strip()
        alone = last - first >= len(tokens) - 2
        before = line.text[max(0, match.start() - 30) : match.start()]
        every = bool(_EVERY.search(before)) and not began
        onset = not every and (_begins(began) or after in ("atras", "seguidos", "seguidas") or wanted or alone)
        if after in ("con", "asi", "sin", "que", "antes"):
            last -= 1
        measured = _MEASURED_FROM.search(before) or _OF_ELSE.match(line.text[match.end() :])
        plain = not onset and not every and after not in ("antes", "que") and not measured
        yield Stretch(low, high, first, last, onset, plain)


def _begins(began: str) -> bool:
    return bool(began) and began not in ("durante", "por")


def _days(match: re.Match[str]) -> tuple[float, float] | None:
    """Low and high in days; None when a bare unit says no length ("de noche", "la semana")."""
    unit, length = match["unit"], _UNITS[match["unit"]]
    about, began = match["about"] or "", match["began"]
    if match["low"]:
        low, high = numbers.value(match["low"])
        high = numbers.value(match["high"])[1] if match["high"] else high
        low, high = min(low, high), max(low, high) + (match["odd"] is not None) * min(9.0, low / 2)
    elif match["half"]:
        low = high = 1.0
    elif unit in _PLURAL and (began or not about) and "los" not in about.split() and "las" not in about.split():
        low, high = _PLURAL[unit]
        if not began and not match["after"]:
            return None
    else:
        return None
    if match["half"]:
        low, high = low + 0.5, high + 0.5
    low, high = low * length, high * length
    if match["more"]:
        extra = numbers.value(match["more"])[0] * _UNITS[match["small"]]
        low, high = low + extra, high + extra
    return _bounded(low, high, about, match["after"] or "")


def _bounded(low: float, high: float, about: str, after: str) -> tuple[float, float]:
    if "mas de" in about or ("menos" in about and "por lo" in about) or after.strip() in ("o mas", "y pico"):
        return low, high * 1.5
    if "menos de" in about:
        return low * 0.5, high
    if "casi" in about:
        return low * 0.85, high
    return low, high * 2 if after.strip() == "o dos" else high


def _is_age(line: Line, match: re.Match[str], *, age: bool, wanted: bool) -> bool:
    """ "tengo 46 años" is an age, "tengo 5 años con dolor" is not; "a los 15 años" neither."""
    if _UNITS[match["unit"]] != 365 or not match["low"]:
        return False
    if age:
        return True
    began, after = (match["began"] or "").strip(), (match["after"] or "").strip()
    if began in ("tengo", "tiene", "tenia"):
        return after not in ("con", "asi", "sin", "que")
    before = line.text[max(0, match.start() - 12) : match.start() + len(match["about"] or "")]
    return not began and bool(_AGE_AT.search(before)) and not wanted
