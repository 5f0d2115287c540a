"""Made-up tasks: short articles, each with a prediction and, if asked for, somebody's work."""

from __future__ import annotations

from quotemark.model import Annotation, Document, Relation, Span
from quotemark.tasks import Task, split

SENTENCE = "“The old ferry must go”, said Ana Brandt. “It is unsafe.” The mayor disagreed. "


def tasks(number: int, scheme: str, *, annotator: str | None = None) -> list[Task]:
    """One task an article, of five sentences and ten spans with relations."""
    made = []
    for n in range(number):
        doc = Document(f"article-{n:05}", f"{n}. {SENTENCE * 5}")
        layers = [_layer(doc, "guesser 1", scheme, "predicted")]
        work = [_layer(doc, annotator, scheme, "submitted")] if annotator else []
        made += split(doc, work, predictions=layers, scheme=scheme)
    return made


def _layer(doc: Document, annotator: str, scheme: str, status: str) -> Annotation:
    spans: list[Span] = []
    relations = []
    at = doc.text.index("“")
    for n in range(5):
        quote, name = SENTENCE.index("“"), SENTENCE.index("Ana")
        attributes = {"form": "direct", "source": "mention"}
        entity = {"entity": "Ana Brandt", "kind": "named"}
        spans.append(Span(f"q{n}", "Quote", ((at + quote, at + quote + 24),), attributes))
        spans.append(Span(f"s{n}", "Speaker", ((at + name, at + name + 10),), entity))
        relations.append(Relation("said_by", f"q{n}", f"s{n}"))
        at += len(SENTENCE)
    return Annotation(
        doc.id, doc.sha256, annotator, tuple(spans), tuple(relations), scheme=scheme, status=status
    )
