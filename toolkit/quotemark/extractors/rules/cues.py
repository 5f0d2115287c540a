"""Cues: the words of a sentence that tell of an act of stating, with their subjects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from quotemark.extractors.rules.items import Sentence
from quotemark.extractors.rules.lexicon import Verb, lexicon
from quotemark.extractors.rules.phrases import (
    DASHES,
    FEW_WORDS,
    POSSESSIVE,
    Items,
    Phrase,
    before_verb,
    is_name,
    is_noun,
    looks_finite,
    noun_phrase_left,
    noun_phrase_right,
    subject_left,
)

JOINING = ("and", "but", "or", "then", ",")


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue at items `[start, end)`; what it reports may begin at `after`.

    `subject` is who states, where the sentence says; with `inherits` it is the subject of an
    earlier verb. `inverted`: the subject follows. `stated` is false for what was not said
    (refused to say, might argue). `form` is the verb's form here: past, third, base, ing or
    passive.
    """

    start: int
    end: int
    after: int
    kind: Literal["verb", "noun", "phrase"]
    frames: frozenset[str] = frozenset()
    base: str = ""
    form: str = ""
    subject: Phrase | None = None
    inherits: bool = False
    inverted: bool = False
    stated: bool = True


def find_cues(sentence: Sentence) -> list[Cue]:
    """The cues of a sentence, in order."""
    items = sentence.items
    found = [*_verbs(items), *_nouns(items), *_prepositions(items)]
    return sorted(found, key=lambda cue: cue.start)


def _verbs(items: Items) -> Iterator[Cue]:
    verbs = lexicon().verbs
    for at, item in enumerate(items):
        verb = verbs.get(item.lower) if item.word else None
        if verb is None or (item.capital and at):
            continue
        cue = _verb(items, at, verb)
        if cue is not None:
            yield cue


def _verb(items: Items, at: int, verb: Verb) -> Cue | None:
    """The cue that a verb form is, or None where it is no verb of stating here."""
    end, frames = at + 1, verb.frames
    if "out" in frames:  # pointed out
        if end >= len(items) or items[end].lower != "out":
            return None
        end, frames = end + 1, frozenset(["that"])
    cue = Cue(at, end, end, "verb", frames, verb.base, verb.form)
    inverted = _inverted(items, cue)
    if inverted is not None:
        return replace(cue, subject=inverted, inverted=True)
    previous = items[at - 1].lower if at else ""
    # Behind these a form is a noun or an adjective: "the said man", "his claim".
    if lexicon().has("not_before_verbs", previous) and not (
        previous == "that" and at > 1 and is_noun(items[at - 2])
    ):
        return None
    if previous == "to" or (previous.endswith("ly") and at > 1 and items[at - 2].lower == "to"):
        return _infinitive(items, cue)
    return _finite(items, cue)


def _finite(items: Items, cue: Cue) -> Cue | None:
    """A finite form, a participle or a passive, by the words before it."""
    words = lexicon()
    group = before_verb(items, cue.start)  # auxiliaries and adverbs are items [group, start)
    helpers = [item.lower for item in items[group : cue.start]]
    be = any(words.has("be", helper) for helper in helpers)
    if cue.form == "ing" and not be:
        return _participle(items, cue, group)
    negated = any(words.has("negations", helper) for helper in helpers)
    negated = negated or (group > 0 and words.has("negations", items[group - 1].lower))
    modal = any(words.has("modals", helper) for helper in helpers)
    cue = replace(cue, stated=not negated and not (modal and cue.form == "base"))
    by = cue.end < len(items) and items[cue.end].lower == "by"
    if cue.form == "past" and (be or by):
        agent = noun_phrase_right(items, cue.end + 1) if by else None
        return replace(cue, form="passive", subject=agent)
    if be and cue.form == "third":
        return None  # a noun: "there were claims"
    subject = subject_left(items, cue.start)
    if subject is None:
        joined = group > 0 and items[group - 1].lower in JOINING
        return replace(cue, inherits=True) if joined and cue.form != "base" else None
    if cue.form == "base" and not helpers and not _plural(items, subject):
        return None
    return replace(cue, subject=subject)


def _inverted(items: Items, cue: Cue) -> Phrase | None:
    """The subject behind a verb: after a quotation, or at the end of a clause after a comma."""
    if cue.form not in ("past", "third") or not cue.frames & {"that", "wh", "over"}:
        return None
    at = cue.start
    quoted = at > 0 and bool(items[at - 1].quotation or (at > 1 and items[at - 2].quotation))
    if at and not (items[at - 1].quotation or items[at - 1].text in (",", *DASHES)):
        return None
    phrase = noun_phrase_right(items, cue.end)
    if phrase is None:
        return None
    words = lexicon()
    if words.has("takes_object", cue.base) or (not quoted and _addresses(items, cue)):
        return None
    follows = items[phrase.end] if phrase.end < len(items) else None
    ended = follows is None or not follows.word
    pronoun = phrase.end - phrase.start == 1 and words.has("pronouns", items[phrase.start].lower)
    if not quoted:
        return phrase if ended and at and not pronoun and _sayer(items, phrase) else None
    if quoted and not ended and not pronoun:
        phrase = _to_the_mark(items, phrase)
        follows = items[phrase.end] if phrase.end < len(items) else None
        ended = follows is None or not follows.word
    if not pronoun and follows is not None:
        ended = ended or words.has("adjuncts", follows.lower) or words.has("days", follows.lower)
    return phrase if ended else None


