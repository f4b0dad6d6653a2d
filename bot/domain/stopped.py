"""After a stop: the number again, a person to talk to, and the one question for who says they were misread.

Nothing here lowers a stop. Who was misread is asked once more, and staff get both versions: the words that were read as
danger, and what the visitor says about them now.
"""

from __future__ import annotations

import re

from bot.domain import absorb, answers, spanish_answers
from bot.domain.conditions import CONDITIONS
from bot.domain.flags import RED_FLAGS
from bot.domain.intake import Intake
from bot.domain.judge import judge
from bot.domain.move import Move, stop_if_in_danger
from bot.domain.said import Said

CRISIS = frozenset({"RF-SUICIDE"})
ABUSE = frozenset({"RF-ABUSE"})
MEANT = "meant"  # asked in place of a sign when a stop came of several facts together
_MISREAD = re.compile(
    r"\bmis-?(?:read|understood|understand\w*|heard|took|typed|interpret\w*|click\w*|tapp\w*)\b"
    r"|\b(?:got|getting|have|had|took|read|understood) (?:me|it|that|this) (?:all |completely |totally )?wrong(?:ly)?\b"
    r"|\bnot what i (?:meant?|said|wrote|told|was saying)\b"
    r"|\b(?:that|this|it)(?:'?s| is| was)?(?: not|n'?t) (?:true|right|correct|the case|what happened|like that)\b"
    r"|\bi (?:did(?:n'?t| not)|never) (?:say|said|mean|meant|write|wrote|tell|told|tick|ticked|tap|tapped)\b|\bi (?:only |just )?meant?\b"
    r"|\bwrong (?:button|answer|one|box|row|person)\b|\b(?:pressed|ticked|tapped|picked|chose|clicked) (?:it |that )?wrong\b"
    r"|\b(?:mistake|mistaken|mix-?up|typo|in error|accidentally|by accident)\b"
    r"|\btake (?:that|it) back\b|\b(?:ignore|forget) (?:that|what i (?:said|wrote))\b|\b(?:joking|kidding|a joke|exaggerat\w+|figure of speech)\b"
    r"|\bi (?:do(?:n'?t| not)|have(?:n'?t| not)) (?:have|got|had) (?:that|it|this|those|these|any of (?:that|those|these|it))\b",
    re.IGNORECASE,
)
_MISREAD_ES = re.compile(
    r"\b(?:entend|le[iy]|comprend|interpret)\w* (?:\w+ )?mal\b|\bmal ?(?:entendid|interpret|leid|entend)\w*\b"
    r"|\bno (?:es|era|fue) (?:eso|asi|cierto|verdad|correct[oa]|lo que)\b|\bno me refer\w+\b|\bno (?:lo )?(?:quise|queria|quiero) decir\b"
    r"|\b(?:quise|queria|quiero) decir\b|\bme refer(?:ia|i) a\b|\b(?:no|nunca|jamas) (?:he )?(?:dije|dicho|escrib\w+|puse|puesto|marque|marcado)\b"
    r"|\b(?:me|te|se) (?:equivo\w+|confund\w+|ha[sn]? (?:equivocado|confundido)|he (?:equivocado|confundido))\b"
    r"|\bequivocacion\b|\bequivocad[oa]\b|\b(?:por|fue un|es un|era un) error\b|\bsin querer\b|\b(?:una?|de) broma\b|\bbromea\w*|\bexager\w+"
    r"|\b(?:forma|manera) de hablar\b|\bolvid\w* (?:eso|lo que)\b|\bno tengo (?:eso|nada de eso|ningun[oa]?(?: de es[oa]s)?)\W*$"
)


def misread(text: str) -> bool:
    """True when the words say that something was read or tapped wrongly, in English or Spanish."""
    return bool(_MISREAD.search(text) or _MISREAD_ES.search(spanish_answers.plain(text)))


def take(intake: Intake, said: Said, move: Move) -> None:
    """One message after a stop. New danger was looked at before."""
    asked = intake.open_field
    if said.intent == "ask_person" or said.value == "person":
        _person(intake, move)
    elif asked == "consent_privacy":
        _take_late_consent(intake, said, move)
    elif asked is not None and (asked == MEANT or asked.startswith(("RF-", "CI-"))):
        _told_again(intake, said, move, asked)
    elif said.value == "misread" or misread(said.text):
        _disputed(intake, said, move)
    elif asked == "safe_contact" and absorb.answer(intake, said):
        _take_safe_contact(intake, move)
    elif said.intent == "repeat" or _WHAT_NOW.search(said.text):
        _advice_again(intake, move)
    elif said.is_interruption and said.intent not in ("book", "out_of_scope"):
        move.interruption = True
    else:
        move.say.append(_still_here(intake))
        _offer_to_pass_on(intake)


_WHAT_NOW = re.compile(
    r"\bwhat (?:should|do|can|must|shall|am) i (?:do|supposed to do)\b|\bwhat now\b|\bqu[eé] (?:hago|debo hacer|tengo que hacer|puedo hacer)\b|\by ahora qu[eé]\b",
    re.IGNORECASE,
)


def _advice_again(intake: Intake, move: Move) -> None:
    """The whole advice once more, for who asks what to do; staff were told already."""
    move.alert = {"urgency": judge(intake).urgency, "flags": [*intake.rf]}


