"""The benchmark runs, on corpora too small to say anything of speed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_the_benchmark_of_scoring_runs(tmp_path: Path) -> None:
    words = ["-m", "benchmarks", "score", "--documents", "30", "--no-others", "--no-compiling"]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in ("from both JSONL files", "from both Parquet files", "bytes kept of each"):
        assert line in done.stdout
