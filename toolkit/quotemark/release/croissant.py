"""Croissant metadata of a release (MLCommons, format 1.0), by which others' tools load it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from quotemark.release.manifest import Manifest
from quotemark.release.spans import TEXT, columns
from quotemark.scheme import Scheme

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification of 1.0 recommends."""

TYPES = {".jsonl": "application/jsonlines", ".parquet": "application/x-parquet"}

FIELDS = {
    "id": "The document's id.",
    "text": "The article's text, to which offsets belong: Unicode code points, half-open.",
    "text_sha256": "The SHA-256 of the text's UTF-8 bytes.",
    "annotator": "Whose layer it is: gold. The spans are in the same line.",
}

SPAN_FIELDS = {
    "document": "The document's id.",
    "span": "The span's id in its document.",
    "label": "What it is.",
    "start": "Where it begins in the text, in Unicode code points.",
    "end": "Where it ends: the place after its last code point.",
    TEXT: "Its words, with … between the fragments of one that is interrupted.",
}


class File(NamedTuple):
    """What the metadata say of a file: how many bytes it has, and their SHA-256."""

    size: int
    sha256: str


def croissant(manifest: Manifest, files: Mapping[str, File], scheme: Scheme) -> bytes:
    """The metadata's bytes; `files` are those of the release's data, by path.

    What the release does not state (license, date) is left out, not made up.
    """
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": re.sub(r"[^A-Za-z0-9_-]", "-", manifest.name),
        "version": manifest.version,
        "description": (
            f"Gold annotations of who said what and where they stand in {len(manifest.documents)} "
            f"documents, scheme {manifest.scheme}, gold {manifest.gold}."
        ),
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "citeAs": f"{manifest.id}, gold {manifest.gold}",
        "url": "README.md",
        **({"license": manifest.license} if manifest.license else {}),
        **({"datePublished": manifest.date} if manifest.date else {}),
        "distribution": [_file(path, file) for path, file in sorted(files.items())],
        "recordSet": [
            *(_documents(manifest, part) for part in manifest.parts),
            *(
                _spans(manifest, part, scheme)
                for part in manifest.parts
                if files[f"spans/{part}.jsonl"].size
            ),
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode() + b"\n"


def _file(path: str, file: File) -> dict[str, str]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{file.size} B",
        "encodingFormat": TYPES[path[path.rindex(".") :]],
        "sha256": file.sha256,
    }


def _file_of(manifest: Manifest, place: str, part: str) -> str:
    """The file that records come from: Parquet if it is there, which leaves no type to guess."""
    return f"{place}/{part}.{'parquet' if manifest.parquet else 'jsonl'}"


def _documents(manifest: Manifest, part: str) -> dict[str, Any]:
    fields = [
        _field(part, _file_of(manifest, "data", part), name, said)
        for name, said in FIELDS.items()
        if name != "text" or manifest.texts
    ]
    return _records(part, [f"{part}/id"], fields)


def _spans(manifest: Manifest, part: str, scheme: Scheme) -> dict[str, Any]:
    name, file = f"{part}-spans", _file_of(manifest, "spans", part)
    fields = [
        _field(name, file, column, said, number=column in ("start", "end"))
        for column, said in SPAN_FIELDS.items()
        if column != TEXT or manifest.texts
    ]
    for head, column in columns(scheme).items():
        said = f"{'Where' if column.relation else 'Its'} {column.name}"
        said += " leads to: ids of spans." if column.relation else ", if it has one."
        fields.append(_field(name, file, head, said, repeated=column.many))
    return _records(name, [f"{name}/document", f"{name}/span"], fields)


def _records(name: str, keys: list[str], fields: list[dict[str, Any]]) -> dict[str, Any]:
    key = [{"@id": each} for each in keys]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": key if len(key) > 1 else key[0],
        "field": fields,
    }


def _field(
    records: str, file: str, column: str, said: str, *, number: bool = False, repeated: bool = False
) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{records}/{column}",
        "name": f"{records}/{column}",
        "description": said,
        "dataType": "sc:Integer" if number else "sc:Text",
        **({"repeated": True} if repeated else {}),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
    }
