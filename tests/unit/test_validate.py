"""Every check finds its fault, only its fault, and nothing in sound work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.model import Annotation, Asked, Corpus, Document, Entity, Relation, Span
from quotemark.scheme import default_scheme, parse_scheme
from quotemark.validate import CHECKS, check, check_corpus
from support.corpora import ANY_TEXTS, documents, layers

SCHEME = default_scheme()
TEXT = "“We tried, and failed”, Ana Lund, the minister, said. “No more.” It’s over."
DOC = Document("a1", TEXT, {"entities": [{"id": "lund", "name": "Ana Lund", "aliases": ["Lund"]}]})


def at(words: str) -> tuple[tuple[int, int]]:
    start = TEXT.index(words)
    return ((start, start + len(words)),)


def span(name: str, label: str, words: str, *fragments: str, **attributes: Any) -> Span:
    places = tuple(at(part)[0] for part in (words, *fragments))
    return Span(name, label, places, attributes)


QUOTE = span(
    *("q", "Quote", "“We tried, and failed”", "“No more.”"),
    form="direct",
    source="mention",
)
SPEAKER = span("s", "Speaker", "Ana Lund", entity="Ana Lund", kind="named")
CUE = span("c", "Cue", "said")
STANCE = span("t", "Stance", "failed", polarity="oppose", target="the talks", holder="AUTHOR")
GOOD = Annotation(
    *("a1", DOC.sha256, "ann", (QUOTE, SPEAKER, CUE, STANCE)),
    (Relation("said_by", "q", "s"), Relation("cued_by", "q", "c")),
    scheme=SCHEME.id,
)


def with_span(changed: Span) -> Annotation:
    """Sound work with one span in another's place, by its id."""
    return replace(GOOD, spans=tuple(changed if s.id == changed.id else s for s in GOOD.spans))


def with_attributes(changed: Span, **attributes: Any) -> Annotation:
    return with_span(replace(changed, attributes={**changed.attributes, **attributes}))


def moved(changed: Span, *fragments: tuple[int, int]) -> Annotation:
    return with_span(replace(changed, fragments=fragments))


def related(*relations: Relation) -> Annotation:
    return replace(GOOD, relations=(*GOOD.relations, *relations))


