"""One sentence, its spans, and layers over it, for tests of adjudication."""

from __future__ import annotations

from quotemark.model import Annotation, Asked, Document, Relation, Span, Value

TEXT = '"It is over", said Ana Lund, the mayor, on Monday.'
DOC = Document("d", TEXT)


def span(name: str, label: str, words: str, **attributes: Value) -> Span:
    start = TEXT.index(words)
    return Span(name, label, ((start, start + len(words)),), attributes)


QUOTE = span("q", "Quote", '"It is over"', form="direct", source="mention")
SPEAKER = span("s", "Speaker", "Ana Lund", entity="Ana Lund", kind="named")
MAYOR = span("m", "Speaker", "the mayor", entity="Ana Lund", kind="nominal")
CUE = span("c", "Cue", "said")
SAID = Relation("said_by", "q", "s")


def layer(
    who: str, *spans: Span, relations: tuple[Relation, ...] = (), asked: Asked | None = None
) -> Annotation:
    return Annotation("d", "", who, spans, relations, asked=asked or Asked())
