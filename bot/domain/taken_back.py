"""The words with which people take something back, in English and Spanish at once: many mix the two."""

from __future__ import annotations

import re


def _any(*rows: str) -> re.Pattern[str]:
    return re.compile("|".join(rows), re.IGNORECASE)


NUMBER = (
    r"(?:\d{1,3}|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|cero|un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)"
)
# "Actually …", "I meant …", "not 7": what follows counts more than what was told before.
TAKES_BACK = _any(
    r"^\W*(?:actually|sorry|oops|wait)\b",
    r"\b(?:instead|i meant|i mean|i said|rather|wrong|mistake|not the|should be|correction|no,? (?:wait|hang on|hold on))\b",
    r"\bchange (?:it|that|this|my|the)\b",
    r"\bnot (?:a |an )?\d",
    r"^\W*(?:no\W+)?(?:en realidad|perd[oó]n\w*|disculp\w+|espera|espere|mejor dicho|m[aá]s bien)\b",
    r"\b(?:quise|quer[ií]a) decir\b|\bme refer[ií]a a\b|\bme (?:equivoqu[eé]|confund[ií])\b|\bme he (?:equivocado|confundido)\b",
    r"\b(?:en vez de|en lugar de|no,? perd[oó]n|correcci[oó]n|corrijo|corrig\w+|correg\w+)\b",
    r"\b(?:cambi[ae]|cambiar|cambie) (?:eso|esto|el|la|los|las|mi|lo)\b|\bno (?:es|era|son) (?:el|la|los|las|mi|mis)\b",
    r",? no (?:un |una |de )?\d",
)
# Each with the new number and the old one, where it is told.
NEW_OLD = tuple(
    re.compile(pattern.replace("#", NUMBER), re.IGNORECASE)
    for pattern in (
        r"\b(?P<new>#)(?:/10)?,? (?:and )?not (?:a |an |about )?(?P<old>#)\b",
        r"\b(?P<new>#)(?:/10)? (?:instead of|rather than) (?:a |an )?(?P<old>#)\b",
        r"\bnot (?:a |an )?(?P<old>#)(?:/10)?\b.{0,20}?\b(?P<new>#)\b",
        r"\bfrom (?:a |an )?(?P<old>#) to (?:a |an )?(?P<new>#)\b",
        r"\b(?:said|put|wrote|gave) (?:a |an )?(?P<old>#)\b.{0,20}?\b(?:meant?|should be|is|it'?s)\b.{0,12}?\b(?P<new>#)\b",
        r"\b(?P<new>#)(?:/10| de 10)?(?: a[nñ]os)?,? (?:y |que )?no (?:es )?(?:un |una |de )(?P<old>#)\b",
        r"\b(?P<new>#)(?:/10| de 10)?(?: a[nñ]os)? en (?:vez|lugar) de (?:un |una )?(?P<old>#)\b",
        r"\bno (?:es |era |son |tengo )?(?:un |una )?(?P<old>#)(?:/10| de 10)?(?: a[nñ]os)?,? (?:sino|es|era|son|tengo|m[aá]s bien) (?:un |una |que )?(?P<new>#)\b",
        r"\b(?:cambi\w+|pas\w+|baj\w+) de (?:un |una )?(?P<old>#) a (?:un |una )?(?P<new>#)\b",
        r"\b(?:he dicho|dije|puse|escrib[ií]|di) (?:que )?(?:un |una )?(?P<old>#)\b.{0,20}?\b(?:quer[ií]a decir|quise decir|es|era|son)\b.{0,12}?\b(?P<new>#)\b",
    )
)
# "4, no 7" keeps the first number in Spanish, "4, no, 7" the second in English.
NO_BETWEEN = re.compile(
    rf"\b({NUMBER})(?:/10| de 10)?(?: a[nñ]os)?,? (?:y |que )?no,? (?:it'?s |an? |es )?({NUMBER})\b", re.IGNORECASE
)
_UNIT_NAMES = {
    "day": "day", "week": "week", "month": "month", "year": "year", "día": "day", "dia": "day", "semana": "week", "mes": "month",
    "meses": "month", "año": "year", "ano": "year",
}  # fmt: skip
UNIT_DAYS = {"day": 1.0, "week": 7.0, "month": 30.4, "year": 365.0}
UNIT = re.compile(rf"\b({'|'.join(sorted(_UNIT_NAMES, key=len, reverse=True))})s?\b", re.IGNORECASE)
UNIT_WAS = re.compile(r"\b(?:said|put|wrote|not|dije|dicho|puse|escrib[ií]|no)\b[^,.;]*$", re.IGNORECASE)


