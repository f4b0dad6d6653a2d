"""How a plain answer is read when it is Spanish: yes and no, numbers, ages, sides, for whom. Accents and capitals do not matter.

Where a wrong "no" could hide a danger, nothing is decided: "no siento las piernas" is `IN_WORDS`, not a no.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

YES, NO, UNSURE, IN_WORDS = "yes", "no", "unsure", "in_words"

_ONES = {
    name: number
    for number, name in enumerate(
        (
            "cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
            "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidos",
            "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete", "veintiocho", "veintinueve",
        )
    )
}  # fmt: skip
_TENS = {"treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80, "noventa": 90}
_NUMBER = re.compile(rf"\b(?:({'|'.join(_TENS)})(?: y ({'|'.join(_ONES)}|un|una))?|({'|'.join(_ONES)}))\b")
_AGE = re.compile(
    r"\b(?:tengo|tiene|cumpli|edad(?: es|:)?|a mis) (?:ya |casi )?(\d{1,3})\b|\b(\d{1,3}) anos\b(?! (?:con|asi|atras|de dolor|que))"
)
_AGO = re.compile(r"\b(?:hace|llevo|desde|durante|por)(?: \w+){0,2} $")

# Small words that stand in every sentence and tell nothing of a row. "las" and "son" are also English, and small there too.
SMALL = frozenset(
    [
        "a", "ahora", "al", "algo", "alguna", "algunas", "algunos", "algún", "aquel", "aquella", "así", "aun",
        "aunque", "aún", "bien", "cada", "como", "con", "cosa", "cual", "cuando", "da", "dan", "de", "del",
        "desde", "donde", "dos", "durante", "e", "el", "ella", "ellas", "ellos", "en", "entre", "era", "eran",
        "es", "esa", "esas", "ese", "eso", "esos", "esta", "estas", "este", "esto", "estos", "estoy", "está",
        "están", "fue", "ha", "hace", "hacen", "hacer", "hacia", "han", "hasta", "hay", "haya", "he", "hizo",
        "la", "las", "le", "les", "lo", "los", "luego", "me", "menos", "mi", "mis", "mismo", "mucha", "muchas",
        "mucho", "muchos", "muy", "más", "nada", "ni", "ninguna", "ninguno", "ningún", "no", "nos", "nuestra",
        "nuestro", "nueva", "nuevo", "nunca", "o", "os", "otra", "otras", "otro", "otros", "para", "pero",
        "poca", "poco", "por", "porque", "puede", "pueden", "puedo", "pues", "que", "quien", "qué", "se", "sea",
        "ser", "si", "sido", "sin", "sobre", "solo", "son", "soy", "su", "sus", "sí", "sólo", "también", "tan",
        "tanto", "te", "tengo", "tenido", "tiene", "tienen", "toda", "todas", "todavía", "todo", "todos", "tu",
        "tus", "tuve", "tuvo", "u", "un", "una", "unas", "uno", "unos", "usted", "va", "ver", "vez", "voy", "y",
        "ya", "yo", "él",
    ]
)  # fmt: skip


def _any(rows: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(rows))


_FILLER = re.compile(
    r"^(?:\W|(?:eh+|em+|mm+|hm+|pues|bueno|ah|oh|ay|mira|mire|la verdad(?: es que)?|o sea|este|a ver)\b)+"
)
_UNSURE = _any(
    (
        r"\bno (?:lo |la )?se\b(?= ?(?:$|[.,!;?]|si\b|bien\b|muy\b|que\b|cual|como|la verdad|decir|exact|seguro|pero))",
        r"\bno (?:estoy|toy) (?:muy |del todo |tan )?segur[oa]\b|\bno (?:lo )?recuerdo\b|\bno me acuerdo\b|\bno sabria\b",
        r"\bni idea\b|\bno tengo (?:ni )?(?:la menor )?idea\b|\bquizas?\b|\btal vez\b|\bpuede (?:ser|que)\b|\ba lo mejor\b",
        r"\bcapaz(?: que)?\b|\bposiblemente\b|\bno (?:lo )?tengo claro\b|^depende\b|\bes dificil (?:de )?decir\b|\bquien sabe\b|\bigual si\b",
    )
)
_TURNED_NO = _any(
    (
        r"^(?:claro|por supuesto|desde luego|obvio|obviamente|seguro) que no\b|^(?:para|pa) nada\b|\bque va\b|\ben absoluto\b",
        r"\b(?:creo|pienso|diria|parece|supongo) que no\b|^(?:yo )?no (?:lo )?creo\W*$|^(?:ya|todavia|aun|pues|mejor|tampoco|hoy|ahora|aqui) no\b",
        r"\bnada de eso\b|\b(?:ninguno|ninguna|nada) de (?:esos?|esas?|es[ot]as?|los|las|lo anterior|ellos|ellas|ello)\b|\bno que yo (?:sepa|recuerde)\b",
        r"^(?:casi )?nunca\b|^jamas\b|^tampoco\b|^ningun[oa]?\b|^negativo\b|^nop\b|^nel\b|^nanay\b|^nones\b|^nada\b(?! me| lo| la| se)",
        r"^ni .+ ni\b|^sin (?:sintomas|molestias|nada)\b(?= ?$)|^falso\b|^incorrecto\b|^esta mal\b|^de ninguna manera\b|^ni hablar\b",
    )
)
_TURNED_YES = _any(
    (
        r"\b(?:creo|pienso|diria|parece|supongo) que si\b|^no,? (?:si|claro)\b|^(?:ningun|no hay|sin|no es) problema\b",
        r"^no (?:solo|siempre|todo el tiempo|todos los dias)\b|^no hay inconveniente\b|^como no\b|^por que no\b",
    )
)
# What somebody may have lost, and what does not get better: it denies nothing.
_LOSS = re.compile(
    r"\b(?:no|sin|ni) (?:\w+ ){0,3}?(?:sient\w*|sent(?:i|ia|ir|ido)|puedo|puede|podia|pude|podemos|control\w*|aguant\w*|soport\w*|duerm\w*|dormi\w*|respir\w*|veo|ver|oigo|"
    r"muev\w*|respon\w*|funcion\w*|para|quita|camin\w*|trag\w*|sale|salen|logr\w*|consig\w*|fuerzas?|sensibilidad|aire|ereccion\w*|mejor\w*|"
    r"cicatriza|cierra|orin\w*|apoy\w*|reacciona|quiero (?:vivir|seguir)|doy cuenta|cede|baja|entra)\b"
)
_NO = _any(
    (
        r"^no+\W*$|^no,? gracias\b|^no,? (?:senor|senora|doctor|doctora|amigo|para nada|nada|que va|por ahora|por suerte|gracias a dios)\b",
        r"^(?:yo )?no (?:la |lo |las |los |me |se |le |he |ha |ya )*(?:teng\w*|tiene|tuv\w*|tenido|hay|hubo|tom\w*|uso|usado|duele\w*|dolido|pasa\w*|estoy|soy|es|fumo|"
        r"padezc\w*|sufr\w*|cre\w*|not\w*|ha\w*|dado|da|hinch\w*|quiero|autorizo|acepto|doy|deseo|necesito|dij\w*|recet\w*|vist\w*|ido|fui|coincide|corresponde)\b",
        r"^no (?:se me|me|se le) \w+",
    )
)
_YES = _any(
    (
        r"^s+i+p?\b(?! (?:no|me|te|se|tengo que|fuera|tuviera) )|^si\b,? (?:me|tengo|se me|a veces|un poco|claro|bastante|mucho|por supuesto)\b|^si\b",
        r"^(?:claro|por supuesto|desde luego|asi es|correcto|exacto|exactamente|efectivamente|afirmativo|obvio|obviamente|simon|seguro|cierto|verdad|"
        r"dale|vale|venga|de acuerdo|bueno|esta bien|me parece bien|con gusto|adelante|acepto|autorizo|perfecto|todo correcto|"
        r"doy mi consentimiento|por favor|desgraciadamente|lamentablemente|por desgracia|eso es|tal cual|todas|todos|ambas|ambos|las dos|los dos|eso mismo)\b",
        r"^(?:solo |solamente |nomas |como )?(?:un (?:poco|poquito|pelin)|algo|a veces|de vez en cuando|algunas veces|alguna vez|ocasionalmente|a ratos|"
        r"mas o menos|bastante|mucho|muchisimo|siempre|todo el tiempo|todos los dias|casi siempre|cada (?:dia|noche)|con frecuencia|ligeramente|levemente)\b",
        r"^(?:solo|solamente|nomas|unicamente|sobre todo|mas que nada) (?:cuando|al|si|por|en|de|los|las)\b|^cuando \w+|^al \w+r\b|^por (?:las|la) (?:noches?|mananas?|tardes?)\b",
        r"^(?:yo )?(?:si )?(?:tengo|tuve|siento|he (?:tenido|notado|sentido)|me (?:duele|pasa|da|dan|ha dado|ha pasado)|tomo|estoy tomando|lo tengo|la tengo|los tengo)\b",
    )
)
# Consent needs words that agree: "me duele", "a veces" and "si me agacho" answer another question.
_AGREES = _any(
    (
        r"^(?:s+i+p?|claro|por supuesto|desde luego|asi es|correcto|afirmativo|obvio|simon|seguro|dale|vale|venga|ok|okay|de acuerdo|"
        r"bueno|esta bien|me parece bien|con gusto|adelante|perfecto|exacto|por favor|como no|(?:no hay|ningun|sin) problema|no hay inconveniente|creo que si)"
        r"(?: (?:si|claro|que si|que no hay problema|por supuesto|de acuerdo|por favor|gracias|adelante|quiero))*(?=\W*$|\s*[,.;!:])",
        r"^(?:s+i+,? |claro,? )?(?:yo )?(?:lo |la )?(?:acepto|autorizo|consiento|permito|doy (?:mi )?(?:consentimiento|permiso)|puede[ns]?\b|se puede|estoy de acuerdo)\b",
    )
)
_CLEAR = re.compile(
    r"^(?:todo |esta todo |estan? |estoy |me siento |va todo |todo va )+(?:muy )?(?:bien|normal|perfecto|correcto|en orden|ok)\b"
)

_SIDES = (
    ("both", r"\b(?:(?:los|las) (?:dos|2)|ambos|ambas|cada lado|de los dos lados)\b"),
    ("left", r"\bizq(?:uierd[oa]s?|d?[oa])?\b"),
    ("right", r"\b(?:derech[oa]s?|dch[oa]|der)\b(?! humano)"),
)
_CHILD = re.compile(
    r"\b(?:mi|mis|nuestr[oa]) (?:hij[oa]s?|nin[oa]s?|nen[eoa]s?|bebe|nietos?|nietas?|peques?|hijit[oa]|chic[oa]|adolescente|chamac[oa])\b"
)
_OTHER = re.compile(
    r"\b(?:mi|mis) (?:marido|espos[oa]|mujer|pareja|novi[oa]|madre|mama|padre|papa|abuel[oa]|herman[oa]|amig[oa]|suegr[oa]|ti[oa]|prim[oa]|vecin[oa]|padres)\b"
    r"|\b(?:otra persona|alguien mas|para (?:el|ella|ellos)|un familiar|otro|alguien)\b"
)
_SELF = re.compile(r"\b(?:para mi|a mi|yo|mi mismo|mi misma|es para mi|soy yo|conmigo|yo mism[oa])\b|^mi\W*$")


def plain(text: str) -> str:
    """Lower case, without accents, single blanks."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return " ".join(bare.split())


