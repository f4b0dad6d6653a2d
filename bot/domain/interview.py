"""What a message changes and what follows from it: the whole conversation as one pure step after the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.domain import (
    about_the_talk,
    absorb,
    afterwards,
    agreement,
    answers,
    cards,
    changing,
    complaints,
    corrections,
    hints,
    late,
    pieces,
    plain_none,
    planned_visit,
    questions,
    returning,
    rows_said,
    stopped,
    told,
    wording,
)
from bot.domain.intake import Intake
from bot.domain.move import Move, stop_if_in_danger
from bot.domain.plan import left, next_field
from bot.domain.said import Said

__all__ = ["MISSES_BEFORE_A_WAY_OUT", "Move", "left", "next_field", "take"]

MISSES_BEFORE_A_WAY_OUT = 2
MOST_CHOICES_SAID = 8
AFTERWARDS = ("handed_off", "stopped", "with_staff", "closed")
CHANGE_OF_VISIT = ("utter_faq_cancel", "utter_change_of_visit")
ASKING = ("consent", "interview", "read_back")


def take(intake: Intake, said: Said) -> Move:
    """Take one message of a visitor into the intake (changed in place) and say what follows.

    Danger first, whatever was asked; then consent; then the answer; then everything else the message holds.
    """
    move = Move()
    if said.question == "open":
        if isinstance(said.value, dict):
            intake.earlier = {name: said.value.get(name) for name in ("conversation", "kind")}
        move.say.append("utter_open_again" if intake.earlier else "utter_open")
        _ask_next(intake)
        return move
    said = pieces.as_piece(intake, said)
    said = about_the_talk.only_asked(said) if about_the_talk.asks_meaning(intake, said) else _rows(intake, said)
    before = (*intake.rf, *intake.ci)
    if intake.phase in ASKING and intake.consented:
        absorb.rows(intake, pieces.rows(intake, said), said)
        said = pieces.choice(intake, said)
    absorb.danger(intake, said)
    stopped.note_again(intake, said)
    told_again = any(found.certain for found in said.danger)  # the number again, although nothing is new
    if stop_if_in_danger(intake, move, new=told_again or len(intake.rf) + len(intake.ci) > len(before)):
        return move
    if intake.phase in AFTERWARDS:
        afterwards.take(intake, said, move)
    elif not intake.consented:
        _take_consent(intake, said, move)
    else:
        _take_answer(intake, said, move, before)
    _answer_all(said, move)
    goes_on = not move.interruption and intake.phase in ASKING and not move.hand_off
    if goes_on and not stop_if_in_danger(intake, move, new=True):
        _go_on(intake, move)
    return move


def _answer_all(said: Said, move: Move) -> None:
    """Both answers to two questions in one message; a rule would answer only one of them."""
    if said.asks and not move.alert:
        move.interruption = False
        move.short = True
        move.say += [words for words in said.asks if words not in move.say]


def recall(intake: Intake, record: Mapping[str, Any] | None, move: Move, *, days: int = 0, reference: str = "") -> None:
    """Take over what was handed off last time, or go on without it when it is gone."""
    if record is None:
        returning.forget(intake)
        move.say.append("utter_nothing_from_last_time")
    else:
        returning.recall(intake, record, days=days, reference=reference)
    if not stop_if_in_danger(intake, move, new=True):
        _go_on(intake, move)


def _go_on(intake: Intake, move: Move) -> None:
    """The next question; the check on the day of a visit needs no read-back."""
    returning.note_progress(intake)
    before = intake.open_field
    _ask_next(intake)
    move.short = move.short and intake.open_field == before  # a question that is new is asked in full
    if (note := agreement.note(intake)) is not None and not move.hand_off:
        move.say.append(note)
    if intake.open_field == "read_back" and returning.is_rescreen(intake):
        move.hand_off = True


def _rows(intake: Intake, said: Said) -> Said:
    """A row of the open question said in its own words counts as that row."""
    name = intake.open_field
    if said.question is not None or name is None or name in ("change", "read_back"):
        return said
    question = questions.question(name, intake)
    in_words = question.kind in ("multi", "choice") or name == "RF-SUICIDE"  # "I mean the pain" is its no
    return said.as_rows(rows_said.said(said.text, question.choices)) if in_words else said


def _take_consent(intake: Intake, said: Said, move: Move) -> None:
    """Yes reads on what was told before it, no ends the chat; anything else waits and the question comes back.

    A yes that overtook the greeting counts: every conversation begins with this question.
    """
    answer = (
        said.value if said.question == "consent_privacy" else _agreed(said) or _agreed(pieces.together(intake, said))
    )
    if said.is_too_early and answer == "no":
        answer = None  # nobody is sent away by a word that was on its way before the question was
    opening = said.tells_something
    if said.question is None and opening and answer != "yes":
        intake.waiting.append(said.to_json())
        move.say.append("utter_heard_before_consent")
        move.short = True
    elif answer == "yes":
        intake.know("consent_privacy", True, said.words())
        intake.phase = "interview"
        pieces.begin(intake, said)
        waiting, intake.waiting = intake.waiting, []
        stories = [Said.from_json(raw) for raw in waiting] + ([said] if opening else [])
        for story in stories:
            absorb.story(intake, story)
        understood = wording.understood(intake) if stories else ""
        move.say.append(understood or "utter_consent_thanks")
    elif answer == "no":
        _refuse(intake, move)
    elif planned_visit.is_about_one(said.text):
        move.say += CHANGE_OF_VISIT
        move.short = True
    elif about_the_talk.asks_how_much_more(said.text):
        move.say.append(about_the_talk.how_much_more(intake, left(intake)))
        move.short = True
    elif said.is_interruption or said.asks:
        move.interruption = True
    elif said.intent == "ask_why":
        move.say.append(questions.question("consent_privacy", intake).why)
        move.short = True
    elif said.intent == "ask_person":
        move.say.append("utter_person_before_consent")
        move.short = True
    elif intake.misses > MISSES_BEFORE_A_WAY_OUT:
        _refuse(intake, move)
    else:
        pieces.begin(intake, said)
        _missed(intake, said, move)


# "No pain, I only want to relax" refuses nothing.
_REFUSES = re.compile(
    r"\W*no\b\W*(?:$|thanks?\b|thank you|gracias|you may|you can|i (?:do not|don'?t|would|rather))", re.IGNORECASE
)


def _agreed(said: Said) -> str | None:
    """Yes or no to consent. A story is never taken for a yes: only plain words of agreement are."""
    plain = answers.polarity(said.text)
    if plain == "yes" and not answers.agrees(said.text):
        return None
    if not said.tells_something:
        return plain or answers.polarity(said.text, said.guess)
    return "yes" if plain == "yes" else "no" if _REFUSES.match(said.text) else None


def _refuse(intake: Intake, move: Move) -> None:
    intake.facts["consent_privacy"] = False
    intake.waiting = []
    intake.phase = "closed"
    intake.open_field = None
    move.say.append("utter_consent_refused")


def _take_answer(intake: Intake, said: Said, move: Move, before: tuple[str, ...]) -> None:
    """The answer to the open question, and everything else the message tells; `before` are the signs known till then."""
    if (said.question == "change" or intake.open_field == "change") and changing.take(intake, said, move):
        return
    if said.is_too_early:
        move.short = True
        return
    if _asks_us(intake, said, move):
        _told_beside(intake, said, move)
        return
    if said.asks and not said.tells_something:
        return
    history, whom = len(intake.corrected), intake.facts.get("for_whom")
    corrected = corrections.take(intake, said)
    pieced = [str(intake.open_field)] if not corrected and pieces.time(intake, said) else []
    answered = not corrected and (bool(pieced) or absorb.answer(intake, said))
    news = told.facts(intake, said, but=corrected or pieced)
    absorb.whose(intake)
    changing.follow(intake, corrected + news)
    changing.for_somebody_else(intake, whom)
    doubted = agreement.doubt(intake, said)
    if doubted:
        intake.misses = 0
        move.say.append("utter_agreement_doubt")
    elif corrected:
        intake.misses = 0
        move.short = True
        move.say.append(wording.changed(intake, corrected, intake.corrected[history:]))
    elif answered:
        _answered(intake, said, move, [*news, *_signs_told(intake, said, (*before, *news))])
    else:
        _not_answered(intake, said, move, [*news, *_signs_told(intake, said, (*before, *news))])


_MOST_SIGNS_SAID = 3


def _signs_told(intake: Intake, said: Said, known: tuple[str, ...]) -> list[str]:
    """Signs and conditions that this message told in words, to be said back; who taps a row sees it ticked."""
    told_now = [name for name in (*intake.rf, *intake.ci) if name not in known]
    return told_now[:_MOST_SIGNS_SAID] if said.question is None else []


def _answered(intake: Intake, said: Said, move: Move, news: list[str]) -> None:
    """The open question has its answer; a yes to the read-back ends the interview, a no asks what to change."""
    name, confirms = intake.open_field, intake.open_field == "read_back" and not news
    if confirms and intake.offers > MISSES_BEFORE_A_WAY_OUT:
        intake.wants_person = move.hand_off = True  # not right, and nothing to change: a person clears that up
    elif confirms and said.confirms():
        move.hand_off = True
    elif confirms or (name == "still_true" and intake.facts.get("still_true") == "change"):
        changing.offer(intake)
    else:
        intake.misses = 0
        if name == "narrative":
            move.say += [words for words in (wording.understood(intake),) if words]
        elif news:
            move.say.append(wording.acknowledge(intake, news))
        elif name is not None and name.startswith("RF-"):
            move.say.append("utter_danger_denied")
        if name == "narrative" or news:
            move.say += _answers_too(said)


def _answers_too(said: Said) -> list[str]:
    """What the visitor asked beside the facts that were taken."""
    if said.asks or not said.is_interruption or said.intent in _NO_ANSWER:
        return said.asks
    return [f"utter_{said.intent}"]


_NO_ANSWER = (
    "out_of_scope",
    "small_talk",
    "repeat",
    "book",
    "greet",
    "thank",
)  # beside a fact that was taken these would only confuse


def _not_answered(intake: Intake, said: Said, move: Move, news: list[str]) -> None:
    """A question of the visitor's own, other news, a skip, or nothing we could read."""
    name = intake.open_field or ""
    if (card := absorb.card_taken_back(intake, said)) is not None:
        intake.ask_again((card, *cards.every_row(card, intake)))
        move.say.append("utter_card_again")
    elif cards.is_card(name) and plain_none.denies_one(said):
        move.short = True
        move.say.append(wording.acknowledge(intake, news) if news else "utter_and_the_others")
    elif said.is_interruption:
        move.interruption = not news
        if news:
            move.say += [wording.acknowledge(intake, news), *_answers_too(said)]
    elif news:
        intake.misses = 0
        move.say.append(wording.acknowledge(intake, news))
    elif late_news := late.take(intake, said):
        move.short = True
        move.say.append(wording.acknowledge(intake, late_news))
    elif said.declines and intake.open_field and _may_be_left(intake.open_field):
        move.say.append("utter_left_open")
        _let_go(intake, intake.open_field)
    else:
        _missed(intake, said, move)


