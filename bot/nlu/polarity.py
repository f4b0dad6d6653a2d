"""Reads which way a short answer to a yes/no question leans: "yeah a bit", "not really", "only when I run"."""

from __future__ import annotations

import re

_FILLER = re.compile(
    r"^(?:\W|(?:um+|uh+|uhm+|er+m*|hm+|mm+|ah|oh|well|so|like|honestly|actually|i mean|let me (?:think|see)|you know)\b)+"
)
_OPEN_QUESTION = re.compile(
    r"\?\s*$|^(?:\W|ok(?:ay)?|sure|right|fine|and|but|so|then)*\b(?:what|why|how|when|where|who|which|can you|could you|do you|are you)\b"
)
_WEAK_YES = re.compile(r"^(?:ok(?:ay)?|sure|right|fine|alright|cool|great|good)\b")

_UNSURE = re.compile(
    r"\b(?:not (?:really |too |quite |so |very |entirely |100% |completely )?(?:sure|certain)|unsure|(?:do ?n'?t|do not|wouldn'?t|would not) (?:really |actually )?(?:know|remember|recall)"
    r"|no (?:idea|clue)|dunno|idk|can'?t (?:say|tell|remember|recall)|hard to (?:say|tell)|maybe|perhaps|possibly|could be|might be|i forget|who knows)\b|🤷"
)
# Denials that begin like something else, and the other way round.
_TURNED = (
    (re.compile(r"^(?:yeah|yea|yes|ya)[,\s]+(?:no+|nah|nope)\b"), "deny"),
    (re.compile(r"^(?:no|nah)[,\s]+(?:yeah|yes|yep|it does|it is|i do|i have)\b"), "affirm"),
    (
        re.compile(
            r"^(?:no (?:problem|worries|doubt|question|objections?)|not a problem|why not|not (?:only|just|always|all the time|constantly|every ?(?:day|time)))\b"
        ),
        "affirm",
    ),
    (
        re.compile(
            r"^(?:i )?(?:do ?n'?t|do not|wouldn'?t|didn'?t) (?:think|believe|reckon|guess|suppose|say) so\b|^(?:i )?(?:think|guess|hope|suppose) not\b|^(?:i )?(?:doubt it|shouldn'?t think so)\b"
        ),
        "deny",
    ),
    (
        re.compile(
            r"^(?:i )?(?:think|guess|suppose|believe|reckon|would say|'?d say) (?:so|yes|it does|it is|i do|i have)\b|^(?:probably|most likely|likely|apparently)\b(?! (?:not|no\b))"
        ),
        "affirm",
    ),
    (
        re.compile(r"^(?:probably|most likely|apparently) (?:not|no)\b|^(?:hardly|barely|rarely ever|hardly ever)\b"),
        "deny",
    ),
)
_YES = re.compile(
    r"^(?:y(?:es+|ea+h*|ep+|up+|eh|ess?ir|ah)?|aye|yass?|uh[- ]?huh|mhm+|mm[- ]?hmm+|ok(?:ay|ey|i)?|k|sure(?: thing)?|of course|certainly|absolutely|definitely|totally|exactly|indeed|agreed?|correct|right|true|affirmative"
    r"|go ahead|please do|fine|alright|all right|that'?s (?:right|correct|true|it|me|fine|ok)|you (?:can|may)|by all means|unfortunately(?: yes)?|i'?m afraid so|too right|for sure|very much|a ?lot|loads|all the time|always|constantly|often|most(?:ly| days| nights)?)\b"
    r"|^(?:👍|✅|✔|👌|🙋)"
)
_NO = re.compile(
    r"^(?:n(?:o+|ope+|op|ah+|aw|o ?way|ada|ay)?|none|never|not|nothing|neither|nor|negative|no one|nobody|without|zero|zilch|false|wrong|incorrect|hell no|can'?t say (?:that )?i (?:do|have)|i'?d rather not|i refuse|i decline|refuse)\b"
    r"|^(?:👎|❌|🙅)|^(?:i|we|she|he|they|it|that|there|this)(?:'?ve| have|'?s)? never\b"
)
_SOME = re.compile(
    r"^(?:just |only |maybe |it'?s |i get |i have |i feel |quite |about )*(?:a (?:tiny |little |wee )?(?:bit|touch|little)|little bit|a few|sometimes|some ?(?:days|nights|mornings)|at times|occasional(?:ly)?|from time to time|now and (?:then|again)|(?:every )?once in a while"
    r"|on and off|off and on|once or twice|kind ?(?:of|a)|sort ?(?:of|a)|slight(?:ly)?|somewhat|mild(?:ly)?|both|all of (?:them|it|those|these|the above)|every (?:now and then|day|night|morning|time)|a couple)\b"
    r"|^(?:only|just|mainly|mostly|especially|but only) (?:when|if|after|before|at|in|on|during|while|with|from|the)\b|^when i\b"
)
_HOLDERS = r"(?:i|we|he|she|they|you|it|that|this|there|mine|my \w+|the \w+)"
_I_DO = re.compile(
    rf"^{_HOLDERS} (?:do(?:es)?|did|am|is|are|was|were|have|has|had|can|would|will|could|may)(?: (?:too|actually|indeed|yes|so|sometimes|a bit|a little|have (?:it|that|one|some|both|all)|get (?:that|it|those)))?\W*$"
)
_I_HAVE = re.compile(
    r"^(?:i|he|she|we|they)(?:'ve| have| has| had|'ve had| have had| did| do| does)(?: (?:do|also|already|always|recently|been|just|actually))* (?:have|had|been|noticed?|get|got|feel|felt|take|took|seen|having|getting|feeling)\b"
)
_I_DONT = re.compile(
    rf"^{_HOLDERS}(?:'?ve| have| had|'?s|'?m| am| is| was| are| do| did| does| has|'?d)?(?: really| actually| currently| also| still| just| definitely| certainly)* ?(?:don'?t|do not|didn'?t|did not|doesn'?t|does not|haven'?t|have not|hasn'?t|has not|hadn'?t|isn'?t|is not|wasn'?t|aren'?t|weren'?t|ain'?t|not|never|no)\b"
    r"|^(?:don'?t|do not|didn'?t|haven'?t|hasn'?t|doesn'?t|isn'?t|wasn'?t|ain'?t)\b"
)
# "I don't feel my legs" denies nothing.
_LOSS = re.compile(
    r"\b(?:feel|move|control|sleep|breathe|walk|stand|lift|hold|pee|see|hear|swallow|work|go away|stop|help|get (?:up|better|worse))\b"
)
_CLEAR = re.compile(
    r"^(?:i'?m |i am |it'?s |we'?re |they'?re |everything(?:'?s| is| looks)? |all |looks? |that'?s |sounds? )+(?:all )?(?:fine|good|ok(?:ay)?|clear|well|great|perfect|healthy|normal|right|correct)\b"
)
# Where "all good" agrees; on a list of ailments it denies them.
AGREEING = ("consent_privacy", "consent_share", "read_back", "doctor")


