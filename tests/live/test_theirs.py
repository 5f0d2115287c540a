"""Projects that are not ours, labelled in a real browser, exported and imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quotemark.labelstudio.studio import Studio
from support.commands import quotemark
from support.exports import FORMATS, PROJECTS, annotate, answer_by_api, export, log_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.live, pytest.mark.browser]

GOLDEN = Path(__file__).parents[1] / "golden" / "labelstudio"
SCHEME = 'name = "theirs"\nversion = "1"\n[labels.Claim]\n[labels.Person]\n'


def spans(file: Path, folder: Path) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The text and the spans of each annotation that `import` makes of an export."""
    (folder / "scheme.toml").write_text(SCHEME, encoding="utf-8")
    command = ["import", file, "--scheme", "scheme.toml", "--map", "mood=", "--map", "made_by="]
    ran = quotemark(*command, "-o", "read.jsonl", folder=folder)
    assert ran.returncode == 0, ran.stderr
    lines = (folder / "read.jsonl").read_text(encoding="utf-8").splitlines()
    layers = [json.loads(line) for line in lines]
    texts = {layer["id"]: layer["text"] for layer in layers if "text" in layer}
    found = (
        (texts[layer["id"]], sorted((s["label"], s["fragments"]) for s in layer.get("spans", ())))
        for layer in layers
    )
    return sorted(found)


@pytest.mark.parametrize("name", PROJECTS)
def test_todays_exports_are_read_as_the_committed_ones(
    name: str, server: Studio, client: Any, browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    log_in(page, server)
    number = annotate(page, server, client, name)
    if name == "text":
        answer_by_api(server, client, number)
    context.close()
    for form, suffix in FORMATS.items():
        file = tmp_path / f"today{suffix}.json"
        made = export(server, number, form)
        file.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        assert spans(file, tmp_path) == spans(GOLDEN / f"{name}{suffix}.json", tmp_path)
