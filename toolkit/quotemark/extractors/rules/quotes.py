"""The quotes of a document: each sentence's, those that go over sentences, and lone ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from quotemark.extractors.rules.adjuncts import skip_adjuncts
from quotemark.extractors.rules.clauses import Stretch, full_sentence
from quotemark.extractors.rules.contents import Content, contents
from quotemark.extractors.rules.cues import Cue, find_cues
from quotemark.extractors.rules.entities import Cast, Mention
from quotemark.extractors.rules.items import Item, Sentence
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import (
    Items,
    Phrase,
    is_noun,
    noun_phrase_left,
    noun_phrase_right,
)
from quotemark.model import Fragment

Form = Literal["direct", "indirect", "mixed"]

LONE_WORDS = 3
"""Words that a quotation without an attribution needs to be a statement."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote by offsets, with who said it. `elsewhere`: the entity, when no mention is near.

    `trailing`: its attribution stands behind it and ends the sentence, so that a quotation
    which follows is the rest of it.
    """

    fragments: tuple[Fragment, ...]
    form: Form
    cue: Fragment | None = None
    speakers: tuple[Mention, ...] = ()
    elsewhere: str | None = None
    trailing: bool = False

    @property
    def entity(self) -> str | None:
        return self.speakers[0].entity if self.speakers else self.elsewhere


def find_quotes(sentences: Sequence[Sentence], cast: Cast) -> list[Quote]:
    """Every quote, in the order of the sentences that hold them."""
    finder = _Finder(sentences, cast)
    for number in range(len(sentences)):
        finder.read(number)
    return finder.found


class _Finder:
    """Goes through the sentences once, in order, remembering what it has found."""

    def __init__(self, sentences: Sequence[Sentence], cast: Cast) -> None:
        self.sentences = sentences
        self.cast = cast
        self.found: list[Quote] = []
        self.previous: int | None = None  # the last sentence outside quotations
        self.last: dict[int, int] = {}  # such a sentence -> index of its last quote
        self.lone: set[int] = set()  # indices of quotes without an attribution of their own
        self.voices: dict[int, str | None] = {}  # start of a quotation -> whose words it is

    def read(self, number: int) -> None:
        sentence = self.sentences[number]
        cues = find_cues(sentence)
        taken: set[int] = set()
        for content in contents(sentence, cues):
            self._add(number, content, cues)
            for start, end in content.stretches:
                taken.update(range(start, end))
        if sentence.depth:
            return
        if not taken:
            self._attribute_previous(number, cues)
        items = sentence.items
        alone = all(item.quotation or not item.word for item in items)
        for at, item in enumerate(items):
            if item.quotation and at not in taken and _is_statement(items, at, alone=alone):
                self._add_lone(number, at, alone=alone)
        self.previous = number

    def _add(self, number: int, content: Content, cues: Sequence[Cue]) -> None:
        sentence = self.sentences[number]
        items, cue = sentence.items, content.cue
        speakers = self._speakers(sentence, cue, cues)
        attribution_end = max(cue.end, cue.subject.end if cue.subject else 0)
        quote = Quote(
            tuple((items[start].start, _end(items[end - 1])) for start, end in content.stretches),
            form_of(items, content.stretches),
            (items[cue.start].start, items[cue.end - 1].end),
            speakers,
            trailing=content.stretches[-1][1] <= attribution_end,
        )
        for start, end in content.stretches:
            for item in items[start:end]:
                if item.quotation:
                    self.voices[item.start] = quote.entity
        self._keep(number, quote)

    def _keep(self, number: int, quote: Quote) -> None:
        if self.sentences[number].depth == 0:
            self.last[number] = len(self.found)
        self.found.append(quote)

    def _speakers(self, sentence: Sentence, cue: Cue, cues: Sequence[Cue]) -> tuple[Mention, ...]:
        phrase = cue.subject
        if phrase is None and cue.inherits:
            phrase = main_subject(sentence.items, cues, cue)
        if phrase is None:
            return ()
        voice = self.voices.get(sentence.outer.start) if sentence.outer else None
        phrases = [Phrase(*phrase.also), phrase] if phrase.also else [phrase]
        return tuple(self.cast.mention(sentence, p, speaker=voice) for p in phrases)

    def _attribute_previous(self, number: int, cues: Sequence[Cue]) -> None:
        """Where a sentence is only an attribution, give it to the lone quotation that the one
        before is: `"Really?" Ode asked.`"""
        sentence = self.sentences[number]
        index = self._quote_before(number)
        if index is None or index not in self.lone or not cues:
            return
        cue, end = _only_attribution(sentence.items, cues[0])
        if cue is None or end < len(sentence.items):
            return
        span = (sentence.items[cue.start].start, sentence.items[cue.end - 1].end)
        self.found[index] = replace(
            self.found[index],
            cue=span,
            speakers=self._speakers(sentence, cue, cues),
            elsewhere=None,
            trailing=True,
        )
        self.lone.discard(index)
        self.last[number] = index

    def _quote_before(self, number: int) -> int | None:
        """The last quote of the sentence before this one, in the same paragraph."""
        before = self.previous
        if before is None or self.sentences[before].paragraph != self.sentences[number].paragraph:
            return None
        return self.last.get(before)

    def _add_lone(self, number: int, at: int, *, alone: bool) -> None:
        """A quotation that no cue of its sentence governs."""
        sentence = self.sentences[number]
        items = sentence.items
        fragment = (items[at].start, _end(items[at]))
        quote = Quote((fragment,), "direct")
        if not alone:
            phrase = main_subject(items, (), None, end=at)
            mention = self.cast.mention(sentence, phrase) if phrase else None
            if mention and mention.kind != "nominal":
                quote = replace(quote, speakers=(mention,))
            self._keep(number, quote)
            return
        index = self.last.get(number)  # an earlier quotation of the same sentence
        same_paragraph = self._quote_before(number) if index is None else index
        if index is None and same_paragraph is not None:
            before = self.found[same_paragraph]
            if before.trailing and before.form == "direct":
                joined = (*before.fragments, fragment)
                self.found[same_paragraph] = replace(before, fragments=joined, trailing=False)
                self.last[number] = same_paragraph
                return
        if same_paragraph is not None:
            before = self.found[same_paragraph]
            quote = replace(
                quote, cue=before.cue, speakers=before.speakers, elsewhere=before.elsewhere
            )
        elif self.previous is not None and self.previous in self.last:
            before = self.found[self.last[self.previous]]
            if before.form != "indirect":
                quote = replace(quote, elsewhere=before.entity)
        if not quote.speakers:
            self.lone.add(len(self.found))
        self._keep(number, quote)


def _end(item: Item) -> int:
    """Where an item ends: without the comma behind a quotation that no mark closes."""
    if item.quotation is None or item.quotation.closed:
        return item.end
    return item.start + max(1, len(item.text.rstrip(",;:，、；：،؛ \t\r\n")))


def form_of(items: Items, stretches: Sequence[Stretch]) -> Form:
    """Whether all, none or some of the words of a quote stand in quotation marks."""
    words = [item for start, end in stretches for item in items[start:end]]
    marked = sum(item.quotation is not None for item in words)
    if not marked:
        return "indirect"
    plain = any(item.word for item in words)
    return "mixed" if plain else "direct"


def main_subject(
    items: Items, cues: Sequence[Cue], cue: Cue | None, *, end: int | None = None
) -> Phrase | None:
    """The subject of a sentence's main clause, for a verb at `cue` that has none of its own.

    It is the subject of the nearest cue before, else the first noun phrase, behind a fronted
    clause or adjunct. None where the sentence begins otherwise.
    """
    stop = cue.start if cue is not None else (len(items) if end is None else end)
    for other in reversed(cues):
        states = other.subject and other.kind == "verb" and other.form != "passive"
        if states and other.end <= stop and other is not cue:
            return other.subject
    words = lexicon()
    near = _clause_subject(items, cue.start) if cue is not None else None
    if near is not None:
        return near
    at = 0
    while at < stop and (not items[at].word or words.has("joining", items[at].lower)):
        at += 1
    if at < stop and (
        words.has("subordinators", items[at].lower)
        or words.has("attach", items[at].lower)
        or words.has("openers", items[at].lower)
        or items[at].lower.endswith("ing")
    ):
        comma = next((i for i in range(at, stop) if items[i].text == ","), None)
        if comma is None:
            return None
        at = comma + 1
    phrase = noun_phrase_right(items, at, ceiling=stop)
    if phrase is None:
        return None
    return _before_its_verb(items, phrase)


def _clause_subject(items: Items, verb: int) -> Phrase | None:
    """The subject that an "and" shares, in a clause that a subordinator begins: "after Lund
    left and said", "Lund, who left and said"."""
    words = lexicon()
    for at in range(verb - 1, -1, -1):
        item = items[at]
        if item.text in (",", ";") or item.quotation:
            return None
        if item.lower == "who":
            return noun_phrase_left(items, at + 1)
        if words.has("subordinators", item.lower):
            phrase = noun_phrase_right(items, at + 1, ceiling=verb)
            return phrase and _before_its_verb(items, phrase)
    return None


