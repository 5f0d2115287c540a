"""Releases: frozen, verified, stripped and hydrated; splits that keep together what must be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark import Annotation, Corpus, Document, Span, freeze, hydrate, read_release, verify
from quotemark.errors import QuotemarkError
from quotemark.release.splits import clusters, continued, shingles, split_documents

KNOWN = ["alpha", "beta", "gamma", "delta", "“no”", "😀", "he", "said"]
WORDS = st.lists(st.sampled_from(KNOWN), max_size=30)
MAILS = ["ann@example.org", "bo@example.org"]


@st.composite
def golds(draw: st.DrawFn) -> Corpus:
    """Gold over up to six documents, with annotators' addresses wherever they may stand."""
    documents, layers = {}, []
    for number in range(draw(st.integers(0, 6))):
        text = " ".join(draw(WORDS))
        meta = {"paper": draw(st.sampled_from(["x", "y"]))} if draw(st.booleans()) else {}
        doc = Document(f"../d{number}", text, meta)
        spans: tuple[Span, ...] = ()
        if text:
            told = {"support": MAILS, "decision": "adjudicated", "reason": f"{MAILS[0]} says"}
            spans = (Span("c", "Cue", ((0, 1),), meta=told),)
        made = {"annotators": MAILS, "adjudicator": MAILS[1], "who": {"email": MAILS[0]}}
        layers.append(Annotation(doc.id, doc.sha256, "gold", spans, status="gold", provenance=made))
        documents[doc.id] = doc
    return Corpus(documents, tuple(layers))


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def bytes_of(release: Path) -> dict[str, bytes]:
    files = (path for path in release.rglob("*") if path.is_file())
    return {path.relative_to(release).as_posix(): path.read_bytes() for path in files}


SPLITS = st.sampled_from([None, [0.5, 0.5], [0.8, 0.1, 0.1]])


@given(golds(), SPLITS, st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_frozen_verified_and_the_same_in_any_order(
    gold: Corpus, splits: list[float] | None, random: Random
) -> None:
    with folder() as place:
        freeze(gold, place / "a", name="n@1", splits=splits, group_by="paper")
        assert verify(place / "a") == []
        assert set(read_release(place / "a").corpus.documents) == set(gold.documents)
        layers = list(gold.annotations)
        random.shuffle(layers)
        documents = dict(random.sample(list(gold.documents.items()), len(gold.documents)))
        freeze(Corpus(documents, tuple(layers)), place / "b", name="n@1", splits=splits,
               group_by="paper")  # fmt: skip
        assert bytes_of(place / "a") == bytes_of(place / "b")
        assert not any(b"example.org" in data for data in bytes_of(place / "a").values())


@given(golds(), st.data())
@settings(max_examples=40, deadline=None)
def test_a_flipped_bit_is_found_and_the_file_named(gold: Corpus, data: st.DataObject) -> None:
    with folder() as place:
        freeze(gold, place / "a", name="n@1")
        files = bytes_of(place / "a")
        path = data.draw(st.sampled_from([f for f, found in sorted(files.items()) if found]))
        content = bytearray((place / "a" / path).read_bytes())
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        (place / "a" / path).write_bytes(content)
        found = verify(place / "a")
        assert found
        if path != "SHA256SUMS":
            assert [problem.where.file for problem in found] == [str(place / "a" / path)]


@given(golds(), SPLITS)
@settings(max_examples=15, deadline=None)
def test_texts_come_back(gold: Corpus, splits: list[float] | None) -> None:
    with folder() as place:
        freeze(gold, place / "full", name="n@1", splits=splits)
        freeze(gold, place / "bare", name="n@1", splits=splits, texts=False)
        assert verify(place / "bare") == []
        assert read_release(place / "bare").corpus.documents == {}
        hydrate(place / "bare", Corpus(gold.documents), place / "back")
        assert bytes_of(place / "full") == bytes_of(place / "back")


@given(golds(), st.integers(0, 5), st.sampled_from([[0.5, 0.5], [0.8, 0.1, 0.1]]))
@settings(max_examples=60, deadline=None)
def test_splits_keep_clusters_together(gold: Corpus, seed: int, shares: list[float]) -> None:
    docs = list(gold.documents.values())
    docs += [
        replace(doc, id=f"{doc.id}-again", text=f"{doc.text}!")
        for doc in docs
        if shingles(doc.text)
    ]
    found = clusters(docs, group_by="paper")
    assert all(found[doc.id] == found[doc.id.removesuffix("-again")] for doc in docs)
    papers: dict[object, set[int]] = {}
    for doc in docs:
        if "paper" in doc.meta:
            papers.setdefault(doc.meta["paper"], set()).add(found[doc.id])
    assert all(len(numbers) == 1 for numbers in papers.values())
    strata = {doc.id: ["Cue"] * len(doc.text.split()) for doc in docs}
    parts = split_documents(strata, found, shares, seed=seed)
    assert parts.keys() == {doc.id for doc in docs}
    sides = {(found[doc], part) for doc, part in parts.items()}
    assert len(sides) == len(set(found.values()))
    backwards = dict(reversed(strata.items()))
    assert split_documents(backwards, found, shares, seed=seed) == parts
    assert continued({}, strata, found, shares, seed=seed) == parts


@given(golds(), st.integers(0, 5), st.data())
@settings(max_examples=60, deadline=None)
def test_a_later_release_keeps_the_parts(gold: Corpus, seed: int, data: st.DataObject) -> None:
    shares = [0.5, 0.25, 0.25]
    docs = list(gold.documents.values())
    first = data.draw(st.lists(st.sampled_from(docs), unique_by=lambda d: d.id)) if docs else []
    earlier = clusters(first, group_by="paper")
    before = split_documents(dict.fromkeys(earlier, ("Cue",)), earlier, shares, seed=seed)
    found = clusters(docs, group_by="paper")
    sides: dict[int, set[str]] = {}
    for doc, part in before.items():
        sides.setdefault(found[doc], set()).add(part)
    strata = dict.fromkeys(found, ("Cue",))
    if any(len(parts) > 1 for parts in sides.values()):  # a new document joins two old clusters
        with pytest.raises(QuotemarkError, match="one that it must stay with now was in"):
            continued(before, strata, found, shares, seed=seed)
        return
    parts = continued(before, strata, found, shares, seed=seed)
    assert parts.keys() == found.keys()
    assert {doc: parts[doc] for doc in before} == before
    assert len({(found[doc], part) for doc, part in parts.items()}) == len(set(found.values()))
