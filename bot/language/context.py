"""How a thing was meant: denied, past, another person's, only imagined, doubtful. ConText with the scope rules of clinical A.10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.lexicon import BITS, CONCEPT, CONTEXT, FLAGS, Trigger
from bot.language.phrases import Found
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

NEGATED, PAST, OTHER, HYPOTHETICAL, UNCERTAIN, OVER = BITS.values()
_TOPIC = 30  # words a trailing "no" looks back for what it denies
_FAR = 30  # a trigger that reaches this far goes on past "and" until a new "I" or "my"


def said(flags: int) -> dict[str, bool]:
    """The flags of a mention that are set."""
    if flags & OVER:
        flags |= PAST
    return {name: True for name, bit in FLAGS.items() if flags & bit}


# After "and" or a comma these begin a new statement, so that a denial before them is over.
_NEW_SUBJECT = word_set(
    "i i'm i've i'll i'd im ive my it it's its the this that there he she we they you your when now then just only",
    "still also got have has feel feels feeling but so because can can't cannot having am is are was both one even",
    "today what maybe hurts aches bit slight very really mild severe some otherwise",
)  # fmt: skip
# A list item that holds one of these is a statement of its own: "no swelling, sharp pain in the knee".
_STATEMENT = _NEW_SUBJECT | word_set(
    "in on down up since for with after from fine ok okay normal good pain pains ache aching sore stiff hurt worse",
    "left right about yes yeah whole when",
)
_ASIDE = frozenset([",", ";", ":", "-", "–", "—", "(", ")", "/", '"', "?", ".", "!", "…"])
_ENDS = word_set(
    ". ? ! ; …",
)
_HESITATION = word_set(
    "uh um uhm uhh umm er erm oh ohh ah hm hmm well so like ok okay and , . ? ! - …",
)
_VERBS = word_set(
    "hurts hurt aches ache is are was it's i i'm i've have has had feel feels got get gets my it started came comes",
    "do does did said",
)
_NO = word_set(
    "no nope nah none never negative nil not nothing neither",
)
_AFTER_NO = word_set(
    "i i'm i've it it's my the that there he she they we you just but thanks thank , . ! ; : problem worries doubt",
    "idea matter only longer because however this now actually im ive",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Words `first`..`last` (exclusive) that a trigger at `at`..`to` marks with `flag`."""

    first: int
    last: int
    flag: int
    strong: bool
    at: int
    to: int


