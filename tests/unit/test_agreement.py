"""Agreement counted by hand: what it is over, what is left out, what is undefined."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from quotemark import agree
from quotemark.agreement import Agreement
from quotemark.errors import QuotemarkError
from quotemark.model import Annotation, Asked, Corpus, Document, Entity, Relation, Span, Value
from quotemark.scheme import parse_scheme
from quotemark.stats import Interval

TEXT = "one two six ten 😀 שלום end"
DOC = Document("d", TEXT)
MENTION = {"form": "direct", "source": "mention"}


def span(name: str, label: str, start: int, end: int, **attributes: Value) -> Span:
    return Span(name, label, ((start, end),), attributes)


def layer(who: str, *spans: Span, doc: str = "d", asked: Asked | None = None) -> Annotation:
    return Annotation(doc, "", who, spans, asked=asked or Asked())


def rows(*layers: Annotation, text: bool = False) -> dict[tuple[str, str], Agreement]:
    """The agreement of two annotators, by measure and label."""
    found = agree(Corpus({"d": DOC} if text else {}, layers))
    assert len({row.annotators for row in found}) == 1
    return {(row.measure, row.label): row for row in found}


def value(found: dict[tuple[str, str], Agreement], measure: str, label: str) -> float | None:
    return found[measure, label].value


def test_f1_is_over_the_spans_of_either() -> None:
    ours = layer("a", span("1", "Cue", 0, 4), span("2", "Cue", 10, 14), span("3", "Cue", 20, 24))
    theirs = layer("b", span("x", "Cue", 0, 4), span("y", "Cue", 10, 13))
    found = rows(ours, theirs)
    exact, overlap = found["F1 exact", "Cue"], found["F1 overlap(iou>=0.5)", "Cue"]
    assert (exact.value, exact.items) == (2 * 1 / 5, 4)  # one pair, two of a, one of b
    assert (overlap.value, overlap.items) == (2 * 2 / 5, 3)
    nothing = found["F1 exact", "Quote"]
    assert (nothing.value, nothing.items, nothing.documents) == (None, 0, 1)


def test_a_group_is_over_pairs_that_were_both_asked() -> None:
    ours = layer("a", span("1", "Quote", 0, 4, form="direct"), span("2", "Quote", 9, 12))
    theirs = layer(
        "b", span("x", "Quote", 0, 4, form="mixed"), span("y", "Quote", 9, 12, form="direct")
    )
    for found in (rows(ours, theirs), rows(replace(ours, annotator="c"), theirs)):
        direct, mixed = (found["F1 exact", f"Quote[form={form}]"] for form in ("direct", "mixed"))
        assert (direct.value, direct.items) == (0.0, 1)
        assert (mixed.value, mixed.items) == (0.0, 1)
        assert value(found, "F1 exact", "Quote") == 1.0


@pytest.mark.parametrize(
    ("theirs", "kappa"),
    [
        ((0, 7), 1.0),  # the same two of seven tokens
        ((4, 11), 0.3),  # 5 of 7 agree, 29/49 by chance: (35 - 29) / (49 - 29)
        ((8, 15), -0.4),  # 3 of 7 agree: (21 - 29) / (49 - 29)
    ],
)
def test_token_kappa_by_hand(theirs: tuple[int, int], kappa: float) -> None:
    ours = layer("a", span("1", "Quote", 0, 7))
    found = rows(ours, layer("b", span("x", "Quote", *theirs)), text=True)
    assert found["κ token", "Quote"].value == pytest.approx(kappa)
    assert found["κ token", "Quote"].items == 7
    cue = found["κ token", "Cue"]  # both leave every token out: no category but one
    assert (cue.value, cue.items) == (None, 7)


def test_without_the_text_there_is_no_token_to_agree_on() -> None:
    found = rows(layer("a", span("1", "Quote", 0, 7)), layer("b", span("x", "Quote", 0, 7)))
    row = found["κ token", "Quote"]
    assert (row.value, row.items, row.documents) == (None, 0, 0)


def test_attribute_kappa_by_hand() -> None:
    """Of four aligned spans three agree; 2 named of 4 and 3 of 4: by chance 2·3/16 + 2·1/16."""
    kinds = [("named", "named"), ("named", "named"), ("pronoun", "named"), ("pronoun", "pronoun")]
    ours = [span(f"{n}", "Speaker", 5 * n, 5 * n + 4, kind=a) for n, (a, _) in enumerate(kinds)]
    theirs = [span(f"{n}", "Speaker", 5 * n, 5 * n + 3, kind=b) for n, (_, b) in enumerate(kinds)]
    alone = span("9", "Speaker", 50, 54, kind="nominal")  # no partner: κ does not look at it
    row = rows(layer("a", *ours, alone), layer("b", *theirs))["κ", "Speaker.kind"]
    assert row.value == pytest.approx((3 / 4 - 8 / 16) / (1 - 8 / 16))
    assert row.items == 4


def test_values_are_compared_folded_as_sets_and_null_is_a_value() -> None:
    quote = [span(f"{n}", "Quote", 5 * n, 5 * n + 4) for n in range(3)]
    ours: list[Value] = [("A", "B"), None, "A"]
    theirs: list[Value] = [("b", "a"), None, "c"]
    sides = [
        [replace(s, attributes={"source_entity": v}) for s, v in zip(quote, side, strict=True)]
        for side in (ours, theirs)
    ]
    row = rows(layer("a", *sides[0]), layer("b", *sides[1]))["κ", "Quote.source_entity"]
    observed, expected = 2 / 3, (1 + 1) / 9
    assert row.value == pytest.approx((observed - expected) / (1 - expected))


def test_kappa_is_undefined_for_a_single_category_and_zero_by_chance() -> None:
    one = span("1", "Speaker", 0, 3, kind="named")
    assert rows(layer("a", one), layer("b", one))["κ", "Speaker.kind"].value is None
    two = span("2", "Speaker", 5, 8, kind="pronoun")
    always = replace(two, attributes={"kind": "named"})
    assert rows(layer("a", one, two), layer("b", one, always))["κ", "Speaker.kind"].value == 0.0


def attributed(who: str, mention: tuple[int, int], entity: str | None) -> Annotation:
    quote = Span("q", "Quote", ((0, 9),), MENTION)
    speaker = Span("s", "Speaker", (mention,), {"entity": entity})
    known = Entity("e", "Ana Lund", ("Lund",))
    relation = Relation("said_by", "q", "s")
    return Annotation("d", "", who, (quote, speaker), (relation,), (known,))


@pytest.mark.parametrize(
    ("mention", "entity", "by_mention", "by_entity"),
    [
        ((12, 16), "Ana Lund", 1.0, 1.0),
        ((30, 32), "Ana Lund", 0.0, 1.0),  # another mention of the same person
        ((30, 32), "LUND", 0.0, 1.0),
        ((12, 16), "Bo", 1.0, 0.0),
        ((12, 16), None, 1.0, None),  # b does not say who it is
    ],
)
def test_sources_by_mention_and_by_entity(
    mention: tuple[int, int], entity: str | None, by_mention: float, by_entity: float | None
) -> None:
    found = rows(attributed("a", (12, 16), "Ana Lund"), attributed("b", mention, entity))
    assert value(found, "F1 attribution(mention,matched)", "Quote") == by_mention
    assert value(found, "F1 attribution(entity,matched)", "Quote") == by_entity


def test_an_alias_that_one_annotator_knows_is_known_to_both() -> None:
    named, short = attributed("b", (12, 16), "Ana Lund"), attributed("b", (12, 16), "Lund")
    ignorant = replace(attributed("a", (12, 16), "Lund"), entities=())
    for ours, theirs in ((ignorant, named), (replace(ignorant, annotator="c"), named)):
        found = rows(ours, theirs)
        assert value(found, "F1 attribution(entity,matched)", "Quote") == 1.0
    unknown = rows(replace(named, annotator="a", entities=()), replace(short, entities=()))
    assert value(unknown, "F1 attribution(entity,matched)", "Quote") == 0.0


def test_a_mention_beyond_what_both_were_asked_is_nobodys_mistake() -> None:
    """a was shown the whole text; b's window ends before the speaker."""
    part = layer(
        "b",
        Span("q", "Quote", ((0, 9),), {"source": "elsewhere", "source_entity": "Ana Lund"}),
        asked=Asked(windows=((0, 10),)),
    )
    found = rows(attributed("a", (12, 16), "Ana Lund"), part)
    assert found["F1 attribution(mention,matched)", "Quote"].items == 0
    assert value(found, "F1 attribution(entity,matched)", "Quote") == 1.0


