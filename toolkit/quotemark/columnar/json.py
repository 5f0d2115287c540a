"""JSON in UTF-8 bytes, compiled: what is read moves a position on, -1 says "not so".

The kernels take only JSON that the ordinary reader takes too. What is rare (numbers with long
exponents, half an emoji, deep nesting) they decline, and the ordinary reader decides.
"""

from __future__ import annotations

import numpy as np

from quotemark.columnar.compiled import Bytes, compiled, inlined
from quotemark.columnar.hashing import OFFSET, add_byte, add_code_point, mix

QUOTE, BACKSLASH, COLON, COMMA = ord('"'), ord("\\"), ord(":"), ord(",")
OPEN, CLOSE, OPEN_LIST, CLOSE_LIST = ord("{"), ord("}"), ord("["), ord("]")
ZERO, NINE, MINUS, PLUS, POINT = ord("0"), ord("9"), ord("-"), ord("+"), ord(".")
TRUE, FALSE, NULL = (np.frombuffer(word, np.uint8) for word in (b"true", b"false", b"null"))
DEEPEST = 60
LARGEST = 2**31 - 1
NOTHING = np.uint64(0)


@inlined
def blank(data: Bytes, i: int, end: int) -> int:
    """Behind white space."""
    while i < end and (data[i] == 32 or data[i] == 9 or data[i] == 13):
        i += 1
    return i


@compiled
def after(data: Bytes, i: int, end: int, sign: int) -> int:
    """Behind white space and one sign."""
    i = blank(data, i, end)
    return i + 1 if i < end and data[i] == sign else -1


@inlined
def is_at(data: Bytes, i: int, end: int, sign: int) -> bool:
    return i < end and data[i] == sign


@compiled
def word(data: Bytes, i: int, end: int, letters: Bytes) -> int:
    """Behind a literal."""
    if end - i < len(letters):
        return -1
    for k in range(len(letters)):
        if data[i + k] != letters[k]:
            return -1
    return i + len(letters)


@compiled
def hex4(data: Bytes, i: int, end: int) -> int:
    """The number of four hexadecimal digits, -1 where they are not."""
    if end - i < 4:
        return -1
    code = 0
    for k in range(4):
        c = data[i + k]
        if 48 <= c <= 57:
            digit = np.int64(c) - 48
        elif 97 <= c <= 102:
            digit = np.int64(c) - 87
        elif 65 <= c <= 70:
            digit = np.int64(c) - 55
        else:
            return -1
        code = code * 16 + digit
    return code


@compiled
def escape(data: Bytes, i: int, end: int) -> tuple[int, int]:
    """Behind an escape that begins at i, and its code point; half a pair is declined."""
    if end - i < 2:
        return -1, 0
    c = data[i + 1]
    if c == 117:
        code = hex4(data, i + 2, end)
        if code < 0 or 0xDC00 <= code < 0xE000:
            return -1, 0
        if code < 0xD800 or code >= 0xE000:
            return i + 6, code
        if end - i < 12 or data[i + 6] != BACKSLASH or data[i + 7] != 117:
            return -1, 0
        low = hex4(data, i + 8, end)
        if low < 0xDC00 or low >= 0xE000:
            return -1, 0
        return i + 12, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
    if c in (QUOTE, BACKSLASH, 47):
        return i + 2, np.int64(c)
    for letter, code in ((98, 8), (102, 12), (110, 10), (114, 13), (116, 9)):
        if c == letter:
            return i + 2, code
    return -1, 0


@compiled
def string(data: Bytes, i: int, end: int) -> tuple[int, np.uint64]:
    """Behind a string, and its hash."""
    if not is_at(data, i, end, QUOTE):
        return -1, NOTHING
    i += 1
    found = OFFSET
    while i < end:
        c = data[i]
        if c == QUOTE:
            return i + 1, mix(found)
        if c == BACKSLASH:
            i, code = escape(data, i, end)
            if i < 0:
                return -1, NOTHING
            found = add_code_point(found, code)
        elif c < 32:
            return -1, NOTHING
        else:
            found = add_byte(found, c)
            i += 1
    return -1, NOTHING


@compiled
def skip_string(data: Bytes, i: int, end: int) -> int:
    """Behind a string."""
    if not is_at(data, i, end, QUOTE):
        return -1
    i += 1
    while i < end:
        c = data[i]
        if c == QUOTE:
            return i + 1
        if c == BACKSLASH:
            i, _ = escape(data, i, end)
            if i < 0:
                return -1
        elif c < 32:
            return -1
        else:
            i += 1
    return -1


