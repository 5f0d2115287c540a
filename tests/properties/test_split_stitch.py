"""Splitting loses nothing, cuts nothing, and is undone by stitching."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from quotemark.cli.split import Plan
from quotemark.extractors import extractor
from quotemark.model import Annotation, Corpus, Document, Fragment
from quotemark.quotation import protected, quotations
from quotemark.scheme import default_scheme
from quotemark.segment import paragraphs
from quotemark.tasks import Task, Window, cut, reaches, split, stitch
from support.corpora import ANY_TEXTS, PIECES, documents, layers

WINDOWS: st.SearchStrategy[Window] = st.sampled_from(["document", "paragraphs", 1, 2, 3, 50])


@st.composite
def annotated(draw: st.DrawFn) -> tuple[Document, list[Annotation]]:
    doc = draw(documents(ANY_TEXTS))
    names = draw(st.lists(st.sampled_from(["ann", "bob", ""]), unique=True))
    return doc, [draw(layers(doc, name)) for name in names]


def partition(tasks: list[Task]) -> list[Fragment]:
    return [(task.start, task.end) for task in tasks]


@given(annotated(), WINDOWS, st.integers(0, 3), st.data())
def test_stitching_what_was_split_gives_both_back(
    given_: tuple[Document, list[Annotation]], window: Window, context: int, data: st.DataObject
) -> None:
    doc, annotations = given_
    tasks = split(doc, annotations, window=window, context=context)
    shuffled = data.draw(st.permutations(tasks))
    assert stitch(shuffled) == Corpus({doc.id: doc}, tuple(annotations))


@given(annotated(), WINDOWS)
def test_windows_partition_the_text(
    given_: tuple[Document, list[Annotation]], window: Window
) -> None:
    doc, annotations = given_
    tasks = split(doc, predictions=annotations, window=window)
    windows = partition(tasks)
    assert (windows[0][0], windows[-1][1]) == (0, len(doc.text))
    assert all(a[1] == b[0] for a, b in pairwise(windows))
    assert all(start < end for start, end in windows) or not doc.text
    assert "".join(task.text for task in tasks) == doc.text
    begins = {start for start, _ in paragraphs(doc.text)}
    assert all(start in begins for start, _ in windows[1:])


@given(annotated(), WINDOWS, st.booleans())
def test_no_window_cuts_a_quotation_a_span_or_a_relation(
    given_: tuple[Document, list[Annotation]], window: Window, as_predictions: bool
) -> None:
    doc, annotations = given_
    if as_predictions:
        tasks = split(doc, predictions=annotations, window=window)
    else:
        tasks = split(doc, annotations, window=window)
    whole = [*protected(doc.text), *(reach for layer in annotations for reach in reaches(layer))]
    whole += [(q.start, q.end) for q in quotations(doc.text)]
    for task in tasks:
        assert not any(start < task.start < end for start, end in whole)


SAID = [*PIECES, "\n\nShe added that", "\n\nAnn said:", " told reporters in Bern.\n\n"]


@given(st.lists(st.sampled_from(SAID), max_size=12).map("".join), st.sampled_from([1, 2]))
def test_no_task_begins_between_a_quote_and_its_attribution(text: str, window: Window) -> None:
    rules = extractor("rules")
    plan = Plan(window, 1, default_scheme(), None, rules)
    tasks = plan.tasks(Document("a", text), [])
    found = rules.extract(Document("a", text), default_scheme())
    for relation in found.relations:
        if relation.label in ("said_by", "cued_by"):
            ends = (found.by_id[relation.head], found.by_id[relation.tail])
            start, end = min(span.start for span in ends), max(span.end for span in ends)
            assert not any(start < task.start < end for task in tasks)


@given(ANY_TEXTS, st.integers(1, 4))
def test_windows_are_as_small_as_the_kept_stretches_allow(text: str, size: int) -> None:
    keep = protected(text)
    starts = [start for start, _ in paragraphs(text)]
    windows = cut(text, size, keep)
    for start, end in windows[:-1]:
        inside = [s for s in starts if start <= s < end]
        early = inside[size:]  # where the window could have ended sooner, had nothing held it
        assert len(inside) >= size
        assert all(any(a < s < b for a, b in keep) for s in early)


@given(documents(ANY_TEXTS), st.sampled_from(["paragraphs", 2]), st.integers(0, 3))
def test_context_is_the_paragraphs_around(doc: Document, window: Window, size: int) -> None:
    blocks = paragraphs(doc.text)
    for task in split(doc, window=window, context=size):
        before = [b for b in blocks if b[1] <= task.start]
        after = [b for b in blocks if b[0] >= task.end]
        for shown, around in ((task.before, before[-size:]), (task.after, after[:size])):
            expected = doc.text[around[0][0] : around[-1][1]] if size and around else ""
            assert shown == expected


@given(annotated(), WINDOWS)
def test_keys_are_stable_and_unique(
    given_: tuple[Document, list[Annotation]], window: Window
) -> None:
    doc, annotations = given_
    tasks = split(doc, annotations, window=window)
    again = split(
        Document(doc.id, doc.text), annotations, window=window, context=3, targets=["talks"]
    )
    keys = [task.key for task in tasks]
    assert keys == [task.key for task in again]
    assert len(set(keys)) == len(keys)


@given(annotated(), WINDOWS)
def test_candidates_are_the_documents_speakers_and_the_layers(
    given_: tuple[Document, list[Annotation]], window: Window
) -> None:
    doc, annotations = given_
    known = {e.id for e in doc.entities} | {e.id for a in annotations for e in a.entities}
    for task in split(doc, annotations[:1], predictions=annotations[1:], window=window):
        assert {entity.id for entity in task.entities} == known
        assert set(doc.entities) <= set(task.entities)


@given(annotated(), st.sampled_from(["paragraphs", 2]), st.data())
def test_missing_windows_are_not_asked(
    given_: tuple[Document, list[Annotation]], window: Window, data: st.DataObject
) -> None:
    doc, annotations = given_
    whole = [replace(a, asked=replace(a.asked, windows=None)) for a in annotations]
    tasks = split(doc, whole, window=window)
    done = data.draw(st.lists(st.sampled_from(tasks), unique_by=lambda task: task.key))
    corpus = stitch(done)
    assert set(corpus.documents) == ({doc.id} if len(done) == len(tasks) else set())
    for layer in corpus.annotations:
        full = next(a for a in whole if a.annotator == layer.annotator)
        kept = [s for s in full.spans if any(t.start <= s.start and s.end <= t.end for t in done)]
        assert {s.id for s in layer.spans} <= {s.id for s in kept}
        if len(done) < len(tasks):
            asked = layer.asked.windows or ()
            assert sum(e - s for s, e in asked) == sum(t.end - t.start for t in done)
