"""Annotators at work, all at the same moment, while tasks are pushed and pulled."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from secrets import token_hex
from subprocess import Popen
from time import monotonic, sleep
from typing import Any

import httpx

from quotemark.formats import read
from soaking.world import World, cue, regions
from support.members import join


class Annotator:
    """A user of the server who does this and that, and remembers what the server took."""

    def __init__(self, world: World, email: str, token: str) -> None:
        self.email, self.api = email, world.asking(token)
        self.random = Random(world.random.random())
        self.kept: dict[int, tuple[str, str, int]] = {}
        """By task: whether submitted, cancelled or draft; its region; its id."""
        self.done: Counter[str] = Counter()
        self.unsure: set[int] = set()
        self._regions = 0

    def act(self, task: int) -> None:
        """Do something in a task: begin, hand in, change, skip."""
        state, _, number = self.kept.get(task, ("", "", 0))
        self._regions += 1
        name = f"{self.email.partition('@')[0]}-{self._regions}"
        result = {"result": cue(name, self.random.randrange(20)), "lead_time": 1.5}
        if not state and self.random.random() < 0.3:
            self._ask("draft", task, name, "POST", f"/api/tasks/{task}/drafts", result)
        elif not state:
            skipped = self.random.random() < 0.2
            more = {**result, "was_cancelled": skipped}
            kind = "cancelled" if skipped else "submitted"
            self._ask(kind, task, name, "POST", f"/api/tasks/{task}/annotations", more)
        elif state == "draft":
            more = {**result, "draft_id": number}
            self._ask("submitted", task, name, "POST", f"/api/tasks/{task}/annotations", more)
        elif state == "submitted":
            self._ask("submitted", task, name, "PATCH", f"/api/annotations/{number}/", result)

    def _ask(
        self, kind: str, task: int, name: str, method: str, path: str, body: dict[str, Any]
    ) -> None:
        answer = self.api.request(method, path, json=body)
        if answer.is_success:
            self.kept[task] = (kind, name, int(answer.json()["id"]))
            self.unsure.discard(task)
            self.done[f"{kind} again" if method == "PATCH" else kind] += 1
        elif answer.status_code == 404:
            self.done["gone"] += 1
        else:  # it may have been stored, or not
            self.unsure.add(task)
            self.done["refused"] += 1


def people(world: World, number: int, seed: str) -> list[Annotator]:
    """Annotators with tokens of their own."""
    from label_studio_sdk import LabelStudio

    with httpx.Client(timeout=60, trust_env=False) as transport:
        sdk: Any = LabelStudio(  # type: ignore[no-untyped-call]
            base_url=world.server.url, api_key=world.server.token, httpx_client=transport
        )
        emails = [f"{seed}{n}@example.org" for n in range(number)]
        return [Annotator(world, m, join(world.server, sdk, m).legacy_token) for m in emails]


def crowd(world: World, *, annotators: int, seconds: float, tasks: int) -> None:
    """Annotators for some time, while pull runs again and again, and so does push."""
    title, keys = "A crowd", world.write_tasks("tasks.json", tasks)
    world.must("push", "tasks.json", "-p", title)
    there = [int(task["id"]) for task in world.census(title, keys)]
    crew = people(world, annotators, f"crowd-{token_hex(3)}-")
    until = monotonic() + seconds

    def work(one: Annotator) -> None:
        while monotonic() < until:
            one.act(one.random.choice(there))

    pull = ("pull", "-p", title, "-o", "pulled.jsonl")
    ran: Counter[str] = Counter()
    with working([lambda one=one: work(one) for one in crew]):  # type: ignore[misc]
        while monotonic() < until:
            world.must(*pull)
            ran["pull"] += 1
            if ran["pull"] % 3 == 0:
                keys += world.write_tasks("more.json", 10, len(keys))
                world.must("push", "more.json", "-p", title)
                ran["push"] += 1
    said = world.must(*pull)
    world.must("pull", "-p", title, "-o", "fresh.jsonl", "--fresh")
    files = [world.folder / name for name in ("pulled.jsonl", "fresh.jsonl")]
    same = files[0].read_bytes() == files[1].read_bytes()
    world.failures.check(same, "what was pulled bit by bit differs from --fresh")
    world.census(title, keys)
    done = sum((one.done for one in crew), Counter())
    lost = sum(_lost(world, one, there, files[0]) for one in crew)
    world.failures.check(not lost, f"{lost} pieces of work are not in the last pull")
    pieces = sum(len(one.kept) for one in crew)
    world.say(f"  {annotators} annotators in {seconds:.0f} s: {_listed(done)}")
    world.say(f"  pulled {ran['pull']} times, pushed {ran['push']} times meanwhile")
    world.say(f"  {pieces} pieces of work expected in the last pull, {lost} not found")
    world.say(f"  last pull: {said.strip().splitlines()[-1].removeprefix('quotemark: ')}")


def _lost(world: World, one: Annotator, there: list[int], file: Path) -> int:
    """How many of an annotator's pieces of work are not in the pulled file as they last were."""
    pulled = set()
    for layer in read(file):
        if layer.annotator == one.email:
            [task] = layer.provenance.get("tasks", [layer.provenance])
            number = int(task["label_studio"]["task"])
            pulled.add((number, layer.status, layer.spans[0].id))
    return sum(
        (task, kind, name) not in pulled
        for task, (kind, name, _) in one.kept.items()
        if task not in one.unsure
    )


