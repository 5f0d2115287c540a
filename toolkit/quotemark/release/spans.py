"""The spans of a release as a flat table, one a line: for pandas and other tools of tables."""

from __future__ import annotations

import json
from typing import NamedTuple

from quotemark.model import Annotation, Corpus, Span
from quotemark.scheme import Scheme
from quotemark.sources import values

PLACE = ("document", "span", "label", "start", "end", "fragments")
"""The columns that every table has first, and `TEXT` after them where texts are there."""

TEXT = "text"


class Column(NamedTuple):
    """What a further column holds: an attribute's value or values, or where a relation leads."""

    relation: bool
    name: str
    many: bool


def columns(scheme: Scheme) -> dict[str, Column]:
    """The columns after the place, by their heads: attributes, then relations.

    Attributes of one name share a column. A name that is taken gets a `_`.

    >>> from quotemark.scheme import parse_scheme
    >>> list(columns(parse_scheme('name = "s"\\nversion = "1"\\n[labels.A.attributes.text]\\n'
    ...                           'type = "text"\\n')))
    ['text_']
    """
    many: dict[str, bool] = {}
    for label in scheme.labels.values():
        for each in label.attributes.values():
            many[each.name] = many.get(each.name, False) or each.many
    found: dict[str, Column] = {}
    for column in (
        *(Column(False, name, several) for name, several in many.items()),
        *(Column(True, name, True) for name in scheme.relations),
    ):
        head = column.name
        while head in found or head in (*PLACE, TEXT):
            head += "_"
        found[head] = column
    return found


def span_lines(corpus: Corpus, scheme: Scheme, *, texts: bool) -> bytes:
    """The table as JSON Lines, in the order of documents and places; no spans: no lines.

    `start` and `end` are the ends of the whole span; of one in several fragments, `text` has
    ` … ` between them. An attribute that may have several values is a list; null is both an
    attribute that is null and one that was not asked. A relation is the list of the spans that it
    leads to.
    """
    heads = columns(scheme)
    lines: list[dict[str, object]] = []
    for layer in sorted(corpus, key=lambda layer: layer.doc_id):
        text = corpus.documents[layer.doc_id].text if texts else None
        spans = sorted(layer.spans, key=lambda s: (s.fragments, s.label, s.id))
        lines += (_line(layer, span, text, heads) for span in spans)
    said = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    return said.encode("utf-8", "backslashreplace")  # half an emoji is an escape in JSON


def _line(
    layer: Annotation, span: Span, text: str | None, heads: dict[str, Column]
) -> dict[str, object]:
    fragments = [list(fragment) for fragment in span.fragments]
    place = (layer.doc_id, span.id, span.label, span.start, span.end, fragments)
    line: dict[str, object] = dict(zip(PLACE, place, strict=True))
    if text is not None:
        line[TEXT] = span.surface(text)
    for head, (relation, name, many) in heads.items():
        if relation:
            line[head] = sorted(tail.id for tail in layer.tails(span.id, name))
        elif many:
            is_null = span.attributes.get(name) is None
            line[head] = None if is_null else sorted(values(span, name))
        else:
            line[head] = next(iter(values(span, name)), None)
    return line
