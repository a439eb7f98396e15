"""What a command does without: in a process of its own, since what is loaded once stays loaded."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

_USE = """
import sys
from kpiterm.lean import skip_unused
skip_unused()
import duckdb, httpx
assert duckdb.connect().execute("SELECT ?", ["a"]).fetchall() == [("a",)]
assert httpx.URL("https://a.example/b").host == "a.example"
"""


def run(code: str, folder: Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", _USE + code],
        env={"PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.strip()


def test_the_command_of_httpx_is_not_loaded(tmp_path: Path) -> None:
    assert run("print([name for name in ('click', 'rich') if name in sys.modules])", tmp_path) == "[]"


@pytest.mark.parametrize(("there", "said"), [(True, "here"), (False, "absent")])
def test_a_plugin_finds_pandas_where_it_is_installed(tmp_path: Path, there: bool, said: str) -> None:
    if there:
        (tmp_path / "pandas.py").write_text("NaT = NA = object()\nplace = 'here'\nclass Timestamp: ...\n")
    if not there and find_spec("pandas"):
        pytest.skip("pandas is installed beside kpiterm")
    found = run(
        "try:\n    import pandas\n    print(pandas.place)\nexcept ImportError:\n    print('absent')",
        tmp_path,
    )
    assert found == said
