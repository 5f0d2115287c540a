"""The `quotemark` command: every subcommand is a module of this package.

Modules import what is heavy inside their functions, so that `--help` stays quick.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from quotemark import __version__
from quotemark.cli import gold, labelstudio
from quotemark.cli.adjudicate import adjudicate
from quotemark.cli.agree import agree
from quotemark.cli.annotators import annotators
from quotemark.cli.check import check
from quotemark.cli.compare import compare
from quotemark.cli.convert import convert
from quotemark.cli.extract import extract
from quotemark.cli.ground import ground
from quotemark.cli.import_ import import_
from quotemark.cli.init import init
from quotemark.cli.migrate import migrate
from quotemark.cli.next_ import next_
from quotemark.cli.power import power
from quotemark.cli.review import review
from quotemark.cli.score import score
from quotemark.cli.serve import serve
from quotemark.cli.show import show
from quotemark.cli.split import split
from quotemark.cli.status import status
from quotemark.cli.studio import studio
from quotemark.errors import QuotemarkError


class Group(TyperGroup):
    """Turns every `QuotemarkError` into its lines on standard error and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except QuotemarkError as failure:
            for problem in failure.problems:
                typer.echo(f"quotemark: {problem}", err=True)
            raise typer.Exit(2) from None
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone: nothing more to say to it
            raise typer.Exit(0) from None


app = typer.Typer(
    name="quotemark",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # which fills paragraphs
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quotemark {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Who said what, and where they stand: annotate it, agree on it, score it."""


app.command()(init)
app.command()(split)
app.command()(extract)
app.command()(ground)
app.command()(check)
app.command()(agree)
app.command()(annotators)
app.command()(review)
app.command()(adjudicate)
app.command()(score)
app.command()(compare)
app.command()(power)
app.command("next")(next_)
app.command()(show)
app.command()(convert)
app.command()(migrate)
app.add_typer(gold.app, name="gold")

app.command()(labelstudio.config)
app.command()(labelstudio.push)
app.command()(labelstudio.pull)
app.command()(status)
app.command("import")(import_)
app.command()(studio)
app.command()(serve)


def main() -> None:
    """Run the command line."""
    app()
