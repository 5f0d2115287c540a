"""Records as rows of Arrow: the columns of layers in Parquet, which docs/formats.md describes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, repeat
from math import isfinite
from typing import Any

import msgspec
import pyarrow as pa

from quotemark.errors import QuotemarkError, error
from quotemark.formats.records import RawRecord, RawSpan

MARK, VERSION = b"quotemark.layers", b"1"
"""What the schema's metadata hold, so that a file of layers is known for one."""

STRING = pa.string()
SPAN = pa.struct(
    {
        "id": STRING,
        "label": STRING,
        "fragments": pa.list_(pa.int32()),
        "attributes": pa.map_(STRING, STRING),
        "score": pa.float64(),
        "meta": STRING,
    }
)
RELATION = pa.struct({"label": STRING, "head": STRING, "tail": STRING})
ENTITY = pa.struct({"id": STRING, "name": STRING, "aliases": pa.list_(STRING)})
SCHEMA = pa.schema(
    {
        "id": STRING,
        "text": STRING,
        "text_sha256": STRING,
        "annotator": STRING,
        "spans": pa.list_(SPAN),
        "relations": pa.list_(RELATION),
        "entities": pa.list_(ENTITY),
        "asked": STRING,
        "status": STRING,
        "scheme": STRING,
        "provenance": STRING,
        "meta": STRING,
    },
    metadata={MARK: VERSION},
)
ENTRIES = pa.list_(pa.struct([pa.field("key", STRING, nullable=False), ("value", STRING)]))
"""A map, as a list of its entries."""


def batch(records: Sequence[RawRecord]) -> Any:
    """Records as a record batch of `SCHEMA`; of none, one without rows.

    Raises `QuotemarkError` for a record that Arrow cannot hold: one with a lone surrogate, or
    with an offset beyond 32 bits.

    >>> batch([RawRecord("a1", "Yes.")]).to_pylist()[0]["text"]
    'Yes.'
    """
    try:
        return pa.RecordBatch.from_pylist(list(map(_row, records)), schema=SCHEMA)
    except (UnicodeEncodeError, OverflowError, pa.ArrowException) as failure:
        if len(records) == 1:
            raise _unfit(records[0], failure) from None
        for record in records:  # which one it is, is told of it alone
            batch([record])
        raise


def _unfit(record: RawRecord, failure: Exception) -> QuotemarkError:
    reason, remedy = str(failure), "correct the offset, or write it as .jsonl"
    if isinstance(failure, UnicodeEncodeError):
        reason, remedy = "a lone surrogate", "write it as .jsonl, or mend the text"
    message = f"what Parquet cannot hold: {reason}"
    return error("parquet", message, remedy, doc=record.id)


def _row(record: RawRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "text": record.text,
        "text_sha256": record.text_sha256,
        "annotator": record.annotator,
        "spans": None if record.spans is None else list(map(_span_row, record.spans)),
        "relations": list(map(msgspec.structs.asdict, record.relations)),
        "entities": list(map(msgspec.structs.asdict, record.entities)),
        "asked": None if record.asked is None else _json(record.asked),
        "status": record.status,
        "scheme": record.scheme,
        "provenance": _json(record.provenance) if record.provenance else None,
        "meta": _json(record.meta) if record.meta else None,
    }


def _span_row(span: RawSpan) -> dict[str, Any]:
    return {
        "id": span.id,
        "label": span.label,
        "fragments": [offset for fragment in span.fragments or () for offset in fragment],
        "attributes": [(name, _json(value)) for name, value in span.attributes.items()],
        # As in JSON, which has no other numbers.
        "score": span.score if span.score is not None and isfinite(span.score) else None,
        "meta": _json(span.meta) if span.meta else None,
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def rows(batch: Any) -> list[dict[str, Any]]:
    """The rows of a record batch of `SCHEMA`, which `record` takes; of an empty one, none.

    They are those of `to_pylist`, at a fraction of its cost; but a null struct is one of nulls.
    """
    columns = map(_values, batch.columns)
    return [dict(zip(SCHEMA.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(array: Any) -> list[Any]:
    if pa.types.is_map(array.type):
        array = array.cast(ENTRIES)
        names_and_values = map(_values, array.flatten().flatten())
        return _lists(array, list(zip(*names_and_values, strict=True)))
    if pa.types.is_struct(array.type):
        names = [field.name for field in array.type]
        rows = zip(*map(_values, array.flatten()), strict=True)
        return [dict(zip(names, row, strict=True)) for row in rows]
    if pa.types.is_list(array.type):
        return _lists(array, _values(array.flatten()))
    if array.null_count == len(array):
        return [None] * len(array)
    if array.null_count and not pa.types.is_string(array.type):
        return list(array.to_pylist())
    return list(array.to_numpy(zero_copy_only=False).tolist())


def _lists(array: Any, items: list[Any]) -> list[list[Any] | None]:
    """The items of a list array, dealt out to its lists."""
    ends = array.value_lengths().fill_null(0).to_numpy().cumsum().tolist()
    known = array.is_valid().to_pylist() if array.null_count else repeat(True)
    places = zip(known, pairwise([0, *ends]), strict=False)
    return [items[start:end] if there else None for there, (start, end) in places]


def record(row: dict[str, Any]) -> RawRecord:
    """A row as a record, which takes the row's parts. Raises `ValueError` for what is wrong.

    >>> first = RawRecord("a1", "Yes.")
    >>> record(rows(batch([first]))[0]) == first
    True
    """
    if (row["annotator"] is None) != (row["spans"] is None):
        if row["spans"] is None:
            raise ValueError("spans is null, and annotator is not")
        raise ValueError("annotator is null, and spans is not")
    for number, span in enumerate(row["spans"] or ()):
        _complete(span, f"spans[{number}]")
    for name in ("provenance", "meta"):
        row[name] = _decoded(row[name], name) if row[name] is not None else {}
    if row["asked"] is not None:
        row["asked"] = _decoded(row["asked"], "asked")
    try:
        return msgspec.convert(row, RawRecord)
    except msgspec.ValidationError as failure:
        raise ValueError(str(failure)) from None


def _complete(span: dict[str, Any], place: str) -> None:
    """Make a row's span what it is in JSON Lines; what is null there stays, to be refused."""
    offsets, entries = span["fragments"], span["attributes"]
    if offsets is not None:
        if len(offsets) % 2:
            raise ValueError(f"{place}.fragments are {len(offsets)} numbers, which are no pairs")
        ends = iter(offsets)
        span["fragments"] = list(zip(ends, ends, strict=True))
    if entries is not None:
        span["attributes"] = {
            name: _decoded(value, f"{place}.attributes") for name, value in entries
        }
        if len(span["attributes"]) != len(entries):
            raise ValueError(f"{place}.attributes have a name twice")
    if span["score"] is not None and not isfinite(span["score"]):
        raise ValueError(f"{place}.score is {span['score']}")
    span["meta"] = _decoded(span["meta"], f"{place}.meta") if span["meta"] is not None else {}


def _decoded(text: str | None, place: str) -> Any:
    if text is None:
        raise ValueError(f"{place} has a null in place of JSON")
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise ValueError(f"{place} is nested too deeply") from None
    except msgspec.DecodeError as failure:
        raise ValueError(f"{place} is no JSON: {failure}") from None