def unit(word: str) -> str:
    """ "semanas" → "week"."""
    lower = word.lower()
    return _UNIT_NAMES.get(lower) or _UNIT_NAMES[lower.removesuffix("s")]


_ARTICLE = r"(?: (?:the|my|his|her|that|this|el|la|los|las|lo|del|de|mi|mis|su))*(?: (?:left|right))?\s*$"
TAKE_OUT = _any(
    r"\b(?:remove|delete|drop|forget(?: about)?|ignore|leave out|take (?:out|off|away)|scrap|strike|don'?t (?:count|include))"
    + _ARTICLE,
    r"\b(?:quit[ae]r?|quite[ns]?|elimin\w+|borr\w+|sac(?:a|ar|que)|olvid\w+|ignor\w+|dej[ae]r? fuera|no (?:cuente|cuentes|incluya|incluyas|ponga|pongas))"
    + _ARTICLE,
    r"\bya no me (?:duelen?|molestan?)" + _ARTICLE,
)
TAKE = re.compile(r"\b(?:take|leave)(?: the| my| his| her| that| this)?(?: left| right)?\s*$", re.IGNORECASE)
OUT = re.compile(r"\s*(?:out|off|away)\b", re.IGNORECASE)
IS_FINE = _any(
    r"\W*(?:is|are|feels?|was)(?: actually| really| now| all)? (?:fine|ok|okay|good|all ?right|better now|gone)\b",
    r"\W*(?:does|do)(?:n'?t| not) hurt\b",
    r"\W*(?:ya |en realidad |ahora )*est[aá]n? (?:ya |ahora |muy |perfectamente )*(?:bien|perfect\w+|curad\w+|sin dolor)\b",
    r"\W*ya no (?:me )?(?:duelen?|molestan?)\b",
)
SCORE = _any(
    r"\b(?:score|pain|number|scale|level|out of|intensity|puntuaci[oó]n|dolor|n[uú]mero|escala|nivel|intensidad)\b|/10|\bde 10\b"
)
AGE = _any(r"\b(?:age|old|years|edad|a[nñ]os)\b")
FOR_PLACE = _any(
    rf"\b(?P<new>{NUMBER})(?:/10| out of (?:10|ten)| de 10)? (?:(?:for|in|on|at|para|en|por) )?(?:(?:my|the|his|her|el|la|los|las|mi|mis) )?$"
)
_NO_UNIT = r"(?!\s*(?:day|week|month|year|hour|minute|time|%|d[ií]a|semana|mes|a[nñ]o|hora|minuto|ve[cz]))\b"
_OUT_OF_TEN = r"(?:\s?/\s?10| out of (?:10|ten)| de (?:10|diez))?"
_IN_STEAD = r"sorry|wait|hang on|actually|i mean|rather|make (?:it|that)|perd[oó]n|espere?|digo|mejor dicho|m[aá]s bien|quiero decir"
# "4, no wait, 6": the last number counts. "4 no 6" is six in English and four in Spanish.
_BETTER = rf"[\s,.]+(?P<back>(?:(?:no|oh|er|uh|hmm|{_IN_STEAD})\b[\s,.:]+)+)(?:it'?s |an? |un |es (?:un )?)?(?P<better>{NUMBER})\b{_OUT_OF_TEN}"
_SO_LONG = rf"(?:(?:about|around|the (?:last|past)|over|nearly|almost)\s+)*(?:{NUMBER}|an?|few|several|some|many|ages|days|weeks|months|years)\b"
PLACE_IS = _any(
    r"\s*(?:is|are|was|should be|es|era|est[aá]|con|=|:|,)?\s*"
    r"(?:(?:really|actually|only|just|about|around|maybe|like|more like|at|an?|un|como|unos|solo|s[oó]lo|en realidad|m[aá]s o menos)\s+)*"
    rf"(?P<new>{NUMBER}){_NO_UNIT}{_OUT_OF_TEN}(?:{_BETTER})?(?! (?:in|on|at|para|en|el|la|mi)\b| for (?!{_SO_LONG}))"
)
IN_STEAD = _any(rf"\b(?:{_IN_STEAD})\b")
# After a score nothing but the end of what is said about its place.
SAID_OUT = _any(r"\s*(?:[.,;!)]|$|\n|\b(?:and|but|now|right now|today|for|since|y|pero|ahora|hoy|desde|hace)\b)")
LONE_SCORE = _any(
    rf"[,;]\s*(?:(?:about|around|like|maybe|say|probably|today|now|right now|i'?d say|hoy|ahora|como|unos|quiz[aá]|dir[ií]a|m[aá]s o menos)\s+)*(?:(?:an?|un)\s|(?<=like )|(?<=about )|(?<=say )|(?<=maybe )"
    rf"|(?<=como ))(?P<score>{NUMBER}){_OUT_OF_TEN}\s*(?=[,;.!]|$)"
)
BARE = _any(
    r"\W*(?:(?:no|actually|sorry|it'?s|its|i|meant?|more like|should be|make it|a|an|only|en realidad|perd[oó]n|es|era|un|una|m[aá]s bien|"
    rf"quise decir|quer[ií]a decir|el dolor|solo|mejor|pon|ponga)\W+)*{NUMBER}(?: de 10|/10)?\W*"
)
ALSO = _any(r"\b(?:also|too|as well|plus|another|tambi[eé]n|adem[aá]s|otr[oa])\b")

