"""Cues: the words of a sentence that tell of an act of stating, with their subjects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from quotemark.extractors.rules.items import Item, Sentence
from quotemark.extractors.rules.lexicon import Verb, lexicon
from quotemark.extractors.rules.phrases import (
    POSSESSIVE,
    Items,
    Phrase,
    before_verb,
    is_noun,
    noun_phrase_left,
    noun_phrase_right,
    subject_left,
)

BE = frozenset("is are was were be been being 's 're 'm".split())
NOT = frozenset(
    "not never n't didn't don't doesn't hasn't haven't hadn't won't wouldn't can't cannot couldn't shouldn't isn't wasn't aren't weren't".split()
)
JOINING = frozenset("and but or then".split())
NO_VERB_AFTER = frozenset(
    "a an the this that these those his her its their our my your of 's '".split()
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue at items `[start, end)`; what is stated may begin at `after`.

    `subject` is who states, where the sentence says; with `inherits` it is the subject of an
    earlier verb of the sentence. `inverted`: the subject follows. `stated` is false for what
    was not said (refused to say, might argue); such a cue still governs a quotation beside it.
    """

    start: int
    end: int
    after: int
    kind: Literal["verb", "noun", "phrase"]
    frames: frozenset[str]
    subject: Phrase | None = None
    inherits: bool = False
    inverted: bool = False
    stated: bool = True
    form: str = ""


def find_cues(sentence: Sentence) -> list[Cue]:
    """The cues of a sentence, in order."""
    return sorted(
        [*_verbs(sentence.items), *_nouns(sentence.items), *_prepositions(sentence.items)],
        key=lambda cue: cue.start,
    )


def _verbs(items: Items) -> Iterator[Cue]:
    words = lexicon()
    for at, item in enumerate(items):
        verb = words.verbs.get(item.lower) if item.word else None
        if verb is None or (item.capital and at > 0 and not _shouted(items)):
            continue
        cue = _verb(items, at, verb)
        if cue is not None:
            yield cue


def _shouted(items: Items) -> bool:
    return all(i.text.isupper() for i in items if i.word)


def _verb(items: Items, at: int, verb: Verb) -> Cue | None:
    """The cue that a verb form is, or None where it is no verb here."""
    end = at + 1
    if "out" in verb.frames:
        if end >= len(items) or items[end].lower != "out":
            return None
        end += 1
    frames = verb.frames - {"out"} | ({"that"} if "out" in verb.frames else set())
    inverted = _inverted(items, at, end)
    if inverted is not None and verb.form in ("past", "third"):
        return Cue(at, end, end, "verb", frames, inverted, inverted=True, form=verb.form)
    group = before_verb(items, at)  # the auxiliaries and adverbs are items [group, at)
    helpers = [item.lower for item in items[group:at]]
    previous = items[at - 1].lower if at else ""
    if previous in NO_VERB_AFTER and not (previous == "that" and at > 1 and is_noun(items[at - 2])):
        return None
    negated = any(h in NOT for h in helpers) or (group and items[group - 1].lower in NOT)
    modal = any(lexicon().has("modals", h) for h in helpers)
    stated = not (negated or (modal and verb.form == "base"))
    if previous == "to" or (previous.endswith("ly") and at > 1 and items[at - 2].lower == "to"):
        return _infinitive(items, at, end, verb, frames)
    if verb.form == "ing" and not any(h in BE for h in helpers):
        return _participle(items, at, end, frames)
    if verb.form == "past" and any(h in BE for h in helpers):
        return Cue(at, end, end, "verb", frames, _agent(items, end), stated=stated, form="passive")
    subject = subject_left(items, at)
    if subject is None:
        joined = group > 0 and items[group - 1].lower in (*JOINING, ",")
        if not joined or verb.form == "base":
            return None
        return Cue(at, end, end, "verb", frames, inherits=True, stated=stated, form=verb.form)
    if verb.form == "base" and not helpers and not _plural(items, subject):
        return None
    return Cue(at, end, end, "verb", frames, subject, stated=stated, form=verb.form)


