"""Where a reported clause begins and ends, by commas, conjunctions and the next cue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quotemark.extractors.rules.cues import Cue
from quotemark.extractors.rules.items import Item, Sentence
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import (
    DASHES,
    FEW_WORDS,
    Items,
    is_name,
    is_noun,
    looks_finite,
    noun_phrase_right,
)

Stretch = tuple[int, int]
"""Items `[start, end)` of a sentence."""

BUT = frozenset(["but", "though", "although", "whereas", "yet"])
CONTRASTS = BUT | {"and", "while", "so"}
ADDED = (
    ("compared", "with"),
    ("compared", "to"),
    ("in", "reference"),
    ("referring", "to"),
    ("in", "response"),
    ("alluding", "to"),
)


def front(cue: Cue) -> int:
    """Where the clause of a cue begins: at its subject, where that stands before it."""
    if cue.subject and not cue.inverted and cue.subject.first < cue.start:
        return cue.subject.first
    return cue.start


def behind(cue: Cue) -> int:
    """Where the words of an attribution end: behind the cue, and its subject if that follows."""
    return cue.subject.end if cue.inverted and cue.subject else cue.end


def trimmed(items: Items, start: int, end: int) -> Stretch | None:
    """A stretch without punctuation at its edges; None where nothing is left."""
    while start < end and not (_solid(items[start]) or items[start].text in "$€£([#@"):
        start += 1
    while end > start and not (_solid(items[end - 1]) or items[end - 1].text in ")]%"):
        end -= 1
    return (start, end) if start < end else None


def past_joining(items: Items, start: int, end: int) -> int:
    """The position after conjunctions and punctuation that a clause is joined on with."""
    joining = ("and", "but", "so", "yet")
    while start < end and (items[start].lower in joining or not _solid(items[start])):
        start += 1
    return start


def _solid(item: Item) -> bool:
    return item.word or item.quotation is not None


def inside(item: Item) -> str:
    """The text of a quotation without its outer marks; empty for other items."""
    if item.quotation is None:
        return ""
    return item.text[len(item.quotation.open) : len(item.text) - len(item.quotation.close)].strip()


def full_sentence(item: Item) -> bool:
    """Whether a quotation holds a full sentence: a capital first, a stop last, some words."""
    words = inside(item)
    return bool(
        words
        and (words[0].isupper() or words[0] in "…'‘“[")
        and words[-1] in ".!?,…—’'”"
        and words.count(" ") >= FEW_WORDS - 1
    )


def is_title(item: Item) -> bool:
    """Whether every longer word in the marks has a capital: a nickname, or a work's title."""
    words = [w for w in inside(item).strip(",.").split() if len(w) > FEW_WORDS or w[:1].isupper()]
    return bool(words) and all(w[0].isupper() for w in words)


def starts_clause(items: Items, at: int) -> bool:
    """Whether a clause can begin here: a subject, or something fronted."""
    item = items[at]
    words = lexicon()
    if not item.word:
        return item.quotation is not None
    return (
        is_noun(item)
        or words.has("determiners", item.lower)
        or words.has("pronouns", item.lower)
        or words.has("clause", item.lower)
        or words.has("clause_openers", item.lower)
    )


def has_verb(items: Items, stretch: Stretch) -> bool:
    """Whether a stretch can be a clause: some words, and one that looks like a finite verb."""
    start, end = stretch
    marked = any(items[at].quotation for at in range(start, end))
    if end - start < FEW_WORDS - 1:
        return marked
    return marked or any(_finite(items, at, start) for at in range(start + 1, end))


def _finite(items: Items, at: int, start: int) -> bool:
    item, before = items[at], items[at - 1]
    if item.quotation or not item.word or (item.capital and is_name(item)):
        return False
    if lexicon().has("pronouns", before.lower) or looks_finite(item):
        return True
    # "prices rise", "the bank lends": nouns side by side that differ in number.
    plural = before.lower.endswith("s")
    return is_noun(item) and is_noun(before) and item.lower.endswith("s") != plural and at > start


