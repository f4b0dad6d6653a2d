"""What people say when they are offered times, English and Spanish, in folded text (small letters, no accents)."""

from __future__ import annotations

import re

from bot.language.wordlist import words as word_set


def _words(*rows: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(rows)})(?![\w'])")


NONE = _words(
    r"(?:none|neither|not (?:any|one|a single one)|no one)(?: of (?:them|these|those|the (?:times|two|three|options)|it|this))?",
    r"(?:can'?t|cannot|can not|couldn'?t|won'?t|don'?t) (?:do|make|manage|come|like)(?: to)?(?: on| at)? (?:any|either|those|these|all|them)(?: of (?:them|these|those|the (?:times|days)))?(?: days| times)?",
    r"nothing (?:works|suits|fits)(?: for me)?|no times? (?:works?|suits?)(?: for me)?",
    r"(?:no puedo|no me (?:va|viene|sirve|queda|conviene)(?: bien)?|no)(?: (?:en|a|con))? (?:ningun[oa]?|ninguna de|esos|esas|estos|estas)(?: de (?:ell[oa]s|es[oa]s|est[oa]s|l[oa]s (?:dos|tres|horas)))?(?: dias| horas| horarios| hora| horario)?",
    r"ningun[oa]?(?: de (?:ell[oa]s|es[oa]s|est[oa]s|l[oa]s (?:dos|tres|horas)))?(?: (?:hora|horario|dia))?|ni un[oa] ni otr[oa]|ni el uno ni el otro|nada de eso",
)  # fmt: skip
ANY = _words(
    r"(?:any|either|whichever|whatever)(?: (?:one|time|day))?(?: of (?:them|these|those|the (?:two|three)))?|both(?: of them)?|all(?: (?:of them|three|two|of these|of those))?|(?:it )?(?:does ?n'?t|does not|do not) matter|(?:i )?(?:don'?t|do not) mind|(?:you|u) (?:choose|pick|decide)|up to you|no preference|all the same to me",
    r"cualquiera(?: de (?:ell[oa]s|es[oa]s|est[oa]s|l[oa]s (?:dos|tres)))?|(?:me )?da (?:igual|lo mismo)|(?:l[oa]s (?:dos|tres)|amb[oa]s|tod[oa]s)|(?:el|la|lo) que (?:sea|queran|quieran|prefieran?)|elijan? (?:ustedes|usted|vosotros|tu)?|como (?:quieran|prefieran)|indistint[oa]",
)  # fmt: skip
UNSURE = _words(
    r"not (?:\w+ )?(?:sure|certain)|unsure|maybe|perhaps|possibly|dunno|(?:i )?(?:don'?t|do not) know(?: yet)?|let me (?:check|see|think|ask|look)|(?:i'?ll|i will|i|we'?ll|will) (?:need to |have to |must |want to |should )?(?:check|see|think|let you know|get back|ask|confirm|look|decide)(?: (?:to you|about it|it over|later|tomorrow|my (?:diary|calendar|husband|wife|partner|boss|work)|with \w+(?: \w+)?))*|(?:i )?(?:need|have|want|got) to (?:check|ask|think|see|look)|give me (?:a|some|until)(?: \w+)?|hold on|wait|it depends|depends|can i (?:let you know|think about it|get back)",
    r"no (?:lo )?se(?: todavia| aun)?|no estoy segur[oa]|quizas?|tal vez|a lo mejor|dejame|deje(?:n)?me|(?:tengo|tendria|necesito) (?:que )?(?:ver|verlo|mirar|mirarlo|consultar|consultarlo|preguntar|pensar|pensarlo)|lo (?:miro|consulto|pienso|veo|vere)|(?:luego|despues|mas tarde|ahora|mañana|ya) (?:te|le|les|os)? ?(?:digo|confirmo|aviso|cuento)|(?:te|le|les|os) (?:digo|confirmo|aviso)(?: luego| mas tarde)?|espera|espere|depende|un momento",
)  # fmt: skip
# Has a "no" in it and means yes.
YES_ALL_THE_SAME = _words(
    r"no (?:problem|worries|doubt|objections?)|not a problem|not bad(?: at all)?|why not|can'?t wait|no hay (?:ningun )?(?:problema|inconveniente)|(?:sin|ningun) problema|como no|por que no|claro que si|no veo (?:ningun )?problema|no me importa",
)  # fmt: skip
YES = _words(
    r"y(?:es+|eah?|ep|up|a)|aye|sure(?: thing)?|ok(?:ay|ey|i)?|k|alright|all right|certainly|of course|absolutely|definitely|deal|done|agreed|confirm(?:ed)?|accept(?:ed)?|book(?: it| me)?(?: in)?|take|choose|pick|prefer|want|see you(?: then| there)?|(?:i'?ll|i will|we'?ll) (?:be there|come|take|have|go|do)|count me in|perfect|fine|great|good|excellent|super|ideal|sounds|that'?s|lovely|wonderful|brilliant|awesome|cool|nice|happy|go (?:for|with|ahead)|let'?s|put me down|reserve|i can(?: do| make| come)?|works|suits|fits",
    r"si+p?|claro|vale|dale|de acuerdo|perfecto|bien|bueno|genial|estupendo|excelente|listo|hecho|okey|correcto|confirmo|confirmad[oa]|acepto|quiero|quisiera|prefiero|elijo|escojo|tomo|reserv[aeo]\w*|apunt\w+|anot\w+|agend\w+|me (?:sirve|vale|va|viene|queda|conviene|gusta|quedo|parece)|nos vemos|ahi estare|alli estare|ire|voy|puedo|sirve|encantad[oa]|por supuesto|asi es|va",
)  # fmt: skip
NO = _words(
    r"no+|nope|nah|not|never|(?:ca|do|does|did|is|are|was|wo|would|could|should|have|has)n'?t|cannot|unfortunately|unable|impossible|busy|cancel|decline|afraid",
    r"tampoco|imposible|lamentablemente|desafortunadamente|por desgracia|cancel[aeo]\w*|ocupad[oa]|nunca|mal|fatal",
)
# With these, a time is named under a condition or as another one: it has to be asked about.
LIMITS = _words(
    r"instead|rather|unless|if|only|except|earlier|later|different|another|change|move|moved|sooner|before|after|until|else|swap|shift|half an hour|an hour|preferably|better|ideally",
    r"en vez|en lugar|salvo|excepto|solo|solamente|unicamente|antes|despues|mas (?:tarde|temprano|pronto)|otr[oa]s?|cambiar|mover|mejor|si no|siempre que|preferiblemente|pero",
)  # fmt: skip
ASKS_FOR_IT = _words(
    r"(?:can|could|may|shall|should) (?:i|we|you)(?: please)? (?:have|take|get|do|book|come|make it|go for|go with|put|reserve|confirm)|(?:can|could) it be|how about|what about|lets? (?:do|say|take)",
    r"(?:puede|podria) ser|(?:me )?(?:puede[ns]?|podria[ns]?|podeis) (?:dar|apuntar|anotar|reservar|poner|agendar|confirmar)|que tal",
)  # fmt: skip
# Says nothing of its own beside a time or a yes.
SMALL = word_set(
    "a an and the this that these those it is its it's be will would i i'm im i'd id i'll i've we we'll we'd",
    "me my for at on in of to with from by can could do please pls plz thanks thank thx ta cheers you u your",
    "so then there here one ones time times day slot appointment appt visit option number just also too very",
    "much really quite well best hi hello hey dear oh ah um er great good fine perfect works work suit suits",
    "fits fit out as has have had am are was all right ok okay ideal free available possible both see hear",
    "later soon now again sorry but or kind kindly like make way love regards team everyone folks sir madam el",
    "la los las lo un una uno de del al en y o e por para con que es esta este ese esa eso esto seria sera ser",
    "mi nos le les se su te tu yo hora horas dia dias cita turno horario opcion numero entonces muchas gracias",
    "favor porfa porfavor hola buenas buenos tardes noches pues muy mas tambien todo ya ahi alli hasta luego",
    "saludo saludos bien mejor va viene queda sirve vale puedo podria gusta estaria estupendo perfecto",
    "disponible libre mucho solo",
)
# Words of time that greet and wish well, and name no time.
GREETINGS = _words(
    r"good (?:mornings?|afternoon|evening|night|day)|(?:have|enjoy)(?: a| your| the)?(?: \w+)? (?:weekend|day|evening|morning|afternoon|week|\w+day)|happy \w+day|many thanks for (?:today|yesterday)",
    r"buenos dias|buenas(?: tardes| noches)|buen (?:dia|fin de semana|finde)|feliz (?:dia|semana|tarde|noche|finde|fin de semana)|(?:que )?(?:tenga|tengan|ten)(?: un)? (?:buen|buena|feliz) (?:dia|tarde|semana|fin de semana|finde)|hasta (?:manana|luego|pronto|entonces)",
)
# What is told with these happened; nobody chooses a time by it.
PAST = _words(
    r"since|ago|last (?:week|night|month|year|time|\w+day)|yesterday|started|began|happened|every",
    r"desde(?! las?\b)|hace|ayer|anoche|pasad[oa]|empezo|comenzo|cada",
)
THE_OTHER = _words(r"the other(?: (?:one|time|day|two))?|(?:el|la|las|los) otr[oa]s?(?: (?:dia|hora))?")
ORDINALS = (
    (_words(r"(?:the )?(?:very )?first(?: (?:one|time|option|slot|date|day))?(?! thing)|(?:the )?(?:earliest|soonest|sooner|earlier)(?: (?:one|time|option|slot|date|day))?|option a"
            r"|(?:l[oa] |el |la )?primer[oa]?(?: (?:opcion|hora|horario|dia|fecha|turno))?|(?:el |la |lo )mas (?:pronto|temprano|temprana)"), 0),
    (_words(r"(?:the )?second(?: (?:one|time|option|slot|date|day))?|option b|(?:el |la )?segund[oa](?: (?:opcion|hora|horario|dia|fecha|turno))?"), 1),
    (_words(r"(?:the )?third(?: (?:one|time|option|slot|date|day))?|option c|(?:el |la )?tercer[oa]?(?: (?:opcion|hora|horario|dia|fecha|turno))?"), 2),
    (_words(r"(?:the )?last(?: (?:one|time|option|slot|date|day))?|(?:the )(?:latest|later)(?: (?:one|time|option|slot|date|day))?|(?:el |la )?ultim[oa](?: (?:opcion|hora|horario|dia|fecha|turno))?|(?:el |la )mas tarde"), -1),
    (_words(r"(?:the )?middle(?: (?:one|time|option))?|(?:el |la )?del? medio"), None),
)  # fmt: skip
SIGNS = {**dict.fromkeys("👍👌✅✔☑", "yes"), **dict.fromkeys("👎❌✖✗🙅", "no")}
