"""`quotemark config`, `push` and `pull`: to Label Studio and back."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotemark.cli.blind import (
    Annotators,
    Control,
    Overlap,
    Several,
    ShareSeed,
    design_of,
    tell_pull,
    tell_push,
    token_files,
)
from quotemark.cli.changes import (
    Backup,
    DryRun,
    Migrate,
    Reanchor,
    backup_of,
    remark,
    summary,
    tell_changes,
    tell_plans,
)
from quotemark.cli.instructions import Guidelines, instruction_of, put_instruction
from quotemark.cli.options import (
    LayersOutput,
    Output,
    SchemeFile,
    counts_of,
    scheme_of,
    spare_gold,
    spare_inputs,
)
from quotemark.cli.progress import bars
from quotemark.errors import error
from quotemark.files import STDIO, read_text, write_atomic
from quotemark.labelstudio.session import TIMEOUT, TOKEN_VARIABLE, URL, find_token
from quotemark.wording import counted

if TYPE_CHECKING:
    from quotemark.labelstudio.annotators import Server
    from quotemark.model import Corpus

Url = Annotated[
    str,
    typer.Option(envvar="LABEL_STUDIO_URL", metavar="URL", help="The server's address."),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="A file with the access token; else it is taken from LABEL_STUDIO_API_KEY; else "
        "your own running studio is meant.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        help="How long to wait for each answer of the server.", min=0.1, metavar="SECONDS"
    ),
]
Project = Annotated[
    str, typer.Option("--project", "-p", help="The project, by its id or its title.")
]
InOrder = Annotated[
    bool,
    typer.Option(
        "--in-order",
        help="Have annotators get the tasks in the order of the files, as next writes them; the "
        "project gets a tab that is in it.",
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--name",
        metavar="USER=NAME",
        help="Call a Label Studio user (an email, or an id in an export) by another name, "
        "such as a pseudonym. Repeatable.",
    ),
]


def config(
    scheme: SchemeFile = None,
    output: Output = STDIO,
    guidelines: Annotated[
        Path | None,
        typer.Option("--guidelines", metavar="FILE", help="Write this page's label table anew."),
    ] = None,
) -> None:
    """Write the Label Studio labelling configuration of a scheme."""
    from quotemark.guidelines import refresh
    from quotemark.labelstudio.config import labeling_config

    spare_inputs(output, scheme, guidelines)
    chosen = scheme_of(scheme)
    made = labeling_config(chosen).encode()
    if guidelines:
        page = refresh(read_text(guidelines), chosen, file=guidelines)
        write_atomic(guidelines, page.encode())
    write_atomic(output, made)


def push(
    tasks: Annotated[
        list[Path], typer.Argument(metavar="TASKS...", help="Task files that split has written.")
    ],
    project: Project,
    url: Url = URL,
    token_file: TokenFile = None,
    timeout: Timeout = TIMEOUT,
    scheme: SchemeFile = None,
    update_config: Annotated[
        bool, typer.Option(help="Replace the project's labelling configuration if it differs.")
    ] = False,
    annotators: Annotators = None,
    overlap: Overlap = 0.0,
    several: Several = 2,
    control: Control = None,
    seed: ShareSeed = 1,
    guidelines: Guidelines = None,
    migrate: Migrate = None,
    backup: Backup = None,
    reanchor: Reanchor = None,
    dry_run: DryRun = False,
    in_order: InOrder = False,
) -> None:
    """Bring tasks to a Label Studio project, which is made if there is none of this title.

    Tasks that are there already are not made again. With --annotators, each of them has a
    project of their own, with a share of the documents that is drawn by chance.
    """
    from quotemark.formats import ReadOptions
    from quotemark.formats.labelstudio import read_tasks
    from quotemark.labelstudio import remote

    chosen = scheme_of(scheme)
    page = instruction_of(guidelines, scheme)
    options = ReadOptions(scheme=chosen)
    given = [task for path in tasks for task in read_tasks(path, options)]
    copy = backup_of(backup, tasks, migrate)
    if annotators:
        servers = servers_of(annotators, url, token_file)
        design = design_of(project, servers, overlap, several, control, seed)
        if dry_run:
            tell_plans(
                remote.plan_blind(
                    given,
                    design,
                    servers,
                    scheme=chosen,
                    in_order=in_order,
                    migrate=migrate or (),
                    reanchor=reanchor,
                    timeout=timeout,
                )
            )
            return
        with bars() as progress:
            reports = remote.push_blind(
                given,
                design,
                servers,
                scheme=chosen,
                in_order=in_order,
                update_config=update_config,
                migrate=migrate or (),
                backup=copy,
                reanchor=reanchor,
                timeout=timeout,
                progress=progress,
            )
        tell_push(given, design, reports)
        for name, report in reports.items():
            files = remote.own_file(copy, name), remote.own_file(reanchor, name)
            tell_changes(report, *files)
            put_instruction(servers[name], report.project, page, timeout)
        tell_order(in_order)
        return
    if overlap or control is not None:
        raise typer.BadParameter("--overlap and --control go with --annotators")
    server = find_server(url, token_file)
    remote.check_not_blind(project, server, timeout=timeout)
    if dry_run:
        planned = remote.plan(
            given,
            url=server.url,
            token=server.token,
            timeout=timeout,
            project=project,
            scheme=chosen,
            in_order=in_order,
            migrate=migrate or (),
            reanchor=reanchor,
        )
        tell_plans({"": planned})
        return
    with bars() as progress:
        report = remote.push(
            given,
            url=server.url,
            token=server.token,
            timeout=timeout,
            project=project,
            scheme=chosen,
            in_order=in_order,
            update_config=update_config,
            migrate=migrate or (),
            backup=copy,
            reanchor=reanchor,
            progress=progress,
        )
    typer.echo(f"{summary(report)}: {report.url}")
    remark(report)
    tell_changes(report, copy, reanchor)
    put_instruction(server, report.project, page, timeout)
    tell_order(in_order)


def tell_order(in_order: bool) -> None:
    """Say how annotators come to get tasks in their order."""
    if in_order:
        from quotemark.labelstudio.remote.ordering import TAB

        words = f"in order, for whoever opens the tab {TAB} and chooses Label Tasks As Displayed"
        typer.echo(f"quotemark: {words}", err=True)


def find_server(url: str, token_file: Path | None) -> Server:
    """The server at an address and the token to it; where nothing is said, the user's own studio.

    Its token goes to no other address. Raises `QuotemarkError` where there is neither.
    """
    from quotemark.labelstudio.annotators import Server

    if not (token_file or os.environ.get(TOKEN_VARIABLE)) and sys.platform != "win32":
        from quotemark.labelstudio.studio import own, stopped

        found = own()
        if found and url in (URL, found.url):
            return Server(found.url, found.token)
        there = stopped()
        if there and url in (URL, there.url):
            message = "there is no access token, and your own studio does not run"
            remedy = (
                f"start it with: quotemark studio; for another server, set {TOKEN_VARIABLE} or "
                "give --token-file"
            )
            raise error("token", message, remedy, file=there.folder)
    return Server(url, find_token(token_file))


def servers_of(annotators: str, url: str, token_file: Path | None) -> dict[str, Server]:
    """The server of each of `--annotators`. Raises `QuotemarkError` as `read_annotators` does."""
    from quotemark.labelstudio.annotators import read_annotators

    return read_annotators(annotators, url, lambda place: find_server(place, token_file))


def pull(
    project: Project,
    output: LayersOutput,
    url: Url = URL,
    token_file: TokenFile = None,
    timeout: Timeout = TIMEOUT,
    scheme: SchemeFile = None,
    predictions: Annotated[
        bool, typer.Option("--predictions", help="Bring the predictions too.")
    ] = False,
    keep_going: Annotated[
        bool,
        typer.Option(
            "--keep-going", help="Leave out annotations with problems, name them and exit with 1."
        ),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Fetch everything, not only what has changed.")
    ] = False,
    name: Names = None,
    annotators: Annotators = None,
) -> None:
    """Bring the annotations of a Label Studio project into a file of the native format.

    Of a blind annotation, by its name, those of all annotators' projects.
    """
    from quotemark.formats import write
    from quotemark.labelstudio import remote

    spare_inputs(output, scheme, token_file, *token_files(annotators))
    spare_gold(output)
    servers = servers_of(annotators, url, token_file) if annotators else None
    with bars() as progress:
        found = remote.pull_all(
            project,
            servers.values() if servers else [find_server(url, token_file)],
            annotators=servers,
            scheme=scheme_of(scheme),
            predictions=predictions,
            keep_going=keep_going,
            timeout=timeout,
            cache=None if fresh else remote.cache_folder(),
            progress=progress,
        )
    pulled = found.pulled
    named = renamed(pulled.corpus, name)
    write(named, output)
    typer.echo(f"quotemark: {counts_of(named)}", err=True)
    tell_pull(found)
    if pulled.changed < pulled.tasks:
        message = (
            f"changed since the last pull: {pulled.changed} of {counted(pulled.tasks, 'task')}"
        )
        typer.echo(f"quotemark: {message}", err=True)
    if pulled.doubled:
        doubled = counted(len(pulled.doubled), "task")
        message = f"there more than once: {doubled}; push again to mend it"
        typer.echo(f"quotemark: {message}", err=True)
    for problem in pulled.problems:
        typer.echo(f"quotemark: {problem}", err=True)
    if pulled.problems:
        raise typer.Exit(1)


def renamed(corpus: Corpus, names: list[str] | None) -> Corpus:
    """The corpus with other names for annotators, each given as USER=NAME, all at once.

    Raises `QuotemarkError` for a user who is not there, and where two annotations of one
    document would be by one annotator.
    """
    new: dict[str, str] = {}
    for pair in names or ():
        user, equals, name = pair.rpartition("=")
        if not (user and equals and name):
            raise typer.BadParameter(f"--name {pair!r}: give USER=NAME")
        if user in new:
            raise typer.BadParameter(f"--name {pair!r}: this user has a name already")
        new[user] = name
    known = {layer.annotator for layer in corpus}
    if missing := sorted(new.keys() - known):
        users = ", ".join(sorted(known)) or "nobody"
        raise error("annotator", f"no annotator {missing[0]!r}", f"name one of: {users}")
    layers = [replace(a, annotator=new.get(a.annotator, a.annotator)) for a in corpus]
    seen = Counter((layer.doc_id, layer.annotator, layer.status) for layer in layers)
    for (doc_id, name, _), count in seen.items():
        if count > 1 and name in new.values():
            message = f"{count} annotations would be by {name!r}"
            raise error("twice", message, "give each user another name", doc=doc_id)
    return replace(corpus, annotations=tuple(layers))
