"""Published figures are computed anew, of tiny files in the forms of the two corpora."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from quotemark.errors import QuotemarkError
from quotemark.model import Corpus
from replicating import polnear, redewiedergabe
from replicating.agreement import replicate

TEXT = "Ana said it “rains”. Bo denied\nthat."


def ann(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


FIRST = ann(
    "T1\tSource 0 3\tAna",
    "T2\tCue 4 8\tsaid",
    "T3\tContent 9 11;12 19\tit “rains”",
    "T4\tAttribution 4 8\tsaid",
    "#1\tAnnotatorNotes T3\tis it two?",
    "E1\tAttribution:T4 Content:T3 Cue:T2 Source:T1",
    "T5\tSource 21 23\tBo",
    "T6\tCue 24 30\tdenied",
    "T7\tContent 31 35\tthat",
    "E2\tAttribution:T9 Content2:T7 Cue:T6 Source:T5",
    "T8\tCue 24 35\tdenied",
    "that",  # a surface with a line end in it
)
SECOND = ann(
    "T1\tSource 0 3\tAna",
    "T2\tCue 4 8\tsaid",
    "T3\tContent 12 19\t“rains”",
    "T4\tDiscuss 0 35\t…",
    "E1\tAttribution:T4 Content:T3 Cue:T2 Source:T1",
)


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")
    return folder


def articles(folder: Path, **files: str) -> Path:
    """A checkout with one article by two people, one by one, and one of the test part."""
    parts = {
        "data/train/text/one_a.txt": TEXT,
        "data/train/attributions/one_a_4b22.ann": FIRST,
        "data/train/attributions/one_a_4e07.ann": SECOND,
        "data/train/attributions/alone_4b22.ann": FIRST,
        "data/test/text/last.txt": TEXT,
        "data/test/attributions/last_4b22.ann": FIRST,
        "data/test/attributions/last_4e07.ann": SECOND,
    }
    return put(folder, parts | {name.replace("__", "/"): text for name, text in files.items()})


def test_what_events_link_is_read_of_articles_with_several_annotators(tmp_path: Path) -> None:
    corpus = polnear.read(articles(tmp_path))
    assert list(corpus.documents) == ["one_a"]
    first, second = corpus
    assert (first.annotator, second.annotator) == ("4b22", "4e07")
    assert [(s.label, s.surface(TEXT, " ")) for s in first.spans] == [
        ("Source", "Ana"),
        ("Attribution", "Ana said it “rains”"),
        ("Cue", "said"),
        ("Content", "it “rains”"),
        ("Source", "Bo"),
        ("Attribution", "Bo denied that"),
        ("Cue", "denied"),
        ("Content", "that"),
    ]
    assert len(second.labelled("Attribution")) == 1
    assert not second.labelled("Discuss")


def test_figures_of_polnear_by_hand(tmp_path: Path) -> None:
    """Seven words, two quotation marks and two stops are 11 tokens."""
    figures = {figure.of: figure for figure in polnear.figures(articles(tmp_path), 10)[1]}
    met = figures["attributions, any overlap"]
    assert met.published == 0.923
    assert met.ours.value == pytest.approx(2 / 3)  # of three, all but Bo's are met
    assert met.ours.items == 3
    half = figures["attributions, half"].ours
    assert half.value == pytest.approx(2 / 3)
    assert half.items == 2
    source = figures["tokens of Source"].ours  # of 22 values 3 are in sources; one token differs
    assert source.value == pytest.approx(1 - 2 * 21 / (22**2 - 19**2 - 3**2))
    roles = figures["tokens by role"].ours  # 4 tokens differ; 8 values are outside, 8 contents
    assert roles.value == pytest.approx(1 - 8 * 21 / (22**2 - 8**2 - 3**2 - 3**2 - 8**2))


HEAD = "tok\tnormtok\tstwr\tframe"


def sample(*tokens: tuple[str, str]) -> str:
    return "\n".join([HEAD, *(f"{word}\t-\t{said}\t-" for word, said in tokens), ""])


ONE = sample(
    ("Ja", "direct.speech.1"),
    (",", "direct.speech.1"),
    ("rief", "-"),
    ("sie", "-"),
    ("ja", "direct.speech.1|indirect freeIndirect.speech.2.nonfact"),
)
TWO = sample(("Ja", "direct.speech.7"), (",", "-"), ("rief", "-"), ("sie", "-"), ("ja", "-"))


def samples(folder: Path) -> Path:
    where = "data/additional/primary"
    files = {
        f"{where}/earth/tsv/rwk1_digbib_1-1.tsv": ONE,
        f"{where}/venus/tsv/rwk1_digbib_1-1.tsv": f"\ufeff{TWO}",
        f"{where}/mars/tsv/rwk1_digbib_1-1.tsv": sample(("Nein", "-")),  # other words
        f"{where}/saturn/tsv/rwk1_digbib_1-1.tsv": HEAD,  # none
        f"{where}/consensus/tsv/rwk_digbib_1-1.tsv": TWO,
        f"{where}/earth/tsv/README.txt": "no sample",
    }
    return put(folder, files)


def test_instances_are_read_with_their_types(tmp_path: Path) -> None:
    corpus: Corpus = redewiedergabe.read(samples(tmp_path))
    assert corpus.documents["digbib_1-1"].text == "Ja , rief sie ja"
    assert [layer.annotator for layer in corpus] == ["earth", "venus"]
    first, second = corpus
    assert [(s.fragments, s.attributes["type"]) for s in first.spans] == [
        (((0, 4), (14, 16)), ("direct",)),
        (((14, 16),), ("freeIndirect", "indirect")),
    ]
    assert [span.fragments for span in second.spans] == [((0, 2),)]


def test_figures_of_redewiedergabe_by_hand(tmp_path: Path) -> None:
    figures = {f.of: f for f in redewiedergabe.figures(samples(tmp_path), 10)[1]}
    direct = figures["only direct"]
    # 2 of 5 tokens differ; 4 of 10 values are inside
    assert direct.published == 0.92
    assert direct.ours.value == pytest.approx(1 - 4 * 9 / (10**2 - 4**2 - 6**2))
    assert figures["all types"].ours.value == pytest.approx(direct.ours.value)  # by the outer one
    assert figures["only indirect"].ours.value == pytest.approx(0.0)  # one has it, the other not
    assert figures["only reported"].ours.value is None


def test_the_command_prints_both_and_names_what_it_cannot_read(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(replicate)
    run = CliRunner().invoke
    first, second = articles(tmp_path / "p"), samples(tmp_path / "r")
    done = run(app, [str(first), str(second), "--resamples", "5"])
    assert done.exit_code == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "attributions, any overlap 0.923 agr Attribution 0.667 – – 3 1" in lines
    assert "only reported 0.490 α token STWR[type=reported] – – – 10 1" in lines
    nothing = run(app, [str(tmp_path)])
    assert nothing.exit_code == 2
    assert "data/train/attributions nor" in " ".join(nothing.output.split())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("data/train/attributions/one_a_4e07.ann", "T1\tCue 4-8\tsaid\n", "T1: has the place"),
        ("data/train/text/one_a.txt", None, "No such file"),
    ],
)
def test_files_that_are_cut_are_named(
    tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    folder = articles(tmp_path)
    if content is None:
        (folder / name).unlink()
    else:
        put(folder, {name: content})
    with pytest.raises(QuotemarkError, match=said) as caught:
        polnear.read(folder)
    assert name in str(caught.value)


def test_a_table_without_its_columns_is_named(tmp_path: Path) -> None:
    name = f"{redewiedergabe.MARK}/mars/tsv/rwk1_x.tsv"
    with pytest.raises(QuotemarkError, match="no columns tok and stwr"):
        redewiedergabe.read(put(tmp_path, {name: "words\n"}))
