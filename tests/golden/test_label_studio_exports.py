"""Exports that a real Label Studio made of projects that are not ours: golden/labelstudio."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quotemark.formats.labelstudio import corpus_of, read_file
from quotemark.labelstudio.exports.interface import read_interface
from quotemark.labelstudio.exports.reading import Export, Options, read_export
from quotemark.model import Annotation, Asked, Corpus, Relation
from quotemark.scheme import parse_scheme
from support.exports import ARTICLE, DIALOGUE, PAGE_MARKS, PROJECTS

HERE = Path(__file__).parent / "labelstudio"
SCHEME = parse_scheme(
    """
    name = "theirs"
    version = "1"
    [labels.Claim]
    [labels.Claim.attributes.mood]
    type = "choice"
    values = ["calm", "angry"]
    [labels.Person]
    [relations.made_by]
    head = "Claim"
    tail = "Person"
    """
)
LABELS = {"q": "Claim", "s": "Person"}
PAGE_TEXT = (
    "Ferry & 😀 tolls\n\n“The old ferry must go”,\nsaid Ana Brandt.\n\n"
    "The mayor\tdisagreed 🙂 today.\n\nOne\n  two\n\nFirst\nSecond"
)
SHOWN = {
    "“The old\n ferry must go”": "“The old ferry must go”",
    "must go…said": "must go”,\nsaid",
    "First…Second": "First\nSecond",
    "with her.…Then I": "with her.\n\nThen I",
}
"""Words that the document has otherwise than the export or the list of marks."""


def exported(name: str, **more: Any) -> Export:
    return read_file(HERE / f"{name}.json", Options(SCHEME, **more))


def corpus(export: Export) -> Corpus:
    assert export.problems == ()
    return corpus_of(list(export.tasks))


def marks(layer: Annotation, text: str) -> set[tuple[str, str]]:
    return {(span.label, span.surface(text)) for span in layer.spans}


@pytest.mark.parametrize("configured", [False, True])
@pytest.mark.parametrize("suffix", ["", "-min"])
@pytest.mark.parametrize("name", PROJECTS)
def test_what_was_marked_in_the_browser_is_read(name: str, suffix: str, configured: bool) -> None:
    interface = read_interface(HERE / f"{name}.xml") if configured else None
    read = corpus(exported(f"{name}{suffix}", interface=interface))
    layer = next(iter(read))
    text = read.documents[layer.doc_id].text
    joined = "\n\n".join(said["text"] for said in DIALOGUE)
    page = {"hypertext": PAGE_TEXT, "hypertext-inline": PAGE_TEXT}
    assert text == {"text": ARTICLE, "paragraphs": joined, **page}[name]
    expected = {(LABELS[key], SHOWN.get(words, words)) for key, words in PROJECTS[name].marks}
    assert marks(layer, text) == expected
    assert len(layer.spans) == len(expected)
    assert layer.annotator == "user-1"


def test_relations_answers_skips_and_the_prediction_come_along() -> None:
    read = corpus(exported("text"))
    layers = {layer.status: layer for layer in read if layer.doc_id == "2"}
    assert set(layers) == {"submitted", "cancelled", "predicted"}
    done = layers["submitted"]
    assert done.relations == (Relation("made_by", "c1", "p1"),)
    assert done.by_id["c1"].attributes == {"mood": "calm"}
    assert layers["predicted"].annotator == "guesser"
    asked = Asked(None, ("Claim", "Person"), ("Claim.mood",), ("made_by",))
    assert done.asked == layers["cancelled"].asked == asked
    assert layers["predicted"].asked == Asked(None, ("Person",), (), ())
    assert read.documents["2"].meta == {"url": "https://news.example/2"}


def test_what_json_min_lacks_is_named_and_was_not_asked() -> None:
    export = exported("text-min", interface=read_interface(HERE / "text.xml"))
    (note,) = export.notes
    assert note.code == "lacks"
    assert "relations" in note.message
    first, second = corpus(export)
    assert first.asked == second.asked == Asked(None, ("Claim", "Person"), (), ())
    assert second.spans[0].attributes == {}
    assert second.provenance["export"]["answers"] == {"mood": "calm"}
    assert "relations" in second.provenance["export"]["lacks"]


def test_who_said_what_in_a_dialogue_is_kept() -> None:
    (document,) = corpus(exported("paragraphs")).documents.values()
    assert [entity.name for entity in document.entities] == ["Ana Brandt", "Mayor"]
    assert document.title == "The ferry"
    utterances = document.meta["utterances"]
    assert [document.text[u["start"] : u["end"]] for u in utterances] == [
        said["text"] for said in DIALOGUE
    ]
    assert utterances[0]["at"] == "9:00"
    assert [said["author"] for said in utterances] == [said["author"] for said in DIALOGUE]


@pytest.mark.parametrize("name", ["hypertext", "hypertext-inline"])
def test_a_page_is_placed_by_either_way_of_counting(name: str) -> None:
    """Older versions write XPaths only; where XPaths lead nowhere, the other offsets do."""
    tasks = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    kept = (
        ["globalOffsets"] if name == "hypertext" else ["start", "startOffset", "end", "endOffset"]
    )
    for result in tasks[0]["annotations"][0]["result"]:
        value = result["value"]
        result["value"] = {key: value[key] for key in (*kept, "text", "hypertextlabels")}
    (layer,) = corpus(read_export(tasks, Options(SCHEME)))
    assert len(marks(layer, PAGE_TEXT)) == len(PAGE_MARKS)
