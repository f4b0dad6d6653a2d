"""The small words of each language that begin, join and end a statement: what tells a scope of meaning where it is over."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bot.language.wordlist import words as word_set


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language's small words; `|` reads a text that mixes two.

    `new_subject`: after "and" or a comma these begin a new statement, so that a denial before them is over.
    `statement`: a list item that holds one of these is a statement of its own ("no swelling, sharp pain in the knee").
    `restarts`: these end a denial even without a comma, unless one of `binds` stands before ("no se me hincha"). `back_to_me`: these end what was said of somebody else.
    `joins` and `lists`: the words for "and", and all that make a list. `hesitation` and `verbs`: what a short topic
    ("fever ... no") may and may not hold. `no`: what denies what stands before it; `flat_no` after any sign, `mid_no` not
    after a comma, `tags` not before a question mark. `after_no`: "no" before one of these is an answer and denies nothing. `present`: verbs
    that make a sentence one about now, whatever time is named in it ("me duele hace dos años"). `acts`: what somebody else does
    to a part of the visitor's body ("stepped on my foot"); in Spanish the tables name who does it ("mi novio me pisó").
    `recurs`: what comes back is not over when "it's gone" ("every time I climb the stairs, I sit down and it's gone").
    """

    new_subject: frozenset[str]
    statement: frozenset[str]
    restarts: frozenset[str]
    back_to_me: frozenset[str]
    joins: frozenset[str]
    lists: frozenset[str]
    hesitation: frozenset[str]
    verbs: frozenset[str]
    no: frozenset[str]
    flat_no: frozenset[str]
    mid_no: frozenset[str]
    tags: frozenset[str]
    after_no: frozenset[str]
    binds: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()
    recurs: frozenset[str] = frozenset()

    def __or__(self, other: Grammar) -> Grammar:
        """Both languages at once."""
        return Grammar(*(getattr(self, spec.name) | getattr(other, spec.name) for spec in fields(self)))


_ENGLISH_SUBJECT = word_set(
    "i i'm i've i'll i'd im ive my it it's its the this that there he she we they you your when now then just only",
    "still also got have has feel feels feeling but so because can can't cannot having am is are was both one even",
    "today what maybe hurts aches bit slight very really mild severe some otherwise",
)
ENGLISH = Grammar(
    new_subject=_ENGLISH_SUBJECT,
    statement=_ENGLISH_SUBJECT
    | word_set(
        "in on down up since for with after from fine ok okay normal good pain pains ache aching sore stiff hurt worse",
        "left right about yes yeah whole when",
    ),
    restarts=word_set("i i'm i've i'd i'll"),
    back_to_me=word_set("i i'm i've im ive my mine me but now"),
    joins=word_set("and"),
    lists=word_set(", and or nor"),
    hesitation=word_set("uh um uhm uhh umm er erm oh ohh ah hm hmm well so like ok okay and , . ? ! - …"),
    verbs=word_set(
        "hurts hurt aches ache is are was it's i i'm i've have has had feel feels got get gets my it started came",
        "comes do does did said",
    ),
    no=word_set("no nope nah none never negative nil not nothing neither"),
    flat_no=word_set("nope nah none never nil"),
    mid_no=word_set("not never"),
    tags=frozenset(),
    after_no=word_set(
        "i i'm i've it it's my the that there he she we they you just but thanks thank , . ! ; : problem worries doubt",
        "idea matter only longer because however this now actually im ive",
    ),
    acts=word_set(
        "stepped steps stood stands trod trodden treads stamped stamps stomped sat sits knelt kneels leaned leant jumped jumps",
        "rolled ran rode drove backed reversed kicked elbowed kneed bumped knocked headbutted jabbed poked pulled tugged yanked",
        "rubbed rubs massaged massages cracked cracks presses pressed pushed pushes squeezed squeezes grabbed grabs bit scratched",
        "dropped shut slammed closed",
    ),
    recurs=word_set("everytime every whenever each always"),
)

_SPANISH_SUBJECT = word_set(
    "yo me mi mis tengo tenia tuve siento estoy estaba llevo el la los las lo un una eso esto ahora ya solo solamente",
    "pero porque cuando desde hace puedo es son esta estan hay va cada hoy ayer luego entonces quiero se le aunque te",
    "muy bastante mucho mucha algo todo todos todas lado creo vengo necesito hasta esta",
)
SPANISH = Grammar(
    new_subject=_SPANISH_SUBJECT,
    statement=_SPANISH_SUBJECT
    | word_set(
        "en con desde por bien normal dolor duele duelen molestia mal peor izquierdo izquierda derecho derecha si",
        "cuando fuerte intenso al",
    ),
    restarts=word_set("yo me tengo siento estoy llevo pero mi mis tambien tuve ando aunque"),
    back_to_me=word_set("yo me mi mis tengo estoy siento pero ahora llevo mio"),
    joins=word_set("y e"),
    lists=word_set(", y e o u ni"),
    hesitation=word_set("eh em este pues bueno ah oh mmm mm aj y a ver , . ? ! - … la el las los de"),
    verbs=word_set(
        "duele duelen dolia es son esta estan era fue tengo tiene tenia tuve siento me mi se hay empezo hace llevo estoy",
        "puedo siente sientes va pasa",
    ),
    no=word_set("no ninguno ninguna ningun nunca jamas tampoco nada negativo nop nel nope"),
    flat_no=word_set("ninguno ninguna nunca jamas negativo nop nel"),
    mid_no=word_set("nunca jamas nada"),
    tags=word_set("no"),
    after_no=word_set(
        ", . ! ; : gracias pero yo mi solo solamente pues bueno senor senora",
    ),
    binds=word_set("se que no ni nunca jamas tampoco si"),
    present=word_set("duele duelen tengo siento llevo sufro padezco molesta molestan estoy arde sigo sigue ando"),
    recurs=word_set("cada siempre"),
)

GRAMMARS = {"en": ENGLISH, "es": SPANISH}
