"""What differs between two golds: nothing between equal ones, everything both ways."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.model import Corpus, Document
from quotemark.release.differing import diff
from support.layers import layers, renamed

DOC = Document("d", "“Yes”, she said. He said that it was over.")


@given(layers(DOC, "gold"), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_equal_golds_differ_in_nothing(layer: object, random: Random) -> None:
    from quotemark.model import Annotation

    assert isinstance(layer, Annotation)
    distinct = len({(s.label, s.fragments) for s in layer.spans}) == len(layer.spans)
    assert diff(Corpus({}, (layer,)), Corpus({}, (layer,))) == []
    if distinct:
        assert diff(Corpus({}, (layer,)), Corpus({}, (renamed(layer, random),))) == []
    if layer.spans:
        fewer = replace(layer, spans=layer.spans[1:])
        found = diff(Corpus({}, (layer,)), Corpus({}, (fewer,)))
        assert found
        back = diff(Corpus({}, (fewer,)), Corpus({}, (layer,)))
        assert len(back) >= 1
