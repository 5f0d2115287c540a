"""Every `console live` block of the pages runs as written, with a server of the tests' own.

They run page by page in a folder as test_blocks.py has it, in which the server's address and
token are in the environment. Users whom a page speaks of are made before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quotemark.labelstudio.studio import Studio
from support.blocks import PAGES, Block, blocks, run_console, workplace

pytestmark = pytest.mark.live

LIVE = {page: [b for b in blocks(page) if b.kind == "console live"] for page in PAGES}
USERS = ("anna@example.org", "ben@example.org")


@pytest.fixture(scope="session")
def users(client: Any) -> None:
    for email in USERS:
        client.users.create(username=email, email=email)


@pytest.mark.usefixtures("users")
@pytest.mark.parametrize(
    "live", [found for found in LIVE.values() if found], ids=lambda found: found[0].page.stem
)
def test_live_blocks_run_as_written(
    live: list[Block], server: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workplace(tmp_path, monkeypatch)
    monkeypatch.setenv("LABEL_STUDIO_URL", server.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", server.token)
    for block in live:
        run_console(block, folder)
