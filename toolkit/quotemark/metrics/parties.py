"""Speakers and holders as they are compared: one party for each name, with its mentions."""

from __future__ import annotations

from dataclasses import dataclass

from quotemark.assignment import assign
from quotemark.matching import ANY, align
from quotemark.metrics.case import Case
from quotemark.model import Span
from quotemark.scheme import Scheme
from quotemark.sources import Sources, fold, is_named, is_pronoun, values


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody, by name (empty where none is given) and by the mentions that point to them."""

    name: str
    mentions: tuple[Span, ...] = ()


def parties(found: Sources, text: str | None, scheme: Scheme) -> tuple[Party, ...]:
    """The parties of `found`: mentions with one name are one party.

    A mention without an entity goes by its own words, if the text is known and they are no
    pronoun; else it is a party without a name.
    """
    named: dict[str, tuple[str, list[Span]]] = {}
    nameless: list[Party] = []
    for mention in found.mentions:
        names = values(mention, scheme.role("entity")) or _words(mention, text, scheme)
        for name in names:
            named.setdefault(fold(name), (name, []))[1].append(mention)
        if not names:
            nameless.append(Party("", (mention,)))
    for name in found.entities:
        named.setdefault(fold(name), (name, []))
    return (*(Party(name, tuple(m)) for _, (name, m) in sorted(named.items())), *nameless)


def _words(mention: Span, text: str | None, scheme: Scheme) -> tuple[str, ...]:
    if text is None or "pronoun" in values(mention, scheme.role("kind")):
        return ()
    words = mention.surface(text, " ")
    return () if is_pronoun(words) else (words,)


def count_same(case: Case, gold: Sources, pred: Sources) -> tuple[int, int, int]:
    """How many parties are the same one-to-one, and how many there are in gold and in pred.

    A predicted party is right when its name is the entity's name or an alias, or when a mention
    of it overlaps any gold mention of the entity, unless its name is another gold entity's.
    """
    golds = parties(gold, case.text, case.scheme)
    preds = parties(pred, case.text, case.scheme)
    same = [[int(_is_same(case, g, p)) for p in preds] for g in golds]
    return len(assign(same)), len(golds), len(preds)


def _is_same(case: Case, gold: Party, pred: Party) -> bool:
    if gold.name:
        if pred.name and is_named(pred.name, gold.name, case.gold.entities):
            return True
        if pred.name and any(is_named(pred.name, e.name, (e,)) for e in case.gold.entities):
            return False  # a mention that overlaps cannot make up for naming somebody else
        if any(fold(gold.name) in case.overlapped.get(m.id, ()) for m in pred.mentions):
            return True
    return bool(align(gold.mentions, pred.mentions, ANY))