def test_not_stated_is_a_source_and_an_open_question_is_none() -> None:
    silent = span("q", "Quote", 0, 9, source="not_stated")
    open_ = span("q", "Quote", 0, 9)
    named = attributed("b", (12, 16), "Ana Lund")
    name = "F1 attribution(mention,matched)"
    both = rows(layer("a", silent), layer("b", silent))
    assert (value(both, name, "Quote"), value(both, name, "Quote[source=not_stated]")) == (1, 1)
    one = rows(layer("a", silent), named)
    assert (value(one, name, "Quote"), value(one, name, "Quote[source=not_stated]")) == (0, 0)
    for left_open in (rows(layer("a", open_), named), rows(layer("c", open_), named)):
        assert left_open[name, "Quote"].items == 0


def test_only_windows_labels_and_attributes_that_both_were_asked_count() -> None:
    first = span("1", "Quote", 0, 3, form="direct")
    late = span("2", "Quote", 12, 15, form="direct")
    everything = layer("a", first, late, span("3", "Cue", 4, 7))
    part = layer(
        "b",
        span("x", "Quote", 0, 3),
        asked=Asked(windows=((0, 11),), labels=("Quote",), attributes=()),
    )
    found = rows(everything, part, text=True)
    assert (found["F1 exact", "Quote"].value, found["F1 exact", "Quote"].items) == (1.0, 1)
    assert found["κ token", "Quote"].items == 3  # one, two, six
    for row in (
        found["F1 exact", "Cue"],
        found["F1 exact", "Quote[form=direct]"],
        found["κ", "Quote.form"],
        found["F1 attribution(mention,matched)", "Quote"],
        found["F1 attribution(entity,matched)", "Quote"],
        found["κ token", "Cue"],
    ):
        assert (row.value, row.items, row.documents) == (None, 0, 0)


