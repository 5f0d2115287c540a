"""Annotators of a real server get tasks in the order in which they were pushed to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from quotemark.labelstudio.codec import to_json
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


class Tab(NamedTuple):
    id: int
    data: dict[str, Any]


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


def raw_tabs(client: Any, project: int) -> list[Tab]:
    """The project's tabs with all that is set in them."""
    api = client._client_wrapper.httpx_client
    answer = api.request("api/dm/views/", method="GET", params={"project": project})
    return [Tab(tab["id"], tab["data"]) for tab in answer.json()]


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


def test_what_others_have_in_the_project_stays(server: Studio, client: Any) -> None:
    number = send(server, "a b", "Of others, too")
    [task] = tasks_of("theirs")
    foreign = {**to_json(task, SCHEME)["data"], "key": "theirs", "place": "Berlin"}
    del foreign["text_sha256"]  # which all of ours have
    client.projects.import_tasks(number, request=[{"data": foreign}])
    theirs = {"title": "Next", "type": "list", "target": "tasks", "ordering": ["-tasks:id"]}
    view = client.views.create(project=number, data=theirs).id

    def tabs() -> dict[int, list[str]]:
        return {tab.id: tab.data["ordering"] for tab in raw_tabs(client, number)}

    send(server, "b a", "Of others, too", in_order=True)
    [own] = tabs().keys() - {view}
    assert tabs() == {view: ["-tasks:id"], own: ["tasks:data.place"]}
    data = [task.data for task in client.tasks.list(project=number, fields="all")]
    assert [each for each in data if each.get("key") == "theirs"] == [foreign]

    # Ours is known, in whatever order somebody has it; and places that are over go.
    changed = next(tab.data for tab in raw_tabs(client, number) if tab.id == own)
    body = {"project": number, "data": {**changed, "ordering": ["tasks:id"]}}
    api = client._client_wrapper.httpx_client
    api.request(f"api/dm/views/{own}/", method="PATCH", json=body)
    assert tabs()[own] == ["tasks:id"]
    send(server, "b", "Of others, too", in_order=True)
    assert tabs() == {view: ["-tasks:id"], own: ["tasks:data.place"]}
    data = [task.data for task in client.tasks.list(project=number, fields="all")]
    places = {each["document"]: each.get("place") for each in data}
    assert places == {"theirs": "Berlin", "b": "000001", "a": None}


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
