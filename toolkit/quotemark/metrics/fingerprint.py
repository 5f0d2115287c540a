"""A short hash of what layers say, whatever their ids and order: the `gold:` of signatures.

Every string, span, relation and entity becomes a 64-bit number; those whose order says nothing
are added up. So a layer is hashed in one pass, and layers in any order. It tells data sets
apart; it is no proof against somebody who wants two to look alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from quotemark.model import EVERYTHING, Annotation, Span, Value

MASK = (1 << 64) - 1
OFFSET, PRIME = 0xCBF29CE484222325, 0x100000001B3  # FNV-1a, 64 bits
FACTOR = 0x9E3779B97F4A7C15
NULL, ONE, MANY = 1, 2, 3
FROM, TO = 1, 2


def content_hash(layers: Iterable[Annotation]) -> str:
    """Eight hexadecimal digits of what layers say.

    >>> content_hash([]) == content_hash(())
    True
    >>> mine, yours = (Annotation("a", "", who, (Span("q", "Quote", ((0, 4),)),)) for who in "my")
    >>> content_hash([mine]) == content_hash([yours])
    True
    """
    return shown(sum(of_layer(layer) for layer in layers))


def shown(total: int) -> str:
    """The eight digits of the sum of layers' hashes."""
    return f"{mix(total & MASK) >> 32:08x}"


def of_layer(layer: Annotation) -> int:
    """The hash of a layer: document, text, spans with their relations, entities, what was asked."""
    hashes = [of_span(span) for span in layer.spans]
    said = {span.id: found for span, found in zip(layer.spans, hashes, strict=True)}
    around = dict.fromkeys(said, 0)
    for relation in layer.relations:
        if relation.head in said and relation.tail in said:
            name = of_string(relation.label)
            here, there = relation.head, relation.tail
            around[here] += combine(combine(FROM, name), said[there])
            around[there] += combine(combine(TO, name), said[here])
    spans = sum(
        combine(found, around[span.id]) for span, found in zip(layer.spans, hashes, strict=True)
    )
    entities = sum(
        combine(of_string(e.name), sum(map(of_string, e.aliases))) for e in layer.entities
    )
    found = combine(of_string(layer.doc_id), of_string(layer.text_sha256))
    found = combine(combine(found, spans), entities)
    return found if layer.asked == EVERYTHING else combine(found, of_string(repr(layer.asked)))


def of_span(span: Span) -> int:
    """The hash of a span's label, fragments and attributes."""
    found = of_string(span.label)
    for start, end in span.fragments:
        found = combine(combine(found, start), end)
    values = span.attributes.items()
    return combine(found, sum(combine(of_string(name), of_value(value)) for name, value in values))


def of_value(value: Value) -> int:
    """The hash of an attribute's value; a set of one is not that one."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return combine(ONE, of_string(value))
    return combine(MANY, sum(map(of_string, value)))


@lru_cache(maxsize=1 << 16)
def of_string(text: str) -> int:
    """FNV-1a over UTF-8 (Fowler, Noll and Vo), finished with `mix`."""
    found = OFFSET
    for byte in text.encode("utf-8", "surrogatepass"):
        found = (found ^ byte) * PRIME & MASK
    return mix(found)


def combine(one: int, two: int) -> int:
    """One hash of two, in this order."""
    return mix((one * FACTOR + two) & MASK)


def mix(number: int) -> int:
    """The finalizer of MurmurHash3 (Appleby): each bit of a number changes half of the others."""
    number = (number ^ (number >> 33)) * 0xFF51AFD7ED558CCD & MASK
    number = (number ^ (number >> 33)) * 0xC4CEB9FE1A85EC53 & MASK
    return number ^ (number >> 33)
