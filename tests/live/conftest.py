"""One Label Studio server for all live tests, and a browser for some of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.studio import Studio, studio
from quotemark.labelstudio.studio.server import check_installed
from support.members import Member, join
from support.needs import unavailable
from support.screen import window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

USERS = ("ann@example.org", "bo+2@example.org")


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data folder."""
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="session")
def server(server_folder: Path) -> Iterator[Studio]:
    try:
        check_installed()
    except QuotemarkError as failure:
        unavailable(str(failure))
    with studio(server_folder) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: Studio) -> Iterator[Any]:
    import httpx
    from label_studio_sdk import LabelStudio

    with httpx.Client(timeout=60, trust_env=False) as transport:
        yield LabelStudio(  # type: ignore[no-untyped-call]
            base_url=server.url, api_key=server.token, httpx_client=transport
        )


@pytest.fixture(scope="session")
def annotators(client: Any) -> tuple[str, str]:
    """Two annotators of the server's organisation, by their emails."""
    for email in USERS:
        client.users.create(username=email, email=email, password="not-a-secret-1")
    return USERS


@pytest.fixture(scope="session")
def members(server: Studio, client: Any) -> tuple[Member, Member]:
    """Two annotators who have signed up, with tokens of their own."""
    first, second = (join(server, client, f"quotemark-{name}@example.org") for name in "ab")
    return first, second


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        unavailable("playwright is not installed")
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        except Error as failure:
            reason = str(failure).splitlines()[0]
            unavailable(f"no Chromium: install Debian's chromium, or set CHROMIUM ({reason})")
        yield opened
        with suppress(Error):
            opened.close()


@pytest.fixture
def page(server: Studio, browser: Browser) -> Iterator[Page]:
    """A browser window in which the server's first user is logged in."""
    with window(browser, server) as opened:
        yield opened


def _chromium() -> str | None:
    """An installed Chromium or Chrome; None is Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = [os.environ.get("CHROMIUM"), *map(shutil.which, names)]
    return next((path for path in found if path and Path(path).exists()), None)
