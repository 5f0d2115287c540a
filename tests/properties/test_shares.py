"""Who gets which document of a blind annotation: the same for ever, and as many as was said."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.shares import (
    Design,
    divided,
    marker,
    read_marker,
    share,
    shared_out,
    title,
)
from quotemark.model import Annotation, Document
from quotemark.tasks import Task, split

EMAILS = st.from_regex(r"[a-z]{1,6}@[a-z]{1,4}\.org", fullmatch=True)
SHARES = st.floats(0, 1)
TEXT = "One.\n\nTwo.\n\nThree."


@st.composite
def designs(draw: st.DrawFn) -> Design:
    emails = draw(st.lists(EMAILS, min_size=2, max_size=5, unique=True))
    return Design(
        draw(st.text(min_size=3, max_size=60)),
        tuple(emails),
        overlap=draw(SHARES),
        several=draw(st.integers(2, len(emails))),
        control=draw(st.none() | SHARES),
        seed=draw(st.integers(0, 2**31)),
    )


IDS = st.lists(st.text(max_size=6), min_size=1, max_size=20, unique=True)


def tasks_of(ids: list[str]) -> list[Task]:
    documents = [Document(name, TEXT) for name in ids]
    return [task for doc in documents for task in split(doc, predictions=[guess(doc)], window=1)]


def guess(doc: Document) -> Annotation:
    return Annotation(doc.id, doc.sha256, "rules", status="predicted")


@given(designs(), IDS, st.randoms())
@settings(max_examples=40)
def test_other_documents_and_their_order_change_nothing(design, ids, random) -> None:  # type: ignore[no-untyped-def]
    whole = divided(design, tasks_of(ids))
    some = random.sample(ids, random.randint(0, len(ids)))
    part = divided(design, tasks_of(some))
    for name, tasks in part.items():
        mine = {task.key: task for task in whole[name]}
        assert [mine.get(task.key) for task in tasks] == tasks
        assert {task.key for task in tasks} == {k for k, t in mine.items() if t.doc_id in some}


@given(designs(), IDS)
@settings(max_examples=40)
def test_every_task_falls_to_one_or_to_several(design: Design, ids: list[str]) -> None:
    tasks = tasks_of(ids)
    found = divided(design, tasks)
    assert set(found) == set(design.annotators)
    owners = Counter(task.key for own in found.values() for task in own)
    assert owners.keys() == {task.key for task in tasks}
    for name in ids:
        who, arm = share(design, name)
        assert len(who) in (1, design.several)
        for task in (t for t in tasks if t.doc_id == name):
            assert owners[task.key] == len(who)
            for person in who:
                (mine,) = (t for t in found[person] if t.key == task.key)
                assert (mine.assigned, mine.arm) == (person, arm)
                assert mine.predictions == (() if arm == "control" else task.predictions)
                bare = replace(mine, assigned="", arm="", predictions=task.predictions)
                assert bare == task


@given(designs())
@settings(max_examples=30)
def test_shares_are_those_that_were_asked_for(design: Design) -> None:
    documents = 800
    found = [share(design, f"doc {i}") for i in range(documents)]

    def near(count: int, probability: float) -> None:
        spread = sqrt(documents * probability * (1 - probability))
        assert abs(count - documents * probability) <= 6 * spread + 1e-6

    near(sum(len(who) > 1 for who, _ in found), design.overlap)
    if design.control is not None:
        near(sum(arm == "control" for _, arm in found), design.control)
    mean = (1 - design.overlap + design.overlap * design.several) / len(design.annotators)
    for name in design.annotators:
        near(sum(name in who for who, _ in found), mean)


@given(designs(), EMAILS)
@settings(max_examples=50)
def test_a_newcomer_takes_documents_and_the_others_exchange_none(
    design: Design, email: str
) -> None:
    if email in design.annotators:
        return
    more = replace(design, annotators=(*design.annotators, email))
    for i in range(50):
        before, after = (set(share(d, str(i)).annotators) for d in (design, more))
        assert after - before <= {email}


@given(designs())
def test_a_design_is_read_back_from_its_marker(design: Design) -> None:
    for name in design.annotators:
        assert read_marker(marker(design, name)) == (design, name)
        assert read_marker(f"Mind: {marker(design, name)} Thanks!") == (design, name)


@given(st.text() | st.none())
def test_other_descriptions_are_no_markers(words: str | None) -> None:
    assert read_marker(words) is None
    assert read_marker(f"quotemark blind annotation {words}") is None


@given(st.text(min_size=1, max_size=80), st.lists(EMAILS, min_size=2, max_size=4, unique=True))
def test_titles_fit_the_server_and_differ(name: str, emails: list[str]) -> None:
    titles = [title(name, email) for email in emails]
    assert len(set(titles)) == len(emails)
    assert all(3 <= len(each) <= 50 for each in titles)


def test_work_that_is_there_stays_with_who_did_it() -> None:
    design = Design("Ferry", ("ana@x.org", "bo@x.org"))
    owner = share(design, "d").annotators[0]
    other = next(name for name in design.annotators if name != owner)
    doc = Document("d", TEXT)
    mine = Annotation("d", doc.sha256, owner.title())
    assert divided(design, split(doc, [mine]))[owner][0].annotations[0].annotator == owner.title()
    with pytest.raises(QuotemarkError, match="it falls to"):
        divided(design, split(doc, [replace(mine, annotator=other)]))


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"annotators": ()}, "no annotators"),
        ({"annotators": ("ana",)}, "is no email"),
        ({"annotators": ("a@x", "A@x ")}, "named twice"),
        ({"overlap": 1.5}, "from 0 to 1"),
        ({"overlap": float("nan")}, "from 0 to 1"),
        ({"control": -0.1}, "from 0 to 1"),
        ({"overlap": 0.5, "several": 3}, "3 of 2 annotators"),
        ({"annotators": ("a@x",), "overlap": 0.5}, "takes two annotators or more"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, object], complaint: str) -> None:
    given: dict[str, object] = {"name": "Ferry", "annotators": ("a@x", "b@x"), **options}
    with pytest.raises(QuotemarkError, match=complaint):
        Design(**given)  # type: ignore[arg-type]


def test_what_was_shared_out_is_told() -> None:
    design = Design("Ferry", ("ana@x.org", "bo@x.org"), overlap=1, control=1)
    rows = shared_out(divided(design, tasks_of(["d1", "d2"])))
    common = {"documents": 2, "shared": 2, "control": 2, "tasks": 6, "characters": 2 * len(TEXT)}
    assert rows == [{"annotator": name, **common} for name in design.annotators]
