"""`quotemark import` of other people's exports: what is read, what is told, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quotemark.cli.app import app
from quotemark.formats import read
from quotemark.labelstudio.codec import to_json
from quotemark.model import Annotation, Asked, Corpus, Document, Entity, Relation, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import split

RUNNER = CliRunner()
TEXT = "😀 “No”, said Ana. “Never.”"
SCHEME = default_scheme()


class Desk:
    """A folder, an export in it, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out.jsonl"

    def run(self, content: Any, *words: str) -> tuple[int, list[str]]:
        file = self.folder / "export.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        command = ["import", str(file), "-o", str(self.output), *words]
        result = RUNNER.invoke(app, command)
        assert result.stdout == ""
        return result.exit_code, result.stderr.splitlines()

    def corpus(self, content: Any, *words: str) -> Corpus:
        code, lines = self.run(content, *words)
        assert code == 0, lines
        return read(self.output)

    def layer(self, content: Any, *words: str) -> Annotation:
        (layer,) = self.corpus(content, *words)
        return layer

    def problem(self, content: Any, *words: str) -> str:
        """The last line of a command that fails and writes nothing."""
        code, lines = self.run(content, *words)
        assert code == 2
        assert not self.output.exists()
        return lines[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def region(words: str, label: str = "Quote", **more: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    value = {"start": start, "end": start + len(words), "text": words, "labels": [label], **more}
    value = {key: item for key, item in value.items() if item is not None}
    common = {"from_name": "ner", "to_name": "body", "type": "labels"}
    return {"id": f"r{start}", **common, "value": value}


def answer(words: str, control: str, *items: str, kind: str = "choices") -> dict[str, Any]:
    made = region(words)
    value = {"start": made["value"]["start"], "end": made["value"]["end"]}
    key = "choices" if kind == "choices" else "text"
    return {**made, "from_name": control, "type": kind, "value": {**value, key: list(items)}}


def arrow(head: str, tail: str, *labels: str) -> dict[str, Any]:
    ends = {"from_id": region(head)["id"], "to_id": region(tail)["id"]}
    return {"type": "relation", **ends, "direction": "right", "labels": list(labels)}


def task(*results: Any, **more: Any) -> dict[str, Any]:
    data = {"body": TEXT, "source": "wire"}
    layer = {"id": 5, "completed_by": 3, "result": list(results)}
    return {"id": 7, "data": data, "annotations": [layer], **more}


def shifted(result: dict[str, Any], by: int = 1) -> dict[str, Any]:
    value = result["value"]
    moved = {"start": value["start"] + by, "end": value["end"] + by}
    return {**result, "value": {**value, **moved}}


def config(folder: Path, xml: str) -> str:
    file = folder / "config.xml"
    file.write_text(f"<View>{xml}</View>", encoding="utf-8")
    return str(file)


# What is labelled


def test_the_text_is_the_string_that_the_regions_fit_into(desk: Desk) -> None:
    corpus = desk.corpus([task(region("“No”"), region("Ana", "Speaker"))])
    assert corpus.documents == {"7": Document("7", TEXT, {"source": "wire"})}
    (layer,) = corpus
    assert layer.annotator == "user-3"
    assert [span.surface(TEXT) for span in layer.spans] == ["“No”", "Ana"]
    assert layer.scheme == SCHEME.id


def test_the_configuration_says_which_text_where_nothing_else_does(desk: Desk) -> None:
    silent = task(region("“No”", text=None))
    silent["data"] |= {"other": TEXT.replace("No", "So")}
    assert "nothing decides which of its data is the text: body, other [text]" in desk.problem(
        [silent]
    )
    shown = config(
        desk.folder,
        '<Labels name="ner" toName="body"><Label value="Quote"/><Label value="Cue"/></Labels>'
        '<Text name="body" value="$other"/><Relations><Relation value="said_by"/></Relations>'
        '<Choices name="form" toName="body" perRegion="true" whenLabelValue="Quote"/>',
    )
    layer = desk.layer([silent], "--config", shown, "--offsets", "code-points")
    assert layer.asked == Asked(None, ("Quote", "Cue"), ("Quote.form",), ("said_by",))
    assert layer.spans[0].attributes == {"form": None}
    assert layer.provenance["export"]["key"] == "other"


def test_tasks_that_nobody_labelled_need_a_text_or_a_configuration(desk: Desk) -> None:
    empty = {"id": 1, "data": {"body": "Yes."}, "annotations": []}
    assert "[text]; give the project's labelling configuration" in desk.problem([empty])
    shown = config(desk.folder, '<Text name="t" value="$body"/>')
    assert desk.corpus([empty], "--config", shown).documents["1"].text == "Yes."
    desk.output.unlink()
    other = {"id": 2, "data": {"headline": "Yes."}}
    assert "2: its data has no 'body' that Text could show [task]" in desk.problem(
        [empty, other], "--config", shown
    )


def test_regions_in_two_texts_are_imported_one_at_a_time(desk: Desk) -> None:
    head = {**region("Ana"), "to_name": "head"}
    both = task(region("“No”"), head)
    both["data"]["head"] = TEXT
    line = desk.problem([both])
    assert "regions in several texts: body, head [texts]; import one at a time: " in line
    assert line.endswith("quotemark import --map head=")
    layer = desk.layer([both], "--map", "head=")
    assert [span.surface(TEXT) for span in layer.spans] == ["“No”"]


# What offsets count


@pytest.mark.parametrize("by", [0, 1])
def test_words_decide_what_offsets_count(desk: Desk, by: int) -> None:
    silent = shifted(region("Ana", "Speaker", text=None), by)
    layer = desk.layer([task(shifted(region("“No”"), by), silent)])
    assert [span.surface(TEXT) for span in layer.spans] == ["“No”", "Ana"]
    assert layer.provenance["export"]["offsets"] == ("utf-16" if by else "code-points")


@pytest.mark.parametrize("by", [0, 1])
def test_other_annotations_of_the_file_decide_where_an_annotation_does_not(
    desk: Desk, by: int
) -> None:
    sure, silent = (shifted(region("“No”", text=words), by) for words in ("“No”", None))
    made = [{"id": n, "completed_by": n, "result": [r]} for n, r in enumerate((sure, silent), 1)]
    layers = desk.corpus([task(annotations=made)])
    assert {layer.spans[0].surface(TEXT) for layer in layers} == {"“No”"}


def test_where_nothing_decides_it_must_be_said(desk: Desk) -> None:
    silent = task(shifted(region("“No”", text=None)))
    line = desk.problem([silent])
    assert "7: 7:0-26 user-3 r2: no words decide what [3, 7) counts" in line
    assert "'No”,' in code points, '“No”' in UTF-16 units [offsets]" in line
    assert "say it: quotemark import --offsets code-points, or utf-16" in line
    assert desk.layer([silent], "--offsets", "utf-16").spans[0].surface(TEXT) == "“No”"
    assert desk.layer([silent], "--offsets", "code-points").spans[0].surface(TEXT) == "No”,"


def test_a_region_whose_words_fit_neither_reading_is_told_with_both(desk: Desk) -> None:
    lost = region("“No”", text="“Yes”")
    line = desk.problem([task(lost, region("Ana", "Speaker"))])
    assert "export.json: 7: 7:0-26 user-3 r2: the region says '“Yes”'" in line
    assert "[2, 6) is '“No”' in code points, ' “No' in UTF-16 units [surface]" in line
    assert "r2: the region says '“No”'" in desk.problem(
        [task(region("“No”"))], "--offsets", "utf-16"
    )


def test_a_region_outside_the_text_is_told(desk: Desk) -> None:
    line = desk.problem([task(region("“No”"), region("Ana", start=90, end=99, text=None))])
    assert "[90, 99) does not lie in a text of 26 [offset]" in line


def test_a_text_that_is_an_address_is_told(desk: Desk) -> None:
    behind = {**task(region("“No”")), "data": {"body": "https://news.example/1.txt"}}
    assert "[surface]; the text is behind its address, not in the export" in desk.problem([behind])
    silent = {**task(region("“No”", start=90, end=95, text=None)), "data": behind["data"]}
    assert "[offset]; the text is behind its address, not in the export" in desk.problem([silent])


def test_the_good_is_kept_where_that_is_asked_for(desk: Desk) -> None:
    bad = {"id": 6, "completed_by": 4, "result": [region("“No”", text="“Yes”")]}
    both = task(region("“No”"))
    both["annotations"].append(bad)
    code, lines = desk.run([both], "--keep-going")
    assert code == 1
    assert "user-4 r2: the region says" in lines[-1]
    assert [layer.annotator for layer in read(desk.output)] == ["user-3"]


# Whose names


def test_their_names_are_read_as_ours(desk: Desk) -> None:
    theirs = [
        region("“No”", "Claim"), region("Ana", "Source"), arrow("“No”", "Ana", "by"),
        answer("“No”", "style", "Straight"),
        answer("Ana", "who", "Ana Brandt", kind="textarea"),
    ]  # fmt: skip
    pairs = "Claim=Quote Source=Speaker by=said_by style=form Straight=direct who=entity"
    maps = [word for pair in pairs.split() for word in ("--map", pair)]
    layer = desk.layer([task(*theirs)], *maps)
    quote, speaker = layer.spans
    assert (quote.label, quote.attributes) == ("Quote", {"form": "direct"})
    assert (speaker.label, speaker.attributes) == ("Speaker", {"entity": "Ana Brandt"})
    assert layer.relations == (Relation("said_by", quote.id, speaker.id),)
    assert layer.entities == (Entity("ana-brandt", "Ana Brandt"),)
    attributes = ("Quote.form", "Speaker.entity")
    assert layer.asked == Asked(None, ("Quote", "Speaker"), attributes, ("said_by",))


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ([region("“No”", "Claim")], "label 'Claim': the scheme quotemark@1.0 has Quote, Speaker"),
        ([region("“No”"), region("Ana", "Speaker"), arrow("“No”", "Ana", "by")],
         "r2 → r13: relation 'by': the scheme quotemark@1.0 has said_by"),
        ([region("“No”"), answer("“No”", "mood", "calm")], "r2: control 'mood': the scheme"),
        ([region("“No”"), answer("“No”", "form", "loud")], "Quote.form is 'loud' [attribute]"),
        ([region("“No”"), region("“Never", "A b")], "with quotemark import --map 'A b='"),
    ],
)  # fmt: skip
def test_a_name_that_the_scheme_lacks_is_told_once(
    desk: Desk, results: list[Any], said: str
) -> None:
    line = desk.problem([task(*results)])
    assert said in line
    assert desk.run([task(*results)])[1] == [line]


