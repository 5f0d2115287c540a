"""Tasks for review: what annotators see differently, each annotator's version beside the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from quotemark.adjudication.adjudicating import gathered, settle, votes
from quotemark.adjudication.things import Dispute
from quotemark.decisions import Decision
from quotemark.errors import Problem, QuotemarkError, Where, error, printable
from quotemark.model import Annotation, Corpus, Document, Span
from quotemark.scheme import Scheme, default_scheme
from quotemark.tasks import Task, Window, split
from quotemark.wording import told

SETTLED = "settled"
"""Whose prediction a task opens with: what is settled or decided, and nothing that is open."""


def review_tasks(
    corpus: Corpus,
    *,
    scheme: Scheme | None = None,
    decisions: Iterable[Decision] = (),
    policies: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    window: Window = "document",
    context: int = 2,
) -> list[Task]:
    """A task for each document, or window of one, in which something is open.

    Each annotator who was asked has a prediction under their own name: their version of what is
    open, and what is settled or decided already, as it is. The last one, `SETTLED`, has nothing
    else: with a copy of it, Label Studio opens the task. The task's `note` lists what is open.
    Nothing open: no tasks. Raises `QuotemarkError` as `adjudicate` does, and for documents whose
    text is not known.

    >>> quote = Span("q", "Quote", ((0, 6),))
    >>> layers = [Annotation("d", "", "ann", (quote,)), Annotation("d", "", "bo")]
    >>> corpus = Corpus({"d": Document("d", '"Yes."')}, tuple(layers))
    >>> task, = review_tasks(corpus)
    >>> [(layer.annotator, len(layer.spans)) for layer in task.predictions]
    [('ann', 1), ('bo', 0), ('settled', 0)]
    >>> print(task.note)
    1 open
    <BLANKLINE>
    1. Quote: "Yes."
    ann: has it
    bo: nothing
    """
    schema = scheme or default_scheme()
    cases = gathered(corpus, schema, decisions)
    wished = list(policies)
    weights = votes(cases, wished, weights)
    base = settle(cases, wished, weights)
    disputes: dict[str, list[Dispute]] = {}
    for dispute in base.disputes:
        disputes.setdefault(dispute.doc_id, []).append(dispute)
    _refuse_unknown(disputes, corpus)
    layers = {doc_id: cases.things[doc_id].panel for doc_id in disputes}
    if SETTLED in cases.annotators:
        message = f"an annotator is called {SETTLED!r}, which in a review is what all have alike"
        raise error("annotator", message, "give the annotator another name")
    golds = {name: settle(cases, wished, weights, seen_by=name).gold for name in cases.annotators}
    versions: dict[str, list[Annotation]] = {doc_id: [] for doc_id in layers}
    for name, made in {**golds, SETTLED: base.gold}.items():
        for gold in made:
            asked = [layer.annotator for layer in layers.get(gold.doc_id, ())]
            if asked and name in (*asked, SETTLED):
                versions[gold.doc_id].append(_version(gold, name))
    return [
        replace(task, note=note(inside, layers[doc_id], task))
        for doc_id, found in disputes.items()
        for task in split(
            corpus.documents[doc_id],
            predictions=versions[doc_id],
            window=window,
            context=context,
            targets=schema.targets,
            scheme=schema.id,
        )
        if (inside := [each for each in found if _within(each, task)])
    ]


def _refuse_unknown(documents: Iterable[str], corpus: Corpus) -> None:
    problems = [
        Problem(Where(doc=doc_id), "no-text", "its text is not known", "give it with --texts")
        for doc_id in documents
        if doc_id not in corpus.documents
    ]
    if problems:
        raise QuotemarkError(problems)


def _version(gold: Annotation, name: str) -> Annotation:
    """An annotator's version of a document, as a prediction.

    Its provenance makes it keep its name when somebody goes on from it, and the origin makes its
    spans keep what no control shows until somebody changes them.
    """
    return replace(
        gold,
        annotator=name,
        status="predicted",
        spans=tuple(replace(span, meta={"origin": "prediction"}) for span in gold.spans),
        provenance={"annotators": gold.provenance["annotators"]},
    )


def _within(dispute: Dispute, task: Task) -> bool:
    """Whether a dispute is in a task: windows cut no span of any version."""
    return task.start <= dispute.first[1].start < task.end


def note(disputes: Sequence[Dispute], panel: Sequence[Annotation], task: Task) -> str:
    """What is open in a task, and what each annotator says of it, in plain text.

    Each has a line, whatever its words, names and comments hold: a line is never somebody else's.
    """
    by_name = {layer.annotator: layer for layer in panel}
    document = Document(task.doc_id, " " * task.start + task.text)
    blocks = [f"{len(disputes)} open"]
    for number, dispute in enumerate(disputes, 1):
        span = dispute.first[1]
        lines = [_line(f"{number}. {dispute.label}: {_short(span, document)}")]
        said = {
            name: dict(_facets(version, by_name[name], document)) if version else {}
            for name, version in dispute.versions.items()
        }
        differing = _differing([every for every in said.values() if every])
        for name, version in dispute.versions.items():
            facets = [said[name][key] for key in differing if key in said[name]]
            has = "; ".join(facets) or "has it"
            lines.append(_line(f"{name}: {has if version else 'nothing'}"))
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _line(text: str) -> str:
    """Text on one line: white space made spaces, and what is not to be seen escaped."""
    return printable(" ".join(text.split()))


def _differing(every: Sequence[Mapping[str, str]]) -> list[str]:
    """What is not the same in all of them, or is a doubt."""
    keys = dict.fromkeys(key for facets in every for key in facets)
    return [
        key
        for key in keys
        if key in ("unsure", "comment") or len({facets.get(key) for facets in every}) > 1
    ]


def _facets(span: Span, layer: Annotation, document: Document) -> Iterator[tuple[str, str]]:
    """What an annotator says of a span: its words, attributes, relations and doubts."""
    yield "words", _short(span, document)
    for name, value in span.attributes.items():
        yield name, f"{name}: {told(value)}"
    for label in sorted({r.label for r in layer.relations if r.head == span.id}):
        tails = " + ".join(_short(tail, document) for tail in layer.tails(span.id, label))
        yield label, f"{label}: {tails}"
    if span.meta.get("unsure"):
        yield "unsure", "unsure"
    if span.meta.get("comment"):
        yield "comment", f"comment: {span.meta['comment']}"


WORDS = 60
"""How many characters of a span are shown."""


def _short(span: Span, document: Document) -> str:
    """A span's words on one line, the middle of long ones left out."""
    words = " ".join(span.surface(document.text).split())
    half = WORDS // 2
    return words if len(words) <= WORDS else f"{words[:half]} … {words[-half:]}"