def lean(text: str, asked: str | None = None) -> str | None:
    """ "affirm", "deny", "unsure", or None when the answer does not say; `asked` is the field of the open question.

    Only the way of saying counts, never a symptom: whoever names one is read by `bot.language`.
    """
    said = " ".join(text.lower().replace("’", "'").split())
    said = _FILLER.sub("", said).strip() or said
    for pattern, way in _TURNED:
        if pattern.search(said):
            return way
    if _OPEN_QUESTION.search(said) and not (_strong_yes(said) or _NO.search(said)):
        return None
    if re.match(r"(?:yes|yeah|yep|nope)\b", said):
        return "deny" if said.startswith("nope") else "affirm"
    if _UNSURE.search(said):
        return "unsure"
    if _CLEAR.search(said):
        return "affirm" if asked in AGREEING else "deny"
    return _plain_lean(said)


def _strong_yes(said: str) -> bool:
    return bool(_YES.search(said)) and not _WEAK_YES.search(said)


def _plain_lean(said: str) -> str | None:
    if _NO.search(said):
        return "deny"
    if _YES.search(said) or _SOME.search(said) or _I_DO.search(said):
        return "affirm"
    if _I_DONT.search(said):
        return None if _LOSS.search(said) else "deny"
    return "affirm" if _I_HAVE.search(said) else None
