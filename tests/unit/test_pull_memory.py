"""What a pull remembers: believed only where it is whole, and of this project."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from quotemark.labelstudio.remote.memory import NOTHING, Known, keep, recall

URL, SINCE = "http://ls.example.org", "2026-01-01"
TASKS = {7: {"id": 7, "data": {"text": "a"}}, 9: {"id": 9, "data": {"text": "😀"}}}
KNOWN = Known(TASKS, datetime(2026, 3, 1, 12, tzinfo=UTC))

BEGINNING = (
    b'{"version": 2, "project": "http://ls.example.org 3 2026-01-01", '
    b'"at": "2026-03-01T12:00:00Z", "tasks": '
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keep(tmp_path / "pulls", URL, 3, SINCE, KNOWN, predictions=False)
    return tmp_path / "pulls"


def test_it_gives_back_what_it_was_given(folder: Path) -> None:
    assert recall(folder, URL, 3, SINCE, predictions=False) == KNOWN


@pytest.mark.parametrize(
    ("url", "project", "since", "predictions"),
    [
        ("http://other.example.org", 3, SINCE, False),
        (URL, 4, SINCE, False),
        (URL, 3, "2026-02-02", False),
        (URL, 3, SINCE, True),
    ],
)
def test_another_project_has_another_memory(
    folder: Path, url: str, project: int, since: str, predictions: bool
) -> None:
    assert recall(folder, url, project, since, predictions=predictions) == NOTHING


def test_only_its_owner_reads_it(folder: Path) -> None:
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"\xff\x00",
        b"null",
        b"[]",
        b'{"version": 2}',
        BEGINNING,
        BEGINNING + b"[{}]}",
        BEGINNING + b'[{"id": "x"}]}',
        BEGINNING + b'[{"id": []}]}',
        BEGINNING + b"[7]}",
        BEGINNING.replace(b"12:00", b"noon") + b"[]}",
    ],
)
def test_what_cannot_be_read_is_fetched_anew(folder: Path, wrong: bytes) -> None:
    [file] = folder.iterdir()
    file.write_bytes(wrong)
    assert recall(folder, URL, 3, SINCE, predictions=False) == NOTHING


def test_half_a_file_is_fetched_anew(folder: Path) -> None:
    [file] = folder.iterdir()
    whole = file.read_bytes()
    for end in range(len(whole)):
        file.write_bytes(whole[:end])
        assert recall(folder, URL, 3, SINCE, predictions=False) == NOTHING


def test_a_file_of_another_version_is_fetched_anew(folder: Path) -> None:
    [file] = folder.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "version": 0}), encoding="utf-8")
    assert recall(folder, URL, 3, SINCE, predictions=False) == NOTHING


def test_without_a_folder_nothing_is_remembered() -> None:
    keep(None, URL, 3, SINCE, KNOWN, predictions=False)
    assert recall(None, URL, 3, SINCE, predictions=False) == NOTHING
