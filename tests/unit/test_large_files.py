"""Commands score large files from columns, and say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotemark import columnar, read, score
from quotemark.metrics.names import select
from quotemark.scheme import default_scheme
from support.commands import quotemark

METRICS = select(["exact", "char"])


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Gold and two systems, large for what they say of their making."""
    paths = [tmp_path / f"{name}.jsonl" for name in ("gold", "short", "long")]
    for path, end in zip(paths, (9, 8, 12), strict=True):
        lines = []
        for number in range(60):
            spans = [{"id": "q", "label": "Quote", "start": 0, "end": end if number % 3 else 9}]
            record = {"id": f"d{number}", "spans": spans, "provenance": {"log": "said. " * 4000}}
            lines.append(json.dumps(record) + "\n")
        path.write_text("".join(lines))
    return paths


def large(files: list[Path]) -> list[str]:
    found = columnar.score_large(
        files[0], files[1:], scheme=default_scheme(), metrics=METRICS, annotator=None
    )
    return [report.system for report in found]


def test_the_command_says_what_the_ordinary_scorer_says(files: list[Path], tmp_path: Path) -> None:
    assert large(files) == ["short", "long"]
    done = quotemark("score", *files, "-m", "exact", "-m", "char", "-f", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["scores"]
    for path in files[1:]:
        report = score(read(files[0]), read(path), metrics=METRICS)
        mine = [each for each in scores if each["system"] == path.stem]
        assert [(e["precision"], e["recall"], e["support"], e["signature"]) for e in mine] == [
            (r.precision, r.recall, r.counts.support if r.counts else None, r.signature)
            for r in report.rows
        ]


def test_small_files_and_texts_that_differ_go_the_ordinary_way(files: list[Path]) -> None:
    assert large([files[0], files[0]]) == []  # 3 MB
    for path, sha in zip(files[1:], "ab", strict=True):
        path.write_text(
            path.read_text().replace('"spans"', f'"text_sha256": "{sha * 64}", "spans"')
        )
    assert large(files) == []
    done = quotemark("score", *files, "-m", "exact", folder=files[0].parent)
    assert done.returncode == 2
    assert "another text" in done.stderr