def _told(text: str) -> str:
    said = plain(text)
    return _FILLER.sub("", said).strip() or said


def polarity(text: str) -> str | None:
    """`YES`, `NO`, `UNSURE`; `IN_WORDS` when something is told that is neither; None when it is no Spanish answer."""
    said = _told(text)
    if not said:
        return None
    for rows, way in ((_TURNED_YES, YES), (_TURNED_NO, NO), (_UNSURE, UNSURE)):
        if rows.search(said):
            return IN_WORDS if way == NO and _LOSS.search(said) else way
    if _LOSS.search(said):
        return IN_WORDS
    if _NO.search(said):
        return NO
    return YES if _YES.search(said) and "?" not in said else None


def agrees(text: str) -> bool:
    """True only for words that agree, at the beginning: "sí, claro", "de acuerdo", "puede usarlas"."""
    return polarity(text) == YES and bool(_AGREES.search(_told(text)))


def says_none(text: str) -> bool:
    """True for "ninguno de esos", "nada", "todo bien"."""
    said = _told(text)
    return polarity(text) == NO or bool(_CLEAR.search(said))


def all_well(text: str) -> bool:
    """True for "todo bien", "está normal": a yes or a no, by what was asked."""
    return bool(_CLEAR.search(_told(text)))


def numbers(text: str) -> list[int]:
    """The whole numbers told in Spanish words, in order."""
    return [
        _ONES[alone] if alone else _TENS[tens] + (_ONES.get(ones, 1) if ones else 0)
        for tens, ones, alone in _NUMBER.findall(plain(text))
    ]


def age(text: str) -> int | None:
    """An age told in passing: "tengo 46 años"; "hace 3 años" is none."""
    said = plain(text)
    for found in _AGE.finditer(said):
        years = int(found[1] or found[2])
        if 1 <= years <= 120 and not (found[2] and _AGO.search(said[: found.start()])):
            return years
    return None


def side(text: str) -> str | None:
    """`left`, `right`, `both` or None."""
    named = [name for name, pattern in _SIDES if re.search(pattern, plain(text))]
    return "both" if {"left", "right"} <= {*named} else next(iter(named), None)


def whom(text: str) -> str | None:
    """For whom the visit is: `child`, `other`, `self` or None."""
    said = plain(text)
    return next(
        (name for name, rows in (("child", _CHILD), ("other", _OTHER), ("self", _SELF)) if rows.search(said)), None
    )