def _asks_us(intake: Intake, said: Said, move: Move) -> bool:
    """What the interview itself answers before its open question returns."""
    if about_the_talk.asks_how_much_more(said.text) and not said.tells_something:
        move.say.append(about_the_talk.how_much_more(intake, left(intake)))
    elif said.intent == "ask_person":
        intake.wants_person = True
        move.say.append("utter_person")
    elif about_the_talk.asks_whether_must(said.text) and not said.tells_something:
        move.say.append(about_the_talk.you_may_leave_it(intake))
    elif said.intent == "ask_why" and intake.open_field:
        move.say.append(questions.question(intake.open_field, intake).why)
    elif said.intent in ("stop", "start_over"):
        move.say.append("utter_stop" if said.intent == "stop" else "utter_start_over")
    elif planned_visit.is_about_one(said.text) and not said.tells_something_of("when"):
        move.say += CHANGE_OF_VISIT
    elif said.intent == about_the_talk.MEANING_ASKED:
        move.say.append(about_the_talk.meaning(intake))
    else:
        return False
    move.short = True
    return True


def _told_beside(intake: Intake, said: Said, move: Move) -> None:
    """Facts told with a wish ("my knee hurts, can you call me?") are kept, too."""
    if said.intent != "ask_person" or not said.tells_something_of("when"):
        return
    if intake.open_field == "narrative":
        absorb.story(intake, said)
        news = [name for name in (wording.understood(intake),) if name]
    else:
        news = [wording.acknowledge(intake, told_now)] if (told_now := told.facts(intake, said)) else []
    move.say[:0] = news


