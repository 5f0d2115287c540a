"""What `scripts/bench` runs: one command a subject."""

from __future__ import annotations

import typer

from benchmarks import agree, score, studio

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("agree")(agree.bench)
app.command("score")(score.bench)
app.command("studio")(studio.bench)


@app.callback()
def main() -> None:
    """Measure speed, as ratios within one run."""


app()
