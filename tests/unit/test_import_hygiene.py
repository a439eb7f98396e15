"""What a start may cost: heavy libraries are imported when they are used, never before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"apprise", "babel", "duckdb", "httpx", "keyring", "requests", "textual"}
REPORT = """import atexit, json, sys
def names():
    return sorted({name.partition(".")[0] for name, module in sys.modules.items() if module})
atexit.register(lambda: print(json.dumps(names()), file=sys.stderr))
"""


def loaded_by(code: str, home: Path) -> set[str]:
    """Top-level packages that a fresh interpreter holds once `code` has run."""
    result = subprocess.run(
        [sys.executable, "-c", REPORT + code],
        capture_output=True,
        text=True,
        check=False,
        env={"KPITERM_HOME": str(home), "PATH": "", "PYTHONPATH": ":".join(sys.path)},
    )
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stderr.splitlines()[-1]))


def run(*args: str) -> str:
    return f"import runpy, sys; sys.argv = {['kpiterm', *args]!r}; runpy.run_module('kpiterm', run_name='__main__')"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import kpiterm", id="kpiterm"),
        pytest.param("import kpiterm.plugins", id="plugins"),
        pytest.param("import kpiterm.analysis.view", id="view"),
        pytest.param(run("--version"), id="--version"),
        pytest.param(run("--help"), id="--help"),
    ],
)
def test_a_light_start_loads_no_heavy_library(code: str, tmp_path: Path) -> None:
    assert not loaded_by(code, tmp_path) & HEAVY


def test_the_screen_loads_neither_store_nor_network_nor_keyring(tmp_path: Path) -> None:
    assert not loaded_by("import kpiterm.tui.app", tmp_path) & (HEAVY - {"textual"})


def test_the_measurement_sees_a_heavy_library(tmp_path: Path) -> None:
    assert "httpx" in loaded_by("import httpx", tmp_path)
