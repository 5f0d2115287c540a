"""The spans of a release as a flat table, one a line: for pandas and other tools of tables."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

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


Row = dict[str, Any]


def span_rows(corpus: Corpus, scheme: Scheme, *, texts: bool) -> list[Row]:
    """The table's rows, in the order of documents and places; no spans: no rows.

    `start` and `end` are the ends of the whole span; of one in several fragments, `text` has
    ` … ` between them. An attribute that may have several values is a list; null is both an
    attribute that is null and one that was not asked. A relation is the list of the spans that it
    leads to.
    """
    heads = columns(scheme)
    rows: list[Row] = []
    for layer in sorted(corpus, key=lambda layer: layer.doc_id):
        text = corpus.documents[layer.doc_id].text if texts else None
        spans = sorted(layer.spans, key=lambda s: (s.fragments, s.label, s.id))
        rows += (_row(layer, span, text, heads) for span in spans)
    return rows


def to_lines(rows: Iterable[Row]) -> bytes:
    """Rows as JSON Lines.

    >>> to_lines([{"span": "q", "start": 0}])
    b'{"span": "q", "start": 0}\\n'
    """
    said = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    return said.encode("utf-8", "backslashreplace")  # half an emoji is an escape in JSON


def to_parquet(rows: Sequence[Row], scheme: Scheme, *, texts: bool) -> bytes:
    """Rows as Parquet, which keeps ids that look like numbers what they are. Needs pyarrow."""
    import pyarrow as pa
    from pyarrow import parquet

    string, number = pa.string(), pa.int64()
    kinds = [string, string, string, number, number, pa.list_(pa.list_(number))]
    fields = [*zip(PLACE, kinds, strict=True), *([(TEXT, string)] if texts else [])]
    fields += (
        (head, pa.list_(string) if column.many else string)
        for head, column in columns(scheme).items()
    )
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(list(rows), pa.schema(fields)), out)
    return out.getvalue()


def _row(layer: Annotation, span: Span, text: str | None, heads: dict[str, Column]) -> Row:
    fragments = [list(fragment) for fragment in span.fragments]
    place = (layer.doc_id, span.id, span.label, span.start, span.end, fragments)
    line: Row = dict(zip(PLACE, place, strict=True))
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
