"""Blocks of code in Markdown pages: found, taken apart, run, compared with what was printed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.MULTILINE)


class Block(NamedTuple):
    page: Path
    line: int
    kind: str
    body: str


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page, line, match.group(1).strip(), match.group(2))


def commands(body: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with what it should print."""
    for part in re.split(r"(?m)^\$ ", body)[1:]:
        command, _, expected = part.partition("\n")
        while command.endswith("\\"):
            more, _, expected = expected.partition("\n")
            command = command[:-1] + more.strip()
        yield command, expected


def matches(expected: str, printed: str) -> bool:
    """Whether the lines are the same but for white space; `…` stands for any text."""
    lines = [" ".join(line.split()) for line in expected.strip().splitlines()]
    pattern = r"\s*".join(re.escape(line).replace("…", r"[\s\S]*?") for line in lines)
    flat = "\n".join(" ".join(line.split()) for line in printed.strip().splitlines())
    return re.fullmatch(pattern, flat) is not None


def workplace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`folder` as in a checkout, with the commands on the path and no terminal."""
    shutil.copytree(ROOT / "annotations", folder / "annotations")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


def run_console(block: Block, folder: Path, *, skip: Collection[str] = ()) -> None:
    """Run a console block's commands in `folder`; each must print, on both streams, what it says.

    Commands in `skip` are passed over.
    """
    for command, expected in commands(block.body):
        if command in skip:
            continue
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        place = f"{block.page.name}:{block.line}: $ {command}"
        assert matches(expected, ran.stdout), f"{place}\n{ran.stdout}"