def test_a_document_without_a_common_window_is_not_shared() -> None:
    apart = (
        layer("a", asked=Asked(windows=((0, 5),))),
        layer("b", asked=Asked(windows=((5, 9),))),
    )
    with pytest.raises(QuotemarkError, match=r"no two annotators share a document \(2 in all\)"):
        agree(Corpus({}, apart))
    shared = (layer("a", doc="e"), layer("b", doc="e"))
    found = agree(Corpus({}, (*apart, *shared)))
    needs_text = ("κ token", "α token", "uα")
    assert {row.documents for row in found if row.measure not in needs_text} == {1}


def test_empty_layers_agree_on_nothing() -> None:
    found = rows(layer("a"), layer("b"), text=True)
    assert {row.value for row in found.values()} == {None}
    one = rows(layer("a", span("1", "Cue", 0, 3)), layer("b"), text=True)
    assert value(one, "F1 exact", "Cue") == 0.0
    assert value(one, "κ token", "Cue") == 0.0


def test_three_annotators_are_three_pairs_over_the_documents_each_pair_shares() -> None:
    cue = span("1", "Cue", 0, 3)
    found = agree(
        Corpus(
            {},
            (
                *(layer(who, cue) for who in ("c", "b", "a")),
                *(layer(who, cue, doc="e") for who in ("b", "a")),
            ),
        )
    )
    exact = {r.annotators: r for r in found if (r.measure, r.label) == ("F1 exact", "Cue")}
    assert list(exact) == [("a", "b", "c"), ("a", "b"), ("a", "c"), ("b", "c")]
    assert [row.documents for row in exact.values()] == [2, 2, 1, 1]
    assert [row.items for row in exact.values()] == [4, 2, 1, 1]
    assert exact["a", "b"].interval == Interval(1.0, 1.0)
    assert exact["a", "c"].interval is None


def test_one_seed_gives_one_interval() -> None:
    cue = span("1", "Cue", 0, 3)
    layers = [layer("a", cue, doc=f"d{n}") for n in range(8)]
    layers += [layer("b", *([cue] if n % 3 else []), doc=f"d{n}") for n in range(8)]
    corpus = Corpus({}, tuple(layers))

    def interval(seed: int) -> Interval:
        rows = agree(corpus, seed=seed, resamples=50)
        found = next(r.interval for r in rows if (r.measure, r.label) == ("F1 exact", "Cue"))
        assert found is not None
        return found

    assert interval(1) == interval(1)
    assert len({interval(seed) for seed in range(5)}) > 1
    low, high = interval(1)
    assert 0 <= low < 2 * 5 / (2 * 5 + 3) < high <= 1


