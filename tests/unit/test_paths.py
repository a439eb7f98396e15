"""Where a workspace lives, and that nobody else may look into it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpiterm.errors import UsageError
from kpiterm.paths import Paths, private_dir, resolve


def test_the_command_line_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPITERM_HOME", str(tmp_path / "env"))
    monkeypatch.setenv("KPITERM_WORKSPACE", "from-env")
    assert resolve(None, None) == Paths(tmp_path / "env", "from-env")
    assert resolve(str(tmp_path / "cli"), "acme") == Paths(tmp_path / "cli", "acme")


def test_without_any_word_it_is_the_users_data_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KPITERM_HOME", "KPITERM_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    found = resolve(None, None)
    assert found.workspace == "default"
    assert tmp_path in found.home.parents
    assert found.home.name == "kpiterm"


def test_a_relative_home_means_the_same_after_a_change_of_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve("data", None).home == tmp_path / "data"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert resolve("~/data", None).home == tmp_path / "data"


@pytest.mark.parametrize("name", ["..", "../other", "a/b", "", ".hidden", "a b", "a\n", "x" * 65, "-x", "a\0"])
def test_a_workspace_name_cannot_leave_the_home(name: str, tmp_path: Path) -> None:
    if name == "":
        assert resolve(str(tmp_path), name).workspace == "default"
        return
    with pytest.raises(UsageError, match="workspace name") as caught:
        resolve(str(tmp_path), name)
    assert "letters" in caught.value.hint


@pytest.mark.parametrize("name", ["acme", "Acme-2.eu", "客户", "x" * 64])
def test_names_of_clients_are_fine(name: str, tmp_path: Path) -> None:
    assert resolve(str(tmp_path), name).root == tmp_path / "workspaces" / name


def test_workspaces_share_nothing_but_the_vendors_quotas(tmp_path: Path) -> None:
    one, other = Paths(tmp_path, "one"), Paths(tmp_path, "other")
    names = [name for name in dir(Paths) if isinstance(getattr(Paths, name), property)]
    shared = {name for name in names if getattr(one, name) == getattr(other, name)}
    assert shared == {"limits"}
    for name in set(names) - shared:
        assert getattr(one, name).is_relative_to(one.root)


def test_a_private_directory_is_the_owners_alone_also_if_it_was_open_before(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = private_dir(tmp_path / "a" / "b")
        assert path.stat().st_mode & 0o777 == 0o700
        path.chmod(0o755)
        assert private_dir(path).stat().st_mode & 0o777 == 0o700
    finally:
        os.umask(before)
