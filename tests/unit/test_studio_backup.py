"""Before another version of Label Studio changes a database, there is a copy of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.studio.backup import (
    DATABASE,
    back_up,
    installed_version,
    note_version,
)


def write(file: Path, work: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS work (what TEXT)")
        database.execute("INSERT INTO work VALUES (?)", (work,))
        database.commit()


def read(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return [what for (what,) in database.execute("SELECT what FROM work ORDER BY what")]


def test_a_folder_without_a_database_has_nothing_to_copy(tmp_path: Path) -> None:
    assert back_up(tmp_path, "1.23.2") is None
    assert list(tmp_path.iterdir()) == []


def test_another_version_starts_with_a_copy(tmp_path: Path) -> None:
    write(tmp_path / DATABASE, "first")
    note_version(tmp_path, "1.23.2")
    assert back_up(tmp_path, "1.23.2") is None
    copy = back_up(tmp_path, "1.24.0")
    assert copy is not None
    assert copy.name == "label_studio.sqlite3.before-1.24.0"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert read(copy) == ["first"]

    # The attempt has failed, half way: the copy of before is not replaced by what it left.
    write(tmp_path / DATABASE, "half")
    assert back_up(tmp_path, "1.24.0") == copy
    assert read(copy) == ["first"]

    # It has worked. The one after that has a copy of its own.
    note_version(tmp_path, "1.24.0")
    assert back_up(tmp_path, "1.24.0") is None
    later = back_up(tmp_path, "1.25.0")
    assert later is not None
    assert (read(later), read(copy)) == (["first", "half"], ["first"])
    assert len(list(tmp_path.iterdir())) == 4


def test_a_database_of_an_unknown_version_is_copied(tmp_path: Path) -> None:
    write(tmp_path / DATABASE, "first")
    copy = back_up(tmp_path, "1.23.2")
    assert copy is not None
    assert read(copy) == ["first"]


def test_a_database_that_cannot_be_copied_is_not_started(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all, but long enough to be looked at")
    with pytest.raises(QuotemarkError, match=r"cannot be copied before version 1\.23\.2 .*backup"):
        back_up(tmp_path, "1.23.2")
    assert [path.name for path in tmp_path.iterdir()] == [DATABASE]


def test_the_version_is_that_of_the_package() -> None:
    assert installed_version().startswith("1.")
