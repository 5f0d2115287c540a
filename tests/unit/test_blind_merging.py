"""Annotators and their servers, and the work of all put together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.annotators import Server, read_annotators
from quotemark.labelstudio.remote.blind import merged
from quotemark.labelstudio.remote.pulling import Gathered
from quotemark.model import Annotation, Document, Span
from quotemark.tasks import Task, split

URL = "http://localhost:8080"
TEXT = "One.\n\nTwo.\n\nThree."
ANA, BO = "ana@example.org", "bo@example.org"


def gathered(*tasks: Task) -> Gathered:
    return Gathered(tasks, (), (), len(tasks), len(tasks), ())


def tasks_of(name: str, arm: str = "") -> list[Task]:
    return [replace(task, arm=arm) for task in split(Document(name, TEXT), window=1)]


def done(task: Task, who: str, *spans: Span, status: str = "submitted") -> Task:
    layer = Annotation(task.doc_id, task.text_sha256, who, spans, status=status)
    return replace(task, annotations=(*task.annotations, layer))


CUE = Span("c", "Cue", ((0, 3),))


def test_the_work_of_all_is_one_and_says_what_each_was_given() -> None:
    shared, alone = tasks_of("both", "control"), tasks_of("alone")
    found = merged(
        {
            ANA: gathered(*(done(task, ANA, CUE) for task in shared)),
            BO: gathered(done(shared[0], "Bo@Example.org"), *shared[1:], *alone),
        },
        predictions=False,
    )
    layers = {(a.doc_id, a.annotator): a for a in found.pulled.corpus}
    assert set(layers) == {("both", ANA), ("both", "Bo@Example.org"), ("alone", BO)}
    whole, part, none = layers.values()
    assert [span.start for span in whole.spans] == [0, 6, 12]
    assert whole.asked.windows is None
    assert (part.status, part.asked.windows) == ("submitted", ((0, 6),))
    assert (none.status, none.asked.windows, none.spans) == ("draft", (), ())
    everything = [[0, len(TEXT)]]
    assert whole.provenance["blind"] == {"given": everything, "arm": "control"}
    assert part.provenance["blind"] == {"given": everything, "arm": "control"}
    assert none.provenance["blind"] == {"given": everything}
    assert found.given == {ANA: ("both",), BO: ("both", "alone")}
    assert found.unfinished == {ANA: (), BO: ("both", "alone")}
    assert set(found.pulled.corpus.documents) == {"both", "alone"}


def test_a_skipped_window_is_finished_and_a_draft_is_not() -> None:
    tasks = tasks_of("d")
    skipped = done(tasks[0], ANA, status="cancelled")
    found = merged(
        {ANA: gathered(skipped, done(tasks[1], ANA), done(tasks[2], ANA))}, predictions=False
    )
    assert found.unfinished == {ANA: ()}
    draft = done(tasks[2], ANA, status="draft")
    found = merged({ANA: gathered(skipped, done(tasks[1], ANA), draft)}, predictions=False)
    assert found.unfinished == {ANA: ("d",)}
    assert len(found.pulled.corpus.annotations) == 3


def test_work_in_another_s_project_is_kept_and_told() -> None:
    tasks = tasks_of("d")
    mine = done(done(tasks[0], ANA, CUE), BO, CUE)
    found = merged({ANA: gathered(mine, *tasks[1:])}, predictions=False)
    assert found.elsewhere == {ANA: (BO,)}
    (stray,) = (layer for layer in found.pulled.corpus if layer.annotator == BO)
    assert "blind" not in stray.provenance
    both = {ANA: gathered(done(tasks[0], BO)), BO: gathered(done(tasks[0], BO))}
    with pytest.raises(QuotemarkError, match="has two submitted annotations of this window"):
        merged(both, predictions=False)


def test_a_prediction_that_all_were_shown_is_one() -> None:
    (task,) = split(Document("d", TEXT))
    guess = Annotation("d", task.text_sha256, "rules", (CUE,), status="predicted")
    shown = replace(task, predictions=(guess,))
    found = merged({ANA: gathered(shown), BO: gathered(shown)}, predictions=True)
    assert [a.annotator for a in found.pulled.corpus if a.status == "predicted"] == ["rules"]


def test_annotators_with_two_texts_of_one_window_are_refused() -> None:
    one = tasks_of("d")
    two = split(Document("d", TEXT.replace("One", "Two")), window=1)
    with pytest.raises(QuotemarkError, match="different texts"):
        merged({ANA: gathered(*one), BO: gathered(*two)}, predictions=False)


def test_a_project_for_everybody_is_pulled_as_it_is() -> None:
    tasks = [done(task, ANA, CUE) for task in tasks_of("d")]
    found = merged({"": gathered(*tasks)}, predictions=False)
    assert (found.given, found.unfinished, found.elsewhere) == ({}, {}, {})
    (layer,) = found.pulled.corpus
    assert layer.provenance == {}


def find(url: str) -> Server:
    return Server(url, "third-secret" if url == "http://three" else "abc")


def test_emails_share_one_server() -> None:
    found = read_annotators(" Ana@example.org ,bo@example.org", URL, find)
    assert found == {ANA: Server(URL, "abc"), BO: Server(URL, "abc")}


def test_a_file_names_a_server_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ana.token").write_text("first-secret\n")
    monkeypatch.setenv("BO_TOKEN", "second-secret")
    file = tmp_path / "annotators.toml"
    file.write_text(
        '["Ana@example.org"]\nurl = "http://one"\ntoken_file = "ana.token"\n'
        '["bo@example.org"]\nurl = "http://two"\ntoken_env = "BO_TOKEN"\n'
        '["c@example.org"]\nurl = "http://three"\n'
    )
    found = read_annotators(str(file), URL, find)
    assert found == {
        ANA: Server("http://one", "first-secret"),
        BO: Server("http://two", "second-secret"),
        "c@example.org": Server("http://three", "third-secret"),
    }
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[a", "toml"),
        ('["a@x"]\ntoken_env = "T"\n', "url"),
        ('["a@x"]\nurl = "http://one"\ntoken = "very-secret"\n', "unknown field"),
        ('["a@x"]\nurl = "http://one"\ntoken_file = "f"\ntoken_env = "T"\n', "both"),
        ('["a@x"]\nurl = "http://one"\ntoken_env = "NO_SUCH_TOKEN"\n', "NO_SUCH_TOKEN"),
        ('["a@x"]\nurl = "http://one"\ntoken_file = "nowhere"\n', "nowhere"),
        ('["a@x"]\nurl = "u"\ntoken_env = "T"\n["A@x"]\nurl = "u"\ntoken_env = "T"\n', "twice"),
        ("", "nobody"),
    ],
)
def test_a_file_that_says_it_otherwise_is_refused(
    content: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T", "very-secret")
    file = tmp_path / "annotators.toml"
    file.write_text(content)
    with pytest.raises(QuotemarkError, match=complaint) as failure:
        read_annotators(str(file), URL, find)
    assert "very-secret" not in str(failure.value)
