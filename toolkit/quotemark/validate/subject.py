"""What is checked: an annotation, with its text and scheme, and indexes over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from quotemark.errors import Problem, Where
from quotemark.model import Annotation, Document, Relation
from quotemark.quotation import quotations
from quotemark.scheme import Scheme
from quotemark.validate.codes import CHECKS
from quotemark.validate.links import task_link


class Partners(NamedTuple):
    """Where the partner of a paired quotation mark begins, by where the mark begins or ends."""

    by_start: Mapping[int, int]
    by_end: Mapping[int, int]


@dataclass(frozen=True)
class Subject:
    """An annotation to check. Everything derived is made when it is first asked for."""

    annotation: Annotation
    document: Document | None
    scheme: Scheme

    def problem(self, item: str, code: str, message: str, *, at: str = "") -> Problem:
        """A finding about the item (a span's id, a relation, or empty: the whole).

        `at` is the span where to look for a relation.
        """
        where = Where(doc=self.annotation.doc_id, item=item)
        link = task_link(self.annotation, self.starts.get(at or item))
        return Problem(where, code, message, CHECKS[code].remedy, link)

    @cached_property
    def text(self) -> str | None:
        """The text, if it is the one that was annotated."""
        document, sha256 = self.document, self.annotation.text_sha256
        return document.text if document and sha256 in ("", document.sha256) else None

    @cached_property
    def partners(self) -> Partners:
        by_start, by_end = {}, {}
        for quotation in quotations(self.text or ""):
            if quotation.closed:
                opened, closing = quotation.inside
                by_start[quotation.start], by_end[opened] = closing, closing
                by_start[closing], by_end[quotation.end] = quotation.start, quotation.start
        return Partners(by_start, by_end)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Every name and alias of a known entity, with its canonical name."""
        entities = (*(self.document.entities if self.document else ()), *self.annotation.entities)
        aliases = {alias: entity.name for entity in entities for alias in entity.aliases}
        return {**aliases, **{entity.name: entity.name for entity in entities}}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Each span's label by its id; where an id repeats, the last one's."""
        return {span.id: span.label for span in self.annotation.spans}

    @cached_property
    def starts(self) -> Mapping[str, int]:
        """Where each span begins, by its id; where an id repeats, the last one."""
        return {span.id: span.start for span in self.annotation.spans}

    @cached_property
    def outgoing(self) -> Mapping[str, list[Relation]]:
        """The relations that leave each span, by its id."""
        outgoing: dict[str, list[Relation]] = {}
        for relation in self.annotation.relations:
            outgoing.setdefault(relation.head, []).append(relation)
        return outgoing
