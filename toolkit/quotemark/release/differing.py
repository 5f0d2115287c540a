"""What differs between two golds, span by span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from quotemark.matching import ANY, Links, align, content
from quotemark.model import Annotation, Corpus, Span


class Change(NamedTuple):
    """One difference: its document, what happened, and what stood there before and after.

    `kind` is document, text, asked, entities, added, removed, label, moved, attributes or
    relations.
    """

    doc: str
    kind: str
    label: str
    before: str
    after: str


def diff(old: Corpus, new: Corpus) -> list[Change]:
    """The changes from one gold to another, in the order of documents and places.

    Spans of one label are aligned as scores align them, by any overlap; what is left with the
    same fragments and another label has changed its label. Ids, provenance and `meta` do not
    count, nor does any order. Where the text is another one, spans are not compared. Equal
    golds have no changes.

    >>> def gold(end):
    ...     return Corpus({}, (Annotation("d", "", "gold", (Span("q", "Cue", ((0, end),)),)),))
    >>> diff(gold(4), gold(4)), diff(gold(4), gold(5))
    ([], [Change(doc='d', kind='moved', label='Cue', before='0-4', after='0-5')])
    """
    ours, theirs = ({layer.doc_id: layer for layer in gold} for gold in (old, new))
    found: list[Change] = []
    for doc in sorted(ours.keys() | theirs.keys()):
        if doc not in theirs:
            found.append(Change(doc, "document", "", "there", ""))
        elif doc not in ours:
            found.append(Change(doc, "document", "", "", "there"))
        else:
            found += _layers(ours[doc], theirs[doc])
    return found


def _layers(old: Annotation, new: Annotation) -> Iterator[Change]:
    doc = old.doc_id
    if old.text_sha256 != new.text_sha256:
        yield Change(doc, "text", "", old.text_sha256[:12], new.text_sha256[:12])
        return
    if old.asked != new.asked:
        yield Change(doc, "asked", "", str(old.asked), str(new.asked))
    named = [Counter((e.name, tuple(sorted(e.aliases))) for e in x.entities) for x in (old, new)]
    if named[0] != named[1]:
        before, after = sorted(named[0] - named[1]), sorted(named[1] - named[0])
        yield Change(doc, "entities", "", str(before), str(after))
    pairs = _pairs(old, new)
    of_old, of_new = _relations(old), _relations(new)
    for ours, theirs in pairs:
        yield from _spans(doc, ours, theirs)
        if ours and theirs and of_old[ours.id] != of_new[theirs.id]:
            gone, come = (
                of_old[ours.id] - of_new[theirs.id],
                of_new[theirs.id] - of_old[ours.id],
            )
            yield Change(doc, "relations", theirs.label, _said(gone), _said(come))


Pairs = list[tuple[Span | None, Span | None]]


def _pairs(old: Annotation, new: Annotation) -> Pairs:
    pairs: Pairs = []
    gone, come = list(old.spans), list(new.spans)
    a, b = Links(old), Links(new)
    for label in sorted({span.label for span in (*gone, *come)}):
        ours, theirs = old.labelled(label), new.labelled(label)
        for i, j in align(ours, theirs, ANY, gold_links=a, pred_links=b):
            pairs.append((ours[i], theirs[j]))
            gone.remove(ours[i])
            come.remove(theirs[j])
    for span in sorted(gone, key=content):
        same = [other for other in come if other.fragments == span.fragments]
        pairs.append((span, same[0] if same else None))
        if same:
            come.remove(same[0])
    pairs += ((None, span) for span in come)
    return sorted(pairs, key=lambda pair: [content(span) for span in pair if span])


def _spans(doc: str, old: Span | None, new: Span | None) -> Iterator[Change]:
    if old is None or new is None:
        span = old or new
        if span:
            said = f"{_place(span)} {_attributes(span)}".strip()
            kind = "removed" if old else "added"
            yield Change(doc, kind, span.label, said if old else "", "" if old else said)
        return
    if old.label != new.label:
        yield Change(doc, "label", new.label, old.label, new.label)
    if old.fragments != new.fragments:
        yield Change(doc, "moved", new.label, _place(old), _place(new))
    if dict(old.attributes) != dict(new.attributes):
        yield Change(doc, "attributes", new.label, _attributes(old), _attributes(new))


def _relations(layer: Annotation) -> dict[str, Counter[str]]:
    """What leads from each span, by the place and label of where it leads to."""
    found: dict[str, Counter[str]] = {span.id: Counter() for span in layer.spans}
    for relation in layer.relations:
        tail = layer.by_id.get(relation.tail)
        if tail and relation.head in found:
            found[relation.head][f"{relation.label} {tail.label} {_place(tail)}"] += 1
    return found


def _said(relations: Counter[str]) -> str:
    return "; ".join(sorted(relations.elements()))


def _place(span: Span) -> str:
    return ",".join(f"{start}-{end}" for start, end in span.fragments)


def _attributes(span: Span) -> str:
    values = sorted(span.attributes.items())
    return ", ".join(f"{name}: {'–' if v is None else v}" for name, v in values)
