"""What stands before the server fails: too many requests, errors after the fact, resets, stalls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Lock
from time import sleep

from soaking.world import World
from support.servers import Answer, Request, relay, served

TIMEOUT, STALL = 3.0, 4.5
"""Seconds that the client waits, and that the proxy lets it wait."""

TRIES = 25
"""How often a command may give up before the proxy is too much for it."""

Trouble = Callable[[Callable[[], Answer], Random], Answer]


def too_many(passed_on: Callable[[], Answer], random: Random) -> Answer:
    return Answer(429, b'{"detail": "throttled"}', headers={"Retry-After": "1"})


def after_the_fact(passed_on: Callable[[], Answer], random: Random) -> Answer:
    passed_on()
    return Answer(500, b"<html>Internal Server Error</html>", "text/html")


def reset(passed_on: Callable[[], Answer], random: Random) -> Answer:
    if random.random() < 0.5:
        passed_on()
    raise ConnectionResetError


def stall(passed_on: Callable[[], Answer], random: Random) -> Answer:
    given = passed_on() if random.random() < 0.5 else None
    sleep(STALL)
    return given or passed_on()


TROUBLES: dict[str, Trouble] = {
    "429": too_many,
    "500 after the fact": after_the_fact,
    "reset": reset,
    "stall": stall,
}


def any_of_them(passed_on: Callable[[], Answer], random: Random) -> Answer:
    return random.choice(list(TROUBLES.values()))(passed_on, random)


class Proxy:
    """Passes requests on, and makes trouble at a rate where `at` stands in what is asked for."""

    def __init__(self, world: World, trouble: Trouble, rate: float, at: str = "/") -> None:
        self.server, self.trouble, self.rate, self.at = world.server.url, trouble, rate, at
        self.random, self.lock = Random(world.random.random()), Lock()
        self.made = 0

    def answer(self, request: Request) -> Answer:
        with self.lock:
            now = self.at in f"{request.method} {request.path}" and self.random.random() < self.rate
            self.made += now
        if not now:
            return relay(request, self.server)
        return self.trouble(lambda: relay(request, self.server), self.random)


def proxies(world: World, *, tasks: int, rate: float = 0.2) -> None:
    """Each trouble at a rate, until push and pull have come through; then always."""
    for name in TROUBLES:
        sometimes(world, name, rate, tasks)
    for name in TROUBLES:
        always(world, name, tasks)


def sometimes(world: World, name: str, rate: float, tasks: int) -> None:
    """A trouble at a rate, or any, and push and pull tried until they have come through."""
    keys, trouble = world.write_tasks("tasks.json", tasks), TROUBLES.get(name, any_of_them)
    title, gave_up = f"Proxy, {name}", Counter[str]()
    proxy = Proxy(world, trouble, rate)
    with served(proxy.answer) as url:
        for words in (
            ("push", "tasks.json", "-p", title),
            ("pull", "-p", title, "-o", "pulled.jsonl"),
        ):
            for _ in range(TRIES):
                done = world.run(*words, "--timeout", TIMEOUT, url=url)
                if done.returncode == 0:
                    break
                gave_up[words[0]] += 1
                _clear(world, f"{words[0]} behind {name}", done.returncode, done.stderr)
            else:
                world.failures.append(f"{words[0]} did not come through {name} in {TRIES} tries")
    sleep(STALL if trouble in (stall, any_of_them) else 0)  # what is still on its way
    if trouble in (stall, reset, any_of_them):  # a request may arrive after the client is gone
        world.must("push", "tasks.json", "-p", title)
    world.census(title, keys)
    world.must("pull", "-p", title, "-o", "direct.jsonl", "--fresh")
    same = [(world.folder / f).read_bytes() for f in ("pulled.jsonl", "direct.jsonl")]
    world.failures.check(same[0] == same[1], f"{title}: what was pulled through it differs")
    times = f"push gave up {gave_up['push']} times, pull {gave_up['pull']} times"
    world.say(f"  {name} at {rate:.0%}: made {proxy.made} times; {times}")


def always(world: World, name: str, tasks: int) -> None:
    """A trouble with every request, or with every import, or every page of tasks."""
    keys, trouble = world.write_tasks("tasks.json", tasks), TROUBLES[name]
    title, file = f"Always {name}", world.folder / "kept.jsonl"
    world.must("push", "tasks.json", "-p", title)
    file.write_text("from before\n", encoding="utf-8")
    pull = ("pull", "-p", title, "-o", file.name)
    push = ("push", "tasks.json", "-p", f"{title}, imports")
    for words, at in ((pull, "/"), (push, "/"), (pull, "/api/tasks"), (push, "/import")):
        with served(Proxy(world, trouble, 1.0, at).answer) as url:
            done = world.run(*words, "--timeout", TIMEOUT, url=url)
        if at == "/import" and done.returncode == 0 and trouble is not too_many:
            continue  # what failed had been done, and push has seen that
        _clear(world, f"{words[0]}, always {name} at {at}", done.returncode, done.stderr)
        world.say(f"  {name} at every {at}: {done.stderr.strip()[:120]}")
    kept = file.read_text(encoding="utf-8")
    world.failures.check(kept == "from before\n", f"{title}: the file was touched")
    sleep(STALL if trouble is stall else 0)
    world.must(*push)
    world.census(f"{title}, imports", keys)


def _clear(world: World, what: str, code: int, said: str) -> None:
    """It gave up as it should: one line, exit code 2."""
    lines = said.strip().splitlines()
    good = code == 2 and len(lines) == 1 and lines[0].startswith("quotemark: ")
    world.failures.check(good, f"{what}: code {code}, said {said.strip()[-300:]!r}")
