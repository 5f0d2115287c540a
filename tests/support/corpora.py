"""Hypothesis strategies for texts, annotations and corpora of every awkward kind."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from quotemark.model import (
    EVERYTHING,
    Annotation,
    Asked,
    Corpus,
    Document,
    Entity,
    Fragment,
    Json,
    Relation,
    Span,
    Value,
)

PIECES = [
    *("\r\n", "\n\n", "\n", "\u2028", "  ", "\t", " "),
    *("“Yes”, she said.", "“", "”", '"', "«Non»", "’", "‘no’", '"No", said Ann.'),
    *("😀", "👩‍👩‍👧", "e\u0301", "שלום", "مرحبا", "“שלום”", "漢字「いい」"),
    *("A plain sentence.", "He said that it was over.", "x"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
"""Emoji, right-to-left script, CRLF, unbalanced marks, no paragraphs at all, nothing at all."""

ANY_TEXTS = TEXTS | st.text(st.characters(), max_size=30)
"""As TEXTS, and any code points, lone surrogates among them."""

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
VALUES: st.SearchStrategy[Value] = (
    st.none() | WORDS | st.sets(WORDS, max_size=3).map(lambda words: tuple(sorted(words)))
)
JSON: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
META = st.dictionaries(st.sampled_from(["note", "date", "é", ""]), JSON, max_size=2)
ENTITIES = st.lists(
    st.builds(Entity, WORDS, WORDS, st.lists(WORDS, max_size=2).map(tuple)),
    max_size=3,
    unique_by=lambda entity: entity.id,
)


@st.composite
def fragments(draw: st.DrawFn, length: int) -> tuple[Fragment, ...]:
    """One to three fragments, none empty, none touching; `length` must be at least 1."""
    start = draw(st.integers(0, length - 1))
    end = draw(st.integers(start + 1, length))
    found = [(start, end)]
    while len(found) < 3 and end + 1 < length and draw(st.booleans()):
        start = draw(st.integers(end + 1, length - 1))
        end = draw(st.integers(start + 1, length))
        found.append((start, end))
    return tuple(found)


@st.composite
def layers(draw: st.DrawFn, doc: Document, annotator: str = "ann") -> Annotation:
    """An annotation over `doc` with unique span ids; labels and attributes of no scheme."""
    count = draw(st.integers(0, 5)) if doc.text else 0
    ids = draw(st.lists(WORDS, min_size=count, max_size=count, unique=True))
    spans = [
        Span(
            name,
            draw(st.sampled_from(["Quote", "Speaker", "X"])),
            draw(fragments(len(doc.text))),
            draw(st.dictionaries(WORDS, VALUES, max_size=2)),
            draw(st.none() | st.floats(0, 1)),
            draw(META),
        )
        for name in ids
    ]
    ends = st.sampled_from([*ids, "nowhere"])
    relations = draw(st.lists(st.builds(Relation, WORDS, ends, ends), max_size=3)) if ids else []
    return Annotation(
        doc.id,
        draw(st.sampled_from([doc.sha256, doc.sha256, ""])),
        annotator,
        tuple(spans),
        tuple(relations),
        tuple(draw(ENTITIES)),
        draw(asked(len(doc.text))),
        draw(st.sampled_from(["submitted", "draft", "gold", "predicted"])),
        draw(st.sampled_from(["", "quotemark@1.0"])),
        draw(META),
    )


@st.composite
def asked(draw: st.DrawFn, length: int) -> Asked:
    if draw(st.booleans()):
        return EVERYTHING
    names = st.none() | st.lists(WORDS, max_size=2, unique=True).map(tuple)
    windows = draw(fragments(length)) if length and draw(st.booleans()) else None
    return Asked(windows, draw(names), draw(names), draw(names))


@st.composite
def documents(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Document:
    meta = draw(META)
    if draw(st.booleans()):
        meta["entities"] = [
            {"id": f"e{number}", "name": f"Ann {number}", "aliases": ["Ann"]}
            for number in range(draw(st.integers(0, 2)))
        ]
        meta["targets"] = draw(st.lists(st.sampled_from(["talks", "sanctions"]), unique=True))
    return Document(draw(st.sampled_from(["a1", "é/2", "x:0-1", "#"])), draw(texts), meta)


@st.composite
def corpora(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Corpus:
    """Documents, each with the layers of any of three annotators, one of them without a name."""
    docs = draw(st.lists(documents(texts), max_size=2, unique_by=lambda doc: doc.id))
    annotations = []
    for doc in docs:
        for annotator in draw(st.lists(st.sampled_from(["ann", "bob", ""]), unique=True)):
            layer = draw(layers(doc, annotator))
            # A layer with its text is tied to it on reading: it cannot stay without a hash.
            annotations.append(replace(layer, text_sha256=doc.sha256))
    return Corpus({doc.id: doc for doc in docs}, tuple(annotations))
