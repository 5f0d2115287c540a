"""What a server of one's own keeps in its data folder: for its owner's eyes, made once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quotemark.errors import QuotemarkError
from quotemark.labelstudio.studio.credentials import Credentials, credentials
from quotemark.labelstudio.studio.home import check_private, default_home, keep, open_home

KEPT = ("username", "password", "token", "secret-key")


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A umask by which everything that is not told otherwise is open to all."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return open_home(tmp_path / "deep" / "studio")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_files_are_their_owners_alone(home: Path) -> None:
    made = credentials(home)
    assert mode(home) == 0o700
    assert {path.name: mode(path) for path in home.iterdir()} == dict.fromkeys(KEPT, 0o600)
    assert made.username.endswith("@localhost")
    assert len(made.token) == 40
    assert len({made.password, made.token, made.secret_key}) == 3


def test_they_are_made_once(home: Path) -> None:
    first = credentials(home, "Ana@Example.org")
    assert first.username == "ana@example.org"
    assert credentials(home) == credentials(home, "ana@example.org") == first
    (home / "token").unlink()
    again = credentials(home)
    assert again.token != first.token
    assert (again.username, again.password) == (first.username, first.password)


def test_two_folders_share_nothing(home: Path, tmp_path: Path) -> None:
    one, other = credentials(home), credentials(open_home(tmp_path / "other"))
    for name in ("password", "token", "secret_key"):
        assert getattr(one, name) != getattr(other, name)


def test_all_who_make_them_at_once_get_the_same(home: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(credentials, [home] * 64))
    assert set(made) == {credentials(home)}
    assert sorted(path.name for path in home.iterdir()) == sorted(KEPT)


def test_what_a_crash_leaves_behind_does_no_harm(home: Path) -> None:
    (home / ".token.abc123").write_text("half")  # written, and never given its name
    made = credentials(home)
    assert "half" not in (made.token, made.password)


def test_no_secret_is_shown_by_chance() -> None:
    shown = repr(Credentials("ana@example.org", "pass-word", "to-ken", "sec-ret"))
    assert shown == "Credentials(username='ana@example.org')"


@pytest.mark.parametrize("lax", [0o640, 0o604, 0o644, 0o620, 0o666])
@pytest.mark.parametrize("name", KEPT)
def test_a_file_that_others_could_open_is_refused(home: Path, name: str, lax: int) -> None:
    made = credentials(home)
    (home / name).chmod(lax)
    with pytest.raises(QuotemarkError, match=rf"{name}: is open to .*mode {lax:04o}.*chmod 600"):
        credentials(home)
    (home / name).chmod(0o600)
    assert credentials(home) == made


@pytest.mark.parametrize("lax", [0o750, 0o705, 0o755, 0o777])
def test_a_folder_that_others_could_look_into_is_refused(home: Path, lax: int) -> None:
    home.chmod(lax)
    with pytest.raises(QuotemarkError, match=rf"studio: is open to .*mode {lax:04o}.*chmod 700"):
        open_home(home)
    home.chmod(0o700)
    assert open_home(home) == home


def test_a_link_is_not_followed(home: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("token of somebody else")
    (tmp_path / "elsewhere").chmod(0o600)
    (home / "token").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(QuotemarkError, match="token: is neither a file nor a folder"):
        credentials(home)
    (home / "token").unlink()
    (home / "token").symlink_to(tmp_path / "nowhere")
    with pytest.raises(QuotemarkError, match="token: is neither a file nor a folder"):
        credentials(home)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_somebody_else_is_refused(home: Path) -> None:
    credentials(home)
    os.chown(home / "token", 65534, 65534)
    with pytest.raises(QuotemarkError, match="token: belongs to another user"):
        credentials(home)
    os.chown(home, 65534, 65534)
    with pytest.raises(QuotemarkError, match="studio: belongs to another user"):
        open_home(home)


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_file_that_holds_nothing_is_named(home: Path, content: bytes) -> None:
    (home / "token").write_bytes(content)
    (home / "token").chmod(0o600)
    with pytest.raises(QuotemarkError, match="token: cannot be read, or holds nothing"):
        credentials(home)


def test_a_place_where_no_folder_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "studio"):
        with pytest.raises(QuotemarkError, match=r"cannot be made: .*--data-dir"):
            open_home(place)
    with pytest.raises(QuotemarkError, match="nowhere: No such file"):
        check_private(tmp_path / "nowhere")
    with pytest.raises(QuotemarkError, match=r"token: cannot be written: .*--data-dir"):
        keep(tmp_path / "nowhere" / "token", lambda: "x")


@pytest.mark.parametrize(
    "name", ["", "ana", "@example.org", "ana@", "a@b@c", "a na@example.org", "änna@example.org"]
)
def test_a_username_is_an_email(home: Path, name: str) -> None:
    with pytest.raises(QuotemarkError, match=r"is no email \[username\]; give one as in"):
        credentials(home, name)
    assert list(home.iterdir()) == []


def test_another_username_is_refused(home: Path) -> None:
    credentials(home, "ana@example.org")
    with pytest.raises(QuotemarkError, match=r"is 'ana@example\.org', not 'bo@"):
        credentials(home, "bo@example.org")


def test_the_user_has_one_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUOTEMARK_STUDIO", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert default_home().is_relative_to(tmp_path)
    assert default_home().parts[-2:] == ("quotemark", "studio")
    monkeypatch.setenv("QUOTEMARK_STUDIO", str(tmp_path / "mine"))
    assert default_home() == tmp_path / "mine"