def _inverted(items: Items, at: int, end: int) -> Phrase | None:
    """The subject behind the verb: after a quotation or a comma, at the end of a clause."""
    before = items[at - 1] if at else None
    if before is not None and not (before.quotation or before.text in (",", "–", "—", "--")):
        return None
    phrase = noun_phrase_right(items, end)
    if phrase is None:
        return None
    follows = items[phrase.end] if phrase.end < len(items) else None
    ended = (
        follows is None
        or not follows.word
        or follows.lower
        in (
            "in",
            "on",
            "at",
            "of",
            "who",
            "during",
            "after",
            "when",
            "as",
            "about",
            "from",
            "with",
            "to",
            "before",
            "via",
        )
        or lexicon().has("days", follows.lower)
    )
    # "..., said he would go" has no inversion: a pronoun is a subject only at the very end.
    pronoun = phrase.end - phrase.start == 1 and lexicon().has(
        "pronouns", items[phrase.start].lower
    )
    if pronoun:
        ended = follows is None or not follows.word
    return (
        phrase if ended and (before is None or _quoted_before(items, at) or not pronoun) else None
    )


def _quoted_before(items: Items, at: int) -> bool:
    return bool(items[at - 1].quotation or (at > 1 and items[at - 2].quotation))


def _infinitive(items: Items, at: int, end: int, verb: Verb, frames: frozenset[str]) -> Cue:
    """ "went on to say" is a statement; "refused to say" and "plans to say" are none."""
    words = lexicon()
    to = at - 1 if items[at - 1].lower == "to" else at - 2
    governor = items[to - 1].lower if to > 0 else ""
    stated = words.has("goes_on", governor)
    subject = None
    if to > 0:
        verb_at = to - 1
        if governor == "on" and verb_at > 0:
            verb_at -= 1
        subject = subject_left(items, verb_at)
    return Cue(
        at, end, end, "verb", frames, subject, inherits=subject is None, stated=stated, form="base"
    )


def _participle(items: Items, at: int, end: int, frames: frozenset[str]) -> Cue:
    """ "…, saying that": the sentence's subject; "a letter saying that": the letter."""
    group = before_verb(items, at)
    before = items[group - 1] if group else None
    negated = before is not None and before.lower in ("without", "not", "from", "avoid", "stop")
    if before is not None and before.lower == "as" and group > 1:
        quoted = group - 2  # was quoted as saying
        if items[quoted].lower in ("quoted", "cited", "reported", "heard"):
            return Cue(at, end, end, "verb", frames, subject_left(items, quoted), form="ing")
    subject = None
    if before is not None and before.word and is_noun(before):
        subject = noun_phrase_left(items, group)
    return Cue(
        at,
        end,
        end,
        "verb",
        frames,
        subject,
        inherits=subject is None,
        stated=not negated,
        form="ing",
    )


def _agent(items: Items, end: int) -> Phrase | None:
    """Who is named with "by" behind a passive."""
    if end < len(items) and items[end].lower == "by":
        return noun_phrase_right(items, end + 1)
    return None


def _plural(items: Items, phrase: Phrase) -> bool:
    """Whether a subject can go with the base form: "officials say", "they claim"."""
    head = items[phrase.end - 1].lower
    if phrase.antecedent:
        head = items[phrase.antecedent[1] - 1].lower
    one = head in ("he", "she", "it", "who", "that", "this", "which", "one")
    return not one and (
        head
        in (
            "they",
            "we",
            "i",
            "you",
            "people",
            "some",
            "many",
            "others",
            "most",
            "several",
            "both",
            "men",
            "women",
            "few",
            "media",
            "police",
        )
        or (head.endswith("s") and not head.endswith("ss"))
        or (phrase.start > 1 and items[phrase.start - 1].lower == "and")
    )


def _nouns(items: Items) -> Iterator[Cue]:
    """ "the mayor's claim that": nouns of stating before a clause."""
    words = lexicon()
    for at, item in enumerate(items[:-1]):
        following = items[at + 1].lower
        by = (
            noun_phrase_right(items, at + 2)
            if following in ("by", "from") and at + 2 < len(items)
            else None
        )
        if by and by.end < len(items):
            following = items[by.end].lower
        that = item.lower in words.nouns and following == "that"
        to = item.lower in words.to_nouns and following == "to"
        if not (that or to):
            continue
        owner, stated = _owner(items, at)
        after = at + 1 if by is None else by.end
        frames = frozenset({"that"} if that else {"to"})
        yield Cue(at, at + 1, after, "noun", frames, by or owner, stated=stated)


def _owner(items: Items, at: int) -> tuple[Phrase | None, bool]:
    """Whose claim: "the mayor's", "his". False where the noun phrase denies it ("no claim")."""
    back = at - 1
    while back >= 0 and is_noun(items[back]) and items[back].lower not in POSSESSIVE:
        back -= 1
        if at - back > 4:
            return None, True
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
                subject = noun_phrase_right(items, at + len(phrase))
                end = at + len(phrase)
                after = subject.end if subject else end
                yield Cue(at, end, after, "phrase", frozenset(), subject)