def test_what_maps_to_nothing_is_left_out(desk: Desk) -> None:
    theirs = [
        region("“No”"), region("Ana", "Claim"), answer("Ana", "mood", "calm"),
        arrow("“No”", "Ana", "by"), answer("“No”", "mood", "calm"),
    ]  # fmt: skip
    layer = desk.layer([task(*theirs)], "--map", "Claim=", "--map", "mood=", "--map", "by=")
    assert [(span.label, span.attributes) for span in layer.spans] == [("Quote", {})]
    assert layer.relations == ()
    assert layer.asked == Asked(None, ("Quote",), (), ())


def test_a_map_of_nothing_there_is_told(desk: Desk) -> None:
    code, lines = desk.run([task(region("“No”"))], "--map", "Clam=Quote")
    assert (code, lines[0]) == (0, "quotemark: --map: nothing is called 'Clam'")
    assert desk.run([task()], "--map", "Claim")[0] == 2
    assert desk.run([task()], "--map", "a=b", "--map", "a=c")[0] == 2


def test_answers_of_a_region_need_no_place_of_their_own(desk: Desk) -> None:
    form, typed = (answer("“No”", "form", "direct"), answer("“No”", "comment", "", kind="textarea"))
    form["value"] = {"choices": ["direct"]}
    typed["value"]["text"] = "Not the words."
    (quote,) = desk.layer([task(form, typed, region("“No”"))]).spans
    assert (quote.attributes, quote.meta) == ({"form": "direct"}, {"comment": "Not the words."})


