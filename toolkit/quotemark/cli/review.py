"""`quotemark review`: what annotators see differently, to Label Studio to be decided there."""

from __future__ import annotations

import typer

from quotemark.cli.adjudicate import DecisionsFile, Policies, Weights, weights_of
from quotemark.cli.changes import remark, summary
from quotemark.cli.instructions import Guidelines, instruction_of, put_instruction
from quotemark.cli.labelstudio import Project, Timeout, TokenFile, Url, find_server
from quotemark.cli.options import Layers, SchemeFile, Texts, layers_of, scheme_of, stdin_once
from quotemark.cli.progress import bars
from quotemark.cli.split import Context, WindowOption, window_of
from quotemark.labelstudio.session import TIMEOUT, URL


def review(
    files: Layers,
    project: Project,
    decisions: DecisionsFile = None,
    policy: Policies = None,
    weights: Weights = "",
    window: WindowOption = "document",
    context: Context = 2,
    texts: Texts = None,
    scheme: SchemeFile = None,
    guidelines: Guidelines = None,
    url: Url = URL,
    token_file: TokenFile = None,
    timeout: Timeout = TIMEOUT,
) -> None:
    """Bring what annotators see differently to a Label Studio project for review.

    There each annotator's version stands under their name, to be compared and accepted. Then pull
    the project, and give the file to `adjudicate --reviews`. What --decisions and --policy settle
    is settled there, too. Done again, it brings what is new.
    """
    from quotemark.adjudication import review_tasks
    from quotemark.decisions import read_decisions
    from quotemark.labelstudio import remote

    stdin_once(*files, *(texts or ()), decisions)
    schema = scheme_of(scheme)
    page = instruction_of(guidelines, scheme)
    tasks = review_tasks(
        layers_of(files, texts, schema),
        scheme=schema,
        decisions=read_decisions(decisions).decisions if decisions else (),
        policies=policy or (),
        weights=weights_of(weights),
        window=window_of(window),
        context=context,
    )
    if not tasks:
        typer.echo("quotemark: nothing is open; nothing pushed", err=True)
        return
    server = find_server(url, token_file)
    remote.check_not_blind(project, server, timeout=timeout)
    with bars() as progress:
        report = remote.push(
            tasks,
            url=server.url,
            token=server.token,
            timeout=timeout,
            project=project,
            scheme=schema,
            review=True,
            progress=progress,
        )
    typer.echo(f"{summary(report)}: {report.url}")
    remark(report)
    put_instruction(server, report.project, page, timeout)