def subject_and_verb(items: Items, at: int) -> bool:
    """Whether a noun phrase with a finite verb right behind it begins here."""
    phrase = noun_phrase_right(items, at)
    if phrase is None:
        return items[at].lower in ("there", "it's", "he's", "she's", "they're", "we're", "i'm")
    words = lexicon()
    for item in items[phrase.start + 1 : phrase.end]:
        if not item.capital and item.lower.endswith("ed"):
            return True
    end = phrase.end
    while end < len(items) and (
        words.has("adverbs", items[end].lower) or items[end].lower.endswith("ly")
    ):
        end += 1
    pronoun = phrase.end - phrase.start == 1 and words.has("pronouns", items[phrase.start].lower)
    return end < len(items) and (looks_finite(items[end]) or (pronoun and items[end].word))


# Ends


def clause_end(sentence: Sentence, begin: int, cue: Cue, others: Sequence[Cue]) -> int:
    """The position where the clause that begins at `begin` and that `cue` reports ends."""
    items = sentence.items
    fronted = _fronted(items, cue)
    relative = _in_relative(items, cue) or lexicon().has("clause", items[begin].lower)
    verb = next(
        (at for at in range(begin + 1, len(items)) if _finite(items, at, begin)), len(items)
    )
    starts = {
        front(other): other
        for other in others
        # "the attitude, demanding concessions, was": no clause has ended there yet
        if other.start > begin and (other.form != "ing" or other.start > verb)
    }
    for at in range(begin, len(items)):
        item = items[at]
        if item.text in (";", ")") or (item.text == ":" and at > begin):
            return at
        if item.text == "," or item.text in DASHES:
            if at > begin and _breaks(items, at, starts, fronted=fronted, relative=relative):
                return at
        elif item.quotation and inside(item).endswith(","):
            # The comma stands inside the marks: "… “a mess,” Lund added".
            if _breaks(items, at, starts, fronted=fronted, relative=relative):
                return at + 1
        elif item.lower in ("and", "but") and at > begin:
            other = starts.get(at + 1) or starts.get(at + 2)
            if other and other.inherits and other.form != "ing" and _says(items, other.end):
                return at
    return len(items)


def statement_end(items: Items, begin: int, end: int) -> int:
    """Where a statement in marks that begins at `begin` ends, if it does so before `end`.

    What goes on about the speaker is none of it: "and left", "before leaving", "as he left".
    """
    at = begin
    while at < end and items[at].quotation:
        at += 1
    if at in (begin, end) or at + 1 >= len(items):
        return end
    if _circumstance(items, at, end) and _clause_in(items[at - 1]):
        return at
    if items[at].text == "," and at + 2 < len(items):
        return at if _of_speaker(items, at + 1, end) else end
    return at if _of_speaker(items, at, end) else end


def _of_speaker(items: Items, at: int, end: int) -> bool:
    """Whether the words at `at` behind a closing mark go on with what the speaker did."""
    words = lexicon()
    first, second = items[at].lower, items[at + 1]
    if first in ("and", "then", "but"):
        verb = at + 1
        while verb < end - 1 and (
            words.has("adverbs", items[verb].lower) or items[verb].lower.endswith("ly")
        ):
            verb += 1
        return _did(items, verb) and not _later_verb(items, verb + 1, end)
    if first in ("before", "after", "while", "when", "as", "without"):
        pronoun = second.lower in ("he", "she", "they") and first != "without"
        asked = first == "when" and second.lower in ("asked", "pressed", "told")
        return pronoun or asked or (second.lower.endswith("ing") and not second.capital)
    return False


def _circumstance(items: Items, at: int, end: int) -> bool:
    """Whether all that follows at `at` is when or where: "on Monday", "in an interview"."""
    words = lexicon()
    begins = items[at].lower in ("in", "on", "at", "during", "after")
    return begins and not any(
        item.text == "," or item.quotation or looks_finite(item) or words.has("joining", item.lower)
        for item in items[at:end]
    )


def _clause_in(item: Item) -> bool:
    """Whether a quotation holds a clause by itself: a subject first, and a finite verb."""
    words = inside(item).replace("’", "'").lower().split()
    known = lexicon()
    first = words[0] if words else ""
    opens = known.has("pronouns", first) or known.has("determiners", first)
    contracted = "'" in first and known.has("clause", first)
    finite = any(known.has("clause", word) or known.has("past_verbs", word) for word in words[1:])
    return len(words) >= FEW_WORDS - 1 and (contracted or (opens and finite))


