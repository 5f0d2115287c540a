"""The hashes of `metrics.fingerprint`, compiled."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import compiled, inlined
from quotemark.metrics import fingerprint

OFFSET = np.uint64(fingerprint.OFFSET)
PRIME = np.uint64(fingerprint.PRIME)
FACTOR = np.uint64(fingerprint.FACTOR)
NULL = np.uint64(fingerprint.NULL)
ONE = np.uint64(fingerprint.ONE)
MANY = np.uint64(fingerprint.MANY)
FROM = np.uint64(fingerprint.FROM)
TO = np.uint64(fingerprint.TO)
EMPTY = np.uint64(fingerprint.of_string(""))
FIRST, SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
SHIFT = np.uint64(33)


@compiled
def mix(number: np.uint64) -> np.uint64:
    number = (number ^ (number >> SHIFT)) * FIRST
    number = (number ^ (number >> SHIFT)) * SECOND
    return number ^ (number >> SHIFT)


@compiled
def combine(one: np.uint64, two: np.uint64) -> np.uint64:
    return mix(one * FACTOR + two)


@inlined
def add_byte(found: np.uint64, byte: int) -> np.uint64:
    return (found ^ np.uint64(byte)) * PRIME


@compiled
def add_code_point(found: np.uint64, code: int) -> np.uint64:
    """A code point's UTF-8 bytes added to a string's hash."""
    if code < 0x80:
        return add_byte(found, code)
    if code < 0x800:
        found = add_byte(found, 0xC0 | (code >> 6))
        return add_byte(found, 0x80 | (code & 0x3F))
    if code < 0x10000:
        found = add_byte(found, 0xE0 | (code >> 12))
        found = add_byte(found, 0x80 | ((code >> 6) & 0x3F))
        return add_byte(found, 0x80 | (code & 0x3F))
    found = add_byte(found, 0xF0 | (code >> 18))
    found = add_byte(found, 0x80 | ((code >> 12) & 0x3F))
    found = add_byte(found, 0x80 | ((code >> 6) & 0x3F))
    return add_byte(found, 0x80 | (code & 0x3F))


@inlined
def layer_hash(
    document: np.uint64, text: np.uint64, spans: np.uint64, entities: np.uint64
) -> np.uint64:
    """The hash of a layer from those of its parts."""
    return combine(combine(combine(document, text), spans), entities)
