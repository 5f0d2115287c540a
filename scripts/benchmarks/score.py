"""Speed of scoring: ours from files, others' from memory, as ratios within one run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any

import msgspec
import typer

from benchmarks import corpora, peers

METRICS = ("exact", "overlap", "char", "semeval13")

CHILD = '''
import json, resource, sys
from pathlib import Path
from time import perf_counter

def peak():
    """The most memory that this process held; getrusage would count its parent's too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    [most] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(most.split()[1]) * 1024

start = perf_counter()
from quotemark.columnar import score_files
imported = perf_counter()
report = score_files(*sys.argv[1:3], metrics=sys.argv[3].split())
first = perf_counter()
again = []
for _ in range(int(sys.argv[4])):
    del report  # or two would be in memory
    begin = perf_counter()
    report = score_files(*sys.argv[1:3], metrics=sys.argv[3].split())
    again.append(perf_counter() - begin)
base = {id(row.documents.counts.base): row.documents.counts.base for row in report.rows}
print(json.dumps({
    "import": imported - start, "first": first - imported, "again": min(again, default=None),
    "peak": peak(),
    "counts": sum(array.nbytes for array in base.values()),
    "ids": sum(map(sys.getsizeof, report.documents)) + sys.getsizeof(report.documents),
}))
'''
"""What a process of its own runs: it is new, as a user's is, and its memory is its own."""


def bench(
    documents: Annotated[int, typer.Option(help="Documents of 20 spans a side.")] = 10_000,
    large: Annotated[
        bool,
        typer.Option("--large", help="Also a hundred times as many: minutes, and 3 GB of disk."),
    ] = False,
    compiling: Annotated[bool, typer.Option(help="Also compile anew: half a minute.")] = True,
    others: Annotated[
        bool, typer.Option(help="Also seqeval and spaCy, which take minutes.")
    ] = True,
) -> None:
    """Score made-up corpora: reading two files and exact, overlap, char and SemEval-2013.

    nervaluate, seqeval and spaCy score the same spans already in memory.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        gold, pred = corpora.write(folder, documents)
        layers = list(corpora.documents(documents))
        golds, preds = [g for _, g, _ in layers], [p for _, _, p in layers]
        size = sum(path.stat().st_size for path in (gold, pred)) / 1e6
        typer.echo(f"{documents} documents × 20 spans a side, two files of {size:.1f} MB in all")
        _start_up(gold, pred, folder / "cache" if compiling else None)
        ours = _child(gold, pred, 7)["again"]
        decoding = _best(lambda: _decoded(gold, pred), 5)
        nervaluate = peers.nervaluate(golds, preds)
        _say("quotemark, from both JSONL files", ours, nervaluate)
        parquet = _parquet(gold, pred)
        _say("quotemark, from both Parquet files", parquet, nervaluate)
        _say("msgspec, merely decoding both JSONL files", decoding, nervaluate)
        _say("nervaluate, scoring in memory", nervaluate, nervaluate)
        if others:
            _say("spaCy score_spans, scoring in memory", peers.spacy(golds, preds), nervaluate)
            _say("seqeval strict, scoring in memory", peers.seqeval(golds, preds), nervaluate)
        typer.echo(f"  reading and scoring takes {ours / decoding:.2f} times mere decoding")
        valued = corpora.write(_new(folder, "valued"), documents, attributes=True)
        typer.echo("the same with a value of an attribute on most quotes and stances, counted too")
        _say("quotemark, from both JSONL files", _child(*valued, 7)["again"], nervaluate)
        _say("quotemark, from both Parquet files", _parquet(*valued), nervaluate)
        _resampling(gold, pred)
        _token(folder)
        _one_document(folder)
        _growth(folder, [documents, 10 * documents, *([100 * documents] if large else [])])


def _say(name: str, seconds: float, reference: float) -> None:
    times = reference / seconds
    typer.echo(f"  {name:45} {seconds:9.4f} s   nervaluate takes {times:8.1f} times as long")


def _best(run: Callable[[], object], times: int) -> float:
    found = []
    for _ in range(times):
        start = perf_counter()
        run()
        found.append(perf_counter() - start)
    return min(found)


def _child(gold: Path, pred: Path, times: int, cache: Path | None = None) -> dict[str, Any]:
    command = [sys.executable, "-c", CHILD, str(gold), str(pred), " ".join(METRICS), str(times)]
    environment = {**os.environ, **({"NUMBA_CACHE_DIR": str(cache)} if cache else {})}
    done = subprocess.run(command, check=True, capture_output=True, env=environment)
    found: dict[str, Any] = msgspec.json.decode(done.stdout)
    return found


def _start_up(gold: Path, pred: Path, cache: Path | None) -> None:
    if cache:
        cold = _child(gold, pred, 1, cache)
        typer.echo(f"  compiling, once an installation: {cold['first'] - cold['again']:.1f} s")
    warm = _child(gold, pred, 1)
    loading = warm["import"] + warm["first"] - warm["again"]
    typer.echo(f"  importing and loading what is compiled, once a process: {loading:.2f} s")


class Span(msgspec.Struct, gc=False):
    id: str
    label: str
    fragments: list[tuple[int, int]]
    attributes: dict[str, str] = {}


class Record(msgspec.Struct, gc=False):
    id: str
    annotator: str
    spans: list[Span]
    status: str


def _decoded(*paths: Path) -> None:
    decoder = msgspec.json.Decoder(Record)
    for path in paths:
        for line in path.read_bytes().split(b"\n"):
            if line:
                decoder.decode(line)


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _parquet(*paths: Path) -> float:
    from quotemark.formats import read, write

    made = []
    for path in paths:
        made.append(path.with_suffix(".parquet"))
        write(read(path), made[-1])
    return float(_child(made[0], made[1], 7)["again"])


def _resampling(gold: Path, pred: Path) -> None:
    from quotemark.columnar import score_files
    from quotemark.formats import read
    from quotemark.intervals import with_intervals

    report = score_files(gold, pred, metrics=METRICS)
    resampling = _best(lambda: with_intervals(report), 3)
    ordinary = _best(lambda: [read(path) for path in (gold, pred)], 1)
    reading = _best(lambda: score_files(gold, pred, metrics=["exact"]), 3)
    typer.echo(
        f"1,000 bootstrap samples of all {len(report.rows)} rows: {resampling:.3f} s; reading the "
        f"files and counting exact: {reading:.3f} s; reading them as objects: {ordinary:.1f} s"
    )


def _token(folder: Path) -> None:
    """Tokens need the texts: timed apart, on a tenth of the documents."""
    from quotemark.formats import read
    from quotemark.metrics.scoring import score
    from quotemark.model import Corpus, Document

    gold, pred = corpora.write(folder, 1000)
    layers = list(corpora.documents(1000))
    texts = {doc: Document(doc, "word " * 500) for doc, _, _ in layers}
    truth, found = read(gold), read(pred)
    corpus = Corpus(texts, truth.annotations)
    seconds = _best(lambda: score(corpus, found, metrics=["token"]), 1)
    typer.echo(f"token, 1,000 documents in memory, texts of 2,500 code points: {seconds:.2f} s")


def _one_document(folder: Path) -> None:
    spans = 4000
    gold, pred = corpora.write(folder, 1, spans=spans)
    [(_, golds, preds)] = corpora.documents(1, spans=spans)
    typer.echo(f"{spans} spans in one document")
    nervaluate = peers.nervaluate([golds], [preds])
    _say("quotemark, from both JSONL files", _child(gold, pred, 9)["again"], nervaluate)


def _growth(folder: Path, sizes: list[int]) -> None:
    typer.echo("growth")
    before: dict[str, Any] = {}
    for number in sizes:
        gold, pred = corpora.write(folder, number)
        now = _child(gold, pred, 3)
        each = now["again"] / number * 1e6
        kept = (now["counts"] + now["ids"]) / number
        line = f"  {number:9} documents: {each:6.2f} µs a document, {kept:.0f} bytes kept of each"
        line += f" ({now['counts'] / number:.0f} counts, {now['ids'] / number:.0f} id)"
        if before:
            more = (now["peak"] - before["peak"]) / (number - before["number"])
            line += f", memory grew by {more:.0f} bytes for each more"
        typer.echo(line)
        before = {**now, "number": number}
