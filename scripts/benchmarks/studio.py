"""Speed of push and pull: ours against the SDK's own calls, on one server, within one run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from benchmarks.articles import tasks as articles

if TYPE_CHECKING:
    from quotemark.labelstudio.studio import Studio


def bench(
    tasks: Annotated[int, typer.Option(help="Tasks in a project.")] = 2000,
    repeat: Annotated[int, typer.Option(help="Repetitions, of which the median counts.")] = 3,
) -> None:
    """Push and pull tasks with predictions, against raw calls of the SDK that do the same.

    A server is started for it. The SDK is loaded before; ours and theirs take turns.
    """
    from quotemark.labelstudio.studio import studio

    with TemporaryDirectory() as name, studio(Path(name)) as server:
        measure(server, Path(name) / "cache", tasks=tasks, repeat=repeat)


def measure(server: Studio, cache: Path, *, tasks: int, repeat: int) -> None:
    """The same, on a server that runs; `cache` is a folder to be made, where pull remembers."""
    from label_studio_sdk import LabelStudio

    from quotemark.labelstudio.codec import to_json
    from quotemark.labelstudio.config import labeling_config
    from quotemark.labelstudio.remote import pull, push
    from quotemark.scheme import default_scheme

    scheme = default_scheme()
    with httpx.Client(timeout=600, trust_env=False) as transport:
        client: Any = LabelStudio(  # type: ignore[no-untyped-call]
            base_url=server.url, api_key=server.token, httpx_client=transport
        )
        where: dict[str, Any] = {"url": server.url, "token": server.token, "scheme": scheme}
        given = articles(tasks, scheme.id)
        payloads = [to_json(task, scheme) for task in given]

        def ours(n: int) -> None:
            push(given, project=f"Ours {n}", **where)

        def theirs(n: int) -> None:
            made = client.projects.create(title=f"Raw {n}", label_config=labeling_config(scheme))
            client.projects.import_tasks(made.id, request=payloads)

        ours(-1)  # the server's own first time
        _versus(f"push of {tasks} tasks with predictions", ours, "one raw import", theirs, repeat)

        work = articles(tasks, scheme.id, annotator=server.username)
        number = push(work, project="Annotated", **where).project
        one = {"project": number, **where}

        def everything(n: int) -> None:
            list(client.tasks.list(project=number, fields="all", page_size=500))

        _versus(
            f"pull of {tasks} annotated tasks",
            lambda n: pull(**one),
            'tasks.list(fields="all")',
            everything,
            repeat,
        )
        pull(cache=cache, **one)
        layers = [
            (int(task.id), task.annotations[0]["id"], task.annotations[0]["result"])
            for task in client.tasks.list(project=number, fields="all", page_size=100)
        ]
        for changed in (0, 1, 100):
            seconds = []
            for _ in range(repeat):
                for _, annotation, result in layers[:changed]:
                    client.annotations.update(annotation, result=result)
                seconds.append(_timed(lambda: pull(cache=cache, **one)))
            typer.echo(f"pull again, {changed} tasks changed: {median(seconds):.2f} s")


def _versus(
    what: str, ours: Callable[[int], object], other: str, theirs: Callable[[int], object], n: int
) -> None:
    mine, raw = [], []
    for number in range(n):
        mine.append(_timed(lambda number=number: ours(number)))  # type: ignore[misc]
        raw.append(_timed(lambda number=number: theirs(number)))  # type: ignore[misc]
    ratio = median(mine) / median(raw)
    typer.echo(f"{what}: {median(mine):.2f} s; {other}: {median(raw):.2f} s; ratio {ratio:.2f}")


def _timed(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start
