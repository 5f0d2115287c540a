"""A question to the server past the SDK's own methods, which make objects of answers, or drop what
they do not know of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    import httpx
    from label_studio_sdk import LabelStudio

T = TypeVar("T")


def ask(client: LabelStudio, method: str, path: str, **words: Any) -> httpx.Response:
    """What the server answers at a path, asked as the SDK's client asks. Raises `ApiError`, with
    the refusal's JSON if it is any."""
    from label_studio_sdk.core.api_error import ApiError

    answer = client._client_wrapper.httpx_client.request(path, method=method, **words)
    if not answer.is_success:
        raise ApiError(status_code=answer.status_code, body=_json(answer.content))
    return answer


def ask_for(kind: type[T], client: LabelStudio, method: str, path: str, **words: Any) -> T:
    """The JSON that the server answers. Raises `ApiError` as `ask`, and for any of another kind."""
    from label_studio_sdk.core.api_error import ApiError

    answer = ask(client, method, path, **words)
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.DecodeError:
        raise ApiError(status_code=answer.status_code) from None


def _json(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return None
