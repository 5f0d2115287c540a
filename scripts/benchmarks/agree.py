"""Speed of agreement: everything but γ, γ, and pygamma-agreement's γ beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Annotated

import typer

from quotemark.agreement import Agreement, agree
from quotemark.model import Annotation, Corpus, Document, Span

VALUES = {
    "Quote": ("form", ("direct", "indirect", "mixed")),
    "Speaker": ("kind", ("named", "nominal", "pronoun")),
    "Stance": ("polarity", ("support", "oppose", "neutral")),
}

PEER = """
import sys
from time import perf_counter
from pyannote.core import Segment
from pygamma_agreement import Continuum, PositionalSporadicDissimilarity, ShuffleContinuumSampler
import numpy as np
continuum = Continuum()
for line in sys.stdin:
    who, start, end = line.split()
    continuum.add(who, Segment(float(start), float(end)), "x")
dissimilarity = PositionalSporadicDissimilarity()
for fast in (False, True):
    np.random.seed(1)
    begin = perf_counter()
    found = continuum.compute_gamma(
        dissimilarity, sampler=ShuffleContinuumSampler(), precision_level=0.02, fast=fast
    )
    seconds = perf_counter() - begin
    print("RESULT", fast, seconds, found.gamma, found.observed_disorder, flush=True)
"""
"""What the other's own interpreter runs: units on standard input."""


def bench(
    documents: Annotated[int, typer.Option(help="Documents of 20 spans an annotator.")] = 200,
    annotators: Annotated[int, typer.Option(min=2, help="Annotators.")] = 5,
    spans: Annotated[
        list[int] | None, typer.Option(help="Spans of the one article; repeat. Else 20 and 40.")
    ] = None,
    peer: Annotated[
        Path | None, typer.Option(help="The Python of an environment with pygamma-agreement.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Seconds that the other may take.")] = 300,
) -> None:
    """Agree on a made-up corpus: all measures but γ, then γ; and γ of one long article."""
    found = corpus(documents, annotators)
    typer.echo(f"{annotators} annotators × {documents} documents × 20 spans")
    typer.echo(f"  all measures but γ   {_taken(lambda: agree(found))[1]}")
    typer.echo(f"  γ                    {_taken(lambda: agree(found, measures=['gamma']))[1]}")
    for number in spans or (20, 40):
        _article(number, annotators, peer, limit)


def _article(spans: int, annotators: int, peer: Path | None, limit: int) -> None:
    one = corpus(1, annotators, spans=spans, labels=("Cue",))
    rows, taken = _taken(lambda: agree(one, measures=["gamma"]))
    value = next(r.value for r in rows if r.label == "Cue" and len(r.annotators) == annotators)
    typer.echo(f"one article, {annotators} annotators × {spans} spans of one label")
    typer.echo(f"  quotemark            {taken}   γ {value:.3f}")
    if peer is None:
        return
    lines = (f"{x.annotator} {s.start} {s.end}\n" for x in one for s in x.spans)
    command = [str(peer), "-c", PEER]
    try:
        done = subprocess.run(
            command, input="".join(lines), capture_output=True, text=True, timeout=limit
        )
        if done.returncode:
            raise typer.BadParameter(done.stderr, param_hint="--peer")
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode()
    results = [line.split()[1:] for line in said.splitlines() if line.startswith("RESULT")]
    for fast, wall, gamma, _ in results:
        name = "pygamma, fast" if fast == "True" else "pygamma"
        typer.echo(f"  {name:20} {float(wall):8.2f} s   γ {float(gamma):.3f}")
    if len(results) < 2:
        typer.echo(f"  pygamma: not everything ended within {limit} s")


def _taken(run: Callable[[], list[Agreement]]) -> tuple[list[Agreement], str]:
    """What something gives, and how long it took, of which this process worked how long."""
    wall, work = perf_counter(), process_time()
    rows = run()
    wall, work = perf_counter() - wall, process_time() - work
    return rows, f"{wall:8.2f} s (processor {work:.2f} s)"


def corpus(
    documents: int,
    annotators: int,
    *,
    spans: int = 20,
    labels: tuple[str, ...] = ("Quote", "Speaker", "Cue", "Stance"),
    seed: int = 1,
) -> Corpus:
    """Texts with spans that annotators find, move, miss or value otherwise."""
    random = Random(seed)
    texts, layers = {}, []
    for number in range(documents):
        doc, at = f"doc-{number:05}", 0
        places = []
        for _ in range(spans):
            at += random.randrange(10, 60)
            end = at + random.randrange(5, 90)
            places.append((random.choice(labels), at, end))
            at = end
        texts[doc] = Document(doc, ("word " * (at // 5 + 20)))
        for who in range(annotators):
            marked = []
            for n, (label, start, end) in enumerate(places):
                if random.random() < 0.1:
                    continue
                if random.random() < 0.2:
                    end = max(start + 1, end + random.randrange(-20, 9))
                name, values = VALUES.get(label, ("", ()))
                value = {name: random.choice(values)} if name and random.random() < 0.9 else {}
                marked.append(Span(f"s{n}", label, ((start, end),), value))
            layers.append(Annotation(doc, "", f"annotator-{who}", tuple(marked)))
    return Corpus(texts, tuple(layers))
