"""Reads which way a short answer to a yes/no question leans: "yeah a bit", "not really", "only when I run".

Only the way of saying counts, never a symptom: a sign that somebody names is read by `bot.language`. Rows are tried from
the top; the first that fits decides. Where a wrong "no" could hide a danger, nothing is decided ("I don't feel my legs").
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain import spanish_answers

AFFIRM, DENY, UNSURE = "affirm", "deny", "unsure"
_SPANISH = {spanish_answers.YES: AFFIRM, spanish_answers.NO: DENY, spanish_answers.UNSURE: UNSURE}

# Where "all good" agrees; on a list of ailments it denies them.
AGREEING = ("consent_privacy", "consent_share", "read_back", "doctor", "clearance")


def _any(rows: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(rows))


_FILLER = re.compile(
    r"^(?:\W|(?:um+|uh+|uhm+|er+m*|hm+|mm+|ah|oh|well|so|like|honestly|actually|i mean|let me (?:think|see)|you know)\b)+"
)
_SMILES = re.compile(r"^\W*(?:(👍|👌|✅|✔|🙋)|(👎|❌|🙅)|(🤷))")
_QUESTION = _any(
    (
        r"\?\s*$",
        r"^(?:\W|ok(?:ay)?|sure|right|fine|and|but|so|then)*\b(?:what|why|how|when|where|who|which|can (?:you|i|we)|could (?:you|i)|do (?:you|i|we)|are you|should i|must i|may i|will (?:i|you|it)|is there|are there)\b",
    )
)
_WEAK_YES = re.compile(r"^(?:ok(?:ay)?|sure|right|fine|alright|all right)\b")

_SHORT = 7  # words: "my eyes are good" says no, a longer sentence says more
_NOT = r"(?:\b(?:no|not|never|none|nothing|without)\b|n'?t\b)"
_DENIED = re.compile(_NOT)
_THINK_NOT = r"\b(?:do ?n'?t|do not|wouldn'?t|didn'?t) (?:really )?(?:think|believe|reckon|guess|suppose|say) so\b"
_THINK_SO = r"(?:i )?(?:think|guess|suppose|believe|reckon|would say|'?d say) (?:so|yes|it does|it is|i do|i have)\b"
_SAY_NOT = r"\bcan'?t say (?:that )?(?:i|it|he|she|we) (?:do|did|does|have|has|am)\b|\bcan'?t say that(?:\W+no\b|\W*$)"

# Said with the mouth shut; "uh" at the start would be taken for a hesitation.
_GRUNT = re.compile(r"^\W*(?:(uh[- ]?huh|mm?[- ]?h+m+|mhm+|yuh)|(nuh[- ]?uh|uh[- ]uh|unh[- ]?uh|mm[- ]mm+|nuh))\W*$")

# What begins like the other way round.
_TURNED = (
    (
        re.compile(
            r"^(?:absolutely|definitely|certainly|of course|totally|surely|obviously|clearly|sure|apparently|god|gosh|please|oh) (?:not|no|don'?t)\b"
        ),
        DENY,
    ),
    (
        re.compile(
            r"^(?:that|it)(?:'?s| is| was)? (?:all |quite |exactly |absolutely |indeed )*(?:right|correct|true|accurate|the case|spot on|it)\b(?! (?:now|here))"
        ),
        AFFIRM,
    ),
    # "never goes away", "not a day without it": the no belongs to what would end it.
    (
        re.compile(
            r"\b(?:never|not|n'?t)(?: (?:ever|really|once))? (?:stop|end|let up|let me|go away|goes? away|go(?:ne|ing)? away|ease|eases|leave|leaves|quit|settle|stops|ends|lets)(?:s|d|ped|ing)?\b"
            r"|\bnever (?:been )?without\b|^not a (?:day|night|morning|week) (?:goes by|passes|without)"
            r"|^don'?t (?:i know it|get me started)\b|^(?:i )?wouldn'?t (?:be|have (?:come|asked|written)).*(?:otherwise|if i|if it|if they)\b"
            r"|^(?:i |you )?(?:can'?t|couldn'?t|could not|cannot) (?:deny|argue|agree more|get rid of|shake|get away from)\b|^without (?:exception|fail)\b"
        ),
        AFFIRM,
    ),
    # "just the pain itself", "only stiff": nothing of what was asked.
    (
        re.compile(
            r"^(?:no more than|(?:it'?s |its )?(?:just|only)) (?:the |a |an |some |my )?(?:usual |bit of |dull |plain )?(?:pain|ache|aching|stiffness|soreness|stiff|sore|tired)\b(?!.*\b(?:and|when|if|at|in|on|but)\b)"
            r"|^(?:i wish|if only|as if|in my dreams|fat chance)\b(?!.*n'?t\b)"
            r"|^(?:absolutely|definitely|certainly|literally|really) (?:nothing|none|never|nobody|nowhere|zero)\b"
        ),
        DENY,
    ),
    (re.compile(r"^without (?:a )?(?:doubt|question)\b|^(?:no|not a) doubt\b"), AFFIRM),
    (re.compile(r"^if anything\b|^(?:it'?s |this is |it was )?(?:the |my )?(?:very )?first time\b"), DENY),
    (
        re.compile(
            r"^(?:i |we |he |she )?(?:quit|gave (?:it |that |them )?up|stopped|packed it in|grew out of)\b.*(?:ago|\b(?:19|20)\d\d\b|years|when|last)"
        ),
        DENY,
    ),
    # What somebody who knows said of it, and what is glad to be spared.
    (
        re.compile(
            r"\b(?:ruled|rules) (?:it|that|this|them|those) out\b|\bgave me the all clear\b"
            rf"|^(?:thankfully|fortunately|luckily|thank (?:god|goodness|heavens)|mercifully)\b.*{_NOT}"
            r"|\b(?:doctor|doc|gp|nurse|consultant|physio|hospital|midwife)s? (?:says?|said|told me|reckons?|thinks?)(?: that)? (?:i|it|she|he)"
            r"(?:'?m| am|'?s| is)? ?(?:don'?t|do not|doesn'?t|haven'?t|not|never|isn'?t)\b"
            r"|\bnot me\W*$|\bcan'?t (?:recall|remember|think of) (?:any|anything|ever|having)\b|^(?:it'?s |that'?s |all |long )*gone (?:since|now|for|last|ages)\b"
            r"|^(?:other than|apart from|aside from|besides) (?:that|this|the \w+|my \w+)\b.*\b(?:healthy|fine|well|good|ok(?:ay)?|nothing|none)\b|^thumbs? down\b"
        ),
        DENY,
    ),
    (
        re.compile(
            rf"^(?!.*{_NOT})(?:(?:i|he|she)(?:'ve| have| was| has)? |(?:i'?ve )?(?:was |been ))?(?:been )?(?:diagnosed|told i (?:have|had)|treated for|(?:was )?in hospital (?:for|with)|under the (?:hospital|doctor|consultant))\b"
            rf"|^(?!.*{_NOT}).*\b(?:doctor|doc|gp|nurse|consultant|physio|hospital)s? (?:says?|said|told me|reckons?|thinks?)(?: that)? (?:i|it) (?:have|do|am|had|is|does)\b"
            r"|^all the (?:\w+ )?time\b|^thumbs? up\b|^(?:that )?tick(?:s|ed)? (?:that|the|those|all the) box(?:es)?\b"
        ),
        AFFIRM,
    ),
    (re.compile(r"\bnot any ?more\b|\bno longer\b|^(?:i )?used to\b(?!.*\bstill\b)"), DENY),
    (re.compile(r"^(?:yeah|yea|yes|ya)[,\s]+(?:no+|nah|nope)\b"), DENY),
    (re.compile(rf"^(?:no|nah)[,\s]+(?:yeah|yes|yep)\b.*{_NOT}"), DENY),
    (re.compile(r"^(?:no|nah)[,\s]+(?:yeah|yes|yep)\b"), AFFIRM),
    (re.compile(r"^(?:no (?:problem|worries|doubt|question|objections?)|not a problem|why not)\b"), AFFIRM),
    (re.compile(r"^not (?:only|just|always|all the time|constantly|every ?(?:day|time))\b"), AFFIRM),
    (re.compile(rf"{_THINK_NOT}|{_SAY_NOT}"), DENY),
    (re.compile(r"^(?:i )?(?:think|guess|hope|suppose) not\b|^(?:i )?doubt it\b"), DENY),
    (re.compile(r"^(?:probably|most likely|apparently) (?:not|no)\b|^(?:hardly|barely)\b"), DENY),
    (re.compile(rf"^{_THINK_SO}|^(?:probably|most likely|likely|apparently)\b"), AFFIRM),
    (re.compile(r"^i do\b(?! not\b|n'?t\b)"), AFFIRM),
    (re.compile(rf"^(?!.*{_NOT}).*[,.]\s*(?:yes|yeah|yep)\W*$"), AFFIRM),
)
_FIRST_YES = re.compile(r"^(?:yes+|yeah+|yep|yup)\b")
_UNSURE = _any(
    (
        r"\bnot (?:\w+ ){0,2}(?:sure|certain)\b",
        r"\b(?:unsure|uncertain|dunno|idk|maybe|perhaps|possibly|could be|might be|i forget|who knows)\b",
        r"\b(?:do ?n'?t|do not|wouldn'?t|would not) (?:really |actually )?(?:know|remember|recall)\b",
        r"\bno (?:idea|clue)\b|\bno way of (?:telling|knowing)\b|\bjust guess|\bbe guessing\b|\bput my finger on\b",
        r"^(?:it|i|they|that|no ?one|nobody)(?:'?s|'?ve| has| have| was)?(?: never| not|n'?t)?(?: ever)?(?: been| had it| had that)? (?:checked|tested|measured|kept (?:track|count))\b",
        r"\bcan'?t (?:say|tell|remember|recall|decide|work (?:it )?out|make up my mind)\b|\bhard to (?:say|tell)\b",
        r"\bnever (?:had|got|have had) (?:it|that|them|this|those) (?:checked|tested|looked at|measured|looked into)\b|\bnever looked into it\b",
        r"^(?:the |my )?(?:doctors?|gp|nobody|no ?one|they|hospital) (?:ever |never |has never |have never |hasn'?t |didn'?t |haven'?t )(?:told|said|mentioned|explained)\b",
        r"\b(?:haven'?t|hadn'?t|never|not|wasn'?t) (?:been )?(?:paid|paying|pay) (?:any |much )?attention\b|\b(?:haven'?t|hadn'?t|never) (?:thought about|checked|looked)\b(?: it)?\W*$",
    )
)
_CLEAR = re.compile(
    r"^(?:i'?m |i am |it'?s |we'?re |they'?re |everything(?:'?s| is| looks)? |all |looks? |that'?s |sounds? )+"
    r"(?:all )?(?:fine|good|ok(?:ay)?|clear|well|great|perfect|healthy|normal|right|correct)\b"
)
_NO = _any(
    (
        r"^(?:n(?:o+|ope+|op|ah+|aw|o ?way|ada|ay)?|none|never|not|nothing|neither|nor|negative|no one|nobody|without)\b",
        r"^(?:zero|zilch|false|wrong|incorrect|hell no|i'?d rather not|i refuse|i decline|refuse)\b",
        r"^(?:i|we|she|he|they|it|that|there|this)(?:'?ve| have|'?s)? never\b",
    )
)
_YES = _any(
    (
        r"^(?:y(?:es+|ea+h*|ep|up|eh|ess?ir|ah|a)?|aye|yass?|uh[- ]?huh|mhm+|mm[- ]?hmm+|ok(?:ay|ey|i)?|k|sure)\b",
        r"^(?:of course|certainly|absolutely|definitely|totally|exactly|indeed|agreed?|i agree|correct|right|true)\b",
        r"^(?:affirmative|go ahead|please do|fine|alright|all right|by all means|for sure|too right|i'?m afraid so)\b",
        r"^that'?s (?:right|correct|true|it|me|fine|ok)\b|^you (?:can|may|bet|got it)\b|^unfortunately\b|^sadly\b|^sure (?:is|does|do|am)\b",
        r"^(?:spot on|bang on|bingo|perfect(?:ly)?|roger|naturally|obviously|clearly|guilty|happy to|(?:a |one )?(?:100|hundred) ?(?:percent|per cent|%)|works for me)\b",
        r"^(?:let'?s (?:go|do (?:it|this|that)|start|continue|carry on)|go on|go for it|carry on|proceed|continue|ready|i'?m ready|sounds (?:good|right|fine))\b",
    )
)
_SOME = _any(
    (
        r"^(?:just |only |it'?s |i get |i have |i feel |quite |about )*(?:a (?:tiny |little |wee )?(?:bit|touch|little|few|couple)|little bit)\b",
        r"^(?:just |only |it'?s )*(?:sometimes|some ?(?:days|nights|mornings)|at times|occasional(?:ly)?|from time to time)\b",
        r"^(?:just |only |it'?s )*(?:now and (?:then|again)|(?:every )?once in a while|on and off|off and on|once or twice)\b",
        r"^(?:kind ?(?:of|a)|sort ?(?:of|a)|slight(?:ly)?|somewhat|mild(?:ly)?|very much|a ?lot|loads|both|most(?:ly| days| nights))\b",
        r"^(?:all the time|always|constantly|often|all of (?:them|it|those|these|the above)|every (?:now and then|day|night|morning|time))\b",
        r"^(?:only|just|mainly|mostly|especially|but only) (?:when|if|after|before|at|in|on|during|while|with|from|the)\b|^when i\b",
    )
)
# How often, how many, how much: nobody counts what is not there.
_COUNTED = _any(
    (
        r"^(?:once|twice|thrice|(?:one|two|three|four|five|six|seven|eight|nine|ten|several|a few|many|\d+) times?|daily|weekly|nightly|regularly|frequently|usually|socially|constantly)\b",
        r"^(?:about |around |maybe |roughly |almost |nearly )*(?:every|each) (?:single |other |few )?(?:day|night|morning|time|week|month|hour)s?\b",
        r"^(?:about |around |maybe |roughly |like |at least )*(?:one|two|three|four|five|six|seven|eight|nine|ten|half a|[1-9]\d{0,2})\b(?! percent)",
        r"^(?:just|only) (?:a|an|one|some|two|half|part|slightly|mildly|briefly|partly|partially|halfway|the one|the usual)",
        r"^(?:i (?:guess|suppose|think|feel|get|have|notice)|there(?:'?s| is| are| was| were|'?ve been| has been| have been)|it(?:'?s| is| has|'?s been)|i'?(?:ve|m)(?: been| had| got)?)"
        r" (?:(?:been|always|maybe|perhaps|just|also|had|got|is|it'?s|there'?s|definitely) )*(?:a (?:little|bit|few|couple|chance|lot)|some|quite a|one|two|several|plenty|loads)\b",
        r"^(?:it |that |the \w+ |\w+ing |\w+ )?(?:helps?|helped)(?: (?:a |me )?(?:little|bit|lot|some|somewhat|with \w+))*\W*$",
    )
)
# Something that happened to the one who answers.
_HAPPENED = re.compile(
    r"^(?:i|we|he|she|it|my \w+)(?:'ve| have| has)?(?: (?:just|also|actually|recently|once|already))?"
    r" (?:went|fell|slipped|tripped|took|had|got|broke|hurt|tried|saw|did|came|started|noticed|felt|lost|drank|travell?ed|flew|injured|hit|twisted|pulled|woke|wakes|banged|used|visited|gained|threw|passed)\b"
)
_FINE = re.compile(
    r"(?:\b(?:is|are|was|were|been|feels?|feeling|looks?|looking|seems?|sleep|sleeping|eat|eating|works?|working|doing|everything)|'s|'re|'ve been) "
    r"(?:(?:all|just|perfectly|pretty|quite|totally|still|completely|very|about|back to|absolutely|been) )*"
    r"(?:fine|normal|normally|ok(?:ay)?|good|regular|well|great|clear|healthy|alright|all right|the same|unchanged|like a baby)\W*$"
)
_HOLDER = r"(?:i|we|he|she|they|you|it|that|this|there|mine|my \w+|the \w+)"
_I_DO = re.compile(
    rf"^{_HOLDER} (?:do(?:es)?|did|am|is|are|was|were|have|has|had|can|would|will|could|may)"
    r"(?: (?:too|actually|indeed|yes|so|sometimes|a bit|a little|have (?:it|that|one|some|both|all)|get (?:that|it|those)))?\W*$"
)
_I_HAVE_HAD = re.compile(
    r"^(?:i|he|she|we|they)(?:'ve| have| has|'ve had| have had| did| does)(?: (?:also|already|always|recently|just|actually))*"
    r" (?:have|had|been|noticed?|get|got|felt|took|seen|having|getting)\b"
)
_I_DONT = _any(
    (
        rf"^{_HOLDER}(?:'?ve| have| had|'?s|'?m| am| is| was| are| do| did| does| has|'?d)?"
        r"(?: really| actually| currently| also| still| just| definitely| certainly)* ?"
        r"(?:don'?t|do not|didn'?t|did not|doesn'?t|does not|haven'?t|have not|hasn'?t|has not|hadn'?t|isn'?t|is not|wasn'?t|aren'?t|weren'?t|ain'?t|not|never|no)\b",
        r"^(?:don'?t|do not|didn'?t|haven'?t|hasn'?t|doesn'?t|isn'?t|wasn'?t|ain'?t)\b",
    )
)
# What somebody may have lost: "I don't feel my legs" denies nothing.
_LOSS = re.compile(
    rf"{_NOT} (?:\w+ ){{0,3}}(?:feel|move|control|sleep|breathe|walk|stand|lift|hold|pee|see|hear|swallow|work|go away|stop|help|get (?:up|better|worse))\b"
)


def lean(text: str, asked: str | None = None) -> str | None:
    """ "affirm", "deny", "unsure", or None when the answer does not say; `asked` is the field of the open question."""
    said = " ".join(text.lower().replace("’", "'").split())
    smile = _SMILES.match(said)
    if smile:
        return (AFFIRM, DENY, UNSURE)[(smile.lastindex or 1) - 1]
    grunt = _GRUNT.match(said)
    if grunt:
        return AFFIRM if grunt[1] else DENY
    said = _FILLER.sub("", said).strip() or said
    spanish = spanish_answers.polarity(text)
    if spanish is not None:
        return _SPANISH.get(spanish)
    if spanish_answers.all_well(text):
        return AFFIRM if asked in AGREEING else DENY
    turned = next((way for row, way in _TURNED if row.search(said)), None)
    if turned is not None:
        return turned
    return None if _asks_back(said) else _plain(said, asked)


def may_be_loss(text: str) -> bool:
    """True when a "not" may tell of something lost ("I can't feel it"): no guess may take it for a plain no."""
    return bool(_LOSS.search(" ".join(text.lower().replace("’", "'").split())))


def _asks_back(said: str) -> bool:
    """ "ok but why?": a question, unless a plain yes or no stands before it."""
    answered = _NO.search(said) or (_YES.search(said) and not _WEAK_YES.search(said))
    return bool(_QUESTION.search(said)) and not answered


def _plain(said: str, asked: str | None) -> str | None:
    if _FIRST_YES.search(said):
        return AFFIRM
    if _UNSURE.search(said):
        return UNSURE
    if _CLEAR.search(said):
        return AFFIRM if asked in AGREEING else DENY
    if _NO.search(said):
        return DENY
    if _YES.search(said) or _SOME.search(said) or _I_DO.search(said):
        return AFFIRM
    denied = bool(_DENIED.search(said))
    if not denied and asked not in AGREEING and len(said.split()) <= _SHORT and _FINE.search(said):
        return DENY
    if not denied and any(map(str.isalpha, said)) and (_COUNTED.search(said) or _HAPPENED.search(said)):
        return AFFIRM
    if _I_DONT.search(said):
        return None if _LOSS.search(said) else DENY
    return AFFIRM if _I_HAVE_HAD.search(said) else None