END = len(TEXT)
(CUE_START, CUE_END) = at("said")[0]
CASES: list[tuple[str, Annotation]] = [
    ("text-hash", replace(GOOD, text_sha256="0" * 64)),
    ("scheme", replace(GOOD, scheme="own@2")),
    ("status", replace(GOOD, status="done")),
    ("asked", replace(GOOD, asked=Asked(windows=((0, END + 1),)))),
    ("asked", replace(GOOD, asked=Asked(labels=("Cue", "Quote", "Speaker", "Stance", "X")))),
    ("not-asked", replace(GOOD, asked=Asked(labels=("Quote", "Speaker", "Cue")))),
    ("not-asked", replace(GOOD, asked=Asked(windows=((0, CUE_END),)))),
    ("not-asked", replace(GOOD, asked=Asked(relations=("said_by",)))),
    ("label", replace(GOOD, spans=(*GOOD.spans, replace(CUE, id="x", label="Verb")))),
    ("duplicate-id", replace(GOOD, spans=(*GOOD.spans, span("t", "Cue", "over")))),
    ("offset", moved(CUE, (CUE_START, END + 1))),
    ("offset", moved(CUE, (-1, 0), (CUE_START, CUE_END))),
    ("empty-fragment", moved(CUE, (CUE_START, CUE_END), (70, 70))),
    ("empty-fragment", moved(CUE, (CUE_END, CUE_START))),
    ("overlap", moved(CUE, (CUE_START, CUE_END), (CUE_START + 2, CUE_END + 1))),
    ("edge-space", moved(CUE, (CUE_START - 1, CUE_END))),
    ("edge-punctuation", moved(SPEAKER, *at("Ana Lund,"))),
    ("edge-mark", moved(STANCE, *at("failed”"))),
    ("edge-mark", moved(QUOTE, *at("“We tried"), *at("“No more.”"))),
    ("edge-word", moved(STANCE, *at("fail"))),
    ("edge-word", moved(STANCE, *at("ver"))),
    ("surface", with_span(replace(CUE, meta={"surface": "told"}))),
    ("same-span", replace(GOOD, spans=(*GOOD.spans, replace(STANCE, id="t2")))),
    ("attribute", with_attributes(CUE, tense="past")),
    ("value", with_attributes(QUOTE, form="spoken")),
    ("value", with_attributes(QUOTE, form=("direct", "mixed"))),
    ("value", with_attributes(STANCE, target=" ")),
    ("required", with_attributes(SPEAKER, kind=None)),
    ("when", with_attributes(QUOTE, source_entity=("Ana Lund",))),
    ("entity", with_attributes(SPEAKER, entity="Lund")),
    ("entity", with_attributes(SPEAKER, entity="Bo Berg")),
    ("entity-twice", replace(GOOD, entities=(Entity("e", "A"), Entity("e", "B")))),
    ("entity-twice", replace(GOOD, entities=(Entity("e", "A"), Entity("f", "A")))),
    ("entity-name", replace(GOOD, entities=(Entity("e", " "),))),
    ("relation", related(Relation("told_to", "q", "s"))),
    ("dangling", related(Relation("held_by", "t", "nobody"))),
    ("relation-end", related(Relation("held_by", "q", "s"))),
    ("self-relation", related(Relation("told_to", "q", "q"))),
    ("relation-twice", related(Relation("said_by", "q", "s"))),
    ("too-many", replace(
        related(Relation("cued_by", "q", "c2")),
        spans=(*GOOD.spans, span("c2", "Cue", "over")),
    )),
    ("no-speaker", replace(GOOD, relations=GOOD.relations[:1])),
    ("stray-speaker", with_attributes(QUOTE, source="not_stated")),
    ("no-source-entity", replace(
        with_attributes(QUOTE, source="elsewhere", source_entity=None),
        relations=GOOD.relations[:1],
    )),
    ("no-holder", with_attributes(STANCE, holder=None)),
    ("unlinked", with_span(replace(STANCE, meta={"unlinked": ["expressed_in around"]}))),
]  # fmt: skip
ALONG = {"self-relation": {"relation"}}
"""Codes that come with another one."""


def test_sound_work_has_no_findings() -> None:
    assert check(GOOD, DOC, SCHEME) == []
    assert check(GOOD, None, SCHEME) == [
        problem for problem in check(GOOD, None, SCHEME) if problem.code == "entity"
    ]
    assert check(Annotation("a1", "", "ann"), DOC, SCHEME) == []
    assert check(Annotation("e", "", "ann"), Document("e", ""), SCHEME) == []


@pytest.mark.parametrize(("code", "annotation"), CASES, ids=[code for code, _ in CASES])
def test_each_fault_is_found_and_no_other(code: str, annotation: Annotation) -> None:
    found = check(annotation, DOC, SCHEME)
    assert {problem.code for problem in found} - ALONG.get(code, set()) == {code}
    assert all(problem.where.doc == "a1" and problem.message for problem in found)


def test_every_code_has_a_case() -> None:
    of_corpora = {"no-text", "twice"}
    assert {code for code, _ in CASES} | of_corpora == set(CHECKS)


def test_a_stated_surface_may_mark_its_gaps() -> None:
    for gap in ("", " … ", " ... ", "\n"):
        words = gap.join(("“We tried, and failed”", "“No more.”"))
        assert check(with_span(replace(QUOTE, meta={"surface": words})), DOC, SCHEME) == []


def test_two_stances_on_one_span_are_legal_if_they_differ() -> None:
    support = {**STANCE.attributes, "polarity": "support"}
    both = replace(GOOD, spans=(*GOOD.spans, replace(STANCE, id="t2", attributes=support)))
    assert check(both, DOC, SCHEME) == []
    held = (Relation("held_by", "t2", "s"), *GOOD.relations)
    linked = replace(GOOD, spans=(*GOOD.spans, replace(STANCE, id="t2")), relations=held)
    assert check(linked, DOC, SCHEME) == []


