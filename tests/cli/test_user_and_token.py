"""`houle user` and `houle token`, on a database of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from server.accounts import PersonalToken, User, list_tokens, user_named
from server.accounts.passwords import Passwords
from server.accounts.store import find_password
from server.database import Database
from tests.cli.conftest import Houle, on_database


@pytest.fixture
def houle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Houle:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [*arguments, "--data", str(tmp_path / "sea")], input=stdin)

    return run


def opens(tmp_path: Path, name: str, password: str) -> bool:
    async def look(database: Database) -> bool:
        found = await database.point(find_password, name)
        passwords = Passwords()
        verdict = await passwords.verify(found[1] if found else None, password)
        passwords.close()
        return verdict.right

    return on_database(tmp_path / "sea", look)


def test_a_user_is_added_before_the_first_start(houle: Houle, tmp_path: Path) -> None:
    command = ("user", "add", "bob", "--role", "creator", "--password-stdin")
    added = houle(*command, "--email", "bob@example.org", stdin="a swell of the sea\n")

    async def look(database: Database) -> User:
        return await user_named(database, "bob@example.org")

    assert added.exit_code == 0, added.output
    assert "bob" in added.stdout
    user = on_database(tmp_path / "sea", look)
    assert (user.username, user.role.value) == ("bob", "creator")
    assert opens(tmp_path, "bob", "a swell of the sea")


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (("user", "add", "bob", "--role", "king"), "a swell of the sea", "no role king"),
        (("user", "add", "bob", "--role", "guest"), "a swell of the sea", "no role guest"),
        (("user", "add", "b", "--role", "user"), "a swell of the sea", "3 to 50 letters"),
        (("user", "add", "bob", "--role", "user"), "short", "at least 10 characters"),
        (("user", "password", "nobody"), "a swell of the sea", "no user nobody"),
    ],
)
def test_what_cannot_be_is_said_and_fails(
    houle: Houle, arguments: tuple[str, ...], password: str, said: str
) -> None:
    answer = houle(*arguments, "--password-stdin", stdin=f"{password}\n")

    assert answer.exit_code != 0
    assert said in re.sub(r"[\s│]+", " ", answer.stderr)
    assert "Traceback" not in answer.output


def test_a_lost_password_is_set_anew_by_typing_it_twice(houle: Houle, tmp_path: Path) -> None:
    houle("user", "add", "admin", "--role", "admin", "--password-stdin", stdin="first password\n")
    changed = houle("user", "password", "admin", stdin="second password\nsecond password\n")

    assert changed.exit_code == 0, changed.output
    assert "second password" not in changed.output
    assert opens(tmp_path, "admin", "second password")
    assert not opens(tmp_path, "admin", "first password")


def test_the_help_of_password_says_that_it_is_the_way_back_in(houle: Houle) -> None:
    assert "lost" in houle("user", "password", "--help").stdout


def test_a_token_is_all_that_is_printed_on_standard_output(houle: Houle) -> None:
    houle("user", "add", "bob", "--password-stdin", stdin="a swell of the sea\n")
    made = houle("token", "bob")

    assert made.exit_code == 0, made.output
    assert re.fullmatch(r"houle_[A-Za-z0-9_-]{43}\n", made.stdout)


def test_tokens_are_listed_without_their_secret_and_revoked_by_id(
    houle: Houle, tmp_path: Path
) -> None:
    houle("user", "add", "bob", "--password-stdin", stdin="a swell of the sea\n")
    secret = houle("token", "bob", "--label", "the backup").stdout.strip()
    listed = houle("token", "bob", "--list")
    token_id = listed.stdout.split()[0]
    revoked = houle("token", "bob", "--revoke", token_id)
    again = houle("token", "bob", "--revoke", token_id)

    async def look(database: Database) -> list[PersonalToken]:
        return await database.read(list_tokens, (await user_named(database, "bob")).id)

    assert "the backup" in listed.stdout
    assert secret not in listed.stdout
    assert (revoked.exit_code, again.exit_code) == (0, 1)
    assert on_database(tmp_path / "sea", look) == []


def test_a_token_for_nobody_is_refused(houle: Houle) -> None:
    answer = houle("token", "nobody")

    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "no user nobody" in answer.stderr


def test_an_account_is_closed_and_opened_again(houle: Houle, tmp_path: Path) -> None:
    async def look(database: Database) -> bool:
        return (await user_named(database, "bob")).disabled

    houle("user", "add", "bob", "--password-stdin", stdin="a swell of the sea\n")
    assert houle("user", "disable", "bob").exit_code == 0
    assert on_database(tmp_path / "sea", look)
    assert houle("user", "enable", "bob").exit_code == 0
    assert not on_database(tmp_path / "sea", look)