def _before_its_verb(items: Items, phrase: Phrase) -> Phrase | None:
    """A subject without its verb, which may have been taken for a noun: "the coach disagreed"."""
    for at in range(phrase.start + 1, phrase.end):
        lower = items[at].lower
        if lower.endswith("ed") and not items[at].capital:
            if lexicon().has("modifiers", lower):
                continue
            return Phrase(phrase.start, at) if is_noun(items[at - 1]) else None
    return phrase


def _only_attribution(items: Items, cue: Cue) -> tuple[Cue | None, int]:
    """The cue of a sentence that is nothing but an attribution, and where that ends."""
    if cue.kind != "verb":
        return None, 0
    if cue.start == 0:
        phrase = noun_phrase_right(items, cue.end)
        if phrase is None:
            return None, 0
        cue, at = replace(cue, subject=phrase, inverted=True), phrase.end
    elif cue.subject and cue.subject.start == 0 and not cue.inverted:
        at = skip_adjuncts(items, cue.end, addressee="addr" in cue.frames)
    else:
        return None, 0
    while at < len(items) and items[at].text in ".!?":
        at += 1
    return cue, at


def _is_statement(items: Items, at: int, *, alone: bool) -> bool:
    """Whether a quotation that no cue governs is a statement and not a term or a nickname."""
    item = items[at]
    if not any(map(str.isalnum, item.text)):
        return False
    count = len(item.text.split())
    if alone:
        return count >= LONE_WORDS or item.text.rstrip("\"'”’»").endswith((".", "!", "?", ","))
    before = items[at - 1].text if at else ""
    return full_sentence(item) and (before in (":", ",") or at == 0)
