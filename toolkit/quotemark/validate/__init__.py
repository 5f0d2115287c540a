"""Checks of annotations against their text and scheme: findings as `Problem`s, never raised.

`CHECKS` says what each code means and what to do; docs/checks.md is that table.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from quotemark.errors import Problem
from quotemark.model import Annotation, Corpus, Document
from quotemark.scheme import Scheme
from quotemark.validate.attributes import check_attributes
from quotemark.validate.codes import CHECKS, Check
from quotemark.validate.layer import STATUSES, check_layer
from quotemark.validate.relations import check_relations
from quotemark.validate.spans import check_spans
from quotemark.validate.subject import Subject

__all__ = ["CHECKS", "STATUSES", "Check", "check", "check_corpus"]


def check(annotation: Annotation, document: Document | None, scheme: Scheme) -> list[Problem]:
    """What is wrong with an annotation; a place is the document and a span's id or a relation.

    Without the document, what needs the text is not checked. A sound or empty annotation
    gives an empty list. Linear in the text and the spans.

    >>> from quotemark.model import Span
    >>> from quotemark.scheme import default_scheme
    >>> layer = Annotation("a1", "", "ann", (Span("c1", "Cue", ((3, 9),)),))
    >>> [str(p) for p in check(layer, Document("a1", "He said."), default_scheme())]
    ['a1: c1: reaches to 9 in a text of 8 [offset]; correct its offsets']
    """
    subject = Subject(annotation, document, scheme)
    return [
        *check_layer(subject),
        *check_spans(subject),
        *check_attributes(subject),
        *check_relations(subject),
    ]


def check_corpus(corpus: Corpus, scheme: Scheme, *, texts: bool = False) -> list[Problem]:
    """What is wrong with every annotation of a corpus; places name the annotator, too.

    With `texts`, an annotation whose document is not in the corpus is a finding.

    >>> from quotemark.scheme import default_scheme
    >>> check_corpus(Corpus(), default_scheme())
    []
    """
    found = []
    seen: Counter[tuple[str, str, str]] = Counter()
    same_text = {doc.sha256: doc.id for doc in corpus.documents.values()} if texts else {}
    for annotation in corpus.annotations:
        document = corpus.documents.get(annotation.doc_id)
        problems = check(annotation, document, scheme)
        subject = Subject(annotation, document, scheme)
        if texts and document is None:
            same = same_text.get(annotation.text_sha256)
            other = f"; {same!r} has the text that was annotated" if same else ""
            message = f"there is no document of this id{other}"
            problems.append(subject.problem("", "no-text", message))
        key = (annotation.doc_id, annotation.annotator, annotation.status)
        seen[key] += 1
        if seen[key] == 2:
            message = f"there are two {annotation.status} annotations of this document"
            problems.append(subject.problem("", "twice", message))
        for problem in problems:
            item = ": ".join(filter(None, (annotation.annotator, problem.where.item)))
            found.append(replace(problem, where=replace(problem.where, item=item)))
    return found
