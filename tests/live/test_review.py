"""An adjudicator compares two annotators' versions in a real browser and accepts one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from quotemark import read
from quotemark.cli.app import app
from quotemark.labelstudio.config import labeling_config
from quotemark.labelstudio.studio import Studio
from quotemark.metrics.fingerprint import content_hash
from quotemark.scheme import default_scheme
from support.screen import picture, ready, save, words_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.live, pytest.mark.browser]

FOLDER = Path(__file__).parents[2] / "annotations" / "pompeo-north-korea"
LAYERS = [str(FOLDER / f"quotemark-{name}.jsonl") for name in "ab"]
TEXTS = ["--texts", str(FOLDER / "pompeo-north-korea.txt")]
OPEN = ("a setback", "agreed", "you get it bad")
"""What the two see differently: the target of the first; each marked one of the others."""


def test_two_versions_are_compared_one_accepted_and_gold_is_that(
    server: Studio, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", server.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", server.token)
    pushed = ran("review", *LAYERS, *TEXTS, "--project", "Talks review")
    assert pushed.startswith("created 1, updated 0, unchanged 0: ")
    assert ran("review", *LAYERS, *TEXTS, "--project", "Talks review").startswith(
        "created 0, updated 0, unchanged 1: "
    )
    smaller = ("--project", "Talks review", "--window", "paragraphs")
    refused = ran("review", *LAYERS, *TEXTS, *smaller, code=2)
    assert "in the project: pull could not put the two together" in refused
    reviews, gold = tmp_path / "reviews.jsonl", tmp_path / "gold.jsonl"
    make = ["adjudicate", *LAYERS, *TEXTS, "--reviews", str(reviews), "-o", str(gold)]
    pull = ["pull", "--project", "Talks review", "-o", str(reviews)]
    ran(*pull)
    ran(*make, code=1)
    assert not gold.exists()

    open_task(page, pushed)
    names = page.locator(".lsf-annotation-button__name")
    assert names.all_inner_texts() == [
        server.username,
        *("settled", "quotemark-b", "quotemark-a"),
    ]
    note = page.locator(".qm-disputes").first.inner_text()
    assert note.startswith("3 open\n\n1. Stance: a setback\nquotemark-a: target: the talks;")
    assert [words in words_of(page) for words in OPEN] == [False] * 3  # it opens with no version
    picture(page, "review")
    page.get_by_text("Compare All").click()
    columns = page.locator(".lsf-wrapper_viewAll .quotemark")
    columns.nth(3).wait_for(state="attached")
    picture(page, "review-compared")
    assert columns.count() == 4
    assert not page.locator(".qm-disputes:visible").count()

    tab = page.locator(".lsf-annotation-button", has_text="quotemark-a")
    tab.click()
    ready(page)
    assert [words in words_of(page) for words in OPEN] == [True, True, False]
    tab.hover()
    tab.locator("[class*=trigger]").first.click()
    page.get_by_text("Duplicate Annotation").click()
    page.locator("button", has_text="Submit").wait_for()
    save(page, "Submit")

    ran(*pull)
    assert "gold in" in ran(*make, code=0)
    (made,), accepted = read(gold), read(LAYERS[0])
    assert content_hash([made]) == content_hash(accepted)
    assert len(made.relations) == len(accepted.annotations[0].relations)
    decided = [span for span in made.spans if span.meta["decision"] != "unanimous"]
    text = (FOLDER / "pompeo-north-korea.txt").read_text(encoding="utf-8")
    assert [span.surface(text) for span in decided] == [*OPEN[:2]]
    for span in decided:
        assert span.meta == {
            "support": ["quotemark-a"],
            "decision": "adjudicated",
            "adjudicator": server.username,
            "begun_from": "quotemark-a",
        }


def test_a_task_opens_with_what_is_settled_whoever_comes_later(
    server: Studio, client: Any, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", server.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", server.token)
    ran("review", *LAYERS, *TEXTS, "--project", "Three to review")
    third = tmp_path / "third.jsonl"
    words = Path(LAYERS[1]).read_text(encoding="utf-8")
    name = "<b>$text</b>"
    third.write_text(words.replace('"quotemark-b"', f'"{name}"'), encoding="utf-8")
    more = ("review", *LAYERS, str(third), *TEXTS, "--project", "Three to review")
    assert "updated 1, unchanged 0" in ran(*more)
    again = ran(*more)
    assert "updated 0, unchanged 1" in again
    open_task(page, again)
    assert page.locator(".lsf-annotation-button__name").all_inner_texts() == [
        server.username,
        *("settled", name, "quotemark-b", "quotemark-a"),
    ]
    assert f"\n{name}: target: North Korea;" in page.locator(".qm-disputes").first.inner_text()
    assert [words in words_of(page) for words in OPEN] == [False] * 3
    config = labeling_config(default_scheme())
    client.projects.create(title="No review", label_config=config)
    refused = ran("review", *LAYERS, *TEXTS, "--project", "No review", code=2)
    assert "is none for review" in refused


def open_task(page: Page, pushed: str) -> None:
    """Open the first task from the table of the project that a push has named."""
    page.goto(f"{pushed.split()[-1]}/data")
    page.locator(".lsf-table__row-wrapper, .dm-table__row-wrapper").first.click()
    ready(page)


def ran(*words: str, code: int = 0) -> str:
    """What a command printed, errors included."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output.strip()
