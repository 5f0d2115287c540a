"""The hashes of the keys of the native format, and of what its values may not be."""

from __future__ import annotations

import numpy as np

from quotemark.columnar.columns import hashes
from quotemark.grounding.strings import KEY
from quotemark.metrics.fingerprint import of_string
from quotemark.metrics.prepare import UNFINISHED

ID, LABEL, HEAD, TAIL, NAME, ALIASES = hashes(["id", "label", "head", "tail", "name", "aliases"])
START, END, FRAGMENTS = hashes(["start", "end", "fragments"])
ATTRIBUTES, SCORE, META = hashes(["attributes", "score", "meta"])
TEXT, SHA, ANNOTATOR, STATUS = hashes(["text", "text_sha256", "annotator", "status"])
SPANS, RELATIONS, ENTITIES = hashes(["spans", "relations", "entities"])
SCHEME, PROVENANCE = hashes(["scheme", "provenance"])
ASKED, QUOTES = hashes(["asked", "quotes"])
GROUNDING = np.uint64(of_string(KEY))
DRAFT, CANCELLED = hashes(list(UNFINISHED))
