"""A project and its ML backend: made known to each other once, found again, kept up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quotemark.errors import QuotemarkError, error
from quotemark.labelstudio.backend import fitting
from quotemark.labelstudio.serving import USER
from quotemark.scheme import Scheme

if TYPE_CHECKING:
    from label_studio_sdk import LabelStudio

OURS = "quotemark serve"
"""The description by which a backend is known again, whatever its address is now."""


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
    ours = sorted(backend.id for backend in there if backend.description == OURS)
    if len(ours) < len(there):
        title = next(backend.title for backend in there if backend.description != OURS)
        message = f"project {project} has another ML backend, {title!r}, and asks only the first"
        raise error("backend", message, "remove it in the project's settings, under Model")
    access: dict[str, Any] = {"auth_method": "NONE", "basic_auth_user": ""}
    if secret:
        access = {
            "auth_method": "BASIC_AUTH",
            "basic_auth_user": USER,
            "basic_auth_pass": secret,
        }
    wanted = {"url": url, "title": model, "description": OURS, "is_interactive": False, **access}
    number = _saved(client, project, ours[0] if ours else None, wanted)
    for twin in ours[1:]:
        client.ml.delete(twin)
    known = {f"{address.rstrip('/')}/webhook" for address in (url, *(b.url for b in there))}
    hooks: list[Any] = client.webhooks.list(project=str(project))
    for hook in hooks:
        if hook.url in known:
            client.webhooks.delete(hook.id)
    if settings.model_version != model:
        client.projects.update(project, model_version=model)
    return number


def _saved(client: LabelStudio, project: int, there: int | None, wanted: dict[str, Any]) -> int:
    """The number of the backend, made or updated; Label Studio asks it whether it is up."""
    from label_studio_sdk.core.api_error import ApiError

    try:
        made: Any = (
            client.ml.create(project=project, **wanted, request_options={"max_retries": 0})
            if there is None
            else client.ml.update(there, project=project, **wanted)
        )
    except ApiError as failure:
        if failure.status_code != 400:
            raise
        raise _unreached(str(failure.body), wanted["url"]) from None
    return int(made.id)


def _unreached(body: str, url: str) -> QuotemarkError:
    """Why Label Studio does not take a backend; its own words name addresses and classes."""
    if "banned" in body or "reserved" in body.lower():
        message = f"Label Studio refuses to ask {url}, an address of its own network"
        return error("backend", message, "start it with ML_BLOCK_LOCAL_IP=false")
    message = f"Label Studio cannot use a backend at {url}"
    return error("backend", message, "read the log of serve; can the server reach this address?")
