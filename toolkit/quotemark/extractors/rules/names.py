"""Names as they stand in a text: where they are, what is said of them, how they compare."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from quotemark.extractors.rules.items import Item
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import Items, is_name, is_noun

OFFICE = re.compile(
    r"(?:Secretary|Minister|Director|Chief|Head|Speaker)\s+of\s+(?:the\s+)?\w+\s+(?=\w)"
)


def person_like(name: str) -> bool:
    """Whether a name of several words can be a person's: none of them tells of a body."""
    words = lexicon()
    parts = [part.lower() for part in name.split()]
    body = any(words.has("bodies", part) or part.endswith(("'s", "’s")) for part in parts)
    return len(parts) > 1 and not body and not words.has("not_persons", parts[0])


def name_runs(items: Items) -> list[tuple[int, int]]:
    """Stretches of capitalised words: names, with the titles that are capitalised too."""
    found = []
    at = 0
    while at < len(items):
        if not is_name(items[at]) or (at == 0 and not _starts_name(items)):
            at += 1
            continue
        start = at
        while at < len(items) and is_name(items[at]):
            at += 1
        first = start
        while first < at - 1 and lexicon().has("all_titles", items[first].lower):
            first += 1
        found.append((first, at))
    return found


def _starts_name(items: Items) -> bool:
    first = items[0]
    usual = lexicon().has("roles", first.lower) or lexicon().has("modifiers", first.lower)
    return len(items) > 1 and is_noun(first) and not usual


def roles_of(items: Items, start: int, end: int) -> list[str]:
    """The nouns for people in apposition to a name: "economist Ana Ode", "Ana Ode, a nurse"."""
    words = lexicon()
    found = []
    at = start - 1
    while at >= 0 and start - at <= 5:
        lower = items[at].lower
        if words.has("roles", lower) or words.has("all_titles", lower):
            found.append(lower.rstrip("."))
        elif not (items[at].word and (is_noun(items[at]) or lower == "of")):
            break
        at -= 1
    if end + 1 < len(items) and items[end].text == "," and _describes(items[end + 1]):
        for item in items[end + 1 : end + 11]:
            if found and words.has("attach", item.lower):
                break
            if words.has("roles", item.lower):
                found.append(item.lower)
            elif not (is_noun(item) or words.has("determiners", item.lower) or item.lower == "and"):
                break
    return found


def _describes(item: Item) -> bool:
    """Whether an apposition may begin with a word: "a nurse", "former mayor"."""
    words = lexicon()
    article = words.has("determiners", item.lower) or item.lower in ("now", "then", "himself")
    return article or (not item.capital and words.has("modifiers", item.lower))


def head_of(items: Items, start: int, end: int) -> int:
    """The head of a phrase: the last word before its first preposition."""
    words = lexicon()
    for at in range(start + 1, end):
        if words.has("attach", items[at].lower) and not items[at - 1].capital:
            return at - 1
    return end - 1


def proper_name(items: Items, start: int, head: int) -> str:
    """The proper name that ends at `head`, with the words that belong to it."""
    first = head
    while first > start:
        item = items[first - 1]
        inside = item.capital or item.lower in (
            "'s",
            "of",
            "the",
            "and",
            "-",
            "&",
            "de",
            "van",
            "von",
            "al",
        )
        if not inside or (item.lower in ("the", "of", "and") and first - 2 < start):
            break
        first -= 1
    return _surface(items[first : head + 1])


def _surface(items: Sequence[Item]) -> str:
    parts: list[str] = []
    for number, item in enumerate(items):
        if number and items[number - 1].end < item.start:
            parts.append(" ")
        parts.append(item.text)
    return "".join(parts)


def without_lead(name: str) -> str:
    """A name without one leading title, office, article or lower-case word."""
    office = OFFICE.match(name)
    if office:
        return name[office.end() :]
    first, _, rest = name.partition(" ")
    words = lexicon()
    lower = first.lower()
    lead = (
        words.has("all_titles", lower)
        or words.has("determiners", lower)
        or words.has("modifiers", lower)
    )
    if rest and (first[:1].islower() or lead) and not words.has("bodies", rest.split()[-1].lower()):
        return rest
    if rest and words.has("determiners", lower):
        return rest
    return name


def folded(name: str) -> str:
    """A name as it is compared: NFKC, case folded, single spaces, without an article."""
    text = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return text.removeprefix("the ")