def _did(items: Items, at: int) -> bool:
    """Whether a past form that is no auxiliary stands at `at`."""
    item = items[at]
    words = lexicon()
    helps = words.has("auxiliaries", item.lower) or words.has("modals", item.lower)
    past = words.has("past_verbs", item.lower) or item.lower.endswith(("ed", "left"))
    verb = words.verbs.get(item.lower)
    return (
        item.word
        and not item.capital
        and not helps
        and (past or bool(verb and verb.form == "past"))
    )


def _later_verb(items: Items, at: int, end: int) -> bool:
    """Whether a finite verb follows in the same clause: "“taxes” and reduced aid *would* help"."""
    words = lexicon()
    for item in items[at:end]:
        joins = words.has("subordinators", item.lower) or words.has("joining", item.lower)
        if not item.word or joins or words.has("relatives", item.lower):
            return False
        if item.lower == "as":
            return False
        if words.has("auxiliaries", item.lower) or words.has("modals", item.lower):
            return True
    return False


def _says(items: Items, at: int) -> bool:
    """Whether a statement can begin here, behind "and said": "alleged crimes" has none."""
    if at >= len(items):
        return False
    item = items[at]
    words = lexicon()
    return (
        not item.word
        or is_name(item)
        or words.has("after_joined", item.lower)
        or words.has("determiners", item.lower)
    )


def _fronted(items: Items, cue: Cue) -> bool:
    """Whether the cue lies in a clause before the main one: "While she said …, he left"."""
    words = lexicon()
    for item in items[:4]:
        if item.text == "," or item.start >= items[cue.start].start:
            return False
        if words.has("subordinators", item.lower):
            return not any(i.text == "," for i in items[: front(cue)])
        if not (
            words.has("joining", item.lower)
            or words.has("times", item.lower)
            or words.has("determiners", item.lower)
            or words.has("adverbs", item.lower)
        ):
            return False
    return False


def _in_relative(items: Items, cue: Cue) -> bool:
    """Whether the cue lies in a clause with commas around it: "Lund, who said …, left"."""
    if cue.subject and cue.subject.antecedent:
        start = cue.subject.start
        return start > 0 and items[start - 1].text == ","
    for at in range(cue.start - 1, 0, -1):
        if items[at].text == ",":
            return lexicon().has("relatives", items[at + 1].lower)
    return False


def _breaks(
    items: Items, at: int, starts: Mapping[int, Cue], *, fronted: bool, relative: bool
) -> bool:
    """Whether the comma or dash at `at` ends a reported clause."""
    if at + 1 >= len(items):
        return True
    following = items[at + 1]
    second = items[at + 2].lower if at + 2 < len(items) else ""
    if (following.lower, second) in ADDED:
        return True
    if _next_attribution(following, at, starts):
        return True
    if following.lower in CONTRASTS:
        return (
            following.lower in BUT
            or at + 2 in starts
            or at + 3 in starts
            or (following.lower == "while" and second.endswith("ing"))
        )
    if relative:
        return not lexicon().has("relatives", following.lower) and following.lower != "or"
    return fronted and _opens_main(following)


def _next_attribution(following: Item, at: int, starts: Mapping[int, Cue]) -> bool:
    other = starts.get(at + 1)
    if other is None and following.lower.endswith("ly"):
        other = starts.get(at + 2)
    if other is None or other.kind == "noun":
        return False
    return not (other.subject and other.subject.antecedent)


def _opens_main(item: Item) -> bool:
    words = lexicon()
    return (
        is_noun(item)
        or words.has("determiners", item.lower)
        or words.has("pronouns", item.lower)
        or words.has("days", item.lower)
    )


def floor_before(items: Items, at: int, others: Sequence[Cue]) -> int:
    """Where the clause that ends at `at` may begin: behind the attribution before it, or a
    dash or semicolon."""
    floor = 0
    for other in others:
        if other.end <= at:
            floor = max(floor, other.end, behind(other))
    attributed = floor > 0
    for position in range(at - 1, floor - 1, -1):
        text = items[position].text
        if text == ";" or text in DASHES or (attributed and text in (",", ":")):
            return position + 1
    return floor
