"""Annotators who join a Label Studio server as people do, and their access tokens."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from quotemark.labelstudio.studio import Studio


@dataclass(frozen=True, slots=True)
class Member:
    """A user with a password, and with a token of each kind."""

    email: str
    password: str = field(repr=False)
    legacy_token: str = field(repr=False)
    personal_token: str = field(repr=False)


def join(server: Studio, client: Any, email: str) -> Member:
    """Sign up by the organisation's invitation, then take both tokens from the account page.

    A user whom the API makes has no password, and nobody but the user can see the tokens: hence
    the way through the page.
    """
    import httpx

    password = secrets.token_urlsafe(16)
    invitation = client._client_wrapper.httpx_client.request("api/invite", method="GET").json()
    page = invitation["invite_url"]
    with httpx.Client(base_url=server.url, timeout=60, trust_env=False) as session:
        form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(page).text)
        if form is None:
            raise ValueError("the sign-up page has no form")
        fields = {"email": email, "password": password, "csrfmiddlewaretoken": form[1]}
        session.post(page, data=fields)
        legacy = session.get("/api/current-user/token").raise_for_status().json()["token"]
        headers = {"X-CSRFToken": session.cookies["csrftoken"]}
        made = session.post("/api/token/", headers=headers).raise_for_status()
    return Member(email, password, legacy, made.json()["token"])