@compiled
def integer(data: Bytes, i: int, end: int) -> tuple[int, int]:
    """Behind a whole number from 0 to LARGEST, and the number."""
    first = i
    number = np.int64(0)
    while i < end and ZERO <= data[i] <= NINE:
        number = number * 10 + (np.int64(data[i]) - ZERO)
        i += 1
        if number > LARGEST:
            return -1, np.int64(0)
    digits = i - first
    if digits == 0 or (digits > 1 and data[first] == ZERO):
        return -1, np.int64(0)
    return i, number


@compiled
def digits(data: Bytes, i: int, end: int, most: int) -> int:
    """Behind one to `most` digits."""
    first = i
    while i < end and ZERO <= data[i] <= NINE:
        i += 1
    return i if 0 < i - first <= most else -1


@compiled
def number(data: Bytes, i: int, end: int) -> int:
    """Behind a number that is neither long nor near the ends of a float's range."""
    if is_at(data, i, end, MINUS):
        i += 1
    if is_at(data, i, end, ZERO):
        i += 1
    else:
        i = digits(data, i, end, 18)
        if i < 0:
            return -1
    if is_at(data, i, end, POINT):
        i = digits(data, i + 1, end, 30)
        if i < 0:
            return -1
    if i < end and (data[i] == 101 or data[i] == 69):
        i += 1
        if i < end and (data[i] == PLUS or data[i] == MINUS):
            i += 1
        i = digits(data, i, end, 2)
    return i


@compiled
def scalar(data: Bytes, i: int, end: int) -> int:
    """Behind a string, number, true, false or null."""
    if i >= end:
        return -1
    c = data[i]
    if c == QUOTE:
        return skip_string(data, i, end)
    if c == 116:
        return word(data, i, end, TRUE)
    if c == 102:
        return word(data, i, end, FALSE)
    if c == 110:
        return word(data, i, end, NULL)
    return number(data, i, end)


@compiled
def key(data: Bytes, i: int, end: int) -> tuple[int, np.uint64]:
    """Behind a key and its colon, and the key's hash."""
    i, name = string(data, blank(data, i, end), end)
    if i < 0:
        return -1, NOTHING
    i = after(data, i, end, COLON)
    return (blank(data, i, end), name) if i > 0 else (-1, NOTHING)


@compiled
def more(data: Bytes, i: int, end: int, close: int) -> tuple[int, bool]:
    """Behind a comma (and 1) or behind the closing sign (and 0)."""
    i = blank(data, i, end)
    if is_at(data, i, end, COMMA):
        return blank(data, i + 1, end), True
    return (i + 1, False) if is_at(data, i, end, close) else (-1, False)


@compiled
def value(data: Bytes, i: int, end: int) -> int:
    """Behind any value, nested at most DEEPEST deep."""
    kinds = np.uint64(0)  # one bit a level: whether it is an object
    depth = 0
    i = blank(data, i, end)
    while i >= 0:
        if is_at(data, i, end, OPEN) or is_at(data, i, end, OPEN_LIST):
            is_object = data[i] == OPEN
            if depth == DEEPEST:
                return -1
            i = blank(data, i + 1, end)
            if not is_at(data, i, end, CLOSE if is_object else CLOSE_LIST):
                kinds = (kinds << np.uint64(1)) | np.uint64(is_object)
                depth += 1
                if is_object:
                    i, _ = key(data, i, end)
                continue
            i += 1
        else:
            i = scalar(data, i, end)
        going = False
        while i >= 0 and depth > 0 and not going:
            is_object = (kinds & np.uint64(1)) == np.uint64(1)
            i, going = more(data, i, end, CLOSE if is_object else CLOSE_LIST)
            if going and is_object:
                i, _ = key(data, i, end)
            if not going:
                kinds >>= np.uint64(1)
                depth -= 1
        if not going:
            return i
    return -1


@compiled
def plain_object(data: Bytes, i: int, end: int, forbidden: np.uint64) -> int:
    """Behind an object that has no key of the hash `forbidden`."""
    i = after(data, i, end, OPEN)
    if i < 0:
        return -1
    i = blank(data, i, end)
    if is_at(data, i, end, CLOSE):
        return i + 1
    going = True
    while going:
        i, name = key(data, i, end)
        if i < 0 or name == forbidden:
            return -1
        i = value(data, i, end)
        if i < 0:
            return -1
        i, going = more(data, i, end, CLOSE)
    return i
