"""The tasks of a project, page by page: each once, in order, whatever is asked for ahead."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from quotemark.labelstudio.remote.listing import PAGE, own_tasks
from support.servers import Answer, Request, served

NUMBER = 2 * PAGE + 3


class Server:
    """A project of `NUMBER` tasks, of which the server gives those after a number; `fails` is the
    page, from 0, that it does not give."""

    def __init__(self, fails: int | None = None) -> None:
        self.asked: list[int] = []
        self.fails = fails

    def answer(self, request: Request) -> Answer:
        query = parse_qs(urlsplit(request.path).query)
        [after] = json.loads(query["query"][0])["filters"]["items"]
        self.asked.append(after["value"])
        if len(self.asked) - 1 == self.fails:
            return Answer(418, b"{}")
        left = [{"id": number} for number in range(after["value"] + 1, NUMBER + 1)]
        page = {"total": len(left), "tasks": left[: int(query["page_size"][0])]}
        return Answer(200, json.dumps(page).encode())


def client(url: str, transport: httpx.Client) -> Any:
    from label_studio_sdk import LabelStudio

    return LabelStudio(base_url=url, api_key="0" * 40, httpx_client=transport)  # type: ignore[no-untyped-call]


def test_every_task_comes_once_and_a_page_is_asked_for_while_one_is_worked_on() -> None:
    server, told = Server(), []
    with served(server.answer) as url, httpx.Client(trust_env=False) as transport:
        pages = own_tasks(client(url, transport), 1, progress=lambda *words: told.append(words))
        first = next(pages)
        found = [first, *pages]
    assert [task["id"] for task in found] == list(range(1, NUMBER + 1))
    assert server.asked == [0, PAGE, 2 * PAGE]
    assert told == [("tasks", n, NUMBER) for n in (PAGE, 2 * PAGE, NUMBER)]


def test_a_page_that_fails_is_told_after_the_ones_before() -> None:
    from label_studio_sdk.core.api_error import ApiError

    server = Server(fails=1)
    seen: list[object] = []
    with served(server.answer) as url, httpx.Client(trust_env=False) as transport:
        pages = own_tasks(client(url, transport), 1)
        with pytest.raises(ApiError):
            seen.extend(pages)
    assert len(seen) == PAGE


def test_who_has_seen_enough_waits_for_nothing() -> None:
    server = Server()
    with served(server.answer) as url, httpx.Client(trust_env=False) as transport:
        pages = own_tasks(client(url, transport), 1)
        assert next(pages)["id"] == 1
        pages.close()  # type: ignore[attr-defined]
    assert len(server.asked) <= 2
