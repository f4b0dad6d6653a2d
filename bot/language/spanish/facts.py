"""Facts in Spanish that are numbers, not words of a table: ages, blood pressure, fever, weeks of pregnancy, weight lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.mention import Mention
from bot.language.context import FLAGS, Context
from bot.language.danger import Sign
from bot.language.spanish import numbers
from bot.language.spanish.line import Line
from bot.language.tokens import Tokens

_AGE = re.compile(
    rf"(?<= )(?:(?:tengo|tiene|tienen|cumpli|cumplio|con|de|a|a mis|a sus|mis|es de|edad|edad de|edad :) (?:casi |ya )?)(?P<age>{numbers.PLAIN})"
    r"(?= (?:anos|anitos|ano)(?! (?:con|asi|atras|sin|que (?:me|tengo|llevo)|de (?:dolor|molestia|tener)))|(?<=mis \d\d) )"
)
_SHORT = re.compile(rf"(?<= )(?P<age>{numbers.PLAIN}) anos(?= (?:,|\.|\||$|y (?:me|tengo)|de edad)|\s*$)")
_BARE = re.compile(r"(?:^|(?<=\| )|(?<=, ))\s*(?P<age>[4-9]\d)(?= ,)")
_LONG_AGO = re.compile(
    r" (?:hace|llevo|lleva|hara|desde|por|durante|van|casi|como|cada|en|ultimos|unos) (?:unos |como |mas de |casi )?$"
)
_PRESSURE = re.compile(r"(?<= )(?P<high>\d{2,3}) (?:con|sobre|/|-|a|y|por) (?P<low>\d{2,3})(?= )")
_PRESSURE_WORD = re.compile(r" (?:presion|tension|pa|ta|tensiometro|baumanometro) ")
_DEGREES = re.compile(r"(?<= )(?P<degrees>\d{2,3}(?:\.\d)?(?: , \d(?!\d))?)(?= )")
_HOT = re.compile(r" (?:fiebre|temperatura|calentura|grados|termometro|°|º|c) ")
_WEEKS = re.compile(
    r"(?<= )(?:(?:estoy |embarazada |embarazo )(?:de |en la |en mi )?(?:casi )?(?P<weeks>\d{1,2}) semanas?|(?P<gone>\d{1,2}) semanas (?:de embarazo|embarazada|de gestacion|de embarazada))(?= )"
)
_WEIGHT = re.compile(
    rf"(?<= )(?:bajado|baje|bajo|perdi|perdido|perdiendo|adelgac\w+|adelgazado|rebaj\w+|bajando) (?:como |unos |unas |mas de |casi |de peso )?"
    rf"(?P<lost>{numbers.ANY}) (?:kilos?|kg|kgs|kilitos|libras?|lbs?)(?= )"
)
_PILLS = re.compile(
    rf"(?<= )(?P<pills>{numbers.PLAIN}) (?:de )?(?:paracetamol(?:es)?|ibuprofenos?|pastillas|comprimidos|tabletas|calmantes|analgesicos|"
    r"tramadol(?:es)?|aspirinas|nolotil|tylenol|capsulas|naproxenos?|gelocatil)(?= )"
)
_MOST_PILLS = 9  # eight paracetamol a day is what the packet allows
_SUGAR = re.compile(
    r" (?:azucar|glucosa|glucemia|glicemia)(?: (?:en|a|de|esta|la|tengo|sangre|es|:)){0,4} (?P<sugar>\d{2,3})(?= )"
)
_SUGAR_VERY_HIGH = ((15, 45), (300, 900))  # in the two units that meters show
_LIMITS = (
    ("aged_under_18", 0, 17), ("aged_under_46", 0, 45), ("aged_50", 50, 130), ("aged_60", 60, 130), ("aged_65", 65, 130), ("aged_70", 70, 130),
)  # fmt: skip


def ages(tokens: Tokens, line: Line) -> Iterator[tuple[int, int, int]]:
    """Each age said, with its words: (age, first, last)."""
    seen: set[int] = set()
    for pattern in (_AGE, _SHORT, _BARE):
        for match, _, _ in line.find(pattern):
            years = numbers.value(match["age"])[0]
            first, last = line.words(match.start("age"), match.end("age"))
            ago = pattern is _SHORT and _LONG_AGO.search(line.text[max(0, match.start() - 25) : match.start()])
            if first in seen or not 0 < years < 115 or years % 1 or ago:
                continue
            seen.add(first)
            after = tokens.words[last : last + 1]
            yield int(years), first, last + (after in (["anos"], ["anitos"], ["ano"]))


def people(tokens: Tokens, context: Context) -> list[Mention]:
    """Ages as `person` mentions: value `age`, with `years`."""
    return [
        Mention(
            "person",
            "age",
            tokens.starts[first],
            tokens.ends[last - 1],
            other_person=bool(context.flags(first, last) & FLAGS["other_person"]),
            detail={"years": age},
        )
        for age, first, last in ages(tokens, Line.of(tokens))
    ]


def signs(tokens: Tokens, context: Context) -> Iterator[Sign]:
    """The number facts as concepts for the rows of dangers."""
    line = Line.of(tokens)
    for age, first, last in ages(tokens, line):
        flags = context.flags(first, last, site=True)
        yield from (Sign(name, first, last, flags) for name, low, high in _LIMITS if low <= age <= high)
    for name, first, last in (
        *_pressure(line),
        *_fever(line),
        *_weeks(line),
        *_weight(line),
        *_pills(line),
        *_sugar(line),
    ):
        yield Sign(name, first, last, context.flags(first, last))


def _pressure(line: Line) -> Iterator[tuple[str, int, int]]:
    """ "190 con 120", and "19 con 12" where pressure is the talk; limits 180/120 and 160/100 as in clinical A.9."""
    for match, first, last in line.find(_PRESSURE):
        high, low = int(match["high"]), int(match["low"])
        spoken = bool(_PRESSURE_WORD.search(line.text[max(0, match.start() - 60) : match.end() + 30]))
        if spoken and 9 <= high <= 30 and 4 <= low <= 20:
            high, low = high * 10, low * 10
        if not spoken or not (70 <= high <= 300 and 30 <= low <= 200):
            continue
        if high >= 180 or low >= 120:
            yield "bp_crisis", first, last
        elif high >= 160 or low >= 100:
            yield "bp_high", first, last


def _fever(line: Line) -> Iterator[tuple[str, int, int]]:
    for match, first, last in line.find(_DEGREES):
        degrees = float(match["degrees"].replace(" , ", "."))
        near = line.text[max(0, match.start() - 30) : match.end() + 20]
        if (38 <= degrees <= 43 or 100.4 <= degrees <= 108) and _HOT.search(near):
            yield "fever_reading", first, last


def _weeks(line: Line) -> Iterator[tuple[str, int, int]]:
    for match, first, last in line.find(_WEEKS):
        if 4 <= int(match["weeks"] or match["gone"]) <= 42:
            yield "weeks_pregnant", first, last


def _weight(line: Line) -> Iterator[tuple[str, int, int]]:
    for _, first, last in line.find(_WEIGHT):
        yield "lost_weight", first, last


def _pills(line: Line) -> Iterator[tuple[str, int, int]]:
    """ "me tomé veinte paracetamoles": more than a packet allows."""
    for match, first, last in line.find(_PILLS):
        if _MOST_PILLS <= numbers.value(match["pills"])[0] <= 500:
            yield "pill_count", first, last


def _sugar(line: Line) -> Iterator[tuple[str, int, int]]:
    for match, first, last in line.find(_SUGAR):
        if any(low <= int(match["sugar"]) <= high for low, high in _SUGAR_VERY_HIGH):
            yield "sugar_reading", first, last
