"""Push and pull under fire, in short; `scripts/soak` does the same for minutes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from benchmarks.studio import measure
from quotemark.labelstudio.studio import Studio
from soaking import annotating, failing, killing
from soaking.world import World

pytestmark = pytest.mark.live

TASKS = 40


@pytest.fixture
def world(tmp_path: Path, server: Studio) -> Iterator[World]:
    made = World(server, tmp_path, Random(tmp_path.name), print)
    yield made
    made.close()


def test_a_push_that_is_killed_is_finished_by_the_next(world: World) -> None:
    killing.pushes(world, tasks=TASKS, kills=2)
    assert world.failures == []


def test_a_pull_that_is_killed_leaves_the_old_file_or_the_new_one(world: World) -> None:
    killing.pulls(world, tasks=20, kills=2)
    assert world.failures == []


def test_what_fails_on_the_way_neither_doubles_nor_loses(world: World) -> None:
    failing.sometimes(world, "any trouble", 0.15, TASKS)
    assert world.failures == []


def test_an_import_that_always_fails_is_given_up_clearly(world: World) -> None:
    failing.always(world, "429", 4)
    assert world.failures == []


def test_pushes_at_one_moment_make_each_task_once(world: World) -> None:
    annotating.together(world, pushes=3, tasks=TASKS)
    assert world.failures == []


def test_the_work_of_many_at_once_is_in_the_last_pull(world: World) -> None:
    annotating.crowd(world, annotators=4, seconds=5, tasks=TASKS)
    assert world.failures == []


def test_the_benchmark_of_push_and_pull_runs(
    server: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measure(server, tmp_path / "cache", tasks=3, repeat=1)
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "push of 3 tasks with predictions",
        "pull of 3 annotated tasks",
        "pull again, 0 tasks changed",
        "pull again, 1 tasks changed",
        "pull again, 100 tasks changed",
    ]


def test_the_checks_see_what_is_lost_and_doubled(world: World) -> None:
    keys = world.write_tasks("tasks.json", 4)
    world.must("push", "tasks.json", "-p", "Checked")
    world.census("Checked", keys)
    assert world.failures == []
    found = world.tasks(world.number("Checked"))
    world.api.delete(f"/api/tasks/{found[0]['id']}/").raise_for_status()
    extra = {"data": found[1]["data"], "project": found[1]["project"]}
    world.api.post("/api/tasks/", json=extra).raise_for_status()
    world.census("Checked", keys)
    assert world.failures == [
        "Checked: 1 tasks are missing",
        "Checked: 1 tasks are there twice",
        "Checked: 1 tasks have not one prediction",
    ]