def test_what_was_said_of_the_whole_task_is_kept(desk: Desk) -> None:
    said = {"id": "x", "from_name": "topic", "to_name": "body", "type": "choices",
            "value": {"choices": ["ferry"]}}  # fmt: skip
    layer = desk.layer([task(region("“No”"), said, {**said, "value": {"choices": ["toll"]}})])
    assert layer.provenance["export"]["answers"] == {"topic": ["ferry", "toll"]}


def test_documents_are_named_by_a_key_of_the_data(desk: Desk) -> None:
    named = {**task(region("“No”")), "data": {"body": TEXT, "url": "n/1"}}
    assert set(desk.corpus([named], "--id-key", "url").documents) == {"n/1"}
    desk.output.unlink()
    line = desk.problem([task(region("“No”"))], "--id-key", "url")
    assert "export.json: task 7: no 'url' in its data [id]; name another key: --id-key" in line


def test_a_folder_of_exports_is_read_and_every_bad_file_told(desk: Desk) -> None:
    folder = desk.folder / "many"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.json").write_text(
            json.dumps({**task(region("“No”")), "id": number}), encoding="utf-8"
        )
    result = RUNNER.invoke(app, ["import", str(folder), "-o", str(desk.output)])
    assert result.exit_code == 0, result.stderr
    assert set(read(desk.output).documents) == {"1", "2"}
    desk.output.unlink()
    for number in (1, 2):
        (folder / f"{number}.json").write_text("[", encoding="utf-8")
    result = RUNNER.invoke(app, ["import", str(folder), "-o", str(desk.output)])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 2)


def test_two_files_that_call_two_texts_the_same_are_told(desk: Desk) -> None:
    other = desk.folder / "other.json"
    content = {"id": 7, "data": {"text": "Yes.", "url": "n/2"}, "annotations": []}
    other.write_text(json.dumps([content]), encoding="utf-8")
    named = {**task(region("“No”")), "data": {"body": TEXT, "url": "n/1"}}
    line = desk.problem([named], str(other))
    assert "other.json: 7: another file has a different text" in line
    assert line.endswith("[two-texts]; name documents by a key of the data that differs: --id-key")
    corpus = desk.corpus([named], str(other), "--id-key", "url")
    assert set(corpus.documents) == {"n/1", "n/2"}


