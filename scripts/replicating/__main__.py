"""What `scripts/replicate` runs: one command a subject."""

from __future__ import annotations

import typer

from replicating import agreement

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.command("agreement")(agreement.replicate)


@app.callback()
def main() -> None:
    """Compute published figures anew, from corpora that you have fetched."""


app()