def _missed(intake: Intake, said: Said, move: Move) -> None:
    """First a plainer question, then an example, then a way out; a good value is never touched.

    What goes on with the message before, or was written before the question was put, is no bad answer to it.
    """
    move.short = True
    if said.in_haste or pieces.is_rest(intake, said):
        return
    intake.misses += 1
    name = intake.open_field or ""
    choices = questions.question(name, intake).choices if name else ()
    if complaints.base(name) == "sites" and questions.missing_sides(intake, complaints.number(name)):
        name, choices = "side", ()
    move.say.append(
        hints.hint(name, intake.misses, intake.locale, choices if len(choices) <= MOST_CHOICES_SAID else ())
    )
    if intake.misses <= MISSES_BEFORE_A_WAY_OUT or intake.open_field is None:
        return
    if intake.open_field == "read_back":
        intake.wants_person = True
        move.hand_off = True
    elif intake.open_field == "change":
        intake.open_field = None  # back to what was read back
    elif intake.consented:
        _let_go(intake, intake.open_field)
        intake.misses = 0


def _may_be_left(name: str) -> bool:
    return name not in ("consent_privacy", "contact", "read_back")


def _let_go(intake: Intake, name: str) -> None:
    """Give up a question without a loop: what guards safety becomes an unknown that a person resolves."""
    kept = name in intake.reopened  # what was known before stays
    if cards.is_card(name) and not kept:
        rows = cards.items(name, intake)
        absorb.leave_unsure(intake, rows)
        for row in rows:
            intake.settle(row)
    elif name.startswith(("RF-", "CI-")):
        absorb.confirm(intake, name, "unsure", None)
    elif name == "age" and not kept:
        intake.unsure_of(["age"])
    elif name.startswith("sites"):
        intake.settle(name.replace("sites", "side"))
    intake.settle(name)


def _ask_next(intake: Intake) -> None:
    """Open the next question; the read-back comes when nothing is missing."""
    if intake.open_field == "change" and intake.consented and not intake.to_confirm and not intake.reopened:
        return
    name = next_field(intake)
    if name != intake.open_field:
        intake.asked += 1
        intake.misses = 0
    intake.open_field = name
    if intake.consented and intake.phase != "stopped":
        intake.phase = "read_back" if name == "read_back" else "interview"