def _offer_to_pass_on(intake: Intake) -> None:
    """Who was stopped before consent and goes on writing is asked once whether staff may hear of it."""
    if intake.consented or _OFFERED in intake.settled or ABUSE & {*intake.rf}:
        return
    intake.settle(_OFFERED)
    intake.open_field = "consent_privacy"
    intake.misses = 0


_OFFERED = "offered to pass on"  # the mark of it


def note_again(intake: Intake, said: Said) -> None:
    """Danger in the very answer to the one question: the script comes again, and a person still looks at both versions."""
    asked = intake.open_field or ""
    if (
        intake.phase == "stopped"
        and asked.startswith(("RF-", "CI-", MEANT))
        and any(one.certain for one in said.danger)
    ):
        intake.disputed.append({**_both_versions(intake, said, asked), "answer": "told again"})
        intake.wants_person = intake.wants_person or intake.consented


def _disputed(intake: Intake, said: Said, move: Move) -> None:
    """Ask once more about the sign that stopped the interview; who says it again goes to a person."""
    flags = {*intake.rf} - CRISIS
    about = None if flags and flags <= ABUSE else _in_dispute(intake)
    intake.disputed.append(_both_versions(intake, said, about))
    if about is None or any("answer" in earlier for earlier in intake.disputed):
        _to_a_person(intake, move)
        return
    move.say.append("utter_misread_asks")
    intake.open_field = about


def _in_dispute(intake: Intake) -> str:
    """The flag or condition behind the stop; the newest flag first, `MEANT` when only facts together brought it.

    Abuse is never asked about again: whoever did it may be the one who now holds the telephone.
    """
    result = judge(intake)
    strongest = {name for reason in result.reasons if reason.urgency == result.urgency for name in reason.facts}
    named = [name for name in (*intake.ci, *intake.rf) if name in strongest or f"R-{name}" == result.rule]
    known = [name for name in named if (name in RED_FLAGS or name in CONDITIONS) and name not in ABUSE]
    return known[-1] if known else MEANT


def _both_versions(intake: Intake, said: Said, about: str | None) -> dict[str, str]:
    """What was read and what is said of it now; staff see the one beside the other."""
    read = [str(words["text"]) for words in intake.said.get(about or "", ())] if about else []
    kept = {"about": about or "", "read": read[-1] if read else "", "now": said.text}
    return {name: words for name, words in kept.items() if words}


def _told_again(intake: Intake, said: Said, move: Move, asked: str) -> None:
    """The answer to the one question: kept beside the first version, and for a person to judge, whatever it is."""
    polarity = str(said.value) if said.question else answers.polarity(said.text, said.guess) or ""
    answer = {"answer": "told" if asked == MEANT else polarity or "unclear"}
    intake.disputed.append({**_both_versions(intake, said, asked), **answer})
    intake.quote(f"{asked} misread", said.words())
    if polarity == "yes" and asked != MEANT:
        intake.open_field = None
        intake.wants_person = True
        move.amend = intake.consented
        move.say += ["utter_misread_holds", _still_here(intake)]
    else:
        _to_a_person(intake, move)


def _to_a_person(intake: Intake, move: Move) -> None:
    """Nothing un-shows the advice: a person looks at what was misread."""
    if ABUSE & {*intake.rf}:
        move.amend = intake.consented
        move.say.append("utter_misread_private")  # and nobody calls a number that was not given for this
        return
    intake.open_field = None
    if not intake.consented:
        _ask_late_consent(intake, move, "utter_misread_unkept")
        return
    intake.wants_person = move.amend = True
    move.say.append("utter_misread_crisis" if CRISIS & {*intake.rf} else "utter_misread")


def _still_here(intake: Intake) -> str:
    if CRISIS & {*intake.rf}:
        return "utter_stopped_crisis"
    if ABUSE & {*intake.rf}:
        return "utter_stopped_abuse"
    return "utter_stopped"


def _person(intake: Intake, move: Move) -> None:
    if not intake.consented:
        _ask_late_consent(intake, move, "utter_person_before_consent")
        return
    intake.wants_person = True
    move.amend = intake.reference is not None
    move.say.append("utter_person")


def _ask_late_consent(intake: Intake, move: Move, words: str) -> None:
    """Before consent nothing may be passed on: with a yes staff get what was told after all."""
    intake.open_field = "consent_privacy"
    intake.misses = 0
    move.say.append(words)


def _take_late_consent(intake: Intake, said: Said, move: Move) -> None:
    """A yes hands over what was told, a no keeps nothing; anything else gets the number again."""
    answer = str(said.value) if said.question else answers.polarity(said.text, said.guess)
    if answer == "yes" and (said.question or answers.agrees(said.text)):
        intake.know("consent_privacy", True, said.words())
        waiting, intake.waiting = intake.waiting, []
        for raw in waiting:
            absorb.story(intake, Said.from_json(raw))
        intake.wants_person = True
        stop_if_in_danger(intake, move, new=True)
    elif answer == "no":
        intake.open_field = None
        move.say.append("utter_stopped_unkept")
    elif said.intent == "repeat" or _WHAT_NOW.search(said.text):
        _advice_again(intake, move)
    elif said.is_interruption and said.intent not in ("book", "out_of_scope"):
        move.interruption = True
    else:
        move.say.append(_still_here(intake))


def _take_safe_contact(intake: Intake, move: Move) -> None:
    intake.open_field = None
    told = intake.facts.get("safe_contact") is not None
    intake.wants_person = intake.wants_person or told
    move.amend = told
    move.say.append("utter_safe_contact_thanks" if told else "utter_safe_contact_left")
