"""Every block of code in the README and in docs/ runs, and prints what the page says.

`python` blocks are doctests that share one namespace a page. `console` blocks are commands
after `$ ` with what they print, on both streams; `…` stands for any text. `toml` and
`json` blocks must parse, `text` blocks are not run. Any other block is an error.
"""

from __future__ import annotations

import doctest
import json
import tomllib
from pathlib import Path

import pytest

from support.blocks import PAGES, Block, blocks, run_console, workplace

TESTED_ELSEWHERE = {"scripts/demo", "scripts/test"}  # test_demo.py; and what is running now


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return workplace(tmp_path, monkeypatch)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_blocks_run_as_written(page: Path, folder: Path) -> None:
    namespace: dict[str, object] = {}
    for block in blocks(page):
        place = f"{page.name}:{block.line}"
        if block.kind == "python":
            run_doctest(block, namespace)
        elif block.kind == "console":
            run_console(block, folder, skip=TESTED_ELSEWHERE)
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