def together(world: World, *, pushes: int, tasks: int) -> None:
    """Several pushes of the same tasks to a new project at the same moment, annotators in it."""
    keys = world.write_tasks("tasks.json", tasks)
    title = f"Pushed at once {token_hex(3)}"
    [one] = people(world, 1, f"twins-{token_hex(3)}-")
    over, seen = threading.Event(), set[int]()
    with working([lambda: _early(world, one, title, over, seen)]):
        began: list[Popen[str]] = []
        for _ in range(pushes):
            began.append(world.start("push", "tasks.json", "-p", title))
            sleep(world.random.uniform(0, 0.3))
        said = [(process.communicate()[1], process.returncode) for process in began]
        over.set()
    for error, code in said:
        good = code == 0 or (code == 2 and len(error.strip().splitlines()) == 1)
        world.failures.check(good, f"a push among others: {code}, {error.strip()[-300:]}")
    left = len(world.tasks(world.number(title))) - len(keys)
    world.must("push", "tasks.json", "-p", title)
    found = world.census(title, keys)
    marks = regions(found)
    mine = [name for kind, name, _ in one.kept.values() if kind == "submitted"]
    lost, doubled = [n for n in mine if not marks[n]], [n for n in mine if marks[n] > 1]
    world.failures.check(not lost, f"{title}: {len(lost)} annotations are lost")
    world.failures.check(not doubled, f"{title}: {len(doubled)} annotations are doubled")
    gave_up = sum(code != 0 for _, code in said)
    repaired = sum("made one" in error for error, _ in said)
    world.say(
        f"  {pushes} pushes at once: {len(seen - {task['id'] for task in found})} twins seen, "
        f"{repaired} pushes repaired some, {left} left when they ended, {gave_up} gave up; "
        f"{len(mine)} annotations made meanwhile, {len(lost)} lost, {len(doubled)} doubled"
    )


def _early(world: World, one: Annotator, title: str, over: threading.Event, seen: set[int]) -> None:
    """Annotate the tasks of a project as soon as it has some, twins and all."""
    while not over.is_set():
        numbers = [p["id"] for p in world.projects() if p["title"] == title]
        for number in numbers:
            query = {"project": number, "page_size": 2000, "include": "id", "fields": "task_only"}
            answer = world.api.get("/api/tasks/", params=query)
            ids = [int(t["id"]) for t in answer.json()["tasks"]] if answer.is_success else []
            seen.update(ids)
            for task in one.random.sample(ids, min(5, len(ids))):
                if task not in one.kept:
                    _submit(one, task)
        sleep(0.05)


def _submit(one: Annotator, task: int) -> None:
    one.kept[task] = ("", "", 0)
    one._ask(
        "submitted",
        task,
        f"early-{task}",
        "POST",
        f"/api/tasks/{task}/annotations",
        {"result": cue(f"early-{task}")},
    )
    if not one.kept[task][0]:
        del one.kept[task]


class working:  # noqa: N801 - a context, as one of contextlib's
    """Threads that work while the block runs; what fails in them fails here."""

    def __init__(self, jobs: list[Callable[[], None]]) -> None:
        self.threads = [threading.Thread(target=self._run, args=(job,)) for job in jobs]
        self.raised: list[BaseException] = []

    def _run(self, job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as failure:
            self.raised.append(failure)

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        for thread in self.threads:
            thread.join()
        if self.raised:
            raise self.raised[0]


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.most_common())
