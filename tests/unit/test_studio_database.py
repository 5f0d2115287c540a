"""The URL of a server's database: all that may stand in it, and no password in any message."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.studio.database import (
    SQLITE,
    check_same,
    find_database,
    parse_url,
    remember,
)

URL = "postgresql://ana:hush-hush@db.example.org:5433/news"

words = st.text(min_size=1, max_size=12).filter(str.isprintable)
hosts = st.sampled_from(["localhost", "db.example.org", "10.0.0.7", "::1"])


@given(
    user=words,
    password=words | st.just(""),
    host=hosts,
    port=st.integers(1, 65535) | st.none(),
    name=words,
    scheme=st.sampled_from(["postgresql", "postgres"]),
)
def test_every_part_of_a_url_arrives(
    user: str, password: str, host: str, port: int | None, name: str, scheme: str
) -> None:
    at = f"[{host}]" if ":" in host else host
    at += f":{port}" if port else ""
    secret = quote(password, safe="")
    url = f"{scheme}://{quote(user, safe='')}:{secret}@{at}/{quote(name, safe='')}"
    made = parse_url(url)
    assert made.environment == {
        "DJANGO_DB": "default",
        "POSTGRE_USER": user,
        "POSTGRE_PASSWORD": password,
        "POSTGRE_HOST": host,
        "POSTGRE_PORT": str(port or 5432),
        "POSTGRE_NAME": name,
    }
    again = parse_url(made.name)  # all but the password
    assert again.environment == {**made.environment, "POSTGRE_PASSWORD": ""}
    assert again.name == made.name


def test_the_password_is_in_no_representation() -> None:
    made = parse_url(URL)
    assert made.name == "postgresql://ana@db.example.org:5433/news"
    assert "hush-hush" not in f"{made!r} {made.name}"
    assert made.environment["POSTGRE_PASSWORD"] == "hush-hush"


def test_how_the_connection_is_secured_can_be_said() -> None:
    made = parse_url(f"{URL}?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem")
    assert made.environment["PGSSLMODE"] == "verify-full"
    assert made.environment["PGSSLROOTCERT"] == "/etc/ca.pem"
    assert made.name == parse_url(URL).name


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("mysql://ana:hush-hush@h/news", "is no PostgreSQL URL"),
        ("hush-hush", "is no PostgreSQL URL"),
        ("sqlite:///hush-hush", "is no PostgreSQL URL"),
        ("postgresql://ana:hush-hush@h:port/news", "is no URL that can be read"),
        ("postgresql://ana:hush-hush@h:99999/news", "is no URL that can be read"),
        ("postgresql://ana:hush-hush@[::1/news", "is no URL that can be read"),
        ("postgresql://ana:hush-hush@h/news?sslmode", "is no URL that can be read"),
        ("postgresql://:hush-hush@h/news", "the URL names no user"),
        ("postgresql://ana:hush-hush@/news", "the URL names no host"),
        ("postgresql://ana:hush-hush@h", "the URL names no database"),
        ("postgresql://ana:hush-hush@h/", "the URL names no database"),
        ("postgresql://ana:hush-hush@h/news/desk", "not percent-encoded"),
        ("postgresql://ana@h/news#hush-hush", "not percent-encoded"),
        ("postgresql://ana:hush-hush%00@h/news", "a control character"),
        ("postgresql://ana:hush-hush%0A@h/news", "a control character"),
        ("postgresql://ana:hush-hush@h/news?options=-c", "the URL sets 'options'"),
    ],
)
def test_a_url_that_says_too_little_or_too_much(url: str, complaint: str) -> None:
    with pytest.raises(QuotemarkError, match=complaint) as caught:
        parse_url(url, source="QUOTEMARK_DATABASE_URL")
    message = str(caught.value)
    assert "hush-hush" not in message
    assert message.startswith("QUOTEMARK_DATABASE_URL: ")
    assert "[database]" in message


def test_a_file_comes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUOTEMARK_DATABASE_URL", raising=False)
    assert find_database() == SQLITE
    monkeypatch.setenv("QUOTEMARK_DATABASE_URL", " ")
    assert find_database() == SQLITE
    monkeypatch.setenv("QUOTEMARK_DATABASE_URL", URL)
    assert find_database() == parse_url(URL)
    file = tmp_path / "url"
    file.write_text("postgresql://bo@h/other\n")
    assert find_database(file).name == "postgresql://bo@h:5432/other"
    file.write_text("\n")
    with pytest.raises(QuotemarkError, match="url: is no PostgreSQL URL"):
        find_database(file)
    with pytest.raises(QuotemarkError, match="No such file"):
        find_database(tmp_path / "nowhere")


def test_a_folder_stays_with_its_database(tmp_path: Path) -> None:
    post = parse_url(URL)
    check_same(tmp_path, post)  # as long as none has worked, any will do
    check_same(tmp_path, SQLITE)
    remember(tmp_path, post)
    check_same(tmp_path, parse_url(URL.replace("hush-hush", "new-password")))
    with pytest.raises(QuotemarkError, match=r"are in postgresql://ana@.*, not in sqlite") as one:
        check_same(tmp_path, SQLITE)
    assert "hush-hush" not in str(one.value)
    assert "hush-hush" not in (tmp_path / "database").read_text()
    (tmp_path / "database").unlink()
    remember(tmp_path, SQLITE)
    check_same(tmp_path, SQLITE)
    with pytest.raises(QuotemarkError, match=r"are in sqlite, not in postgresql://ana@"):
        check_same(tmp_path, post)