def test_what_was_not_asked_may_be_missing() -> None:
    spans = (Span("q", "Quote", QUOTE.fragments), Span("s", "Speaker", SPEAKER.fragments))
    assert check(replace(GOOD, spans=spans, relations=()), DOC, SCHEME) == []
    mention = Span("q", "Quote", QUOTE.fragments, {"source": "mention"})
    narrow = Asked(relations=("cued_by",))
    assert check(replace(GOOD, spans=(mention,), relations=(), asked=narrow), DOC, SCHEME) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("彼は「いいえ」と言った。", "言"),  # a script without spaces has no words to cut
        ("Anna’s plan", "Anna"),
        ("the U.S. said", "the U.S."),
        ("’Twas the Joneses’ idea", "the Joneses’"),
        ("“First.\n\n“Second.” She said.", "“First.\n\n“Second.”"),
    ],
)
def test_edges_that_are_right(text: str, words: str) -> None:
    start = text.index(words)
    layer = Annotation("a", "", "ann", (Span("c", "Cue", ((start, start + len(words)),)),))
    assert check(layer, Document("a", text), SCHEME) == []


def test_a_scheme_of_ones_own_has_its_own_rules() -> None:
    own = parse_scheme(
        'name = "own"\nversion = "1"\n[labels.Content]\n[labels.Content.attributes.topic]\n'
        'type = "choice"\nvalues = ["a", "b"]\nmany = true\n[labels.Content.attributes.why]\n'
        'type = "text"\nrequired = true\nwhen = {attribute = "topic", value = "b"}\n'
        '[relations.after]\nhead = "Content"\ntail = "Content"\n'
    )
    content = Span("c", "Content", at("No more"), {"topic": ("a", "b"), "why": None})
    layer = Annotation("a1", "", "ann", (content,), (Relation("after", "c", "c"),))
    assert [problem.code for problem in check(layer, DOC, own)] == ["required", "self-relation"]
    other = replace(content, attributes={"topic": ("a",), "why": "x"})
    found = check(replace(layer, spans=(other,), relations=()), DOC, own)
    assert [problem.code for problem in found] == ["when"]


def test_a_corpus_names_annotators_and_missing_texts() -> None:
    stray = replace(GOOD, doc_id="a2", annotator="bob")
    corpus = Corpus({"a1": DOC}, (GOOD, GOOD, with_attributes(QUOTE, form="x"), stray))
    lines = [str(problem) for problem in check_corpus(corpus, SCHEME, texts=True)]
    assert lines[0].startswith("a1: ann: there are two submitted annotations")
    assert lines[1].startswith("a1: ann: q: form is 'x'")
    assert lines[-1].startswith("a2: bob: there is no document of this id; 'a1' has the text")
    assert not [p for p in check_corpus(corpus, SCHEME) if p.code == "no-text"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Annotation, Document]:
    doc = draw(documents(ANY_TEXTS))
    layer = draw(layers(doc))
    shift = draw(st.sampled_from([0, -3, 5]))
    spans = [s.shifted(shift) for s in layer.spans]
    spans += [
        replace(s, fragments=(*s.fragments, draw(st.sampled_from([(0, 0), (5, 2), (1, 3)]))))
        for s in spans[:1]
    ]
    return replace(layer, spans=tuple(spans)), doc


@given(cases(), st.booleans())
def test_anything_can_be_checked(case: tuple[Annotation, Document], with_text: bool) -> None:
    layer, doc = case
    found = check(layer, doc if with_text else None, SCHEME)
    assert {problem.code for problem in found} <= set(CHECKS)
    out_of_text = {
        s.id for s in layer.spans if s.start < 0 or max(map(max, s.fragments)) > len(doc.text)
    }
    if with_text:
        assert {p.where.item for p in found if p.code == "offset"} == out_of_text


def test_the_page_of_checks_is_the_table_of_checks() -> None:
    page = Path(__file__).parents[2] / "docs" / "checks.md"
    rows = [f"| `{code}` | {c.finding}. | {c.remedy} |" for code, c in CHECKS.items()]
    table = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]
    assert table == rows
