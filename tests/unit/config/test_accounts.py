from __future__ import annotations

from pathlib import Path

import pytest

from kpiterm.config import Account, load_accounts, remove_account, save_account
from kpiterm.errors import ConfigError, UsageError
from kpiterm.paths import Paths

US = Account(name="us-main", connector="amazon", settings={"marketplace": "US", "note": 'a "b" \\ 中文'})


def test_accounts_come_back_as_they_were_saved(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    box = Account(name="box", connector="walmart", sandbox="http://127.0.0.1:8080")
    save_account(paths, US)
    save_account(paths, box)
    assert load_accounts(paths) == (box, US)


def test_a_file_is_private_and_nothing_else_is_left_behind(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    file = save_account(paths, US)
    save_account(paths, Account(name="us-main", connector="shopify"))
    assert file.stat().st_mode & 0o777 == 0o600
    assert paths.root.stat().st_mode & 0o077 == 0
    assert list(paths.accounts.iterdir()) == [file]
    assert [account.connector for account in load_accounts(paths)] == ["shopify"]


@pytest.mark.parametrize("name", ["", "US", "-a", "a_b", "a" * 41, "../x", "a/b"])
def test_a_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        save_account(Paths(tmp_path), Account(name=name, connector="amazon"))
    with pytest.raises(UsageError):
        remove_account(Paths(tmp_path), name)


def test_removing_forgets_one_and_suggests_the_name_that_was_meant(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    save_account(paths, US)
    with pytest.raises(UsageError) as caught:
        remove_account(paths, "us-mian")
    assert "us-main" in caught.value.hint
    remove_account(paths, "us-main")
    assert load_accounts(paths) == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "connector"),
        ('connector = "amazon"\nsandbox = "https://example.com"', "sandbox"),
        ('connector = "amazon"\nsandbox = "http://127.0.0.1.example.com:80"', "sandbox"),
        ('connector = "amazon"\n[settings]\nport = 1', "settings.port"),
        ('connector = "amazon"\nsecret = "x"', "secret"),
    ],
)
def test_a_file_edited_by_hand_is_checked(tmp_path: Path, text: str, key: str) -> None:
    paths = Paths(tmp_path)
    file = save_account(paths, US)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_accounts(paths)
    assert f"{file}: {key}" in caught.value.message
