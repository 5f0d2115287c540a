"""Annotations of an earlier text, cut to the tasks of the new one: each once, nothing unsaid."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from quotemark.labelstudio.moving import NOTE, moved_parts
from quotemark.model import Annotation, Document, Relation, Span
from quotemark.tasks import Task, split, stitch

SENTENCES = tuple(
    f'"We {verb} the {thing} before {when}", said {who} in the town hall.\n\n'
    for verb, thing, when, who in (
        ("sold", "ferry", "May", "Ana"),
        ("built", "bridge", "June", "Bo"),
        ("lost", "harbour", "winter", "Cleo"),
        ("saw", "storm 😀", "dawn", "Dan"),
    )
)


def annotated(text: str, names: tuple[str, ...], *, window: int) -> list[Task]:
    """Tasks with each name's quotes and speakers; every task took ten seconds."""
    doc = Document("a", text)
    layers = []
    for name in names:
        spans, arrows = [], []
        for number, sentence in enumerate(SENTENCES):
            start = text.index(sentence)
            end = start + sentence.index(", said")
            who = end + len(", said ")
            spans.append(Span(f"q{number}", "Quote", ((start, end),)))
            spans.append(Span(f"s{number}", "Speaker", ((who, text.index(" ", who)),)))
            arrows.append(Relation("said_by", f"q{number}", f"s{number}"))
        layers.append(Annotation("a", doc.sha256, name, tuple(spans), tuple(arrows)))
    known = {"lead_time": 10.0, "updated_at": "2026-01-02"}
    return [
        replace(
            task,
            annotations=tuple(
                replace(layer, provenance={"label_studio": known}) for layer in task.annotations
            ),
        )
        for task in split(doc, layers, window=window)
    ]


def put(new: list[Task], parts: dict[tuple[str, str, str], object]) -> list[Task]:
    """The new tasks with their parts, as the server has them afterwards."""
    return [
        replace(
            task,
            annotations=tuple(
                part.layer  # type: ignore[attr-defined]
                for (key, _, _), part in parts.items()
                if key == task.key
            ),
        )
        for task in new
    ]


@given(
    st.permutations(range(4)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.lists(st.integers(0, 4), max_size=2),
)
@settings(max_examples=40)
def test_nothing_is_lost_where_every_sentence_is_still_there(
    order: list[int], before: int, after: int, added: list[int]
) -> None:
    old = annotated("".join(SENTENCES), ("x", "y"), window=before)
    sentences = [SENTENCES[number] for number in order]
    for at in added:
        sentences.insert(at, f"Quite another paragraph, number {at} of them.\n\n")
    text = "".join(sentences)
    new = split(Document("a", text), window=after)
    parts, moved = moved_parts(old, new)
    assert (moved.annotations, moved.lost, moved.lost_relations) == (2, (), 0)
    corpus = stitch(put(new, dict(parts)))
    for layer in corpus:
        for number, sentence in enumerate(SENTENCES):
            quote, speaker = layer.by_id[f"q{number}"], layer.by_id[f"s{number}"]
            assert text.index(sentence) == quote.start
            assert sentence.startswith(quote.surface(text))
            assert f"said {speaker.surface(text)} in" in sentence
            assert Relation("said_by", quote.id, speaker.id) in layer.relations
    # All the time that was spent is still there, and who it was.
    for name in ("x", "y"):
        spent = [part.lead_time for (_, who, _), part in parts.items() if who == name]
        assert round(sum(spent), 6) == 10.0 * len(old)
    assert all(part.layer.provenance[NOTE]["saved_at"] == "2026-01-02" for part in parts.values())


def test_who_saw_only_a_part_of_the_old_text_has_looked_at_no_more() -> None:
    old = annotated("".join(SENTENCES), ("x",), window=1)
    old = [*old[:2], *(replace(task, annotations=()) for task in old[2:])]
    text = "".join(("A new beginning.\n\n", *SENTENCES))
    (task,) = split(Document("a", text))
    parts, _ = moved_parts(old, [task])
    (part,) = parts.values()
    assert part.layer.asked.windows == ((text.index(SENTENCES[0]), text.index(SENTENCES[2])),)
    windows = split(Document("a", text), window=1)
    parts, _ = moved_parts(old, windows)
    assert [key for key, _, _ in parts] == [windows[1].key, windows[2].key]
    assert {part.layer.asked.windows for part in parts.values()} == {None}


def test_a_span_that_crosses_two_tasks_is_named_as_lost() -> None:
    old = annotated("".join(SENTENCES), ("x",), window=1)
    text = "".join(SENTENCES)
    cut = text.index("bridge")
    whole = split(Document("a", text + "The end.\n"))[0]
    new = [
        replace(whole, end=cut, text=whole.text[:cut]),
        replace(whole, start=cut, text=whole.text[cut:]),
    ]
    _, moved = moved_parts(old, new)
    assert [(lost.label, lost.surface[:8]) for lost in moved.lost] == [("Quote", '"We buil')]
    assert moved.lost_relations == 1
