"""Judgements reported as what somebody said: "described it as risky", "called it "a shame""."""

from __future__ import annotations

from quotemark.extractors.rules.clauses import Stretch, inside, is_title
from quotemark.extractors.rules.cues import Cue
from quotemark.extractors.rules.lexicon import lexicon
from quotemark.extractors.rules.phrases import (
    DASHES,
    FEW_WORDS,
    Items,
    is_name,
    is_noun,
    noun_phrase_right,
)

FAR = 14
"""Items within which an object and its judgement must come."""


def judgement(items: Items, cue: Cue) -> Stretch | None:
    """ "described the plan as risky", "called it "an insult"": from the object on."""
    if not cue.frames & {"as", "call", "of"} or cue.form == "passive":
        return None
    start = cue.end
    if start < len(items) and lexicon().has("stop", items[start].lower):
        return None  # called for, described in
    for at in range(start + 1, min(len(items) - 1, start + FAR)):
        item = items[at]
        if item.text in (",", ";", ":") or item.text in DASHES:
            return None
        if "as" in cue.frames and item.lower == "as":
            return start, _judgement_end(items, at + 1)
        if "of" in cue.frames and item.lower == "of":
            end = _judgement_end(items, at + 1)
            return (start, end) if any(i.quotation for i in items[at:end]) else None
        if "call" in cue.frames and item.quotation:
            return (start, at + 1) if not is_naming(items, at) else None
        if "call" in cue.frames and item.lower in ("a", "an"):
            return (start, _judgement_end(items, at)) if _object(items, start, at) else None
    return None


def is_naming(items: Items, at: int) -> bool:
    """Whether what something is called at `at` is its name: "the “latte tax”", "“the pit”".

    What is called the worst, or the most unfair, is judged.
    """
    words = inside(items[at]).strip(",.").lower().split()
    if any(word in ("most", "least", "best", "worst", "only") for word in words) or any(
        word.endswith("est") for word in words
    ):
        return False
    ends = at + 1 >= len(items) or not is_noun(items[at + 1])
    definite = items[at - 1].lower == "the" and ends
    nickname = words[:1] == ["the"] and len(words) <= FEW_WORDS
    return is_title(items[at]) or definite or nickname


def _object(items: Items, start: int, end: int) -> bool:
    """Whether items are one object: "him", "the plan", "Lund"."""
    if items[start].lower in ("him", "her", "it", "them", "us", "me", "this", "that"):
        return end == start + 1
    phrase = noun_phrase_right(items, start)
    named = is_name(items[start]) or lexicon().has("determiners", items[start].lower)
    return named and phrase is not None and phrase.end == end


def _judgement_end(items: Items, start: int) -> int:
    at = start
    while at < len(items):
        item = items[at]
        if item.quotation:
            if at + 1 >= len(items) or items[at + 1].lower not in ("and", "or"):
                return at + 1
        elif _ends_judgement(items, at, first=at == start):
            break
        at += 1
    return at


def _ends_judgement(items: Items, at: int, *, first: bool) -> bool:
    item = items[at]
    words = lexicon()
    if not item.word:
        return item.text != "'"
    if item.lower in ("and", "but", "during"):  # but not between two marked phrases
        return first or not (
            items[at - 1].quotation and items[at + 1 : at + 2] and items[at + 1].quotation
        )
    fresh = words.has("subordinators", item.lower) or words.has("days", item.lower)
    return fresh and not first
