"""A project and its ML backend: made known to each other once, found again, kept up to date."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from quotemark.errors import error
from quotemark.labelstudio.backend import fitting
from quotemark.labelstudio.guard import USER
from quotemark.scheme import Scheme

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio
    from label_studio_sdk.core.api_error import ApiError
    from label_studio_sdk.core.request_options import RequestOptions

ONCE: RequestOptions = {"max_retries": 0}

OURS = "quotemark serve"
"""The description by which a backend is known again, whatever its address is now."""

RUNS = "CO"
"""The server's word for a backend that has just answered it."""


def connect(
    client: LabelStudio,
    project: int,
    url: str,
    *,
    scheme: Scheme,
    model: str,
    secret: str | None = None,
) -> int:
    """Make a running backend the one that a project asks for predictions; gives its number.

    Done again, from a new address or with another `model` or secret, it updates the backend that
    is there. `model` is the extractor's name: it is the backend's title too, so that annotators
    see its predictions and those of the same name that were pushed. The webhook that Label Studio
    adds is taken away: by it every annotation would be sent to the backend, without the secret.
    Raises `QuotemarkError` where the project's configuration does not fit the scheme, where the
    project has a backend that is not quotemark's, and where Label Studio cannot reach `url`.
    """
    settings: Any = client.projects.get(project)
    fitting(settings.label_config or "", scheme)
    there: list[Any] = client.ml.list(project=project)
    strangers = [str(backend.title) for backend in there if backend.description != OURS]
    if strangers:
        message = f"project {project} has another ML backend, {strangers[0]!r}"
        remedy = "remove it in the project's settings, under Model: Label Studio asks only one"
        raise error("backend", message, remedy)
    access: dict[str, Any] = {"auth_method": "NONE", "basic_auth_user": ""}
    if secret:
        access = {"auth_method": "BASIC_AUTH", "basic_auth_user": USER, "basic_auth_pass": secret}
    wanted = {"url": url, "title": model, "description": OURS, "is_interactive": False, **access}
    number = _save(client, project, [backend.id for backend in there], wanted)
    known = {f"{address.rstrip('/')}/webhook" for address in (url, *(b.url for b in there))}
    hooks: list[Any] = client.webhooks.list(project=str(project))
    for hook in hooks:
        if hook.url in known:
            client.webhooks.delete(hook.id)
    if settings.model_version != model:
        client.projects.update(project, model_version=model)
    return number


def answering(client: LabelStudio, project: int) -> str | None:
    """The extractor that a running `quotemark` gives a project for predictions, if any does."""
    there: list[Any] = client.ml.list(project=project)
    for backend in there:
        if backend.description == OURS and client.ml.get(backend.id).state == RUNS:
            return str(backend.title)
    return None


def disconnect(client: LabelStudio, project: int, url: str) -> None:
    """Take the backend at `url` from a project, and leave its predictions in sight.

    While a project has a backend that does not answer, Label Studio shows no predictions to
    annotators, not even those that it has. Done again, or where another has taken its place, it
    changes nothing.
    """
    from label_studio_sdk.core.api_error import ApiError

    there: list[Any] = client.ml.list(project=project)
    for backend in there:
        if (backend.description, backend.url) == (OURS, url):
            client.ml.delete(backend.id)
            with suppress(ApiError):  # no task was opened, so that there is no prediction to show
                client.projects.update(project, model_version=backend.title)


def _save(client: LabelStudio, project: int, there: list[int], wanted: dict[str, Any]) -> int:
    """The number of the one backend, made or updated; the server first asks it whether it is up.

    Where it may ask this machine, but webhooks may not lead here, it makes the backend and then
    fails, over the webhook that it wants to add.
    """
    from label_studio_sdk.core.api_error import ApiError

    try:
        if not there:
            try:
                made: Any = client.ml.create(project=project, **wanted, request_options=ONCE)
                return int(made.id)
            except ApiError:
                there = [int(backend.id) for backend in client.ml.list(project=project)]
                if not there:
                    raise
        client.ml.update(min(there), project=project, **wanted)
    except ApiError as failure:
        raise _refused(failure, wanted["url"]) from None
    for twin in sorted(there)[1:]:  # two that were connected at one moment
        client.ml.delete(twin)
    return min(there)


def _refused(failure: ApiError, url: str) -> Exception:
    """Why the server does not take a backend: its own words name classes, and its own settings."""
    if "reserved network address" in str(failure.body):
        message = f"Label Studio refuses to ask {url}, an address of its own network"
        return error("backend", message, "start its server with ML_BLOCK_LOCAL_IP=false")
    if failure.status_code == 400:
        remedy = "read what serve says; can Label Studio's server reach this address?"
        return error("backend", f"Label Studio gets no good answer at {url}", remedy)
    return failure
