"""Finds wished appointment times in Spanish: days to come, parts of the day, the 24-hour clock; kept in the visitor's words."""

from __future__ import annotations

import re

from bot.domain.mention import Mention
from bot.language.context import FLAGS, Context
from bot.language.spanish.line import Line, said
from bot.language.tokens import Tokens

_DAY = said(
    "lunes; martes; miercoles; jueves; viernes; sabado; sabados; domingo; domingos; pasado manana; hoy; finde; fin de semana; fines de semana; entre semana"
)
_PART = r"(?:(?:por|en|a|de) (?:la|las) (?:mananas?|tardes?|noches?)|al? medio ?dia|temprano|tempranito|a primera hora|a ultima hora)"
_CLOCK = (
    r"(?:(?:a|desde|despues de|antes de|a partir de|sobre|hasta|entre|tipo|de|y) )?(?:las? |tipo )(?:\d{1,2}|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
    r"(?: : \d\d)?(?: y (?:media|cuarto))?(?: (?:de|por) la (?:manana|tarde|noche))?(?: (?:am|pm|h|hs|hrs|horas))?|\d{1,2} : \d\d(?: h| hs| hrs)?|\d{1,2} (?:am|pm)"
)
_OTHER = (
    r"(?:la )?(?:proxima semana|semana (?:que viene|proxima|siguiente|que entra))|lo antes posible|cuanto antes|lo mas pronto posible|lo mas pronto que puedan"
    r"|cualquier (?:dia|hora|momento)|cuando sea|a la brevedad|proximo mes|mes que viene|(?:el )?dia \d{1,2}|manana|tomorrow"
)
_NEXT = r"(?: que (?:viene|entra)| proximo| siguiente)?"
_CORE = rf"(?:(?:el |los |este |esta |la |proximo |proxima )*{_DAY}{_NEXT}|{_PART}|{_CLOCK}|{_OTHER})"
_GLUE = r"(?: (?:o|y|u|,|a|en|por|el|los|antes de|despues de|entre|de|sobre|desde|hasta|pero))*"
_TIMES = re.compile(rf"(?<= ){_CORE}(?:{_GLUE} {_CORE}){{0,12}}(?= )")
_WISH = re.compile(
    r" (?:cita|citas|reserva\w*|turnos?|agenda\w*|disponib\w*|hueco|libres?|puedo|podria\w*|pueden|pod\w{1,4}|quisiera|quiero|querria|me gustaria|"
    r"ir|venir|pasar|me viene|me queda|me va|prefer\w+|mejor|atender\w*|espacio|lugar|hora|visitar\w*|apartar|cambiar|mover) "
)
_OVER = re.compile(
    r" (?:desde|cada|empezo|comenzo|paso|cai|lastime|ayer|anoche|peor|despert\w*|amanec\w*|hace|pasado(?! manana)|pasada|dolio|duele|todos los|todas las|fue|estaba|tuve) "
)
_WEAK = re.compile(r"^(?:el |la )?(?:por|en|de|a) la[s]? (?:manana|noche|tarde)s?$|^hoy$|^temprano$")


def read(tokens: Tokens, context: Context, *, asked: str | None) -> list[Mention]:
    """Wished times. Without the question for them, a sentence must speak of coming, booking or being free."""
    wanted = asked is not None and asked.startswith("preferred")
    line, out = Line.of(tokens), []
    for match, first, last in line.find(_TIMES):
        if not (wanted or _wished(line, match)):
            continue
        flags = context.flags(first, last)
        out.append(
            Mention(
                "when",
                match[0],
                tokens.starts[first],
                tokens.ends[last - 1],
                negated=bool(flags & FLAGS["negated"]),
            )
        )
    return out


def _wished(line: Line, match: re.Match[str]) -> bool:
    begin = line.text.rfind("|", 0, match.start()) + 1
    end = line.text.find("|", match.end())
    sentence = line.text[begin : end if end >= 0 else len(line.text)]
    if _OVER.search(sentence) or _WEAK.search(match[0]):
        return False
    return bool(_WISH.search(sentence))
