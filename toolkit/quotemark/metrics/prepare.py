"""Gold and predictions made comparable: the same documents, texts and questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from quotemark.errors import Problem, QuotemarkError, Where, error
from quotemark.metrics.case import Case
from quotemark.model import EVERYTHING, Annotation, Asked, Corpus, Span
from quotemark.scheme import Scheme

GOLD, PRED = "gold", "predictions"
"""Where problems lie, in place of a file."""

UNFINISHED = ("draft", "cancelled")
"""The statuses of layers that nobody stands by: they are not scored."""


@dataclass(frozen=True)
class Prepared:
    """Every gold document as a `Case`, and what was left out on the way.

    `gold`: gold's layers as they were given, in the order of the documents.
    `missing`: gold documents without predictions, scored as if nothing was found in them.
    `extra`: predicted documents that gold lacks. `outside`: how many predicted spans (by
    label), attributes (`Label.attribute`) and relations gold was not asked about.
    `unfinished`: documents of drafts and cancelled layers, left out.
    """

    cases: Mapping[str, Case]
    gold: tuple[Annotation, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    outside: Mapping[str, int]
    unfinished: tuple[str, ...]


def prepare(gold: Corpus, pred: Corpus, *, scheme: Scheme, annotator: str | None) -> Prepared:
    """Pair up the layers of two corpora, document by document, in the order of their ids.

    Raises `QuotemarkError` for several annotators on a side (`annotator` chooses gold's) or
    two layers of one over a document, for texts that differ, for spans that cannot be scored,
    and for labels that the scheme lacks. Two empty corpora: no case.
    """
    gold_layers = _layers(gold, GOLD, annotator)
    pred_layers = _layers(pred, PRED, None)
    texts = {d: document.text for c in (pred, gold) for d, document in c.documents.items()}
    common = [layer for doc, layer in pred_layers.items() if doc in gold_layers]
    problems = [
        *_unknown_labels(gold_layers.values(), GOLD, scheme),
        *_unknown_labels(common, PRED, scheme),
    ]
    for doc, layer in gold_layers.items():
        over_two = list(_two_texts(doc, gold, pred, gold_layers, pred_layers))
        problems += over_two
        if over_two:
            continue  # offsets say nothing about another text
        problems += _unscorable(layer, texts.get(doc), GOLD)
        if doc in pred_layers:
            problems += _unscorable(pred_layers[doc], texts.get(doc), PRED)
    if problems:
        raise QuotemarkError(problems)
    produced = _produced(pred_layers.values())
    outside: Counter[str] = Counter()
    cases = {}
    for doc, layer in gold_layers.items():
        known = gold.documents.get(doc) or pred.documents.get(doc)
        truth = _restricted(layer, layer.asked)[0]
        if known and known.entities:
            truth = replace(truth, entities=tuple({*truth.entities, *known.entities}))
        found = pred_layers.get(doc, Annotation(doc, "", "", asked=produced))
        found, left_out = _restricted(found, layer.asked)
        outside += left_out
        cases[doc] = Case(truth, found, texts.get(doc), scheme)
    return Prepared(
        cases,
        tuple(gold_layers.values()),
        tuple(doc for doc in gold_layers if doc not in pred_layers),
        tuple(doc for doc in pred_layers if doc not in gold_layers),
        dict(sorted(outside.items())),
        tuple(sorted({a.doc_id for c in (gold, pred) for a in c if a.status in UNFINISHED})),
    )


def _layers(corpus: Corpus, side: str, annotator: str | None) -> dict[str, Annotation]:
    """One layer for each document, by its id."""
    finished = [a for a in corpus if a.status not in UNFINISHED]
    names = sorted({a.annotator for a in finished})
    if annotator is not None and annotator not in names:
        known = ", ".join(names) or "nobody"
        message = f"no layer by {annotator!r}"
        raise error("annotator", message, f"name one of: {known}", file=side)
    if annotator is None and len(names) > 1:
        choice = "choose one with --annotator" if side == GOLD else "score one at a time"
        message = f"layers by several annotators: {', '.join(names)}"
        raise error("annotators", message, choice, file=side)
    chosen = [a for a in finished if annotator in (None, a.annotator)]
    often = Counter(a.doc_id for a in chosen)
    problems = [
        Problem(
            Where(side, doc=doc), "twice", f"{times} layers by one annotator", "keep one of them"
        )
        for doc, times in sorted(often.items())
        if times > 1
    ]
    if problems:
        raise QuotemarkError(problems)
    return {a.doc_id: a for a in sorted(chosen, key=lambda a: a.doc_id)}


def _unknown_labels(layers: Iterable[Annotation], side: str, scheme: Scheme) -> Iterator[Problem]:
    """One problem for each label that the scheme lacks, at the first document that has it."""
    found: dict[str, list[str]] = {}
    for layer in layers:
        for label in {span.label for span in layer.spans} - scheme.labels.keys():
            found.setdefault(label, []).append(layer.doc_id)
    folded = {label.casefold(): label for label in scheme.labels}
    for label, (first, *others) in sorted(found.items()):
        message = f"label {label!r} is not in scheme {scheme.id}"
        if others:
            more = f"{len(others):,} more document{'s' if len(others) > 1 else ''}"
            message += f", here and in {more}"
        near = get_close_matches(label.casefold(), folded, n=1)
        guess = f"did you mean {folded[near[0]]}? " if near else ""
        remedy = f"{guess}name the labels' scheme with --scheme, or mend the label"
        yield Problem(Where(side, doc=first), "unknown-label", message, remedy)


def _two_texts(
    doc: str,
    gold: Corpus,
    pred: Corpus,
    gold_layers: Mapping[str, Annotation],
    pred_layers: Mapping[str, Annotation],
) -> Iterator[Problem]:
    known = {
        *(layers[doc].text_sha256 for layers in (gold_layers, pred_layers) if doc in layers),
        *(corpus.documents[doc].sha256 for corpus in (gold, pred) if doc in corpus.documents),
    } - {""}
    if len(known) > 1:
        hashes = ", ".join(f"{h[:12]}…" for h in sorted(known))
        message = f"gold, predictions and texts are not over one text: {hashes}"
        yield Problem(Where(PRED, doc=doc), "text-hash", message, "extract from gold's text")


def _unscorable(layer: Annotation, text: str | None, side: str) -> Iterator[Problem]:
    def problem(span: Span, code: str, message: str, remedy: str) -> Problem:
        return Problem(Where(side, doc=layer.doc_id, item=span.id), code, message, remedy)

    seen: set[str] = set()
    for span in layer.spans:
        if span.id in seen:
            message = "two spans have this id"
            yield problem(span, "duplicate-id", message, "give each span an id of its own")
        seen.add(span.id)
        if not span.fragments or any(start < 0 or start >= end for start, end in span.fragments):
            message = f"has fragments {list(map(list, span.fragments))}"
            yield problem(span, "offset", message, "give each fragment 0 <= start < end")
        elif text is not None and (reach := max(end for _, end in span.fragments)) > len(text):
            message = f"ends at {reach} in a text of {len(text)}"
            yield problem(span, "offset", message, "count offsets in code points of the text")


def _produced(layers: Iterable[Annotation]) -> Asked:
    """What any of the layers declares, for documents that have none; all, where there is none."""
    declared = [layer.asked for layer in layers]
    if not declared:
        return EVERYTHING
    return Asked(
        None,
        _union([asked.labels for asked in declared]),
        _union([asked.attributes for asked in declared]),
        _union([asked.relations for asked in declared]),
    )


def _union(names: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    everything = any(each is None for each in names)
    return None if everything else tuple(n for each in names if each is not None for n in each)


def _restricted(layer: Annotation, asked: Asked) -> tuple[Annotation, Counter[str]]:
    """A layer without the labels, attributes and relations that were not asked, and counts.

    Spans outside the windows are counted but stay: a relation may lead to one, and its entity
    says who is meant. Metrics look only at those inside.
    """
    if asked == EVERYTHING:
        return layer, Counter()
    outside: Counter[str] = Counter()
    spans = []
    for span in layer.spans:
        wanted = asked.label(span.label)
        outside[span.label] += not (wanted and asked.covers(span))
        if not wanted:
            continue
        kept = {k: v for k, v in span.attributes.items() if asked.attribute(span.label, k)}
        outside.update(f"{span.label}.{k}" for k in span.attributes if k not in kept)
        spans.append(span if len(kept) == len(span.attributes) else replace(span, attributes=kept))
    relations = tuple(r for r in layer.relations if asked.relation(r.label))
    outside.update(r.label for r in layer.relations if not asked.relation(r.label))
    return replace(layer, spans=tuple(spans), relations=relations), +outside