@pytest.mark.parametrize("status", ["draft", "cancelled", "predicted", "gold"])
def test_only_submitted_layers_count(status: str) -> None:
    cue = span("1", "Cue", 0, 3)
    other = replace(layer("b"), status=status)
    with pytest.raises(QuotemarkError, match="no two annotators"):
        agree(Corpus({}, (layer("a", cue), other)))
    # b's unfinished layer stands beside the submitted one, and says nothing
    assert value(rows(layer("a", cue), layer("b", cue), other), "F1 exact", "Cue") == 1.0


def test_one_annotator_or_none_is_an_error() -> None:
    for layers in ((), (layer("a"), layer("a", doc="e")), (layer("a"), layer("b", doc="e"))):
        with pytest.raises(QuotemarkError, match="no two annotators share a document"):
            agree(Corpus({}, layers))


GOOD = Annotation("d", "", "a", (span("1", "Cue", 0, 3),))


@pytest.mark.parametrize(
    ("bad", "code", "place"),
    [
        (replace(GOOD, text_sha256="0" * 64), "text-hash", "d: b:"),
        (replace(GOOD, scheme="other@2"), "scheme", "d: b:"),
        (replace(GOOD, spans=(span("1", "Verb", 0, 3),)), "label", "d: b: 1:"),
        (replace(GOOD, spans=(span("1", "Cue", 0, 99),)), "offset", "d: b: 1:"),
        (replace(GOOD, spans=(span("1", "Cue", 3, 3),)), "empty-fragment", "d: b: 1:"),
        (replace(GOOD, spans=(*GOOD.spans, span("1", "Cue", 5, 9))), "duplicate-id", "d: b: 1:"),
        (replace(GOOD, relations=(Relation("said_by", "1", "2"),)), "dangling", "d: b: 1 said_by"),
        (replace(GOOD, asked=Asked(labels=("Quote",))), "not-asked", "d: b: 1:"),
    ],
)  # fmt: skip
def test_layers_that_cannot_be_compared_are_named_whatever_their_order(
    bad: Annotation, code: str, place: str
) -> None:
    for good, name in ((GOOD, "b"), (replace(GOOD, annotator="c"), "b")):
        with pytest.raises(QuotemarkError) as caught:
            agree(Corpus({"d": DOC}, (replace(bad, annotator=name), good)))
        assert [problem.code for problem in caught.value.problems] == [code]
        assert str(caught.value).startswith(place)


def test_layers_over_two_texts_are_an_error_and_unknown_texts_are_none() -> None:
    one, two = replace(GOOD, text_sha256="1" * 64), replace(GOOD, annotator="b")
    assert value(rows(one, two), "F1 exact", "Cue") == 1.0
    with pytest.raises(QuotemarkError, match=r"d: b: is not over the text that 'a' annotated"):
        agree(Corpus({}, (one, replace(two, text_sha256="2" * 64))))


def test_two_layers_of_one_annotator_are_an_error_that_names_both() -> None:
    with pytest.raises(QuotemarkError, match=r"d: a: there are two submitted annotations"):
        agree(Corpus({}, (GOOD, GOOD, replace(GOOD, annotator="b"))))


def test_every_pair_has_the_same_rows_of_any_scheme() -> None:
    text = 'name = "s"\nversion = "1"\n[labels.A]\n[labels.A.attributes.x]\ntype = "text"\n'
    scheme = parse_scheme(text)
    layers = [Annotation("d", "", who, (span("1", "A", 0, 3, x="y"),)) for who in "ab"]
    found = agree(Corpus({}, tuple(layers)), scheme=scheme)
    assert [(row.measure, row.label) for row in found] == [
        ("F1 exact", "A"),
        ("F1 overlap(iou>=0.5)", "A"),
        ("κ token", "A"),
        ("α token", "A"),
        ("uα", "A"),
        ("κ", "A.x"),
        ("α", "A.x"),
    ]
    narrow = [replace(layers[0], annotator="c", spans=(), asked=Asked(labels=()))]
    three = agree(Corpus({}, (*layers, *narrow)), scheme=scheme)
    per_pair = [[r.label for r in three if r.annotators == pair] for pair in
                {row.annotators: None for row in three} if len(pair) == 2]  # fmt: skip
    assert all(one == two for one, two in pairwise(per_pair))
    assert len(per_pair) == 3
