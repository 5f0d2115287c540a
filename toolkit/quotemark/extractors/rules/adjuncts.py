"""What may stand between a verb of stating and what was stated: adverbs, times, places,
occasions, asides, and the addressee of *told*."""

from __future__ import annotations

from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import (
    LONGEST_ASIDE,
    POSSESSIVE,
    Items,
    is_name,
    is_noun,
    is_only_verb,
    noun_phrase_right,
)

ADVERBS = frozenset(["only", "too", "simply"])
ASIDES = frozenset(["however", "though", "too", "meanwhile", "again", "instead", "for", "twice"])
OBJECTS = frozenset(["me", "him", "her", "us", "them", "you", "it"])
BEHIND_ADDRESSEE = frozenset(
    ["that", "to", "in", "on", ",", ":", "during", "at", "after", "not", "how", "why", "what"]
)


def skip_adjuncts(items: Items, at: int, *, addressee: bool) -> int:
    """The position after the adjuncts that begin at `at`: "on Monday in an interview".

    With `addressee`, one is stepped over as well: "reporters", "the BBC".
    """
    while at < len(items):
        after = _adverb(items, at) or _time(items, at) or _adjunct(items, at) or _aside(items, at)
        if after is None and addressee:
            after = addressed(items, at)
            addressee = False
        if after is None:
            break
        at = after
    return at


def _adverb(items: Items, at: int) -> int | None:
    lower = items[at].lower
    plain = lexicon().has("adverbs", lower) and lower not in ("all", "both")
    if plain or lower in ADVERBS or (lower.endswith("ly") and len(lower) > 4):
        return at + 1
    return None


def _time(items: Items, at: int) -> int | None:
    """ "Monday", "last week", "this month", "Jan. 5"."""
    words = lexicon()
    if words.has("days", items[at].lower):
        return at + 1
    if items[at].text[0].isdigit() and at and words.has("days", items[at - 1].lower):
        return at + 1
    if items[at].lower in ("last", "this", "earlier", "later") and at + 1 < len(items):
        following = items[at + 1].lower
        if words.has("times", following) or words.has("days", following) or following == "this":
            return at + 2
    return None


def _adjunct(items: Items, at: int) -> int | None:
    """A preposition with its noun phrase, when something follows it."""
    preposition = items[at].lower
    if not lexicon().has("adjunct_prepositions", preposition) or (
        preposition == "to" and not _recipient(items, at + 1)
    ):
        return None
    phrase = noun_phrase_right(items, at + 1)
    if phrase and phrase.end < len(items):
        end = phrase.end
        marked = items[end - 1].lower in POSSESSIVE and items[end].quotation
        return end + 1 if marked else end  # on Oslo's "The Hour"
    if at + 1 < len(items) and lexicon().has("days", items[at + 1].lower):
        return at + 2
    return None


def _recipient(items: Items, at: int) -> bool:
    """Whether "to" leads to somebody and not to a verb: "said to reporters"."""
    if at >= len(items):
        return False
    item = items[at]
    plural = item.word and item.lower.endswith("s")
    known = item.lower in OBJECTS or lexicon().has("determiners", item.lower)
    return plural or known or is_name(item)


def _aside(items: Items, at: int) -> int | None:
    """Where an aside that begins at a comma ends: ", however,", or any before a "that"."""
    if items[at].text != ",":
        return None
    for end in range(at + 2, min(len(items) - 1, at + LONGEST_ASIDE)):
        item = items[end]
        if item.quotation or is_only_verb(item):
            return None
        if item.text == ",":
            short = end == at + 2 and items[at + 1].lower in ASIDES
            if short or items[end + 1].lower == "that":
                return end + 1
    return None


def addressed(items: Items, at: int) -> int | None:
    """The position after the addressee that begins at `at`, or None: "told *reporters* that".

    Where nothing marks its end only a pronoun, a name, one plural noun or a determiner and a
    noun is taken, since what is told may begin with a noun phrase as well.
    """
    words = lexicon()
    first = items[at]
    if first.lower in OBJECTS:
        return at + 1
    if first.lower == "that" or words.has("pronouns", first.lower):
        return None
    phrase = noun_phrase_right(items, at)
    if phrase is None:
        return None
    end = phrase.end
    following = items[end] if end < len(items) else None
    if following is not None and (
        following.lower in BEHIND_ADDRESSEE
        or following.quotation
        or words.has("days", following.lower)
    ):
        return end
    names = at
    while names < end and is_name(items[names]):
        names += 1
    if names > at:
        return names
    if is_noun(first) and first.lower.endswith("s"):
        return at + 1
    return min(end, at + 2) if words.has("determiners", first.lower) else end
