"""Whatever is wrong, a person reads one clear sentence and what to do about it, and a script gets its code."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Done, Home

pytestmark = pytest.mark.e2e

# command line -> exit code, words of the message, words of the remedy
WRONG = {
    ("launch",): (2, "'launch' is not a kpiterm command", "one of: demo, init"),
    ("status", "--period", "2026-13"): (2, "2026-13", "2026-W47"),
    ("status", "--period", "soon"): (2, "soon", "2026-W47"),
    ("status", "--period", "2026-11-20..2026-11-01"): (2, "2026-11-20..2026-11-01", ""),
    ("--as-of", "yesterday", "status"): (2, "'yesterday' is no moment", "2026-11-01T08:00Z"),
    ("--as-of", "9999-12-31", "status"): (2, "9999-12-31", "2026-11-01T08:00Z"),
    ("--workspace", "a/b", "status"): (2, "workspace name 'a/b'", "letters, digits"),
    ("--workspace", "..", "status"): (2, "workspace name '..'", "letters, digits"),
    ("--lang", "fr", "status"): (2, "'fr'", "--help"),
    ("status", "--colour"): (2, "--colour", "kpiterm status --help"),
    ("sync",): (2, "no account is declared", "kpiterm account add"),
    ("sync", "us-main"): (2, "no account named 'us-main'", "kpiterm account add"),
    ("account", "test", "us-main"): (2, "no account named 'us-main'", "accounts:"),
    ("account", "remove", "us-main"): (2, "us-main", ""),
    ("account", "add", "amazn", "us-main"): (8, "'amazn' is not installed", "kpiterm plugins"),
    ("account", "add", "amazon", "US main"): (2, "account name 'US main'", "lower-case"),
    ("account", "add", "amazon", "../x"): (2, "account name '../x'", "lower-case"),
    ("account", "add", "amazon", "x", "--set", "colour=red"): (2, "no setting 'colour'", "marketplace"),
    ("account", "add", "amazon", "x", "--set", "colour"): (2, "colour", "key=value"),
    ("kpi", "show", "profit"): (2, "no KPI 'profit'", "gmv_mom"),
    ("kpi", "enter", "acos", "many", "--period", "2026-10"): (2, "'many' is no number", "9.5"),
    ("kpi", "enter", "acos", "NaN", "--period", "2026-10"): (2, "'NaN' is no number", "9.5"),
    ("query", "DROP TABLE order_line"): (2, "one SELECT at a time", ""),
    ("query", "SELECT 1; SELECT 2"): (2, "one SELECT at a time", ""),
    ("query", "COPY order_line TO 'out.csv'"): (2, "one SELECT at a time", ""),
    ("query", "SELECT * FROM '/etc/passwd'"): (2, "/etc/passwd does not exist", ""),
    ("query", "SELECT * FROM read_text('/etc/passwd')"): (2, "disabled", ""),
    ("query", "SELECT * FROM orders"): (2, "orders", "SHOW TABLES"),
    ("import",): (2, "file", "kpiterm import --help"),
    ("import", "gone.csv"): (5, "gone.csv", ""),
    ("demo", "--headless", "--days", "3"): (2, "--days 3", "between 40 and 730"),
    ("demo",): (2, "terminal", "--headless"),
}


def assert_plain(done: Done, code: int, words: str, remedy: str) -> None:
    assert done.code == code, done
    assert "Traceback" not in done.err
    assert done.err.startswith("kpiterm: "), done.err
    assert words in done.err
    assert remedy in done.err
    assert "\n  → " in done.err, done.err


@pytest.mark.parametrize("command", WRONG, ids=" ".join)
def test_a_wrong_command_line(home: Home, command: tuple[str, ...]) -> None:
    assert_plain(home(*command), *WRONG[command])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("currency = ", "config.toml"),
        ("currency = 'dollars'", "currency"),
        ("curency = 'USD'", "curency"),
        ("[sync]\nparallel = 'many'", "parallel"),
        ("[keyring]\nbackend = 'rm -rf'", "backend"),
        ("timezone = 'Mars/Olympus'", "timezone"),
    ],
)
def test_a_broken_configuration_is_named_with_file_and_key(home: Home, text: str, words: str) -> None:
    home.configure(text)
    home.declare("one", "amazon")
    for command in ("status", "sync"):
        done = home(command)
        assert_plain(done, 2, words, "")
        assert "config.toml" in done.err


def test_a_broken_account_file(home: Home) -> None:
    home.paths.accounts.mkdir(parents=True)
    (home.paths.accounts / "one.toml").write_text('connector = "amazon"\nsandbox = "http://example.com"\n')
    assert_plain(home("sync"), 2, "one.toml", "127.0.0.1")


def test_a_keyring_that_is_not_there(home: Home) -> None:
    home.configure('[keyring]\nbackend = "no.such.Keyring"\n')
    home.declare("one", "amazon")
    done = home("sync")
    assert done.code == 3
    assert "no.such.Keyring" in done.err
    assert "Traceback" not in done.err


UNREADABLE = {
    "empty.csv": b"",
    "blank.csv": b"\n\n\n",
    "pointer.csv": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12345\n",
    "binary.bin": bytes(range(256)) * 64,
    "broken.xlsx": b"PK\x03\x04 not a workbook at all",
    "broken.csv.gz": b"\x1f\x8b\x08\x00 not gzip",
    "nul.csv": b"a,b\n\0\0\0\n",
    "page.csv": b"<!DOCTYPE html><html><body>Sign in</body></html>",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One home for all the files that leave nothing in it."""
    from tests.e2e.conftest import Home

    return Home(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_report(desk: Home, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(UNREADABLE[name])
    done = desk("import", file)
    assert done.code == 5
    assert "Traceback" not in done.err
    assert name in done.err
    assert "kpiterm: " in done.err
    assert "\n  → " in done.err
    assert desk.rows("SELECT count(*) FROM payload") == [[0]]


def test_a_directory_or_a_missing_file_to_import(home: Home, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.csv"):
        done = home("import", path)
        assert done.code == 5
        assert path.name in done.err
        assert "\n  → " in done.err


ENTER = ("kpi", "enter", "acos", "0.2", "--period", "2026-10")


@pytest.mark.parametrize("command", [("init",), ("plugins",), ENTER])
def test_a_home_that_cannot_be_written(home: Home, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.write_text("")
    done = home("--home", file / "below", *command)
    assert_plain(done, 2, "", "")


def test_a_pipe_that_is_closed_early_is_no_error(home: Home) -> None:
    command = " ".join(f"'{word}'" for word in home.command("query", "SELECT * FROM range(200000)"))
    piped = subprocess.run(
        ["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"],
        env=home.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert piped.returncode == 0, piped.stderr
    assert piped.stderr == ""


def test_help_is_there_for_every_command(home: Home) -> None:
    overview = home("--help")
    assert overview.code == 0
    for name in ("sync", "import", "status", "kpi", "account", "query", "runs", "log", "plugins", "doctor", "demo"):
        assert f"  {name} " in overview.out
        done = home(name, "--help")
        assert done.code == 0
        assert f"usage: kpiterm {name}" in done.out
