"""Every link between the pages, and to files of the repository, leads to something."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.blocks import FENCE, PAGES

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)? *$", re.MULTILINE)
ELSEWHERE = ("https://", "http://", "mailto:")


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    found, seen = set(), Counter[str]()
    for heading in HEADING.findall(FENCE.sub("", text)):
        words = re.sub(r"\]\([^)]*\)", "]", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def broken(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere."""
    for link in LINK.findall(CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))):
        if link.startswith(ELSEWHERE):
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists():
            yield link
            continue
        known = anchors(target.read_text(encoding="utf-8")) if target.suffix == ".md" else ()
        if anchor and anchor not in known:
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


def test_links_that_lead_nowhere_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Other\n\n## `a(b)`, `c`\n\n```text\n# no heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Page [x](other.md)\n\n## Twice\n\n## Twice\n\n[a](#page-x) [b](#twice-1) [c\n"
        "d](#twice-2) [e](other.md#ab-c) [f](other.md#no-heading) [g](none.md) `[h](none.md)` "
        "[i](https://a.b)"
    )
    assert list(broken(page)) == ["#twice-2", "other.md#no-heading", "none.md"]
