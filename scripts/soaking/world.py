"""A server, a folder to work in, what is in a project, and what was found amiss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from subprocess import CompletedProcess, Popen
from typing import Any

import httpx
import msgspec

from quotemark.labelstudio.codec import to_json
from quotemark.labelstudio.studio import Studio
from quotemark.model import Annotation, Document, Span
from quotemark.scheme import default_scheme
from quotemark.tasks import Task, split
from support.commands import quotemark, started

SCHEME = default_scheme()
MODEL = "guesser 1"
TEXT = "“The old ferry must go”, said Ana Brandt. “It is unsafe.” The mayor disagreed.\n"


class Failures(list[str]):
    """What went wrong, in words; empty where nothing was lost or doubled."""

    def check(self, good: bool, message: str) -> None:
        if not good:
            self.append(message)


@dataclass
class World:
    """A server and a folder of one's own; `random` decides everything that is left to chance."""

    server: Studio
    folder: Path
    random: Random
    say: Callable[[str], None]
    failures: Failures = field(default_factory=Failures)

    clients: list[httpx.Client] = field(default_factory=list)

    @cached_property
    def api(self) -> httpx.Client:
        """The server as its owner asks it, past quotemark and the SDK."""
        return self.asking(self.server.token)

    def asking(self, token: str) -> httpx.Client:
        """The server as whoever has a token asks it."""
        self.clients.append(asking(self.server.url, token))
        return self.clients[-1]

    def close(self) -> None:
        """End all connections."""
        for client in self.clients:
            client.close()

    def environment(self, url: str = "") -> Mapping[str, str]:
        address = url or self.server.url
        return {"LABEL_STUDIO_URL": address, "LABEL_STUDIO_API_KEY": self.server.token}

    def run(self, *words: object, url: str = "") -> CompletedProcess[str]:
        """A command, waited for."""
        return quotemark(*words, folder=self.folder, env=self.environment(url))

    def start(self, *words: object, url: str = "") -> Popen[str]:
        """A command, started."""
        return started(*words, folder=self.folder, env=self.environment(url))

    def must(self, *words: object, url: str = "") -> str:
        """What a command says that must succeed."""
        done = self.run(*words, url=url)
        if done.returncode:
            raise RuntimeError(f"{words[0]} failed: {done.stderr.strip()[-1000:]}")
        return done.stdout + done.stderr

    def write_tasks(self, name: str, number: int, first: int = 0) -> list[str]:
        """Write a file of tasks, each with a prediction; their keys."""
        made = tasks(number, first)
        json = [to_json(task, SCHEME) for task in made]
        (self.folder / name).write_bytes(msgspec.json.encode(json))
        return [task.key for task in made]

    def number(self, title: str) -> int:
        """The one project of a title."""
        found = [p for p in self.projects() if p["title"] == title]
        self.failures.check(len(found) == 1, f"{len(found)} projects are titled {title!r}")
        if not found:
            raise RuntimeError(f"there is no project {title!r}")
        return int(found[0]["id"])

    def projects(self) -> list[dict[str, Any]]:
        return _told(self.api.get("/api/projects/", params={"page_size": 1000}), "results")

    def tasks(self, project: int) -> list[dict[str, Any]]:
        """Every task with its annotations and drafts, as the server exports them."""
        query = {"exportType": "JSON", "download_all_tasks": "true"}
        answer = self.api.get(f"/api/projects/{project}/export", params=query)
        return [] if answer.status_code == 404 else _told(answer)

    def census(self, title: str, keys: Sequence[str]) -> list[dict[str, Any]]:
        """The tasks of a project, after making sure that each key has one, with one prediction."""
        project = self.number(title)
        found = self.tasks(project)
        there = Counter(task["data"]["key"] for task in found)
        missing, doubled = set(keys) - set(there), [k for k, n in there.items() if n > 1]
        self.failures.check(not missing, f"{title}: {len(missing)} tasks are missing")
        self.failures.check(not doubled, f"{title}: {len(doubled)} tasks are there twice")
        predictions = _told(self.api.get("/api/predictions/", params={"project": project}))
        models = Counter((p["task"], p["model_version"]) for p in predictions)
        wrong = [task["id"] for task in found if models[task["id"], MODEL] != 1]
        self.failures.check(not wrong, f"{title}: {len(wrong)} tasks have not one prediction")
        return found


def asking(url: str, token: str) -> httpx.Client:
    """A client of a server's API."""
    headers = {"Authorization": f"Token {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=300, trust_env=False)


def _told(answer: httpx.Response, part: str = "") -> list[dict[str, Any]]:
    told = answer.raise_for_status().json()
    return list(told[part] if part else told)


def tasks(number: int, first: int = 0) -> list[Task]:
    """Tasks of short articles, each with a prediction."""
    made = []
    for n in range(first, first + number):
        doc = Document(f"article-{n:05}", f"{n}. {TEXT}")
        start = doc.text.index("“")
        quote = Span("q1", "Quote", ((start, start + 24),), {"form": "direct"})
        guess = Annotation(
            doc.id, doc.sha256, MODEL, (quote,), scheme=SCHEME.id, status="predicted"
        )
        made += split(doc, predictions=[guess], scheme=SCHEME.id)
    return made


def cue(name: str, start: int = 0) -> list[dict[str, Any]]:
    """An annotation of one region, which its name tells from all others."""
    value = {"start": start, "end": start + 1, "labels": ["Cue"]}
    region = {"id": name, "from_name": "label", "to_name": "text", "type": "labels"}
    return [{**region, "value": value}]


def regions(tasks: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """How often each region stands in the annotations of some tasks."""
    return Counter(
        region["id"]
        for task in tasks
        for layer in task["annotations"]
        for region in layer["result"]
    )
