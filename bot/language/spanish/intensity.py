"""Reads how bad it is on 0–10, in Spanish: "siete de diez", "como un 6", "entre 4 y 5", "insoportable", and a different peak."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.mention import Mention
from bot.language.context import FLAGS, Context
from bot.language.context import said as said_flags
from bot.language.duration import STORIES
from bot.language.spanish import numbers
from bot.language.spanish.line import Line
from bot.language.tokens import Tokens

_SCALES = ("nrs", "peg", "psfs")
_TOP = r"(?:10|diez)"
_SCALED = re.compile(
    rf"(?<= )(?:(?:como|casi|unos?|un|entre) ){{0,2}}(?P<low>{numbers.PLAIN})(?: (?:o|a|u|y|-|–) (?:un )?(?P<high>{numbers.PLAIN}))?"
    rf" (?:de|sobre|/|en|del) (?:los |un )?{_TOP}(?! (?:anos|dias|semanas|meses|minutos|horas|pastillas))(?= )"
)
_AFTER_SCALE = re.compile(
    rf"(?<= )(?:del|de|en una escala del?|escala del?) (?:0|1|cero|uno) (?:al?|-) {_TOP}(?: (?:,|:|le|yo|diria|pondria|es|seria|esta|doy|digo|"
    rf"que|como|un|en|me|duele|el|dolor|por|ahora|pues)){{0,8}} (?P<low>{numbers.PLAIN})(?: (?:o|a|u|y|-) (?:un )?(?P<high>{numbers.PLAIN}))?(?= )"
)
_QUESTION = re.compile(rf" (?:del|de) (?:0|1|cero|uno) (?:al?|-) {_TOP}(?= )")
_CUED = re.compile(
    rf" (?:(?:dolor|duele|molestia)(?: (?:es|seria|esta|como|de|un|en|a|casi|nivel|intensidad|al|,|:|mas o menos|ahora|hoy)){{1,4}}|nivel|intensidad(?: de)?) "
    rf"(?P<low>{numbers.PLAIN})(?: (?:o|a|-) (?P<high>{numbers.PLAIN}))?(?= (?:[.,!?;)]|y|pero|cuando|en|al|hoy|ahora|\|)|\s*$)"
)
_BARE = re.compile(
    rf"(?<= )(?!un {numbers.PLAIN} )(?:entre )?(?P<low>{numbers.PLAIN})(?: (?:o|a|u|y|-|–|/|casi|tirando a|,) (?:un |una )?(?P<high>{numbers.PLAIN}))?(?= )"
)
# "me duele el cuello desde el lunes como un 6": a number at the end of what is told, given as one gives a score.
_AT_THE_END = re.compile(
    rf"(?<= )(?:(?:como|casi|digamos|diria|mas o menos|ponle|tipo|seria|es) )+(?:de )?(?:un|una) (?P<low>{numbers.PLAIN})(?: (?:o|a|-) (?:un )?(?P<high>{numbers.PLAIN}))?"
    rf"(?= (?:[.,!;)]|\||cuando|si|al|en reposo|acostad|sentad|y un|pero)|\s*$)"
)
# "la rodilla izquierda, tres semanas, un 6": a number that stands alone between two signs of a told ache.
_SET_APART = re.compile(
    rf"(?P<before>[^ ]+) [,.;(–-] (?:\| )?(?:(?:como|casi|digamos|diria|mas o menos|ponle|tipo|seria|es|intensidad|nivel|ahorita|ahora|hoy|entre|de|unos?) ){{0,3}}(?:un )?"
    rf"(?P<low>{numbers.PLAIN})(?: (?:o|a|u|y|-|–) (?:un )?(?P<high>{numbers.PLAIN}))?(?: puntos?)?(?= (?:[.,!;)]|\||cuando|si|al|ahora|ahorita)|\s*$)"
)
_IN_A_LIST = re.compile(r"\d.*|hij[oa]s?|nin[oa]s?|niet[oa]s?|bebe|edad|talla|cuarto|l\d")
_HALVES = frozenset({"medio", "media"})  # "un nueve y medio"; alone it is half of the scale
_TENTHS = re.compile(rf" punto (?P<tenths>{numbers.PLAIN})(?= )")
_AND_A_HALF = re.compile(r" y medi[oa](?= )")
_COUNTS_ELSE = re.compile(
    r"^ (?:de )?(?:segundos?|minutos?|min|horas?|dias?|noches?|semanas?|mes|meses|anos?|vez|veces|mg|kg|kilos?|km|m|cm|libras?|%|pastillas?|"
    r"paracetamol(?:es)?|ibuprofenos?|personas|hijos|dedos|escalones|pisos|cuadras|metros|sesiones|poco|poquito|par|brazo|lado|dolor|:|am|pm|de la) "
)
_PEAK = re.compile(r" (?:peor(?:es)?|maximo|picos?|llega|sube|subir|llegar|a veces|maxima|fuerte) ")
_FILLING = re.compile(
    r" (?:un|una|como|casi|mas o menos|diria|yo|que|creo|es|seria|a|al|ahora|hoy|un|pues|le|doy|pondria|entre|o|y|u|de|tal vez|quizas?|,|\.|-|!|"
    r"el|dolor|me|duele|en|este|momento|eh|mmm|hmm|aproximadamente|unos|por|ahi|tirando|ponle|digamos|alrededor|del)(?= )"
)
_WORDS: tuple[tuple[str, tuple[float, float]], ...] = (
    (r"(?:el |del )?peor(?: dolor)? (?:de (?:mi|la) vida|que he (?:tenido|sentido))|fuera de escala", (10, 10)),
    (r"insoportables?|inaguantables?|insufribles?|no (?:lo |la |se )?(?:puedo )?(?:aguanto|aguantar|soporto|soportar|aguanta)(?: mas)?", (9, 10)),
    (r"atroz|fortisimo|fuertisimo|brutal|bestial|muchisimo dolor|duele muchisimo|extremo|horroroso|de muerte", (8, 10)),
    (r"muy (?:fuerte|intenso|doloroso)|severo|horrible|terrible|intenso|bien fuerte|re fuerte|demasiado fuerte|tremendo|espantoso|duele (?:demasiado|un monton|horrores)", (7, 9)),
    (r"bastante (?:fuerte|intenso|doloroso)|(?:dolor|es) fuerte|duele bastante|duele mucho", (6, 8)),
    (r"moderad[oa]|regular|mediano|intermedio|ni mucho ni poco", (4, 6)),
    (r"soportables?|aguantables?|se aguanta|lo aguanto", (3, 6)), (r"llevader[oa]|tolerables?|manejable", (3, 5)),
    (r"no es para tanto|no (?:duele )?(?:tanto|mucho)|no muy fuerte|no es (?:tan |muy )fuerte", (2, 4)),
    (r"leve|ligero|ligera|suave|levemente|ligeramente|molestia minima|apenas|casi nada|duele (?:un )?poco|un poquito|poquito", (1, 3)),
)  # fmt: skip
_WORDS_AT = [(re.compile(rf"(?<= )(?:{words})(?= )"), range_) for words, range_ in _WORDS]
_ZERO = re.compile(r"(?<= )(?<! casi )(?:nada(?: de dolor)?|sin dolor|no (?:me )?duele(?: nada)?|ninguno|cero)(?= )")
_SOME = re.compile(r"(?<= )(?:un poco|poco)(?= )")
_HALF = re.compile(r"(?<= )(?:(?:a |por |como )?la mitad|medio|mas o menos a la mitad|ni fu ni fa)(?= )")


@dataclass(frozen=True, slots=True)
class Score:
    """A score said by words `first`..`last` (exclusive)."""

    low: float
    high: float
    first: int
    last: int
    peak: bool


def read(
    tokens: Tokens, context: Context, *, asked: str | None, taken: Sequence[tuple[int, int]], aching: bool
) -> list[Mention]:
    """Scores on 0–10. A plain number counts only when a scale is asked for or said."""
    line = Line.of(tokens)
    wanted = asked is not None and asked.startswith(_SCALES)
    scores = _scores(tokens, line, taken, wanted=wanted, bare=wanted or (asked is None and _only_a_number(line)))
    if not scores and aching and asked in STORIES:
        scores = _set_apart(tokens, line, taken)
    return _merged(tokens, context, scores) or _in_words(tokens, context, line, wanted=wanted)


def _only_a_number(line: Line) -> bool:
    rest = line.text.replace("|", " ")
    rest = re.sub(r"\s+", " ", rest)
    for _ in range(2):
        rest = _FILLING.sub(" ", re.sub(r"\s+", " ", rest))
    words = rest.split()
    return 0 < len(words) <= 2 and all(
        re.fullmatch(numbers.PLAIN, word) and numbers.value(word)[1] <= 10 for word in words
    )


def _scores(tokens: Tokens, line: Line, taken: Sequence[tuple[int, int]], *, wanted: bool, bare: bool) -> list[Score]:
    questions = [line.words(found.start() + 1, found.end()) for found in _QUESTION.finditer(line.text)]
    out: list[Score] = []
    for pattern in (_AFTER_SCALE, _SCALED, _CUED) + ((_BARE,) if bare else (_AT_THE_END,)):
        for match, _, _ in line.find(pattern):
            if match["low"] in _HALVES:
                continue
            low, high, end = _counted(line, match)
            first, last = line.words(match.start("low"), end)
            place = tokens.starts[first], tokens.ends[last - 1]
            if any(place[0] < end and start < place[1] for start, end in taken):
                continue
            if any(first < stop and begin < last for begin, stop in questions) and pattern is not _AFTER_SCALE:
                continue
            if pattern in (_BARE, _CUED) and (_COUNTS_ELSE.match(line.text[match.end() :]) or max(low, high) > 100):
                continue
            if all(last <= one.first or first >= one.last for one in out):
                out.append(Score(min(low, high), max(low, high), first, last, _peaks(line, match)))
    return sorted(out, key=lambda one: one.first)


def _set_apart(tokens: Tokens, line: Line, taken: Sequence[tuple[int, int]]) -> list[Score]:
    out = []
    for match in _SET_APART.finditer(line.text):
        low, high, end = _counted(line, match)
        first, last = line.words(match.start("low"), end)
        place = tokens.starts[first], tokens.ends[last - 1]
        counts = match["low"] in ("un", "una", "uno") or _IN_A_LIST.fullmatch(match["before"])
        if counts or not 0 < high <= 10 or any(place[0] < stop and begin < place[1] for begin, stop in taken):
            continue
        out.append(Score(min(low, high), max(low, high), first, last, _peaks(line, match)))
    return out


def _counted(line: Line, match: re.Match[str]) -> tuple[float, float, int]:
    """Low, high and where it ends, with the "y medio" or the "punto cinco" of the last number."""
    low, end = numbers.value(match["low"])[0], match.end()
    if match["high"] in _HALVES:
        return low + 0.5, low + 0.5, end
    high, rest = numbers.value(match["high"] or match["low"])[1], line.text[end:]
    tenths = _TENTHS.match(rest)
    more = numbers.value(tenths["tenths"])[0] / 10 if tenths else 0.5 if _AND_A_HALF.match(rest) else 0.0
    if not more or more >= 1:
        return low, high, end
    end += (tenths or _AND_A_HALF.match(rest)).end()  # type: ignore[union-attr]
    return (low if match["high"] else low + more), high + more, end


def _peaks(line: Line, match: re.Match[str]) -> bool:
    return bool(_PEAK.search(line.text[max(0, match.start() - 28) : match.start("low") + 1]))


def _merged(tokens: Tokens, context: Context, scores: Sequence[Score]) -> list[Mention]:
    """One mention per score; a second one that is the worst becomes `worst` of the first."""
    usual = [score for score in scores if not score.peak] or list(scores)
    worst = max((score.high for score in scores if score not in usual), default=None)
    out = []
    for score in usual:
        flags = context.flags(score.first, score.last, site=True)
        high = min(score.high, 10.0)
        out.append(
            Mention(
                "intensity", None, tokens.starts[score.first], tokens.ends[score.last - 1],
                lo=_neat(min(score.low, 10.0)), hi=_neat(high), clamped=score.high > 10,
                worst=_neat(min(worst, 10.0)) if worst is not None and worst > high else None,
                **{name: True for name in said_flags(flags) if name in ("past", "other_person", "hypothetical")},
            )
        )  # fmt: skip
    return out


def _in_words(tokens: Tokens, context: Context, line: Line, *, wanted: bool) -> list[Mention]:
    if wanted:
        for match, first, last in line.find(_ZERO):
            if len(line.text.split()) <= 6:
                return [_mention(tokens, context, (0, 0), first, last, match[0])]
    for pattern, range_ in _WORDS_AT:
        for match, first, last in line.find(pattern):
            if not (context.flags(first, last) & FLAGS["negated"] and not match[0].startswith("no ")):
                return [_mention(tokens, context, range_, first, last, match[0])]
    if wanted:
        for pattern, range_ in ((_SOME, (1, 3)), (_HALF, (5, 5))):
            for match, first, last in line.find(pattern):
                return [_mention(tokens, context, range_, first, last, match[0])]
    return []


def _mention(
    tokens: Tokens, context: Context, range_: tuple[float, float], first: int, last: int, words: str
) -> Mention:
    meant = {name: True for name in said_flags(context.flags(first, last)) if name != "negated"}
    value = None if range_ == (0, 0) else words
    return Mention("intensity", value, tokens.starts[first], tokens.ends[last - 1], lo=range_[0], hi=range_[1], **meant)


def _neat(value: float) -> float:
    return int(value) if value == int(value) else round(value, 1)