class Context:
    """The scopes of one text."""

    def __init__(self, tokens: Tokens, found: Sequence[Found], *, subject: str = "self") -> None:
        self._tokens = tokens
        triggers = _without_overlap([f for f in found if f.table == CONTEXT])
        self._ends = {f.first for f in triggers if f.value.role == "end"}
        self.scopes = [
            scope
            for f in triggers
            if f.value.role in BITS and not (f.value.role == "other_person" and subject == "other")
            for scope in self._scopes(f, f.value)
        ]
        self.scopes = self._held_in(found) + self._trailing_denials()

    def _held_in(self, found: Sequence[Found]) -> list[Scope]:
        """A denial inside a danger phrase ("not peed all day") ends with that phrase."""
        phrases = [f for f in found if f.table == CONCEPT and f.last - f.first > 1]
        out = []
        for scope in self.scopes:
            around = [f.last for f in phrases if f.first <= scope.at and f.last >= scope.to]
            last = min(scope.last, max(around)) if around and scope.flag == NEGATED else scope.last
            out.append(Scope(scope.first, last, scope.flag, scope.strong, scope.at, scope.to))
        return out

    def flags(self, first: int, last: int, *, site: bool = False) -> int:
        """The flags of the words `first`..`last`; a body `site` is denied only by a strong denial."""
        flags = 0
        for scope in self.scopes:
            if first < scope.first or first >= scope.last or (first <= scope.at and last >= scope.to):
                continue
            if scope.flag in (NEGATED, PAST) and site and not scope.strong:
                continue
            flags |= scope.flag
        return flags

    def _scopes(self, found: Found, trigger: Trigger) -> list[Scope]:
        flag, words = BITS[trigger.role], self._tokens.words
        if flag == NEGATED and found.last == found.first + 1 and words[found.first] == "no" and self._exclaims(found):
            return []
        out = []
        if trigger.direction == "sentence":
            out.append((self._sentence_start(found.first), self._sentence_end(found.first)))
        if trigger.direction in ("forward", "both"):
            wide = flag in (OTHER, HYPOTHETICAL, PAST) or trigger.reach >= _FAR
            out.append((found.last, self._forward_end(found.last, trigger.reach, wide=wide)))
        if trigger.direction in ("backward", "both"):
            out.append((self._backward_start(found.first, trigger.reach), found.first))
        return [Scope(first, last, flag, trigger.strong, found.first, found.last) for first, last in out]

    def _exclaims(self, found: Found) -> bool:
        """ "No, my knee" and "no I have pain": the answer no, which denies nothing after it."""
        words, after = self._tokens.words, found.last
        return after >= len(words) or words[after] in _AFTER_NO

    def _forward_end(self, start: int, reach: int, *, wide: bool) -> int:
        tokens, words = self._tokens, self._tokens.words
        if start >= len(words):
            return start
        sentence = tokens.sentence[start - 1]
        at, limit = start, min(len(words), start + reach)
        while at < limit and tokens.sentence[at] == sentence:
            if at in self._ends:
                return at
            word = words[at]
            if not wide and at > start and word in ("i", "i'm", "i've", "i'd", "i'll"):
                return at
            if word in (",", "and", "-", "–", "—", ":") and at > start and self._new_statement(at, wide=wide):
                return at
            at += 1
        return at

    def _new_statement(self, comma: int, *, wide: bool) -> bool:
        words = self._tokens.words
        after = comma + 1
        if after < len(words) and words[after] in ("and", "or", "nor"):
            after += 1
        if after >= len(words):
            return True
        if wide:
            return (
                words[after] in ("i", "i'm", "i've", "im", "ive", "my", "mine", "me", "but", "now")
                and words[comma] != ":"
            )
        if words[after] in _NEW_SUBJECT:
            return True
        if words[comma] == "and":
            return any(word in _NEW_SUBJECT for word in words[after : after + 3])
        item = []
        for word in words[after : after + 6]:
            if word in (",", "or", "and", "nor") or word in _ASIDE:
                break
            item.append(word)
        return len(item) > 4 or any(word in _STATEMENT for word in item)

    def _backward_start(self, end: int, reach: int) -> int:
        words, at = self._tokens.words, end
        sentence = self._tokens.sentence[end]
        while at > 0 and end - at < reach and self._tokens.sentence[at - 1] == sentence:
            if at - 1 in self._ends and words[at - 1] not in (",",):
                break
            at -= 1
        return at

    def _sentence_start(self, at: int) -> int:
        return self._backward_start(at, 999)

    def _sentence_end(self, at: int) -> int:
        sentence, count = self._tokens.sentence, len(self._tokens)
        end = at
        while end < count and sentence[end] == sentence[at]:
            end += 1
        return end

    def _trailing_denials(self) -> list[Scope]:
        """ "Numbness? No." "fever: none" "Allergies. Uh, no." "breast cancer no": the denial stands after what it denies."""
        words = self._tokens.words
        out = []
        for at in range(1, len(words)):
            if words[at] not in _NO:
                continue
            sign = words[at - 1]
            after = words[at + 1] if at + 1 < len(words) else "."
            hesitant = sign == "," and words[at - 2 : at - 1] and words[at - 2] in _HESITATION
            if not hesitant and self._denies_before(sign, words[at], after):
                out.append(Scope(self._said_before(at - 1), at, NEGATED, True, at, at + 1))
            elif after in _ENDS and self._short_before(at):
                out.append(Scope(self._short_start(at), at, NEGATED, True, at, at + 1))
        return out

    @staticmethod
    def _denies_before(sign: str, no: str, after: str) -> bool:
        if sign == "?":
            return True
        if sign not in (":", "-", "–", "—", "=", ",") or (no in ("not", "never") and sign == ","):
            return False
        return after in _ASIDE or (sign != "," and no in ("nope", "nah", "none", "never", "nil"))

    def _said_before(self, sign: int) -> int:
        """Where the statement before the sign at `sign` begins."""
        words, first = self._tokens.words, sign
        while first > max(0, sign - _TOPIC) and words[first - 1] not in (".", "?", "!", ";"):
            first -= 1
            if words[first] in _NO and first and words[first - 1] in (":", "?", "-"):
                return first + 1
        return first

    def _short_start(self, at: int) -> int:
        """The first word of the sentence of `at`, or of the one before when this one holds nothing but the no."""
        words, first = self._tokens.words, self._first_of_sentence(at)
        if all(word in _HESITATION for word in words[first:at]) and first > 0:
            first = self._first_of_sentence(first - 1)
        return first

    def _short_before(self, at: int) -> bool:
        """True when the no closes a statement of at most four words without a verb of its own: a topic, denied."""
        before = self._tokens.words[self._short_start(at) : at]
        topic = [word for word in before if word not in _HESITATION and word[0].isalpha()]
        return 0 < len(topic) <= 4 and not any(word in _VERBS for word in topic)

    def _first_of_sentence(self, at: int) -> int:
        """Where the sentence of `at` begins, or as far back as a trailing no looks."""
        sentence, least = self._tokens.sentence, max(0, at - _TOPIC)
        while at > least and sentence[at - 1] == sentence[at]:
            at -= 1
        return at


def _without_overlap(found: list[Found]) -> list[Found]:
    """Of triggers that share words the longest, then the first, stays: "not only" is no "not".

    A phrase that only looks like a denial wins over one that ends inside it: "there's no" + "no feeling" denies nothing.
    """
    begun = {f.first: f.last for f in found if f.value.role == "pseudo"}
    real = [f for f in found if not any(begun.get(at, 0) > f.last for at in range(f.first + 1, f.last))]
    out: list[Found] = []
    taken: set[int] = set()
    for candidate in sorted(real, key=lambda f: (f.first - f.last, f.first)):
        if taken.isdisjoint(range(candidate.first, candidate.last)):
            taken.update(range(candidate.first, candidate.last))
            out.append(candidate)
    return sorted(out, key=lambda f: f.first)