# Older forms


def test_an_annotation_of_a_cloud_storage_has_its_task_in_it(desk: Desk) -> None:
    made = {"id": 5, "result": [region("“No”")], "completed_by": {"id": 3, "email": "ann@x.org"}}
    layer = desk.layer({**made, "task": {"id": 7, "data": {"body": TEXT}}})
    assert (layer.doc_id, layer.annotator) == ("7", "ann@x.org")
    assert layer.provenance["label_studio"]["annotation"] == 5


def test_an_export_of_the_first_versions(desk: Desk) -> None:
    made = {"id": 1, "lead_time": 2.5, "created_at": 1_600_000_000, "result": [region("“No”")]}
    skipped = {"id": 2, "skipped": True, "result": []}
    old = {"id": 0, "data": {"body": TEXT}, "completions": [made, skipped], "predictions": []}
    code, lines = desk.run(old)
    assert code == 0
    assert "annotations that do not say whose they are: 2 [annotator]" in lines[0]
    layers = list(read(desk.output))
    assert [(layer.annotator, layer.status) for layer in layers] == [
        ("unknown-1", "submitted"),
        ("unknown-2", "cancelled"),
    ]
    assert layers[0].provenance["label_studio"] == {
        "annotation": 1,
        "created_at": "2020-09-13T12:26:40Z",
        "lead_time": 2.5,
    }


def test_predictions_known_by_number_are_told(desk: Desk) -> None:
    guess = {"id": 8, "model_version": "m", "result": [region("Ana", "Speaker")]}
    made = {"id": 1, "completed_by": 3, "result": [region("“No”")], "prediction": guess}
    code, lines = desk.run([task(annotations=[made], predictions=[8, 9])])
    assert code == 0
    assert "predictions that are there by their numbers only: 1 [predictions]" in lines[0]
    statuses = {layer.annotator: layer.status for layer in read(desk.output)}
    assert statuses == {"user-3": "submitted", "m": "predicted"}


def test_of_two_by_one_person_the_last_counts_and_this_is_told(desk: Desk) -> None:
    made = [
        {"id": n, "completed_by": 3, "updated_at": f"2030-01-0{n}", "result": [region(words)]}
        for n, words in ((2, "Ana"), (1, "“No”"))
    ]
    code, lines = desk.run([task(annotations=made)])
    assert code == 0
    assert "that a later one by the same replaces: 1 [replaced]" in lines[0]
    (layer,) = read(desk.output)
    assert layer.spans[0].surface(TEXT) == "Ana"


def test_json_min_tells_answers_from_data_by_the_configuration(desk: Desk) -> None:
    value = region("“No”")["value"]
    record = {"id": 7, "body": TEXT, "mood": "calm", "ner": [value], "annotator": "ann@x.org"}
    other = {**record, "annotator": 4, "ner": [region("Ana", "Speaker")["value"]]}
    corpus = desk.corpus([record, other])
    assert corpus.documents["7"].meta == {"mood": "calm"}
    assert {layer.annotator for layer in corpus} == {"ann@x.org", "user-4"}
    xml = '<Text name="body" value="$body"/><Choices name="mood" toName="body"/>'
    told = desk.corpus([record, other], "--config", config(desk.folder, xml))
    assert told.documents["7"].meta == {}
    assert all(layer.provenance["export"]["answers"] == {"mood": "calm"} for layer in told)


def test_our_own_tasks_in_json_min_are_windows_of_their_documents(desk: Desk) -> None:
    doc = Document("d", "One.\n\nTwo said so.")
    records = []
    for made in split(doc, window=1, scheme=SCHEME.id):
        data = to_json(made, SCHEME)["data"]
        records.append({**data, "id": made.start, "annotator": 3, "annotation_id": made.start})
    value = {"start": 4, "end": 8, "text": "said", "labels": ["Cue"]}
    records[1] |= {"label": [value], "comment": "Hm"}
    corpus = desk.corpus(records)
    assert corpus.documents["d"] == doc
    (layer,) = corpus
    assert layer.spans == (Span("label-1", "Cue", ((10, 14),)),)
    assert layer.asked == Asked(None, None, (), ())


@pytest.mark.parametrize(
    "xml", ["<View>", "<View/>", '<!DOCTYPE a [<!ENTITY b "c">]><View>&b;</View>']
)
def test_a_configuration_that_is_none_is_told(desk: Desk, xml: str) -> None:
    file = desk.folder / "config.xml"
    file.write_text(xml, encoding="utf-8")
    assert "config.xml: " in desk.problem([task()], "--config", str(file))
