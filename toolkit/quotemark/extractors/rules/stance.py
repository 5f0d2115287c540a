"""Stances: judging words with somebody or something that they judge.

Two patterns of the language are read. A verb of judging with its subject and object
(*Brandt welcomed the plan*), anywhere; and, inside quotes only, a judging word said of
something (*the law is a disgrace*, *described the draft as "unworkable"*).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from quotemark.extractors.rules.clauses import inside
from quotemark.extractors.rules.entities import FIRST_PERSON, Cast, Mention
from quotemark.extractors.rules.items import Item, Sentence
from quotemark.extractors.rules.judgements import FAR
from quotemark.extractors.rules.lexicon import Verb, lexicon, read_toml
from quotemark.extractors.rules.names import folded
from quotemark.extractors.rules.phrases import (
    Items,
    Phrase,
    before_verb,
    noun_phrase_left,
    noun_phrase_right,
    subject_left,
)
from quotemark.extractors.rules.quotes import Quote
from quotemark.model import Document, Fragment

Polarity = Literal["support", "oppose"]
FLIPPED: Mapping[Polarity, Polarity] = {"support": "oppose", "oppose": "support"}
_Judgement = tuple[int, int, Polarity, bool]
"""The items `[start, end)` of a judging word, its polarity, and whether it is denied."""

SHORT = 4
"""Words up to which a marked phrase is one judgement: `"very concerning"`."""
NESTED = 16
"""Fragments looked back over for the quote around a place."""


@dataclass(frozen=True, slots=True)
class Stance:
    """A judging span. `quote` is the quote that expresses it, `holder` who holds it where that
    is not the quote's source."""

    span: Fragment
    polarity: Polarity
    target: str
    quote: Quote | None
    holder: Mention | None


