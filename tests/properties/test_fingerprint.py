"""The hash of gold says what gold says, and nothing of ids and order."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.metrics.fingerprint import content_hash
from quotemark.model import Annotation, Corpus, Relation, Span
from support.layers import compared, renamed


@settings(max_examples=50, deadline=None)
@given(compared(), st.randoms(use_true_random=False))
def test_ids_and_order_say_nothing(corpora: tuple[Corpus, Corpus], random: Random) -> None:
    layers = list(corpora[0])
    turned = [renamed(layer, random) for layer in layers]
    random.shuffle(turned)
    assert content_hash(turned) == content_hash(layers)


def test_everything_else_does() -> None:
    quotes = Span("q", "Quote", ((0, 4), (6, 9)), {"form": "direct"}), Span("r", "Quote", ((0, 4),))
    speakers = Span("s", "Speaker", ((10, 12),)), Span("t", "Speaker", ((13, 15),))
    layer = Annotation("a", "", "ann", (*quotes, *speakers), (Relation("said_by", "q", "s"),))
    others = [
        replace(layer, doc_id="b"),
        replace(layer, text_sha256="0" * 64),
        replace(layer, relations=()),
        replace(layer, relations=(Relation("said_by", "s", "q"),)),
        replace(layer, relations=(Relation("said_by", "q", "t"),)),
        replace(layer, relations=(Relation("said_by", "r", "s"),)),
        replace(layer, relations=layer.relations * 2),
        replace(layer, spans=layer.spans[1:]),
        replace(layer, spans=(replace(quotes[0], attributes={"form": ("direct",)}), *speakers)),
        replace(layer, spans=(replace(quotes[0], attributes={"form": None}), *speakers)),
        replace(layer, spans=(replace(quotes[0], attributes={}), *speakers)),
        replace(layer, spans=(replace(quotes[0], label="Cue"), *speakers)),
        replace(layer, spans=(replace(quotes[0], fragments=((0, 9),)), *speakers)),
    ]
    assert len({content_hash([each]) for each in (layer, *others)}) == len(others) + 1
