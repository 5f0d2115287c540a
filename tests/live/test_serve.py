"""A real Label Studio asks a real `quotemark serve` for predictions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from quotemark.cli.serve import connected
from quotemark.cli.split import Plan
from quotemark.errors import QuotemarkError
from quotemark.extractors import extractor
from quotemark.labelstudio.annotators import Server
from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.connection import connect, disconnect
from quotemark.labelstudio.remote import pull, push
from quotemark.labelstudio.serving import serving
from quotemark.labelstudio.studio import Studio
from quotemark.model import Document, Json
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, Window

if TYPE_CHECKING:
    import httpx
    from playwright.sync_api import Browser

pytestmark = pytest.mark.live

SCHEME = default_scheme()
RULES = extractor("rules")
SECRET = "a secret of the tests' own"
TEXT = (
    "😀 “The old ferry must go”, said Ana Brandt, the mayor of Lund.\r\n\r\n"
    '"We will fight it," he said. "To the end."\r\n\r\n'
    "Brandt told reporters that the plan was “a disgrace”."
)


def tasks(name: str, *, window: Window = "document", guessed: bool = False) -> list[Task]:
    """Tasks as `split` makes them, with the extractor or without."""
    plan = Plan(window, 1, SCHEME, RULES if guessed else None, RULES)
    return plan.tasks(Document(name, TEXT, {"title": "Ferry"}), [])


def project(server: Studio, title: str, *made: Task) -> int:
    where = {"url": server.url, "token": server.token}
    report = push(list(made), project=title, scheme=SCHEME, **where)  # type: ignore[arg-type]
    return report.project


@pytest.fixture
def web(server: Studio) -> Iterator[httpx.Client]:
    """What the browser of the server's first user asks."""
    import httpx

    headers = {"Authorization": f"Token {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as session:
        yield session


def opened(web: httpx.Client, number: int) -> list[dict[str, Json]]:
    """The predictions that come with a task that is opened."""
    found: list[dict[str, Json]] = web.get(f"/api/tasks/{number}").json()["predictions"]
    return found


def next_task(web: httpx.Client, number: int) -> dict[str, Json]:
    """The task that an annotator of a project gets."""
    found: dict[str, Json] = web.get(f"/api/projects/{number}/next").json()
    return found


@contextmanager
def serve(server: Studio, *words: str) -> Iterator[tuple[str, list[str]]]:
    """The command as a process: its address, and in the end the lines that it has said."""
    said: list[str] = []
    environment = {
        **os.environ,
        "LABEL_STUDIO_URL": server.url,
        "LABEL_STUDIO_API_KEY": server.token,
        "QUOTEMARK_SERVE_SECRET": SECRET,
    }
    with subprocess.Popen(
        [Path(sys.executable).with_name("quotemark"), "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), said
        finally:
            process.send_signal(signal.SIGINT)
            said += process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == 0, said


def test_a_task_that_is_opened_has_what_split_would_have_given_it(
    server: Studio, client: Any, web: httpx.Client
) -> None:
    number = project(server, "Served", *tasks("served"), *tasks("more"), *tasks("yet more"))
    given = to_json(tasks("served", guessed=True)[0], SCHEME)["predictions"][0]["result"]
    with serve(server, "--project", "Served") as (url, said):
        (backend,) = client.ml.list(project=number)
        assert (backend.url, backend.state, backend.model_version) == (url, "CO", "rules")
        assert backend.auth_method == "BASIC_AUTH"
        task = next_task(web, number)
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == "rules"
        assert len(prediction["result"]) == len(given)
        assert next_task(web, number)["predictions"] == [prediction]
        other, third = sorted(t.id for t in client.tasks.list(project=number) if t.id != task["id"])
        assert len(opened(web, other)) == 1
        selected = {"selectedItems": {"all": True, "excluded": []}}
        asked: dict[str, str | int] = {"id": "retrieve_tasks_predictions", "project": number}
        web.post("/api/dm/actions", params=asked, json=selected).raise_for_status()
        assert [len(opened(web, i)) for i in (task["id"], other, third)] == [1, 1, 1]
    assert [line for line in said if "predict: " in line] == [
        line for line in said if line.startswith("quotemark: predict: 1 task in ")
    ]
    assert len([line for line in said if "predict: " in line]) == 3
    for secret in (SECRET, server.token, "ferry"):
        assert not [line for line in said if secret in line]
    where = {"url": server.url, "token": server.token, "scheme": SCHEME}
    pulled = pull(project=number, predictions=True, **where).corpus  # type: ignore[arg-type]
    for layer in pulled:
        made = RULES.extract(pulled.documents[layer.doc_id], SCHEME)
        assert (layer.spans, layer.relations, layer.entities, layer.asked) == (
            *(made.spans, made.relations, made.entities, made.asked),
        )
        assert layer.provenance["extractor"] == "rules"
    assert len(pulled.annotations) == 3


def test_a_stopped_server_leaves_its_predictions_in_sight(
    server: Studio, client: Any, web: httpx.Client
) -> None:
    number = project(server, "Stopped", *tasks("stopped"))
    with serve(server, "--project", str(number)):
        assert len(next_task(web, number)["predictions"]) == 1
    assert client.ml.list(project=number) == []
    assert client.projects.get(number).model_version == "rules"
    assert len(next_task(web, number)["predictions"]) == 1


def test_a_project_has_one_backend_whatever_happens(
    server: Studio, client: Any, web: httpx.Client
) -> None:
    number = project(server, "One backend", *tasks("one", window=1))
    with serving(RULES, SCHEME) as url:
        first = connect(client, number, url, scheme=SCHEME, model="rules")
        assert connect(client, number, url, scheme=SCHEME, model="rules") == first
    # The server was killed, and comes back at another port with a secret.
    with serving(RULES, SCHEME, secret=SECRET) as url:
        again = connect(client, number, url, scheme=SCHEME, model="rules", secret=SECRET)
        assert again == first
        (backend,) = client.ml.list(project=number)
        assert (backend.url, backend.state) == (url, "CO")
        assert client.webhooks.list(project=str(number)) == []
        served = [opened(web, task.id) for task in client.tasks.list(project=number)]
        assert [len(predictions) for predictions in served] == [1, 1, 1]
        with pytest.raises(QuotemarkError, match="gets no good answer at"):
            connect(client, number, url, scheme=SCHEME, model="rules", secret="x" * 20)
    with pytest.raises(QuotemarkError, match="gets no good answer at"):
        connect(client, number, url, scheme=SCHEME, model="rules", secret=SECRET)
    disconnect(client, number, "http://127.0.0.1:9")  # one that is stopped later than this began
    assert len(client.ml.list(project=number)) == 1
    disconnect(client, number, url)
    disconnect(client, number, url)
    assert client.ml.list(project=number) == []


def test_twins_become_one(server: Studio, client: Any) -> None:
    number = project(server, "Twins", *tasks("twins"))
    with serving(RULES, SCHEME) as url:
        first = connect(client, number, url, scheme=SCHEME, model="rules")
        (backend,) = client.ml.list(project=number)
        from label_studio_sdk.core.api_error import ApiError

        with pytest.raises(ApiError):  # over its webhook; it is made all the same
            client.ml.create(
                project=number, url=url, title="rules", description=backend.description
            )
        assert len(client.ml.list(project=number)) == 2
        assert connect(client, number, url, scheme=SCHEME, model="rules") == first
        assert [b.id for b in client.ml.list(project=number)] == [first]


def test_a_project_that_is_not_there_is_told_with_the_server(server: Studio) -> None:
    there = Server(server.url, server.token)
    message = f"there is no project 'Nope' at {server.url} "
    with (
        pytest.raises(QuotemarkError, match=message),
        connected(there, "Nope", "http://127.0.0.1:9", SCHEME, RULES),
    ):
        pytest.fail("it was connected")


def test_what_does_not_fit_is_refused(server: Studio, client: Any) -> None:
    plain = '<View><Text name="text" value="$text"/></View>'
    number = client.projects.create(title="Another screen", label_config=plain).id
    with serving(RULES, SCHEME) as url:
        with pytest.raises(QuotemarkError, match=r"lacks of quotemark@.*: label, .*--scheme"):
            connect(client, number, url, scheme=SCHEME, model="rules")
        assert client.ml.list(project=number) == []
        number = project(server, "Another's", *tasks("another"))
        connect(client, number, url, scheme=SCHEME, model="rules")
        (backend,) = client.ml.list(project=number)
        client.ml.update(backend.id, project=number, url=url, title="mine", description="")
        with pytest.raises(QuotemarkError, match=r"another ML backend, 'mine'.*remove it"):
            connect(client, number, url, scheme=SCHEME, model="rules")
        disconnect(client, number, url)
        assert len(client.ml.list(project=number)) == 1


def test_a_task_opened_by_many_at_once_is_pulled_once(
    server: Studio, client: Any, web: httpx.Client
) -> None:
    number = project(server, "At once", *tasks("at once"))
    (task,) = client.tasks.list(project=number)
    with serving(RULES, SCHEME) as url, ThreadPoolExecutor(4) as threads:
        connect(client, number, url, scheme=SCHEME, model="rules")
        list(threads.map(lambda _: opened(web, task.id), range(4)))
    where = {"url": server.url, "token": server.token, "scheme": SCHEME}
    pulled = pull(project=number, predictions=True, **where).corpus  # type: ignore[arg-type]
    assert [layer.annotator for layer in pulled] == ["rules"]


@pytest.mark.browser
def test_an_annotator_finds_the_prediction_in_the_browser(
    server: Studio, client: Any, browser: Browser
) -> None:
    number = project(server, "In the browser", *tasks("seen"))
    with serve(server, "--project", str(number)):
        context = browser.new_context(viewport={"width": 1400, "height": 900})
        page = context.new_page()
        page.goto(f"{server.url}/user/login")
        page.fill("[name=email]", server.username)
        page.fill("[name=password]", server.password)
        page.click("[type=submit]")
        page.wait_for_url(lambda url: "/user/login" not in url)
        page.goto(f"{server.url}/projects/{number}/data?labeling=1")
        page.wait_for_selector(".htx-highlight", timeout=60_000)
        words = page.locator(".htx-highlight[data-label$='Quote']").all_inner_texts()
        context.close()
    assert "“The old ferry must go”" in words
    (task,) = client.tasks.list(project=number, fields="all")
    assert len(task.predictions) == 1
