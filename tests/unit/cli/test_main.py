"""Words on the command line to a command, and whatever goes wrong to one sentence and an exit code."""

from __future__ import annotations

import errno
import json
from types import SimpleNamespace

import pytest

from kpiterm import __version__
from kpiterm.cli import main
from kpiterm.errors import StoreError


@pytest.mark.parametrize(
    "words",
    [
        ["kpi", "show", "odr", "--json", "--period", "2026-10"],
        ["--json", "kpi", "show", "odr", "--period", "2026-10"],
        ["kpi", "--json", "show", "--period", "2026-10", "odr"],
        ["--lang", "en", "kpi", "show", "--json", "odr", "--period", "2026-10", "-q"],
    ],
)
def test_global_options_may_stand_anywhere(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 0
    [gauge] = json.loads(capsys.readouterr().out)["kpis"]
    assert (gauge["id"], gauge["period"]["start"]) == ("odr", "2026-10-01")


@pytest.mark.parametrize("words", [["status", "--js"], ["status", "--peri", "last"], ["statu"], ["--jsn"]])
def test_nothing_is_guessed_from_a_beginning(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(words) == 2
    err = capsys.readouterr().err
    assert err.startswith("kpiterm: ")
    assert "\n  → " in err


def test_the_version_and_the_overview(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == f"kpiterm {__version__}\n"
    assert main.run([]) == 0
    assert "usage: kpiterm" in capsys.readouterr().out
    assert main.run(["-q"]) == 2


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (StoreError("the store is torn", hint="mend it"), 4, ["the store is torn", "→ mend it"]),
        (OSError(errno.ENOSPC, "No space left on device"), 4, ["no space left", "free some space"]),
        (PermissionError(errno.EACCES, "Permission denied", "some-dir"), 2, ["some-dir: Permission denied", "--home"]),
        (KeyboardInterrupt(), 130, []),
        (ZeroDivisionError("by zero"), 1, ["ZeroDivisionError: by zero", "a bug in kpiterm"]),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    error: BaseException, code: int, words: list[str], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_: object) -> int:
        raise error

    monkeypatch.setattr(main, "import_module", lambda _: SimpleNamespace(configure=lambda _: None, run=fail))
    assert main.run(["status", "--json"]) == code
    out, err = capsys.readouterr()
    assert [word for word in words if word not in err] == []
    assert "Traceback" not in err
    assert not words or json.loads(out)["error"]["message"] in err


def test_verbose_shows_where_a_bug_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(main, "import_module", lambda _: SimpleNamespace(configure=lambda _: None, run=fail))
    with pytest.raises(ZeroDivisionError):
        main.run(["status", "-v"])
