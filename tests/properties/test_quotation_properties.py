"""Quotations and sentences of any text."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from quotemark.quotation import CLOSERS, protected, quotations
from quotemark.segment import paragraphs, sentences

MARKS = [*CLOSERS, "”", "’"]
WORDS = ["word", "Mr. Ode", "U.S.", "s", "5", "😀", "שלום", "مرحبا", "said", "it's", "\ud800"]
STOPS = [".", "?", ",", " ", "(", "…", "。", "\n", "\r\n\r\n", "\u00a0", "\u2029"]
pieces = st.sampled_from([*MARKS, *WORDS, *STOPS])
texts = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=40).map("".join))


@given(texts)
def test_quotations_are_nested_stretches_between_marks(text: str) -> None:
    found = quotations(text)
    assert list(found) == sorted(found, key=lambda q: (q.start, -q.end))
    for q in found:
        assert 0 <= q.start < q.end <= len(text)
        surface = text[q.start : q.end]
        assert surface.startswith(q.open)
        assert surface.endswith(q.close)
        assert not q.closed or (q.close in CLOSERS[q.open] and q.inside[0] <= q.inside[1])
        assert surface == surface.strip()
        for other in found:
            assert (
                other.end <= q.start
                or other.start >= q.end
                or q == other
                or (
                    (other.start <= q.start and q.end <= other.end and other.depth < q.depth)
                    or (q.start <= other.start and other.end <= q.end and q.depth < other.depth)
                )
            )


@given(texts)
def test_protected_stretches_do_not_touch_each_others_text(text: str) -> None:
    stretches = protected(text)
    assert all(a[1] <= b[0] for a, b in pairwise(stretches))
    for q in quotations(text):
        assert any(start <= q.start and q.end <= end for start, end in stretches)


@given(texts.filter(lambda t: "\n" not in t), texts)
def test_text_after_a_paragraph_changes_nothing_that_is_closed(first: str, second: str) -> None:
    closed = [q for q in quotations(first) if q.closed and q.depth == 0]
    both = [q for q in quotations(first + "\n\n" + second) if q.closed and q.depth == 0]
    assert [q for q in both if q.end <= len(first)] == closed


@given(texts)
def test_sentences_partition_the_paragraphs(text: str) -> None:
    found = sentences(text, keep=protected(text))
    for start, end in found:
        assert text[start:end]
        assert text[start:end] == text[start:end].strip()
    parts = iter(found)
    for start, end in paragraphs(text):
        reach = start
        while reach < end:
            begin, stop = next(parts)
            assert not text[reach:begin].strip()
            reach = stop
        assert reach == end
    assert next(parts, None) is None


@given(texts)
def test_no_sentence_ends_inside_a_kept_stretch_of_its_paragraph(text: str) -> None:
    kept = protected(text)
    inside = {start for start, _ in paragraphs(text)}
    for start, _ in sentences(text, keep=kept):
        assert start in inside or not any(s < start < e for s, e in kept)
