"""The files of a release, from its manifest and corpus; and a folder of them, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from quotemark.errors import error
from quotemark.model import Corpus
from quotemark.release.card import card
from quotemark.release.checksums import digest, sums
from quotemark.release.croissant import File, croissant
from quotemark.release.manifest import (
    CARD,
    CROISSANT,
    GUIDELINES,
    MANIFEST,
    SCHEME,
    SUMS,
    Manifest,
    encode,
)
from quotemark.release.spans import span_rows, to_lines, to_parquet
from quotemark.scheme import Scheme, parse_scheme


def assembled(
    manifest: Manifest, corpus: Corpus, *, scheme: bytes, guidelines: bytes | None
) -> dict[str, bytes]:
    """Every file of a release by its path. The same arguments make the same bytes."""
    schema = parse_scheme(scheme.decode())
    data = data_files(manifest, corpus, schema)
    known = {path: File(len(found), digest(found)) for path, found in data.items()}
    files = {
        **data,
        MANIFEST: encode(manifest),
        CARD: card(manifest),
        CROISSANT: croissant(manifest, known, schema),
        SCHEME: scheme,
        **({GUIDELINES: guidelines} if guidelines is not None else {}),
    }
    return {**files, SUMS: sums(files)}


def data_files(manifest: Manifest, corpus: Corpus, scheme: Scheme) -> dict[str, bytes]:
    """The data of each part, documents in the order of their ids, and its spans as a table."""
    layers = {layer.doc_id: layer for layer in corpus}
    found = {}
    for part in manifest.parts:
        ids = sorted(place.id for place in manifest.documents if place.part == part)
        texts = {doc: corpus.documents[doc] for doc in ids if manifest.texts}
        inside = Corpus(texts, tuple(layers[doc] for doc in ids))
        for name in ("jsonl", "parquet") if manifest.parquet else ("jsonl",):
            chunks = import_module(f"quotemark.formats.{name}").write(inside, texts=manifest.texts)
            found[f"data/{part}.{name}"] = b"".join(chunks)
        rows = span_rows(inside, scheme, texts=manifest.texts)
        found[f"spans/{part}.jsonl"] = to_lines(rows)
        if manifest.parquet:
            found[f"spans/{part}.parquet"] = to_parquet(rows, scheme, texts=manifest.texts)
    return found


def refuse_existing(folder: Path) -> None:
    """Raise `QuotemarkError` where anything is in the place of a new release."""
    if os.path.lexists(folder):
        message = "is there, and a release is never overwritten"
        raise error("output", message, "name a new folder", file=folder)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new folder, beside its place first: it is there as a whole or not at all.

    Raises `QuotemarkError` where something is there, or it cannot be written.
    """
    refuse_existing(folder)
    target = Path(os.path.abspath(folder))  # noqa: PTH100 - a link at its end is no new folder
    try:
        beside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:100]}."))
    except OSError as failure:
        raise _unwritable(folder, failure) from None
    try:
        for path, data in files.items():
            (beside / path).parent.mkdir(exist_ok=True)
            with (beside / path).open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        beside.chmod(0o755)
        refuse_existing(folder)
        beside.rename(target)
    except OSError as failure:
        raise _unwritable(folder, failure) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _unwritable(folder: Path, failure: OSError) -> Exception:
    reason = failure.strerror or str(failure)
    return error("file", f"cannot be written: {reason}", "name a writable place", file=folder)