def _addresses(items: Items, cue: Cue) -> bool:
    """Whether what follows the verb is addressed: its subject is on the left, with only an
    apposition or a clause with "who" between: "Moen, a nurse, warned the board"."""
    subject = subject_left(items, cue.start) if "addr" in cue.frames else None
    if subject is None or subject.end == cue.start or not _sayer(items, subject):
        return False
    between = items[subject.end : cue.start]
    relative = any(lexicon().has("relatives", item.lower) for item in between[:2])
    return relative or not any(map(looks_finite, between))


def _to_the_mark(items: Items, phrase: Phrase) -> Phrase:
    """The phrase with the nouns up to the next mark: "said one Moen *confidant*."."""
    end = phrase.end
    while end < len(items) and is_noun(items[end]) and end - phrase.end < FEW_WORDS:
        end += 1
    marked = end == len(items) or not items[end].word
    return Phrase(phrase.start, end) if marked else phrase


def _sayer(items: Items, phrase: Phrase) -> bool:
    """Whether a phrase names people or bodies, so that it can be a subject on the far side."""
    words = lexicon()
    return any(
        is_name(item) or words.has("roles", item.lower) or words.has("bodies", item.lower)
        for item in items[phrase.start : phrase.end]
    )


def _infinitive(items: Items, cue: Cue) -> Cue:
    """ "went on to say" is a statement; "refused to say" and "plans to say" are none."""
    to = cue.start - 1 if items[cue.start - 1].lower == "to" else cue.start - 2
    governor = to - 1
    if governor > 0 and items[governor].lower in ("on", "back", "up"):
        governor -= 1
    stated = governor >= 0 and lexicon().has("goes_on", items[governor].lower)
    subject = subject_left(items, governor) if governor > 0 and stated else None
    return replace(cue, form="base", subject=subject, inherits=subject is None, stated=stated)


def _participle(items: Items, cue: Cue, group: int) -> Cue:
    """ "…, saying that": the sentence's subject; "a letter saying that": the letter."""
    before = items[group - 1] if group else None
    if before is not None and before.lower == "as" and group > 1:
        quoted = group - 2
        if items[quoted].lower in ("quoted", "cited", "reported", "heard"):
            return replace(cue, subject=subject_left(items, quoted))
    stated = before is None or before.lower not in ("without", "not", "from", "avoid", "stop")
    subject = None
    if before is not None and is_noun(before) and not before.text[0].isdigit():
        subject = noun_phrase_left(items, group)
        if subject and subject.start and lexicon().has("attach", items[subject.start - 1].lower):
            subject = None  # "wrote in a letter to Lund explaining why"
    return replace(cue, subject=subject, inherits=subject is None, stated=stated)


def _plural(items: Items, phrase: Phrase) -> bool:
    """Whether a subject can go with the base form: "officials say", "they claim"."""
    last = phrase.antecedent[1] if phrase.antecedent else phrase.end
    head = items[last - 1].lower
    if phrase.also or lexicon().has("plurals", items[phrase.start].lower):
        return True
    return (
        lexicon().has("plurals", head)
        or (head.endswith("s") and not head.endswith("ss"))
        or head == "percent"
    )


def _nouns(items: Items) -> Iterator[Cue]:
    """ "the mayor's claim that", "a claim by the mayor that": nouns of stating before a clause."""
    words = lexicon()
    for at, item in enumerate(items[:-1]):
        if item.lower not in words.nouns and item.lower not in words.to_nouns:
            continue
        after, agent = at + 1, None
        if items[after].lower in ("by", "from"):
            agent = noun_phrase_right(items, after + 1)
            after = agent.end if agent else after
        following = items[after].lower if after < len(items) else ""
        frame = ""
        if item.lower in words.nouns and following == "that" and _content(items, after + 1):
            frame = "that"
        if item.lower in words.to_nouns and following == "to":
            frame = "to"
        if frame:
            owner, stated = _owner(items, at)
            frames = frozenset([frame])
            subject = agent or owner
            yield Cue(at, at + 1, after, "noun", frames, item.lower, subject=subject, stated=stated)


def _content(items: Items, at: int) -> bool:
    """Whether a "that" before `at` begins a clause of its own: not "a statement that shook us"."""
    return at < len(items) and not looks_finite(items[at])


def _owner(items: Items, at: int) -> tuple[Phrase | None, bool]:
    """Whose claim: "the mayor's", "his". False where the phrase denies it: "no claim"."""
    back = at - 1
    while (
        back >= 0
        and at - back <= 4
        and is_noun(items[back])
        and items[back].lower not in POSSESSIVE
    ):
        back -= 1
    if back < 0:
        return None, True
    lower = items[back].lower
    if lower in POSSESSIVE:
        return noun_phrase_left(items, back), True
    if lower in ("his", "her", "their", "its", "my", "our"):
        return Phrase(back, back + 1), True
    return None, lower != "no"


def _prepositions(items: Items) -> Iterator[Cue]:
    for phrase in lexicon().prepositions:
        for at in range(len(items) - len(phrase)):
            if all(items[at + k].lower == word for k, word in enumerate(phrase)):
                end = at + len(phrase)
                subject = noun_phrase_right(items, end)
                yield Cue(at, end, subject.end if subject else end, "phrase", subject=subject)
