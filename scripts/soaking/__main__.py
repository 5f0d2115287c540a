"""What `scripts/soak` runs. Exit code 1 where anything was lost or doubled."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Annotated

import typer

from quotemark.labelstudio.studio import studio
from soaking import annotating, failing, killing
from soaking.world import World

PARTS = ("push", "pull", "together", "proxy", "crowd")


def soak(
    part: Annotated[
        list[str] | None, typer.Option(help=f"Only this: {', '.join(PARTS)}. Repeatable.")
    ] = None,
    tasks: Annotated[int, typer.Option(help="Tasks in each project.")] = 500,
    kills: Annotated[int, typer.Option(help="How often push is killed, and pull.")] = 10,
    rounds: Annotated[int, typer.Option(help="Rounds of pushes at the same moment.")] = 3,
    rate: Annotated[float, typer.Option(help="How many requests the proxy fails.")] = 0.2,
    annotators: Annotated[int, typer.Option(help="Annotators at the same moment.")] = 10,
    seconds: Annotated[float, typer.Option(help="How long they work.")] = 120.0,
    seed: Annotated[int, typer.Option(help="Of all that is left to chance.")] = 1,
) -> None:
    """Kill, fail and crowd push and pull, against a server that is started for it."""
    chosen = part or PARTS
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "work").mkdir()
        began = monotonic()
        with studio(folder / "studio") as server:
            typer.echo(f"seed {seed}, {tasks} tasks; the server took {monotonic() - began:.0f} s")
            world = World(server, folder / "work", Random(seed), typer.echo)
            for one in chosen:
                began = monotonic()
                typer.echo(one)
                if one == "push":
                    killing.pushes(world, tasks=tasks, kills=kills)
                elif one == "pull":
                    killing.pulls(world, tasks=tasks, kills=kills)
                elif one == "together":
                    for pushes in range(2, 2 + rounds):
                        annotating.together(world, pushes=min(pushes, 3), tasks=tasks)
                elif one == "proxy":
                    failing.proxies(world, tasks=min(tasks, 60), rate=rate)
                elif one == "crowd":
                    annotating.crowd(world, annotators=annotators, seconds=seconds, tasks=tasks)
                else:
                    raise typer.BadParameter(f"--part {one!r}: give one of {', '.join(PARTS)}")
                typer.echo(f"  {monotonic() - began:.0f} s")
            world.close()
    for failure in world.failures:
        typer.echo(f"failed: {failure}", err=True)
    typer.echo("nothing was lost or doubled" if not world.failures else "something was lost")
    raise typer.Exit(1 if world.failures else 0)


typer.run(soak)
