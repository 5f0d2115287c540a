"""`quotemark gold`: releases of gold that a paper can name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quotemark.cli.gold_diff import diff
from quotemark.cli.options import Texts, stdin_once
from quotemark.errors import error, printable

app = typer.Typer(
    no_args_is_help=True,
    help="Freeze gold into a release that a paper can name, verify one, put texts back.",
)

Folder = Annotated[Path, typer.Argument(help="The release's folder.", metavar="FOLDER")]
NewFolder = Annotated[
    Path,
    typer.Option("--output", "-o", help="The folder to make; it must not exist.", metavar="FOLDER"),
]


@app.command()
def freeze(
    gold: Annotated[
        list[Path],
        typer.Argument(help="The gold layers, one a document.", metavar="GOLD..."),
    ],
    name: Annotated[
        str, typer.Option("--as", help="What the release is called.", metavar="NAME@VERSION")
    ],
    output: NewFolder,
    layers: Annotated[
        list[Path] | None,
        typer.Option("--layers", help="Annotators' layers, to measure agreement; repeatable."),
    ] = None,
    guidelines: Annotated[
        Path | None,
        typer.Option("--guidelines", help="The guidelines; a copy goes along.", metavar="FILE"),
    ] = None,
    scheme: Annotated[
        Path | None,
        typer.Option("--scheme", help="The scheme; else the default one.", metavar="FILE"),
    ] = None,
    about: Annotated[
        Path | None,
        typer.Option(
            "--about",
            help="Why and from what it was made, in Markdown, for the card.",
            metavar="FILE",
        ),
    ] = None,
    limits: Annotated[
        Path | None,
        typer.Option("--limits", help="Known limits, in Markdown, for the card.", metavar="FILE"),
    ] = None,
    license: Annotated[
        str, typer.Option("--license", help="The license, by SPDX name or address.")
    ] = "",
    date: Annotated[str, typer.Option("--date", help="The date to state, as 2026-01-31.")] = "",
    splits: Annotated[
        str,
        typer.Option(
            "--splits",
            help="Shares of train, dev and test, such as 0.8,0.1,0.1; two are train and test.",
        ),
    ] = "",
    splits_of: Annotated[
        Path | None,
        typer.Option(
            "--splits-of",
            help="An earlier release: its documents stay in their parts, new ones are drawn as "
            "it drew.",
            metavar="RELEASE",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The seed of splits and intervals.")
    ] = 1,
    group_by: Annotated[
        str,
        typer.Option("--group-by", help="Metadata of documents that stay together by its value."),
    ] = "",
    near: Annotated[
        float,
        typer.Option(
            "--near",
            min=0.05,
            max=1,
            help="From which share of common word runs texts stay together.",
        ),
    ] = 0.5,
    without_texts: Annotated[
        bool, typer.Option("--without-texts", help="Leave texts and their metadata out.")
    ] = False,
    parquet: Annotated[
        bool, typer.Option("--parquet/--no-parquet", help="Write Parquet beside JSON Lines.")
    ] = True,
    texts: Texts = None,
) -> None:
    """Make a release of gold: data, splits, data card, Croissant metadata, checksums.

    The same inputs make the same bytes. Annotators have pseudonyms. A folder that is there is
    never overwritten.
    """
    from quotemark.files import read_bytes, read_text
    from quotemark.formats import read
    from quotemark.release import freeze as library_freeze
    from quotemark.release import read_release

    stdin_once(*gold, *(layers or ()), *(texts or ()), guidelines, scheme, about, limits)
    found = library_freeze(
        read(*gold, *(texts or ())),
        output,
        name=name,
        layers=read(*layers) if layers else None,
        scheme=read_bytes(scheme) if scheme else None,
        guidelines=read_bytes(guidelines) if guidelines else None,
        about=read_text(about) if about else "",
        limits=read_text(limits) if limits else "",
        license=license,
        date=date,
        splits=_shares(splits) if splits else None,
        splits_of=read_release(splits_of).manifest if splits_of else None,
        seed=seed,
        group_by=group_by,
        near=near,
        texts=not without_texts,
        parquet=parquet,
    )
    _say(output, found)


@app.command()
def verify(folder: Folder) -> None:
    """Prove that a release is as it was frozen; each file that is not is named.

    Exit code 1 where anything is wrong, 2 where the folder is no release.
    """
    from quotemark.release import verify as library_verify
    from quotemark.release.checksums import digest
    from quotemark.release.manifest import SUMS

    problems = library_verify(folder)
    for problem in problems:
        typer.echo(str(problem))
    if problems:
        raise typer.Exit(1)
    _say(folder, digest((folder / SUMS).read_bytes()))


@app.command()
def hydrate(
    folder: Folder,
    texts: Annotated[
        list[Path],
        typer.Option("--texts", help="The texts: files or folders; repeatable.", metavar="DOCS"),
    ],
    output: NewFolder,
) -> None:
    """Put your own copy of the texts into a release without them, verified by hash.

    Texts that are missing or differ are named; then nothing is written.
    """
    from quotemark.formats import read
    from quotemark.release import hydrate as library_hydrate

    _say(output, library_hydrate(folder, read(*texts), output))


app.command()(diff)


def _say(folder: Path, sha256: str) -> None:
    from quotemark.release import read_release

    manifest = read_release(folder).manifest
    parts = [place.part for place in manifest.documents]
    sizes = ", ".join(f"{parts.count(part)} {part}" for part in manifest.parts)
    typer.echo(f"{printable(manifest.id)}: documents: {sizes or 0}; gold: {manifest.gold}")
    typer.echo(f"SHA-256 of SHA256SUMS: {sha256}")


def _shares(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        remedy = "give shares such as 0.8,0.1,0.1"
        raise error("splits", f"{text!r} are no shares", remedy) from None
