"""The client is killed, at any point, and run again."""

from __future__ import annotations

import threading
from collections import Counter
from random import Random
from subprocess import Popen
from time import sleep

from soaking.world import World, cue
from support.servers import Answer, Request, relay, served

MOMENTS = ("before", "during", "after")
"""When a client is killed: before a request reaches the server, while the server works on it, or
when it has answered, and the client has not heard."""


class Watch:
    """What a client asks of a server, and the point at which it is killed: the `nth` time that it
    asks `what`, which is a method and a path with {} for numbers."""

    def __init__(
        self, server: str, what: str = "", nth: int = 0, moment: str = "", delay: float = 0.0
    ) -> None:
        self.server, self.what, self.nth, self.moment, self.delay = server, what, nth, moment, delay
        self.url = "http://nowhere"
        self.asked: list[str] = []
        self.process: Popen[str] | None = None
        self._lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        parts = request.path.partition("?")[0].split("/")
        asked = f"{request.method} {'/'.join('{}' if p.isdecimal() else p for p in parts)}"
        with self._lock:
            self.asked.append(asked)
            now = asked == self.what and self.asked.count(asked) == self.nth
        if now and self.moment == "before":
            self._kill()
            return Answer(503, b"")
        if now and self.moment == "during":
            threading.Timer(self.delay, self._kill).start()
        given = relay(request, self.server)
        if now and self.moment == "after":
            self._kill()
        if now and self.moment == "late":
            threading.Timer(self.delay, self._kill).start()
        return given

    def _kill(self) -> None:
        while self.process is None:
            sleep(0.001)
        self.process.kill()


def pushes(world: World, *, tasks: int, kills: int) -> None:
    """Push to new projects, killed at random points, then again."""
    keys = world.write_tasks("tasks.json", tasks)
    plain = _watched(world, Watch(world.server.url), "push", "tasks.json", "-p", "Not killed")
    stages: Counter[str] = Counter()
    for n in range(kills):
        title = f"Push killed, {n}"
        for again in range(world.random.choice((1, 1, 2))):
            watch = _aimed(world, plain, n + again)
            _watched(world, watch, "push", "tasks.json", "-p", title)
            stages[_stage(watch)] += 1
        world.must("push", "tasks.json", "-p", title)
        world.census(title, keys)
    _say(world, "push", stages)


def pulls(world: World, *, tasks: int, kills: int) -> None:
    """Pull what has changed, killed at random points, then again."""
    keys = world.write_tasks("tasks.json", tasks)
    title = "Pull killed"
    world.must("push", "tasks.json", "-p", title)
    there = [int(task["id"]) for task in world.census(title, keys)]
    made = {}
    for n, task in enumerate(there):
        answer = world.api.post(f"/api/tasks/{task}/annotations", json={"result": cue(f"r{n}")})
        made[task] = answer.raise_for_status().json()["id"]
    pull = ("pull", "-p", title, "-o", "pulled.jsonl")
    world.must(*pull)
    file = world.folder / "pulled.jsonl"
    plain = _watched(world, Watch(world.server.url), *pull, "--fresh")
    stages: Counter[str] = Counter()
    whole = {"old": 0, "new": 0}
    for n in range(kills):
        old = file.read_bytes()
        for task in world.random.sample(there, max(1, tasks // 50)):
            change = {"result": cue(f"r{task}-{n}", n % 20)}
            world.api.patch(f"/api/annotations/{made[task]}/", json=change).raise_for_status()
        world.must("pull", "-p", title, "-o", "fresh.jsonl", "--fresh")
        new = (world.folder / "fresh.jsonl").read_bytes()
        watch = _aimed(world, plain, n)
        _watched(world, watch, *pull)
        stages[_stage(watch)] += 1
        now = file.read_bytes().replace(watch.url.encode(), world.server.url.encode())
        world.failures.check(now in (old, new), f"killed pull {n} left half a file")
        whole["new" if now == new else "old"] += 1
        world.must(*pull)
        world.failures.check(file.read_bytes() == new, f"pull after kill {n} differs from --fresh")
    _say(world, "pull", stages)
    world.say(f"  the file was the old one {whole['old']} times, the new one {whole['new']} times")


def _aimed(world: World, plain: list[str], number: int) -> Watch:
    """A watch that kills at a random request of those of an undisturbed run; every other time at
    one that makes something, or, where none does, at the end."""
    random: Random = world.random
    making = [n for n, asked in enumerate(plain) if asked.startswith(("POST", "PATCH"))]
    if number % 2 and not making:  # all is answered: it is about to write, or has written
        what = plain[-1]
        return Watch(world.server.url, what, plain.count(what), "late", random.uniform(0.0, 0.4))
    point = random.choice(making) if number % 2 else random.randrange(len(plain))
    what, nth = plain[point], plain[: point + 1].count(plain[point])
    return Watch(world.server.url, what, nth, random.choice(MOMENTS), random.uniform(0.0, 0.3))


def _watched(world: World, watch: Watch, *words: str) -> list[str]:
    """Run a command through a watch; what it asked."""
    with served(watch.answer) as watch.url:
        watch.process = world.start(*words, url=watch.url)
        _, said = watch.process.communicate()
        sleep(0.1 if watch.what else 0)
    if not watch.what and watch.process.returncode:
        raise RuntimeError(f"{words[0]} fails by itself: {said}")
    return watch.asked


def _stage(watch: Watch) -> str:
    killed = watch.process is not None and watch.process.returncode == -9
    return f"{watch.moment} {watch.what}" if killed else "too late"


def _say(world: World, what: str, stages: Counter[str]) -> None:
    killed = sum(stages.values()) - stages["too late"]
    world.say(f"  {what} killed {killed} times, of which")
    for stage, number in sorted(stages.items()):
        world.say(f"    {number} × {stage}")
