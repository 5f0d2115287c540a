"""Annotators of a real server get tasks in the order in which they were pushed to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from quotemark.labelstudio.remote import plan, pull, push
from quotemark.labelstudio.studio import Studio
from quotemark.model import Document
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split
from support.screen import picture, ready, save

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live

SCHEME = default_scheme()


def tasks_of(names: str) -> list[Task]:
    documents = (Document(name, f"Said {name}. Over.") for name in names.split())
    return [task for doc in documents for task in split(doc, scheme=SCHEME.id)]


def send(server: Studio, names: str, project: str, *, in_order: bool = False) -> int:
    report = push(
        tasks_of(names),
        url=server.url,
        token=server.token,
        project=project,
        scheme=SCHEME,
        in_order=in_order,
    )
    return report.project


def displayed(client: Any, project: int) -> list[str]:
    """The documents of the tab's tasks, in its order."""
    [tab] = [t for t in client.views.list(project=project) if t.data["title"] == "Next"]
    found = client.tasks.list(view=tab.id, fields="all")
    return [task.data["document"] for task in found]


def next_of(client: Any, project: int, **query: Any) -> str:
    """The document of the task that comes next: of all tasks, or as a tab displays them."""
    api = client._client_wrapper.httpx_client
    if query:
        path = f"api/dm/actions/?id=next_task&project={project}"
        answer = api.request(path, method="POST", json=query)
    else:
        answer = api.request(f"api/projects/{project}/next/", method="GET")
    return str(answer.json()["data"]["document"])


def test_the_first_of_the_order_is_next(server: Studio, client: Any) -> None:
    number = send(server, "c a b", "In order", in_order=True)
    assert displayed(client, number) == ["c", "a", "b"]
    assert next_of(client, number, ordering=["tasks:data.place"]) == "c"
    assert next_of(client, number) == "c"
    # Of tasks that are there, the tab has the order; those without a place come last.
    send(server, "d b c", "In order", in_order=True)
    assert displayed(client, number) == ["d", "b", "c", "a"]
    assert next_of(client, number, ordering=["tasks:data.place"]) == "d"
    planned = plan(
        tasks_of("c b"),
        url=server.url,
        token=server.token,
        project=number,
        scheme=SCHEME,
        in_order=True,
    )
    assert (planned.updated, planned.unchanged) == (("c:0-13",), ("b:0-13",))
    # A push without an order leaves it.
    send(server, "a b c d", "In order")
    assert displayed(client, number) == ["d", "b", "c", "a"]
    pulled = pull(url=server.url, token=server.token, project=number, scheme=SCHEME)
    assert len(pulled.corpus.documents) == 4


@pytest.mark.browser
def test_label_tasks_as_displayed_goes_by_the_order(server: Studio, page: Page) -> None:
    send(server, "a b c", "Displayed")
    number = send(server, "c b", "Displayed", in_order=True)
    text = page.locator(".qm-text .lsf-htx-richtext")
    page.goto(f"{server.url}/projects/{number}/data")
    page.get_by_text("Next", exact=True).first.wait_for()
    picture(page, "order-tab")
    # The button itself goes by ids, whatever the tab's order: hence all the rest.
    page.get_by_role("button", name="Label All Tasks").click()
    text.get_by_text("Said a.").wait_for()
    page.goto(f"{server.url}/projects/{number}/data")
    page.get_by_label("Toggle open").first.click()
    page.get_by_text("Label Tasks As Displayed").click()
    text.get_by_text("Said c.").wait_for()
    ready(page)
    picture(page, "order-first")
    save(page, "Submit")
    text.get_by_text("Said b.").wait_for()
