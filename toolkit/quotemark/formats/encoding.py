"""Bytes to text: the declared encoding, a byte order mark, UTF-8, or a guess, in this order."""

from __future__ import annotations

import codecs
from typing import NamedTuple

from quotemark.errors import QuotemarkError, error

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, UTF-32 before UTF-16, whose little-endian mark begins the same."""

SIGNATURES = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a zip, Word or OpenDocument file"),
    (b"{\\rtf", "an RTF file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x1f\x8b", "a gzip file"),
)

LEGACY = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("koi8_r", "koi8_u", "iso8859_2", "iso8859_5", "iso8859_15"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
"""What a guess may say. Rarer encodings must be declared: guessing among all of them takes
short texts for something exotic."""


class Decoded(NamedTuple):
    """A text without its byte order mark, and the codec that reads and writes it."""

    text: str
    encoding: str
    guessed: bool = False


def decode(data: bytes, *, file: object = "", declared: str | None = None) -> Decoded:
    """The text of a file's bytes.

    Line ends are kept, so offsets stay true to the file. The encoding named is a Python codec:
    utf-8-sig, utf-16 and utf-32 where there was a byte order mark, utf-16-le and so on where
    there was none. `guessed` is True where neither a declaration, nor a mark, nor UTF-8 decided.
    Empty bytes are an empty text. Raises `QuotemarkError` for binary files, for undecodable
    ones and for a declared codec that is none or does not fit.

    >>> decode(b"\\xef\\xbb\\xbfYes.\\r\\n")
    Decoded(text='Yes.\\r\\n', encoding='utf-8-sig', guessed=False)
    """
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            raise error("binary", f"{kind}, not text", "save it as plain text", file=file)
    decoded = _declared(data, declared, file) if declared else _found(data, file)
    if "\0" in decoded.text:
        message = "a binary file, not text: it holds NUL characters"
        raise error("binary", message, "name a text file, or declare its encoding", file=file)
    return decoded


def _declared(data: bytes, declared: str, file: object) -> Decoded:
    try:
        encoding = codecs.lookup(declared).name
        family = encoding.removesuffix("-le").removesuffix("-be").removesuffix("-sig")
        for mark, marked in MARKS:
            if data.startswith(mark) and marked.removesuffix("-sig") == family:
                return Decoded(data.decode(marked), marked)
        if encoding in ("utf-8-sig", "utf-16", "utf-32"):  # declared, but there is no mark
            encoding = "utf-8" if encoding == "utf-8-sig" else f"{encoding}-le"
        return Decoded(data.decode(encoding), encoding)
    except (LookupError, ValueError) as failure:  # ValueError: a codec name with a NUL in it
        if isinstance(failure, UnicodeError):
            raise _undecodable(declared, failure, file) from None
        message = f"{declared!r} is no text encoding"
        raise error("encoding", message, "name one such as utf-8 or cp1252", file=file) from None


def _found(data: bytes, file: object) -> Decoded:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeError as failure:
                raise _undecodable(encoding, failure, file) from None
    if b"\0" in data:
        return _unmarked(data) or Decoded("\0", "")
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as failure:
        guess = _guess(data)
        if guess is None:
            raise _undecodable("utf-8", failure, file) from None
        return guess


def _unmarked(data: bytes) -> Decoded | None:
    """UTF-32 or UTF-16 without a mark: a valid reading without NUL characters.

    Zero bytes tell UTF-16 of most scripts, whose spaces and line ends have one each, nearly
    always on the same side. A stray one in other data does not make it UTF-16.
    """
    even, odd = data[0::2].count(0), data[1::2].count(0)
    order = ("le", "be") if even < odd else ("be", "le")
    wide = [f"utf-32-{end}" for end in order]
    if min(even, odd) * 10 <= max(even, odd) >= len(data) / 20:
        wide.append(f"utf-16-{order[0]}")
    for encoding in wide:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return Decoded(text, encoding, guessed=True)
    return None


def _guess(data: bytes) -> Decoded | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=list(LEGACY)).best()
    if best is None:
        return None
    # Several of these read the bytes alike: then the most common one gives its name.
    encoding = "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding
    try:
        text = data.decode(encoding)
        # A guess whose text does not give the bytes back is a bad one, and no offsets hold.
        return Decoded(text, encoding, guessed=True) if text.encode(encoding) == data else None
    except UnicodeError:
        return None


def _undecodable(encoding: str, failure: UnicodeError, file: object) -> QuotemarkError:
    place = f", at byte {failure.start}" if isinstance(failure, UnicodeDecodeError) else ""
    remedy = "declare the right encoding, or name a text file"
    return error("encoding", f"is not {encoding}{place}", remedy, file=file)