@dataclass(frozen=True, slots=True)
class _Words:
    verbs: Mapping[str, tuple[Polarity, str, str]]  # form -> polarity, preposition, kind of form
    judging: Mapping[str, Polarity]
    nouns: frozenset[str]
    copulas: frozenset[str]
    degrees: frozenset[str]
    negations: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A judging word found: items `[start, end)`, what it judges, and who judges."""

    start: int
    end: int
    polarity: Polarity
    target: Phrase
    subject: Phrase | None


@cache
def _words() -> _Words:
    raw = read_toml("stance.toml")
    verbs: dict[str, tuple[Polarity, str, str]] = {}
    judging: dict[str, Polarity] = {}
    nouns: set[str] = set()
    polarities: tuple[Polarity, ...] = ("support", "oppose")
    for polarity in polarities:
        for entry in raw[polarity]["verbs"]:
            base, _, preposition = entry.partition(" ")
            known = lexicon().inflections(base)
            for form, word in zip(("third", "past", "past", "ing", "base"), known, strict=True):
                verbs.setdefault(word, (polarity, preposition, form))
        for kind in ("adjectives", "nouns"):
            judging |= dict.fromkeys(raw[polarity][kind].split(), polarity)
        nouns |= set(raw[polarity]["nouns"].split())
    sets = {name: frozenset(words.split()) for name, words in raw["words"].items()}
    return _Words(verbs, judging, frozenset(nouns), **sets)


def find_stances(
    doc: Document,
    sentences: Sequence[Sentence],
    quotes: Sequence[Quote],
    cast: Cast,
    targets: Sequence[str],
) -> list[Stance]:
    """The stances of a document whose target can be told, in the order of its sentences."""
    around = _Around(quotes)
    topics = [*targets, *map(str, doc.meta.get("targets", ()))]
    found = []
    for sentence in sentences:
        for judged in (*_verbs(sentence.items), *_said_of(sentence.items)):
            items = sentence.items
            span = (items[judged.start].start, items[judged.end - 1].end)
            quote = around.innermost(span)
            target = _target(doc, sentence, judged.target, cast, topics)
            if not target or (quote is None and judged.subject is None):
                continue
            holder = _holder(sentence, judged.subject, quote, cast)
            found.append(Stance(span, judged.polarity, target, quote, holder))
    return found


def _verbs(items: Items) -> Iterator[_Judged]:
    """Verbs of judging, finite, with a subject and an object: or a passive with "by"."""
    words = _words()
    for at, item in enumerate(items):
        if not item.word or item.lower not in words.verbs:
            continue
        polarity, preposition, form = words.verbs[item.lower]
        group = before_verb(items, at)
        helpers = {i.lower for i in items[max(0, group - 1) : at]}
        if form == "ing" and not helpers & lexicon().sets["be"]:
            continue
        if helpers & words.negations:
            polarity = FLIPPED[polarity]
        subject = subject_left(items, at)
        end = at + 1
        following = items[end].lower if end < len(items) else ""
        if form == "past" and helpers & lexicon().sets["be"]:
            agent = noun_phrase_right(items, end + 1) if following == "by" else None
            if agent and subject and not subject.antecedent:
                yield _Judged(at, end, polarity, subject, agent)
            continue
        if preposition:
            if following != preposition:
                continue
            end += 1
        target = noun_phrase_right(items, end)
        if (
            subject
            and target
            and (form != "base" or helpers - {items[at].lower} or _can(items, subject))
        ):
            yield _Judged(at, at + 1, polarity, target, subject)


def _can(items: Items, subject: Phrase) -> bool:
    """Whether a subject goes with a base form: "we support", "critics oppose"."""
    head = items[subject.end - 1].lower
    return lexicon().has("plurals", head) or head.endswith("s")


def _said_of(items: Items) -> Iterator[_Judged]:
    """`NP is (a) WORD`; and `NP as WORD`, `NP (a) WORD` behind *describe*, *call* and the like."""
    words = _words()
    for at, item in enumerate(items[:-1]):
        verb = lexicon().verbs.get(item.lower) if item.word else None
        if item.word and item.lower in words.copulas:
            found, target = _judgement(items, at + 1), _copula_subject(items, at)
            before = {i.lower for i in items[max(0, at - 2) : at + 1]}
        elif verb and verb.frames & {"as", "call"}:
            found, target = _called(items, at + 1, verb)
            before = {i.lower for i in items[max(0, at - 2) : at]}
        else:
            continue
        if found is None or target is None or target.antecedent:
            continue
        start, end, polarity, negated = found
        if negated or before & words.negations:
            polarity = FLIPPED[polarity]
        yield _Judged(start, end, polarity, target, None)


def _copula_subject(items: Items, at: int) -> Phrase | None:
    if "'" in items[at].lower[1:]:  # it's, that's
        return Phrase(at, at + 1)
    return noun_phrase_left(items, before_verb(items, at))


def _called(items: Items, start: int, verb: Verb) -> tuple[_Judgement | None, Phrase | None]:
    """The judgement behind a verb of describing, and the object between the two."""
    for at in range(start + 1, min(len(items), start + FAR)):
        item = items[at]
        if item.lower == "as" and "as" in verb.frames:
            return _judgement(items, at + 1), Phrase(start, at)
        if "call" in verb.frames and (item.quotation or item.lower in ("a", "an")):
            return _judgement(items, at), Phrase(start, at)
        if not item.word:
            break
    return None, None


def _judgement(items: Items, start: int) -> _Judgement | None:
    """The judging word at `start`, or behind words of degree there."""
    words = _words()
    at, negated = start, False
    while at < len(items) and items[at].lower in words.degrees and at < start + SHORT:
        negated = negated or items[at].lower in words.negations
        at += 1
    if at >= len(items):
        return None
    item = items[at]
    polarity = words.judging.get(item.lower) if item.word else _marked(item)
    if polarity is None:
        return None
    if item.lower in words.nouns and at > start and items[at - 1].lower in ("a", "an", "the"):
        return at - 1, at + 1, polarity, negated
    return at, at + 1, polarity, negated


def _marked(item: Item) -> Polarity | None:
    """The polarity of a short marked phrase: that of its judging word."""
    parts = inside(item).lower().strip(".,!?").split()
    if not 0 < len(parts) <= SHORT:
        return None
    words = _words()
    found = [words.judging[part] for part in parts if part in words.judging]
    if not found:
        return None
    denied = any(part in words.negations for part in parts)
    return FLIPPED[found[-1]] if denied else found[-1]


def _target(
    doc: Document, sentence: Sentence, phrase: Phrase, cast: Cast, topics: Sequence[str]
) -> str | None:
    """A topic that the phrase speaks of, else an entity, else its words; None for a pronoun
    whose antecedent is not known."""
    items = sentence.items
    start, end = items[phrase.start].start, items[phrase.end - 1].end
    surface = doc.text[start:end]
    words = f" {folded(surface)} "
    for topic in topics:
        if f" {folded(topic)} " in words:
            return topic
    lower = surface.lower().removesuffix("'s").removesuffix("’s")
    if lexicon().has("pronouns", lower) or lower in ("him", "her", "them", "us", "me"):
        return cast.antecedent(sentence, start, lower)
    if lower in ("this", "that", "these", "those", "there", "which", "who", "what"):
        return None
    name = cast.canonical(surface)
    return name if cast.is_known(name) else surface


def _holder(
    sentence: Sentence, subject: Phrase | None, quote: Quote | None, cast: Cast
) -> Mention | None:
    """Who holds the stance, when that is not the source of the quote that expresses it."""
    if subject is None:
        return None
    if quote is not None and sentence.items[subject.start].lower in FIRST_PERSON:
        return None
    mention = cast.mention(sentence, subject, speaker=quote.entity if quote else None)
    return None if quote is not None and mention.entity == quote.entity else mention


class _Around:
    """The quotes of a document by place."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        parts = [(fragment, quote) for quote in quotes for fragment in quote.fragments]
        self.parts = sorted(parts, key=lambda part: (part[0][0], -part[0][1]))
        self.starts = [fragment[0] for fragment, _ in self.parts]

    def innermost(self, span: Fragment) -> Quote | None:
        """The innermost quote around a span; None outside of quotes."""
        high = bisect_right(self.starts, span[0])
        for (_, end), quote in reversed(self.parts[max(0, high - NESTED) : high]):
            if span[1] <= end:
                return quote
        return None
