"""The words for days and hours in English and Spanish, as `wishes` looks for them in folded text (small letters, no accents)."""

from __future__ import annotations

from datetime import time

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
WEEKDAYS = frozenset({MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY})
WEEKEND = frozenset({SATURDAY, SUNDAY})

# Pattern → weekdays. Abbreviations and the usual misspellings too.
DAYS: tuple[tuple[str, frozenset[int]], ...] = (
    (r"mon(?:days?|s)?|lunes", frozenset({MONDAY})),
    (r"tue(?:s(?:days?)?)?|tuseday|martes", frozenset({TUESDAY})),
    (r"wed(?:s|nesdays?)?|wensdays?|wednesay|mi?ercoles", frozenset({WEDNESDAY})),
    (r"thu(?:r(?:s(?:days?)?)?)?|thrusday|jueves", frozenset({THURSDAY})),
    (r"fri(?:days?)?|viernes", frozenset({FRIDAY})),
    (r"sat(?:urdays?)?|saterday|sabados?", frozenset({SATURDAY})),
    (r"sun(?:days?)?|domingos?", frozenset({SUNDAY})),
    (r"weekends?|week ends?|fin(?:es)? de semana|findes?", WEEKEND),
    (r"(?:week|work|working|business) ?days?|entre semana|dias? (?:laborables?|habiles?|de semana)|dia de entre semana", WEEKDAYS),
)  # fmt: skip

# Pattern → hours: from, and before. A visit starts within them.
PARTS: tuple[tuple[str, time, time], ...] = (
    (r"(?:early |first thing )?(?:in )?(?:the )?early mornings?|first thing(?: in the mornings?)?|a primera hora|temprano|tempranito", time(6), time(10)),
    (r"late mornings?|a media manana", time(10), time(12)),
    (r"mornings?|before lunch|before noon|before midday|forenoons?|antes de comer", time(6), time(12)),
    (r"(?:por|en|a|de) (?:la|las) mananas?|mananas|antes del? medio ?dia", time(6), time(13)),
    (r"lunch ?times?|lunch ?breaks?|lunch ?hours?|(?:over|at|during) lunch|noon|midday|(?:al? |el )?medio ?dia|a la hora de comer", time(12), time(14)),
    (r"early afternoons?|after lunch|a primera hora de la tarde|despues de comer", time(12), time(15)),
    (r"late afternoons?|a ultima hora(?: de la tarde)?|al final de la tarde", time(16), time(20)),
    (r"afternoons?|arvos?", time(12), time(18)),
    (r"(?:por|en|a|de) (?:la|las) tardes?|tardes|(?<!mas )(?<!muy )tarde", time(13), time(21)),
    (r"after (?:work|office hours)|when i finish work|al salir del trabajo|despues del? (?:trabajo|trabajar)", time(17), time(23)),
    (r"after school|despues del (?:cole|colegio)", time(15), time(20)),
    (r"during school hours?|en horario escolar", time(9), time(14)),
    (r"late evenings?|nights?|tonight|(?:por|en|a|de) (?:la|las) noches?|noches|esta noche", time(18), time(23, 59)),
    (r"evenings?", time(17), time(23)),
)  # fmt: skip

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo", "june jun junio",
            "july jul julio", "august aug agosto", "september sep sept septiembre setiembre", "october oct octubre",
            "november nov noviembre", "december dec diciembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

NUMBERS = {
    name: number
    for number, names in enumerate(
        (
            "one una un", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete", "eight ocho",
            "nine nueve", "ten diez", "eleven once", "twelve doce",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

# Before what does not suit. "No" alone is none: "no, Friday" says yes to Friday.
AGAINST = (
    r"(?:any(?:thing|time| ?day)?|every(?: ?day)?|all(?: days)?|whenever) but(?: not)?|(?:but )?not|never|except(?: for| on)?|excluding|apart from|other than|avoid(?:ing)?|anything but"
    r"|(?:i |we )?(?:can ?not|can'?t|cant|couldn'?t|won'?t|don'?t|do not|am not|'?m not|unable)(?: to)?(?: (?:do|make|come|manage|be|work|free|available|like|want))*(?: it)?(?: on| in| at)?"
    r"|no (?:puedo|podria|podre|me (?:va|viene|queda|sirve|conviene)(?: bien)?|me es posible|quiero|estoy|trabajo)(?: ir| venir)?(?: los| el| la| las| por)?|(?:pero )?no (?:el|los|la|las|en|por|antes|despues)|menos|excepto|salvo|nunca|ni"
)
# Behind what does not suit, or does.
NOT_GOOD = (
    r"(?:(?:is|are|would be|'s|will) )?(?:not|no|never) (?:good|possible|ok|okay|great|ideal|free|available|an option|work(?:ing)?|suit(?:able)?|be|for me)|(?:do(?:es)?n'?t|does not|do not|won'?t|will not|wouldn'?t|isn'?t|aren'?t|can'?t) (?:work|suit|do|be|good|possible|great|ideal|fit)"
    r"|(?:is|are) (?:bad|out|impossible|difficult|tricky|taken|full|busy)|out of the question|no (?:puedo|me (?:va|viene|queda|sirve|conviene|es posible)|es posible|vale|podria|podre|estoy)|(?:me )?(?:va|viene|queda) (?:mal|fatal)|imposible"
)
GOOD = (
    r"(?:(?:is|are|would be|'s|will be|sounds?|looks?) )?(?:all |perfectly |really |very |just |also |absolutely )*(?:fine|good|ok|okay|great|perfect|best|better|ideal|free|available|possible|lovely|alright|super|brilliant|excellent)"
    r"|(?:would |will |'ll |also )*(?:works?|suits?|fits?|it is|it'?ll be)|please|(?:me )?(?:va|viene|queda|iria|vendria|quedaria|sirve|conviene|parece|vale)(?: muy| super)?(?: bien| perfecto| genial| mejor)?|por favor|perfecto|genial|estupendo|mejor|si puedo|puedo"
)
