"""Every block of code in the README and in docs/ runs, and prints what the page says.

`python` blocks are doctests that share one namespace a page. `console` blocks are commands
after `$ ` with what they print, on both streams; `…` stands for any text. `toml` and
`json` blocks must parse, `text` blocks are not run. Any other block is an error.
"""

from __future__ import annotations

import doctest
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.blocks import ROOT, Block, blocks, commands, matches

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
TESTED_ELSEWHERE = {"scripts/demo", "scripts/test"}  # test_demo.py; and what is running now


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder as in a checkout, with the commands on the path and no terminal."""
    shutil.copytree(ROOT / "annotations", tmp_path / "annotations")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_run_as_written(page: Path, folder: Path) -> None:
    namespace: dict[str, object] = {}
    for block in blocks(page):
        place = f"{page.name}:{block.line}"
        if block.kind == "python":
            run_doctest(block, namespace)
        elif block.kind == "console":
            run_console(block, folder)
        elif block.kind == "toml":
            tomllib.loads(block.body)
        elif block.kind == "json":
            json.loads(block.body)
        else:
            assert block.kind in ("text", "console live"), f"{place}: unknown block {block.kind!r}"


def run_doctest(block: Block, namespace: dict[str, object]) -> None:
    assert ">>> " in block.body, f"{block.page.name}:{block.line}: no example to run"
    name = f"{block.page.name}:{block.line}"
    test = doctest.DocTestParser().get_doctest(
        block.body, namespace, name, str(block.page), block.line
    )
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=said.append, clear_globs=False)
    namespace.update(test.globs)
    assert runner.failures == 0, "".join(said)


def run_console(block: Block, folder: Path) -> None:
    for command, expected in commands(block.body):
        if command in TESTED_ELSEWHERE:
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
