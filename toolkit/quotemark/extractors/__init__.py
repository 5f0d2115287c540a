"""Extractors: what makes predictions. A protocol, and a registry by name.

An extractor's module is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from quotemark.errors import error
from quotemark.model import Annotation, Asked, Document
from quotemark.scheme import Scheme


class Extractor(Protocol):
    """Anything that makes an annotation of a document.

    `produces` declares the labels, attributes and relations that it makes, by the names of the
    default scheme: what it does not produce is not scored, what it leaves out within that is a
    miss.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def produces(self) -> Asked: ...

    def extract(self, doc: Document, scheme: Scheme) -> Annotation:
        """The extractor's layer over one document: `status` predicted, `annotator` its name."""
        ...


EXTRACTORS = {"rules": "quotemark.extractors.rules"}
"""Each extractor's name and module; the module has it as `EXTRACTOR`."""


def extractor(name: str) -> Extractor:
    """The extractor of that name. Raises `QuotemarkError` where there is none.

    >>> extractor("rules").name
    'rules'
    """
    if name not in EXTRACTORS:
        choices = ", ".join(sorted(EXTRACTORS))
        raise error("extractor", f"no extractor {name!r}", f"name one of: {choices}")
    return cast(Extractor, import_module(EXTRACTORS[name]).EXTRACTOR)