NOT_SIDE = _any(
    r"\bnot (?:on )?(?:the |my |his |her )?(?:left|right)(?: one| side)?\b",
    r"\bno (?:es |era |en )*(?:(?:el|la|mi) )?(?:lado )?(?:izquierd|derech)[oa]s?\b",
)
AS_SIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:the|my|his|her|on|in) (?P<side>left|right)\b",
        r"\b(?P<side>left|right)[ -](?:one|side|hand)\b",
        r"\b(?P<side>both)\b(?! of (?:them|these|those))",
        r"\W*(?:(?:no|nope|sorry|actually|oops|wait|i meant?|it'?s|its)\W+)+(?P<side>left|right)\W*$",
        r"\b(?:el|la|las|los|mi|lado) (?P<side>izquierd|derech)[oa]s?\b(?! humano)",
        r"\b(?P<side>amb[oa]s|l[oa]s dos)\b(?! cosas)",
        r"\W*(?:(?:no|perd[oó]n|en realidad|espera|espere|quer[ií]a decir|quise decir|es|era)\W+)+(?P<side>izquierd|derech)[oa]s?\W*$",
    )
)
# "It's the left one", said where no side was asked: the other side of what is known. "It's right" is a yes.
ONLY_THE_SIDE = re.compile(
    r"\W*(?:(?:it'?s|it is|es|era|is) )(?:(?:on )?(?:the|my|his|her) (?:left|right)|left)(?: one| side| hand side)?\W*"
    r"|\W*(?:es |era )(?:(?:en )?(?:el|la|mi) )(?:lado )?(?:izquierd|derech)[oa]\W*",
    re.IGNORECASE,
)
IT_IS = _any(
    r"\W*(?:(?:no|nope|sorry|perd[oó]n|que)\W+)*(?:it'?s|it is|it was|es|era|fue|son)(?: (?:the|my|in|on|en|la|el|mi))*\s*"
)
# Words that name a side and no place: "my right side", "el lado izquierdo".
ONLY_A_SIDE = re.compile(
    r"(?:(?:the|my|his|her|el|mi|su) )?(?:(?:left|right)(?:[- ]hand)? side|lado (?:izquierdo|derecho))", re.IGNORECASE
)


def side(word: str) -> str:
    """ "izquierd" → "left"; "ambas" → "both"."""
    lower = word.lower()
    named = {"izquierd": "left", "derech": "right", "left": "left", "right": "right"}
    return named.get(lower, "both")
