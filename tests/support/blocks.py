"""Blocks of code in Markdown pages: found, taken apart, compared with what was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
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
