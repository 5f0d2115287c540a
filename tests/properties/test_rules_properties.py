"""The rules on any text: sound layers, and the same ones again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quotemark.extractors import extractor
from quotemark.model import Document
from quotemark.scheme import default_scheme
from quotemark.tasks import split, stitch
from quotemark.validate import check
from support.corpora import ANY_TEXTS

RULES = extractor("rules")
NAMES = ["Ada Moen", "Mr. Ray", "The ministry", "who", "he", "It", "a spokesman for the bank", "I"]
VERBS = ["said", "told reporters", "says", "asked", "saying", "described", "according to", "claim"]
JOINTS = [" that ", ", ", ". ", ": ", " and ", "; ", "\n\n", " as ", " to ", " (", ") ", " – ", " "]
WORDS = ["the plan was fair", '"a disgrace"', "“We go.”", "''No''", "not", "welcomed the law", '"']
ODD = ["😀", "שלום", "«", "»", "\r\n", "'", "’s", "1.5", "\ud800", "U.S."]
SENTENCES = st.lists(
    st.one_of(*map(st.sampled_from, (NAMES, VERBS, JOINTS, WORDS, ODD))), max_size=24
).map("".join)
TEXTS = SENTENCES | ANY_TEXTS
KNOWN = [{"id": "e1", "name": "Ada Moen", "aliases": ["the nurse", "", "Mr. Ray"]}]


@given(TEXTS, st.sampled_from([{}, {"entities": KNOWN, "targets": ["plan", ""]}]))
def test_a_layer_is_sound_under_the_scheme(text: str, meta: dict[str, object]) -> None:
    doc = Document("a", text, meta)
    layer = RULES.extract(doc, default_scheme())
    assert check(layer, doc, default_scheme()) == []
    for span in layer.spans:
        for start, end in span.fragments:
            assert 0 <= start < end <= len(text)
            assert text[start:end] == text[start:end].strip()
    ids = {span.id for span in layer.spans}
    assert len(ids) == len(layer.spans)
    assert {end for r in layer.relations for end in (r.head, r.tail)} <= ids
    for quote in layer.labelled("Quote"):
        said = bool(layer.tails(quote.id, "said_by"))
        assert (quote.attributes["source"] == "mention") == said
        assert ("source_entity" in quote.attributes) == (quote.attributes["source"] == "elsewhere")


@given(TEXTS)
def test_the_same_text_gives_the_same_layer(text: str) -> None:
    doc = Document("a", text)
    assert RULES.extract(doc, default_scheme()) == RULES.extract(doc, default_scheme())


@given(SENTENCES)
def test_a_layer_goes_through_tasks_and_back(text: str) -> None:
    doc = Document("a", text)
    layer = RULES.extract(doc, default_scheme())
    assert stitch(split(doc, [layer], window="paragraphs")).annotations == (layer,)
