"""Puts a message into the intake: its dangers first, then the answer to the open question, then the whole story."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bot.domain import ache_told, answers, cards, complaints, nothing_new, plain_none, screens, told
from bot.domain.flags import RED_FLAGS
from bot.domain.intake import Intake
from bot.domain.mention import Danger
from bot.domain.plain_answers import READERS
from bot.domain.said import Said


def danger(intake: Intake, said: Said) -> None:
    """Certain flags are taken at once; doubtful ones are asked once. A card tap counts as certain."""
    for found in said.danger:
        if found.certain or found.flag in intake.rf:
            intake.assert_all([found.flag], said.words(found))
        elif found.guessed:
            if not screens.concerns(found.flag, intake.facts.get("age"), intake.facts.get("sex")):
                continue  # a child's limp is no guess about somebody of 72
            if nothing_new.all_understood(intake, said):
                continue
            _guess(intake, found.flag, said.words(found))
        elif _is_despair(said, found):
            continue
        elif found.flag not in intake.to_confirm and confirmed(found.flag) not in intake.settled:
            intake.to_confirm.append(found.flag)
            intake.quote(found.flag, said.words(found))
    if said.question and cards.is_card(said.question) and isinstance(said.value, list):
        intake.assert_all([name for name in said.value if str(name).startswith(("RF-", "CI-"))], said.words())


def _is_despair(said: Said, found: Danger) -> bool:
    """True for the "can't go on" within "I can't go on like this": asked as the wish it may be, not as a broken bone."""
    return any(
        one.flag == "RF-SUICIDE" != found.flag and one.start <= found.start and found.end <= one.end
        for one in said.danger
    )


def _guess(intake: Intake, flag: str, words: Mapping[str, Any]) -> None:
    """The whole emergency card comes (again), with this flag on it: often it is another danger that was meant."""
    if flag not in intake.guessed:
        intake.guessed.append(flag)
        intake.quote(flag, words)
        intake.ask_again((cards.EMERGENCY, *screens.EMERGENCY_CARD, flag))


def confirmed(flag: str) -> str:
    """The mark that the one confirming question of a flag was asked: a "none" on a card does not spare it."""
    return f"{flag} confirmed"


def confirm(intake: Intake, flag: str, answer: str, words: Mapping[str, Any] | None) -> None:
    """A doubtful danger: only a clear no lets the interview go on; "not sure" counts as the danger itself.

    Who says yes to one of the rows picked by "2, 5" has picked them all.
    """
    flags = [flag, *(_picked_with(intake, flag) if answer == "yes" else ())]
    for one in flags:
        if one in intake.to_confirm:
            intake.to_confirm.remove(one)
        intake.settle(one)
        intake.settle(confirmed(one))
    if answer in ("yes", "unsure"):
        intake.assert_all(flags, words)


def _picked_with(intake: Intake, flag: str) -> list[str]:
    """The other flags still to be confirmed that the same bare numbers picked."""
    words = next(reversed(intake.said.get(flag, [])), None)
    if words is None or not answers.only_numbers(words["text"]):
        return []
    return [one for one in intake.to_confirm if one != flag and words in intake.said.get(one, [])]


def answer(intake: Intake, said: Said) -> bool:
    """Read the message as the answer to the open question; False when it is none."""
    name = intake.open_field
    if name is None:
        return False
    if said.question is not None:
        return _structured(intake, said)
    if name.startswith(("RF-", "CI-")):
        return _confirm_in_words(intake, name, said)
    if cards.is_card(name):
        return _card_in_words(intake, name, said)
    if said.rows:
        several = complaints.base(name) == "clearance"
        return _structured(intake, replace(said, question=name, value=[*said.rows] if several else said.rows[0]))
    if name == "narrative":
        return _read_narrative(intake, said)
    reader = READERS.get(complaints.base(name))
    return bool(reader and reader(intake, said))


def _structured(intake: Intake, said: Said) -> bool:
    """A tapped answer; the web edge has checked that it fits the question."""
    name, value, words = str(said.question), said.value, said.words()
    base, at = complaints.base(name), complaints.number(name)
    if value is None:
        intake.settle(name)
    elif name.startswith(("RF-", "CI-")):
        confirm(intake, name, value, words)
    elif cards.is_card(name):
        _card(intake, name, value, words)
    elif base == "clearance":
        told.clear(intake, [item for item in value if item not in ("none", "unsure")], words)
    elif base == "sites":
        ache_told.set_sites(intake, value if isinstance(value, list) else [value], words, at)
    elif base in ("function_limited", "consent_share"):
        intake.know(name, value in (True, "yes"), words)
    elif base == "read_back":
        return True
    elif base == "contact":
        intake.know("contact", {**(intake.facts.get("contact") or {}), **{k: v for k, v in value.items() if v}}, words)
    elif base == "narrative":
        story(intake, replace(said, question=None))
    else:
        intake.know(name, value, words)
    return True


def _confirm_in_words(intake: Intake, name: str, said: Said) -> bool:
    asks = answers.is_question(said.text)
    polarity = None if asks else answers.polarity(said.text, said.guess) or next(iter(said.rows), None)
    if name in {found.flag for found in said.danger}:
        polarity = "unsure" if polarity == "no" else "yes"  # said again in other words: never a clear no
    if polarity is None:
        return False
    confirm(intake, name, polarity, said.words())
    return True


def _card(intake: Intake, name: str, value: list[Any], words: Mapping[str, Any] | None) -> None:
    """Settle a card: what was ticked is asserted, "not sure" leaves the rest unknown, the others were answered no.

    On a card that the visitor wanted to change, what is not ticked any more is taken back, but no danger ever is.
    """
    asked = cards.items(name, intake)
    ticked = [item for item in value if item in asked or str(item).startswith(("RF-", "CI-"))]
    if name in intake.reopened:
        _take_back(intake, [item for item in asked if item not in ticked])
    intake.assert_all((item for item in ticked if item.startswith(("RF-", "CI-"))), words)
    for sign in ticked:
        if sign == cards.ORDERED:
            intake.know("doctor", "ordered", words)
        elif sign == cards.SUDDEN:
            for at in cards.could_be_sudden(intake):
                intake.know(complaints.field("onset", at), "sudden", words)
        elif not sign.startswith(("RF-", "CI-")):
            intake.add_extra(sign, words)
    if "unsure" in value:
        leave_unsure(intake, [item for item in asked if item not in ticked])
    for item in asked:
        intake.settle(item)
    intake.settle(name)
    # Said in words or tapped, "none" is one word and no list (contract §5).
    kept = value[0] if value in (["none"], ["unsure"]) else value
    intake.facts[_slot(name)] = kept
    intake.quote(name, words)


def rows(intake: Intake, named: Iterable[str], said: Said) -> None:
    """Rows of a card that several messages said together: a card still open is answered by them."""
    flags = [row for row in named if row.startswith(("RF-", "CI-")) and row not in (*intake.rf, *intake.ci)]
    card = intake.pieces.get("question", "")
    if flags and card == intake.open_field:
        _card(intake, card, flags, said.words())
    else:
        intake.assert_all(flags, said.words())


def leave_unsure(intake: Intake, rows: Iterable[str]) -> None:
    """Rows of a card that nobody answered: signs and conditions become unknown, how it began is asked by itself."""
    for row in rows:
        if row == cards.SUDDEN:
            intake.settle(cards.SUDDEN_UNSURE)
        elif not cards.is_fact(row):
            intake.unsure_of([row])


def _take_back(intake: Intake, items: list[str]) -> None:
    for item in items:
        kept = intake.rf if item.startswith("RF-") else intake.ci
        if item in kept and not (item in RED_FLAGS and RED_FLAGS[item].urgency in ("emergency", "same_day")):
            kept.remove(item)
            intake.corrected.append({"field": item, "old": True, "new": False})
        if item in intake.rf_unknown:
            intake.rf_unknown.remove(item)


# At the gate these are said of now as often as of the past: one question tells.
_MAY_BE_NOW = {"CI-STROKE": "RF-STROKE", "CI-HEART": "RF-ACS"}


def _may_be_now(intake: Intake, name: str, said: Said) -> list[str]:
    """The emergencies that "stroke" and "heart attack" may mean where the emergency card was asked."""
    if name != cards.EMERGENCY or len(said.text.split()) > _FEW_WORDS:
        return []
    meant = [_MAY_BE_NOW[str(one.value)] for one in said.of("condition") if one.value in _MAY_BE_NOW]
    return [flag for flag in meant if flag not in intake.rf and confirmed(flag) not in intake.settled]


_FEW_WORDS = 4


def _card_in_words(intake: Intake, name: str, said: Said) -> bool:
    """ "none", "not sure", or the rows named; a bare yes is not enough, the question is then which.

    What was written before the card was seen answers none of it; a danger in it was taken all the same.
    """
    if said.early:
        return False
    asked = cards.items(name, intake)
    rows = cards.labelled(asked, intake.locale)
    guessed = name == cards.EMERGENCY and any(found.guessed for found in said.danger)
    # "None, but …" is no plain none, and "it's not cancer, is it?" is a question.
    none = plain_none.denies_all(said) and not guessed
    named = [row for row in said.rows if not (guessed and row == "none")]
    told_of = [m.value for m in said.of("condition", "medicine") if m.value]
    # "I have diabetes" alone answers none of the rows of a card of dangers, "I take warfarin" none of the conditions.
    named += told_of if none else [value for value in told_of if value in asked]
    # A sign that is no row of this card is taken, and says nothing of the rows.
    named += [found.flag for found in said.danger if found.certain and found.flag in cards.every_row(name, intake)]
    unclear = answers.polarity(said.text, said.guess) == "unsure"
    if not named and not none and (now := _may_be_now(intake, name, said)):
        return _confirm_first(intake, said, now)
    if not named and plain_none.denies_one(said):
        return False  # "no chest pain" is neither that row nor a no to the others
    if not named and none and not plain_none.but_something(said):
        named = ["none"]
    elif not named and not unclear:
        named = answers.named_choices(said.text, rows)
        if named and (name == cards.EMERGENCY or (cards.asks_danger(name) and answers.only_numbers(said.text))):
            return _confirm_first(intake, said, named)
    if unclear and not named:
        named = ["unsure"]
    if not named and name == "medicines" and said.of("medicine"):
        named = ["none"]  # a medicine without a rule of its own was named: the card is answered
    if not named and name == "conditions" and any(not one.value for one in said.of("condition")):
        named = ["none"]  # an illness without a rule of its own
    if not named:
        return False
    _card(intake, name, named, said.words())
    return True


def card_taken_back(intake: Intake, said: Said) -> str | None:
    """The card whose "none" is taken back by "no wait, there is some swelling": the one that was answered last."""
    signs = [one for one in said.of("finding", "condition") if one.value not in _NO_SIGNS]
    confirming = (intake.open_field or "").startswith(("RF-", "CI-"))
    if said.question is not None or not said.corrects or not signs or confirming:
        return None
    answered = (name for name in reversed(intake.settled) if cards.is_card(name))
    last = next(answered, None)
    return last if last is not None and intake.facts.get(_slot(last)) == "none" else None


_NO_SIGNS = ("pain", "injury", "stiffness", "muscle_ache", "joint_pain")  # what brings people here


def _slot(card: str) -> str:
    return "region_screen" if card.startswith("screen_") else card


def _confirm_first(intake: Intake, said: Said, named: list[str]) -> bool:
    """What only points at a row is asked once before it counts: a bare number may be the late answer to another question,
    and "back pain for weeks" shares two words with the row about the heart."""
    for flag in named:
        if flag.startswith("RF-") and flag not in intake.to_confirm:
            intake.to_confirm.append(flag)
            intake.quote(flag, said.words())
    return True


def _read_narrative(intake: Intake, said: Said) -> bool:
    if (said.is_interruption or said.is_beside_the_point) and not said.tells_something:
        return False
    story(intake, said)
    return True


def story(intake: Intake, said: Said) -> None:
    """The story in the visitor's own words: kept whole, and every fact in it taken.

    A story about somebody else waits until it is known whether the visit is theirs.
    """
    told.tell(intake, said)
    danger(intake, said)
    told.facts(intake, said)
    if any(mention.other_person for mention in said.mentions) or said.other_danger:
        intake.waiting.append(said.to_json())
        whose(intake)


def whose(intake: Intake) -> None:
    """Once it is known for whom the visit is, read what was told of somebody else as theirs, or let it go."""
    meant = intake.facts.get("for_whom")
    if meant is None:
        return
    waiting, intake.waiting = intake.waiting, []
    for raw in waiting if meant in ("child", "other") else ():
        theirs = Said.from_json(raw).as_theirs()
        danger(intake, theirs)
        told.facts(intake, theirs)
