"""Tasks whose windows overlap are not pushed: no pull could put them together again."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.remote.creating import Present
from quotemark.labelstudio.remote.windows import check
from quotemark.model import Document
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split, stitch

SCHEME = default_scheme()
DOC = Document("d", "One two.\n\nThree four.\n\nFive.")
WHOLE, PARTS = split(DOC), split(DOC, window=1)
OTHER_TEXT = split(Document("d", f"{DOC.text} Six."))


def project(tasks: Iterable[Task]) -> Present:
    """A project with these tasks, in the server's form."""
    found = {t.key: [{"id": n, **to_json(t, SCHEME)}] for n, t in enumerate(tasks)}
    return Present(found, len(found))


def test_both_windows_and_the_remedy_are_named_once_a_document() -> None:
    with pytest.raises(QuotemarkError) as caught:
        check(PARTS, project(WHOLE))
    assert str(caught.value) == (
        "d: the window 0-10 overlaps 0-28 in the project: pull could not put the two together "
        "[window]; give the same --window as before, or another project"
    )
    with pytest.raises(QuotemarkError, match="the window 0-28 overlaps 0-10 in the project"):
        check(WHOLE, project(PARTS))
    with pytest.raises(QuotemarkError, match="overlaps 0-10 of the tasks"):
        check([*WHOLE, *PARTS])


def test_what_can_be_pulled_can_be_pushed() -> None:
    check(PARTS)
    check(PARTS, project(PARTS))
    check(PARTS[:1], project(PARTS[1:]))
    check(PARTS, project(OTHER_TEXT))
    check(PARTS, project(split(Document("e", DOC.text))))
    empty = split(Document("empty", ""))
    check(empty, project(empty))


def test_overlaps_that_are_there_already_stop_no_other_document() -> None:
    broken = project([*WHOLE, *PARTS])
    check(split(Document("e", DOC.text)), broken)
    with pytest.raises(QuotemarkError):
        check(PARTS[1:2], broken)


CUTS = st.sets(st.sampled_from([0, 3, 5, 10, 20, 28]), min_size=2).map(sorted)


@given(CUTS, CUTS)
def test_it_refuses_just_what_stitch_does(one: list[int], two: list[int]) -> None:
    def cut(at: list[int]) -> list[Task]:
        return [Task("d", a, b, DOC.text[a:b], DOC.sha256, len(DOC.text)) for a, b in pairwise(at)]

    old, new = cut(one), cut(two)
    every = {task.key: task for task in (*old, *new)}
    try:
        stitch(every.values())
    except QuotemarkError:
        with pytest.raises(QuotemarkError):
            check(new, project(old))
    else:
        check(new, project(old))
