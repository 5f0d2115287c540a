"""The benchmark runs, on corpora too small to say anything of speed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_benchmark_of_scoring_runs(tmp_path: Path) -> None:
    said = run(tmp_path, "score", "--documents", "30", "--no-others", "--no-compiling")
    for line in ("from both JSONL files", "from both Parquet files", "bytes kept of each"):
        assert line in said


def test_the_benchmark_of_agreement_runs(tmp_path: Path) -> None:
    said = run(tmp_path, "agree", "--documents", "2", "--annotators", "3", "--spans", "10")
    for line in (
        "3 annotators × 2 documents × 20 spans",
        "all measures but γ",
        "one article, 3 annotators × 10 spans of one label",
    ):
        assert line in said
    values = [float(line.split()[-1]) for line in said.splitlines() if "quotemark" in line]
    assert len(values) == 1
    assert all(0.2 < value < 1 for value in values)  # most spans are found, some are moved
