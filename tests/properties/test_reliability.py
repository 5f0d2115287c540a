"""What models of reliability say of made-up annotators, and what other libraries say of them."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import DawidSkene
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (  # type: ignore[import-untyped]
    accuracy_score,
    confusion_matrix,
    f1_score,
)

from quotemark import adjudicate, reliabilities, reliability
from quotemark.errors import QuotemarkError
from quotemark.model import Annotation, Asked, Corpus, Document, Span
from quotemark.quality.answers import MARKED, NONE, Answer, answers
from quotemark.quality.models import MODELS, Truth, dawid_skene, mace, one_coin
from quotemark.quality.relying import _cells, _confusion, _counts, _f1
from quotemark.scheme import default_scheme

few = settings(max_examples=5, deadline=None)
SENTENCE = "The ferry is late. "
FORMS = ("direct", "indirect", "mixed")


def team(random: Random, care: dict[str, float], sentences: int = 60) -> Corpus:
    """Annotators who, in each sentence and of each form, are right so often and else guess."""
    doc = Document("d", SENTENCE * sentences)
    spans: dict[str, list[Span]] = {name: [] for name in care}
    for number in range(sentences):
        place = ((number * len(SENTENCE), number * len(SENTENCE) + 9),)
        there, form = random.random() < 0.4, random.choice(FORMS)
        for name, right in care.items():
            marked = there if random.random() < right else random.random() < 0.5
            said = form if random.random() < right else random.choice(FORMS)
            if marked:
                spans[name].append(Span(f"q{number}", "Quote", place, {"form": said}))
    layers = (Annotation("d", doc.sha256, name, tuple(own)) for name, own in spans.items())
    return Corpus({"d": doc}, tuple(layers))


CARE = {"ana": 0.95, "ben": 0.9, "cyd": 0.0, "dee": 0.92}


@pytest.mark.parametrize(("model", "seed"), [("dawid-skene", 0), ("dawid-skene", 1), ("mace", 0)])
def test_who_guesses_is_relied_on_least(model: str, seed: int) -> None:
    corpus = team(Random(seed), CARE)
    rows = {(row.annotator, row.question): row for row in reliabilities(corpus, model=model)}
    weights = {name: rows[name, "(all)"].value or 0 for name in CARE}
    assert min(weights, key=weights.__getitem__) == "cyd"
    assert all(0 <= weight <= 1 for weight in weights.values())
    assert all(weights[name] > 0.8 for name in ("ana", "ben", "dee"))
    for question in ("Quote", "Quote.form"):
        assert (rows["cyd", question].value or 0) < min(
            rows[name, question].value or 0 for name in ("ana", "ben", "dee")
        )


@few
@given(st.randoms(use_true_random=False))
def test_order_changes_nothing(random: Random) -> None:
    corpus = team(random, CARE, sentences=20)
    layers = list(corpus.annotations)
    random.shuffle(layers)
    assert reliabilities(Corpus(corpus.documents, tuple(layers))) == reliabilities(corpus)


@pytest.mark.parametrize("model", MODELS)
def test_who_all_say_the_same_are_wholly_relied_on(model: str) -> None:
    corpus = team(Random(1), {"a": 1.0}, sentences=20)
    [one] = corpus.annotations
    same = Corpus(corpus.documents, tuple(replace(one, annotator=name) for name in "abc"))
    assert reliability(same, model=model) == pytest.approx({"a": 1, "b": 1, "c": 1}, abs=1e-3)
    gold = adjudicate(same, policies=["weighted"]).gold
    assert [span.fragments for span in gold.annotations[0].spans] == [
        span.fragments for span in one.spans
    ]


def test_nothing_to_mark_speaks_against_nobody() -> None:
    doc = Document("d", SENTENCE)
    empty = tuple(Annotation("d", doc.sha256, name) for name in "abc")
    assert reliability(Corpus({"d": doc}, empty)) == {"a": 1.0, "b": 1.0, "c": 1.0}


def test_two_annotators_or_no_text_give_no_weights() -> None:
    corpus = team(Random(2), {"a": 0.9, "b": 0.9})
    assert all(row.value is None for row in reliabilities(corpus))
    with pytest.raises(QuotemarkError, match="fewer than three annotators"):
        reliability(corpus)
    bare = Corpus({}, tuple(replace(layer, spans=()) for layer in team(Random(2), CARE)))
    with pytest.raises(QuotemarkError, match="whose text is known"):
        reliability(bare)


def test_who_cannot_be_compared_has_the_mean_of_the_others() -> None:
    corpus = team(Random(3), CARE)
    alone = Annotation("e", "", "zoe")
    weights = dict(reliability(Corpus(corpus.documents, (*corpus, alone))))
    others = [weight for name, weight in weights.items() if name != "zoe"]
    assert weights["zoe"] == pytest.approx(sum(others) / 4)


def test_an_unknown_model_is_told_the_known_ones() -> None:
    with pytest.raises(QuotemarkError, match="dawid-skene, mace"):
        reliability(Corpus(), model="glad")


def test_only_whole_sentences_that_were_asked_are_items() -> None:
    doc = Document("d", SENTENCE * 4)
    asked = Asked(windows=((0, 40),), labels=("Quote",))
    layers = [Annotation("d", "", "a", asked=asked), *(Annotation("d", "", n) for n in "bc")]
    found = answers({"d": layers}, {"d": doc}, default_scheme())
    assert [(a.item, a.value) for a in found["Quote"] if a.annotator == "a"] == [
        (0, NONE),
        (1, NONE),
    ]
    assert {a.annotator for a in found["Cue"]} == {"b", "c"}


def test_a_span_marks_every_sentence_it_touches() -> None:
    doc = Document("d", SENTENCE * 4)
    far = Span("q", "Quote", ((4, 20), (60, 63)))
    layers = [Annotation("d", "", "a", (far,)), Annotation("d", "", "b")]
    found = answers({"d": layers}, {"d": doc}, default_scheme())["Quote"]
    marked = [a.item for a in found if a.value == MARKED]
    assert marked == [0, 1, 3]


@st.composite
def given_answers(draw: st.DrawFn) -> list[Answer]:
    """What three to five annotators answered to some items, some not answering all."""
    names = "abcde"[: draw(st.integers(3, 5))]
    found = []
    for item in range(draw(st.integers(3, 25))):
        who = draw(st.sets(st.sampled_from(names), min_size=2))
        found += [Answer(item, n, draw(st.sampled_from([MARKED, NONE]))) for n in sorted(who)]
    return found


def frame(found: list[Answer]) -> pd.DataFrame:
    rows = [(row.item, row.annotator, row.value) for row in found]
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


@few
@given(given_answers())
def test_truth_and_errors_are_those_of_crowd_kit(found: list[Answer]) -> None:
    model = DawidSkene(n_iter=100).fit(frame(found))
    truth = dawid_skene(found)
    assert model.probas_ is not None
    expected = model.probas_.sort_index()[list(truth.classes)].to_numpy()
    assert truth.probabilities == pytest.approx(expected, abs=1e-6)
    for name in sorted({row.annotator for row in found}):
        own = [(row.item, row.value) for row in found if row.annotator == name]
        cells = _cells(own, truth)
        for (true, said), probability in _confusion(cells, truth.classes):
            row = truth.classes.index(true)
            errors = model.errors_
            assert errors is not None
            if cells[row].sum() > 1e-3 and (name, said) in errors.index:
                assert probability == pytest.approx(errors.loc[(name, said), true], abs=1e-4)


@few
@given(given_answers())
def test_probabilities_add_up_in_every_model(found: list[Answer]) -> None:
    for model in (dawid_skene, one_coin):
        truth = model(found)
        assert len(truth.probabilities) == len({row.item for row in found})
        assert truth.probabilities.sum(axis=1) == pytest.approx(1.0)


def test_mace_is_crowd_kits_whatever_comes_first() -> None:
    """Its answers go by name, though crowd-kit mixes up those that do not appear in order."""
    found = [Answer(n, who, said) for n in range(8) for who, said in zip("abc", "yyn", strict=True)]
    found += [Answer(n, who, "n") for n in range(8, 12) for who in "abc"]
    truth = mace(found)
    wanted = ["y"] * 8 + ["n"] * 4
    assert [truth.classes[row.argmax()] for row in truth.probabilities] == wanted
    assert truth.probabilities.sum(axis=1) == pytest.approx(1.0)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_with_the_truth_known_it_is_scikit_learns_f1_and_accuracy(
    pairs: list[tuple[bool, bool]],
) -> None:
    classes = [MARKED, NONE]
    true = [classes[not there] for there, _ in pairs]
    said = [classes[not there] for _, there in pairs]
    truth = Truth(classes, np.array([[t == c for c in classes] for t in true], float))
    cells = _cells(list(enumerate(said)), truth)
    assert cells.tolist() == confusion_matrix(true, said, labels=classes).tolist()
    f1 = _f1(_counts(cells, classes, is_label=True))
    if MARKED in true or MARKED in said:
        assert f1 == pytest.approx(f1_score(true, said, pos_label=MARKED, zero_division=0))
    else:
        assert f1 is None
    right = _f1(_counts(cells, classes, is_label=False))
    assert right == pytest.approx(accuracy_score(true, said))


def test_the_one_coin_finds_how_often_values_are_right() -> None:
    """Where one value is always true, which a matrix of errors for each takes for two."""
    random = Random(5)
    care = {"a": 0.95, "b": 0.9, "c": 0.85, "d": 0.8, "e": 0.6}
    found, right = [], dict.fromkeys(care, 0)
    for item in range(400):
        for name, often in care.items():
            is_right = random.random() < often
            right[name] += is_right
            found.append(Answer(item, name, "direct" if is_right else random.choice(FORMS[1:])))
    truth = one_coin(found)
    for name, count in right.items():
        own = [(row.item, row.value) for row in found if row.annotator == name]
        value = _f1(_counts(_cells(own, truth), truth.classes, is_label=False))
        assert value == pytest.approx(count / 400, abs=0.02)
