"""How a thing was meant: denied, past, another person's, only imagined, doubtful. ConText with the scope rules of clinical A.10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.language.grammar import ENGLISH, Grammar
from bot.language.lexicon import BITS, CONCEPT, CONTEXT, FLAGS, Trigger
from bot.language.phrases import Found
from bot.language.tokens import Tokens
from bot.language.wordlist import words as word_set

NEGATED, PAST, OTHER, HYPOTHETICAL, UNCERTAIN, OVER = BITS.values()
_SITE = "site"
_TOPIC = 30  # words a trailing "no" looks back for what it denies
_FAR = 30  # a trigger that reaches this far goes on past "and" until a new "I" or "my"


def said(flags: int) -> dict[str, bool]:
    """The flags of a mention that are set."""
    if flags & OVER:
        flags |= PAST
    return {name: True for name, bit in FLAGS.items() if flags & bit}


_ASIDE = frozenset([",", ";", ":", "-", "–", "—", "(", ")", "/", '"', "?", ".", "!", "…"])
_PAUSES = frozenset([",", "-", "–", "—", ":"])
_ENDS = word_set(
    ". ? ! ; …",
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

    def __init__(
        self, tokens: Tokens, found: Sequence[Found], *, subject: str = "self", grammar: Grammar = ENGLISH
    ) -> None:
        self._tokens, self._grammar = tokens, grammar
        triggers = _without_overlap([f for f in found if f.table == CONTEXT])
        self._mine = _my_own(tokens.words, found, grammar.acts)
        self._ends = {f.first for f in triggers if f.value.role == "end"}
        self._idle = {at for f in triggers if f.value.role == "pseudo" for at in range(f.first, f.last)}
        self.scopes = [
            scope
            for f in triggers
            if f.value.role in BITS and not (f.value.role == "other_person" and subject == "other")
            for scope in self._scopes(f, f.value)
        ]
        self.scopes = self._held_in(found) + self._trailing_denials()
        self._over: list[list[Scope]] = [
            [] for _ in range(len(tokens))
        ]  # by word: a text of nothing but "no" has a thousand
        for scope in self.scopes:
            for at in range(scope.first, min(scope.last, len(tokens))):
                self._over[at].append(scope)

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
        for scope in self._over[first] if first < len(self._over) else ():
            if first <= scope.at and last >= scope.to:
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
            first, last = self._sentence_start(found.first), self._sentence_end(found.first)
            if flag == PAST:
                first, last = self._until_now(found, first, last)
            if flag != OVER or self._grammar.recurs.isdisjoint(words[first:last]):
                out.append((first, last))
        if trigger.direction in ("forward", "both"):
            wide = flag in (OTHER, HYPOTHETICAL, PAST) or trigger.reach >= _FAR
            out.append((found.last, self._forward_end(found.last, trigger.reach, wide=wide, theirs=flag == OTHER)))
        if trigger.direction in ("backward", "both"):
            out.append((self._backward_start(found.first, trigger.reach), found.first))
        return [Scope(first, last, flag, trigger.strong, found.first, found.last) for first, last in out]

    def _until_now(self, found: Found, first: int, last: int) -> tuple[int, int]:
        """The words that a past is told of: a verb of now leaves it its own statement, and nothing when the two are one."""
        words = self._tokens.words
        now = next((at for at in range(first, last) if words[at] in self._grammar.present), None)
        if now is None:
            return first, last
        begin = next((at + 1 for at in range(found.first - 1, first - 1, -1) if words[at] in _PAUSES), first)
        end = next((at for at in range(now, found.last - 1, -1) if words[at] in _PAUSES), begin)
        return begin, end

    def _exclaims(self, found: Found) -> bool:
        """ "No, my knee" and "no I have pain": the answer no, which denies nothing after it."""
        words, after = self._tokens.words, found.last
        return after >= len(words) or words[after] in self._grammar.after_no

    def _forward_end(self, start: int, reach: int, *, wide: bool, theirs: bool) -> int:
        tokens, words, grammar = self._tokens, self._tokens.words, self._grammar
        if start >= len(words):
            return start
        sentence = tokens.sentence[start - 1]
        at, limit = start, min(len(words), start + reach)
        while at < limit and tokens.sentence[at] == sentence:
            if at in self._ends or (theirs and at in self._mine):
                return at
            word = words[at]
            if not wide and at > start and word in grammar.restarts and words[at - 1] not in grammar.binds:
                return at
            if (word in _PAUSES or word in grammar.joins) and at > start and self._new_statement(at, wide=wide):
                return at
            at += 1
        return at

    def _new_statement(self, comma: int, *, wide: bool) -> bool:
        words, grammar = self._tokens.words, self._grammar
        after = comma + 1
        if after < len(words) and words[after] in grammar.lists:
            after += 1
        if after >= len(words):
            return True
        if wide:
            return words[after] in grammar.back_to_me and words[comma] != ":"
        if words[after] in grammar.new_subject:
            return True
        if words[comma] in grammar.joins:
            return any(word in grammar.new_subject for word in words[after : after + 3])
        item = []
        for word in words[after : after + 6]:
            if word in grammar.lists or word in _ASIDE:
                break
            item.append(word)
        return len(item) > 4 or any(word in grammar.statement for word in item)

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
            if words[at] not in self._grammar.no or at in self._idle:
                continue
            sign = words[at - 1]
            after = words[at + 1] if at + 1 < len(words) else "."
            hesitant = sign == "," and words[at - 2 : at - 1] and words[at - 2] in self._grammar.hesitation
            if not hesitant and self._denies_before(sign, words[at], after):
                out.append(Scope(self._said_before(at - 1), at, NEGATED, True, at, at + 1))
            elif after in _ENDS and self._short_before(at):
                out.append(Scope(self._short_start(at), at, NEGATED, True, at, at + 1))
        return out

    def _denies_before(self, sign: str, no: str, after: str) -> bool:
        if sign == "?":
            return True
        if sign not in (":", "-", "–", "—", "=", ",") or (no in self._grammar.mid_no and sign == ","):
            return False
        if sign == "," and after == "?" and no in self._grammar.tags:  # "me duele, ¿no?" asks for assent
            return False
        return after in _ASIDE or (sign != "," and no in self._grammar.flat_no)

    def _said_before(self, sign: int) -> int:
        """Where the statement before the sign at `sign` begins."""
        words, first = self._tokens.words, sign
        while first > max(0, sign - _TOPIC) and words[first - 1] not in (".", "?", "!", ";"):
            first -= 1
            if words[first] in self._grammar.no and first and words[first - 1] in (":", "?", "-"):
                return first + 1
        return first

    def _short_start(self, at: int) -> int:
        """The first word of the sentence of `at`, or of the one before when this one holds nothing but the no."""
        words, first = self._tokens.words, self._first_of_sentence(at)
        if all(word in self._grammar.hesitation for word in words[first:at]) and first > 0:
            first = self._first_of_sentence(first - 1)
        return first

    def _short_before(self, at: int) -> bool:
        """True when the no closes a statement of at most four words without a verb of its own: a topic, denied."""
        before = self._tokens.words[self._short_start(at) : at]
        topic = [word for word in before if word not in self._grammar.hesitation and word[0].isalpha()]
        return 0 < len(topic) <= 4 and not any(word in self._grammar.verbs for word in topic)

    def _first_of_sentence(self, at: int) -> int:
        """Where the sentence of `at` begins, or as far back as a trailing no looks."""
        sentence, least = self._tokens.sentence, max(0, at - _TOPIC)
        while at > least and sentence[at - 1] == sentence[at]:
            at -= 1
        return at


_OWN = frozenset({"my", "mi", "mis"})
_NEAR = 2  # words between "my" and the part: "my left little toe"
_ONTO = word_set("on onto over into against in")


def _my_own(words: Sequence[str], found: Sequence[Found], acts: frozenset[str]) -> frozenset[int]:
    """Where a part of the visitor's own body begins to which another did something: "stepped on my left foot"."""
    sites = {f.first for f in found if f.table == _SITE}
    out = set()
    for at, word in enumerate(words):
        doing = at - 1 - (at > 1 and words[at - 1] in _ONTO)
        if word in _OWN and doing >= 0 and words[doing] in acts and not sites.isdisjoint(range(at + 1, at + 2 + _NEAR)):
            out.add(at)
    return frozenset(out)


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
