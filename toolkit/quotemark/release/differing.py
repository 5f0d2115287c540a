"""What differs between two golds, span by span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from quotemark.matching import ANY, Links, align, content
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.release.manifest import Manifest


class Change(NamedTuple):
    """One difference: its document, what happened, and what stood there before and after.

    `kind` is document, split, text, metadata, asked, entities, added, removed, label, moved,
    attributes or relations; without a document, scheme, guidelines, license or splits.
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
            texts = old.documents.get(doc), new.documents.get(doc)
            found += _documents(ours[doc], theirs[doc], *texts)
    return found


def diff_releases(old: Manifest, new: Manifest) -> list[Change]:
    """What two releases say differently of all their documents, and which changed their part.

    What a release is called, its date and the quotemark that made it are no changes. Documents
    that only one of them has are left to `diff`.
    """
    of_all = [
        ("scheme", *(f"{m.scheme} {m.scheme_sha256[:12]}" for m in (old, new))),
        ("guidelines", *(m.guidelines_sha256[:12] for m in (old, new))),
        ("license", old.license, new.license),
        ("splits", *(_recipe(m) for m in (old, new))),
    ]
    found = [Change("", kind, "", before, after) for kind, before, after in of_all
             if before != after]  # fmt: skip
    ours, theirs = ({place.id: place.part for place in m.documents} for m in (old, new))
    moved = [doc for doc in sorted(ours.keys() & theirs.keys()) if ours[doc] != theirs[doc]]
    return found + [Change(doc, "split", "", ours[doc], theirs[doc]) for doc in moved]


def _recipe(manifest: Manifest) -> str:
    how = manifest.splits
    if how is None:
        return "none"
    grouped = f", by {how.group_by}" if how.group_by else ""
    return f"{','.join(map(str, how.fractions))}, seed {how.seed}, near {how.near}{grouped}"


def _documents(
    old: Annotation, new: Annotation, before: Document | None, after: Document | None
) -> Iterator[Change]:
    hashes = [layer.text_sha256 or (document.sha256 if document else "")
              for layer, document in ((old, before), (new, after))]  # fmt: skip
    if all(hashes) and hashes[0] != hashes[1]:
        yield Change(old.doc_id, "text", "", *_texts(hashes, before, after))
        return
    if before and after and before.meta != after.meta:
        names = sorted({*before.meta, *after.meta})
        names = [name for name in names if before.meta.get(name) != after.meta.get(name)]
        said = (", ".join(f"{n}: {d.meta[n]}" for n in names if n in d.meta)
                for d in (before, after))  # fmt: skip
        yield Change(old.doc_id, "metadata", "", *said)
    if before and after:
        old = replace(old, entities=(*old.entities, *before.entities))
        new = replace(new, entities=(*new.entities, *after.entities))
    yield from _layers(old, new)


AROUND = 20
"""How many characters of a text are shown on either side of where two differ first."""


def _texts(
    hashes: Sequence[str], before: Document | None, after: Document | None
) -> tuple[str, str]:
    """Both texts around the first place where they differ; by their hashes where one is missing."""
    if not before or not after:
        return hashes[0][:12], hashes[1][:12]
    one, two = before.text, after.text
    shorter = min(len(one), len(two))
    place = next((n for n in range(shorter) if one[n] != two[n]), shorter)
    start = max(0, place - AROUND)
    first, second = (f"at {place}: …{text[start : place + AROUND]}…" for text in (one, two))
    return first, second


def _layers(old: Annotation, new: Annotation) -> Iterator[Change]:
    doc = old.doc_id
    if old.asked != new.asked:
        yield Change(doc, "asked", "", str(old.asked), str(new.asked))
    named = [{(e.name, tuple(sorted(e.aliases))) for e in x.entities} for x in (old, new)]
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
