"""What differs between two golds: nothing between equal ones, the same both ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark import Annotation, Corpus, Document
from quotemark.release.differing import diff
from support.layers import layers, renamed

DOC = Document("d", "“Yes”, she said. He said that it was over.")
OTHER_WAY = {"added": "removed", "removed": "added"}


def gold(layer: Annotation) -> Corpus:
    return Corpus({DOC.id: DOC}, (layer,))


@given(layers(DOC, "gold"), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_equal_golds_differ_in_nothing(layer: Annotation, random: Random) -> None:
    assert diff(gold(layer), gold(layer)) == []
    assert diff(gold(layer), gold(renamed(layer, random))) == []


@given(layers(DOC, "gold"), st.data())
@settings(max_examples=60, deadline=None)
def test_the_way_back_undoes_the_way_there(layer: Annotation, data: st.DataObject) -> None:
    other = data.draw(layers(DOC, "gold", like=layer.spans))
    there, back = diff(gold(layer), gold(other)), diff(gold(other), gold(layer))
    undone = Counter(OTHER_WAY.get(change.kind, change.kind) for change in back)
    assert Counter(change.kind for change in there) == undone


@given(layers(DOC, "gold"))
@settings(max_examples=60, deadline=None)
def test_a_span_that_is_gone_is_told(layer: Annotation) -> None:
    if layer.spans:
        gone = layer.spans[0]
        relations = (r for r in layer.relations if gone.id not in (r.head, r.tail))
        fewer = replace(layer, spans=layer.spans[1:], relations=tuple(relations))
        found = [c.label for c in diff(gold(layer), gold(fewer)) if c.kind == "removed"]
        assert found == [gone.label]


def test_other_texts_and_metadata() -> None:
    layer = Annotation("d", DOC.sha256, "gold")
    titled = Corpus({"d": replace(DOC, meta={"title": "Yes", "same": 1})}, (layer,))
    plain = Corpus({"d": replace(DOC, meta={"same": 1})}, (layer,))
    assert [tuple(c) for c in diff(plain, titled)] == [("d", "metadata", "", "", "title: Yes")]
    text = Document("d", DOC.text.replace("over", "gone"))
    other = Corpus({"d": text}, (replace(layer, text_sha256=text.sha256),))
    [change] = diff(gold(layer), other)
    assert (change.kind, change.before) == ("text", "at 37: …He said that it was over.…")
    bare = Corpus({}, other.annotations)
    assert diff(gold(layer), bare)[0].after == text.sha256[:12]
    unknown = Corpus({}, (replace(layer, text_sha256=""),))
    assert diff(unknown, bare) == []
