"""`kpiterm plugins new` gives a connector that keeps its contract; `kpiterm plugins check` says when one does not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def kpiterm(*args: str, code: int = 0) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "kpiterm", *args, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(kpiterm("plugins", "new", "etsy", "--into", str(tmp_path_factory.mktemp("plugins")))["path"])


def outcomes(project: Path, code: int = 0) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for check in kpiterm("plugins", "check", str(project), code=code)["checks"]:
        found.setdefault(check["outcome"], []).append(check["name"])
    return found


@pytest.mark.e2e
def test_a_new_plugin_keeps_its_contract_at_once(project: Path) -> None:
    found = outcomes(project)
    assert "failed" not in found
    assert {"asks only its own hosts", "says no secret", "has sql that the store can run"} <= set(found["passed"])


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("file", "right", "wrong", "caught"),
    [
        ("kpiterm_etsy/__init__.py", "hosts=(HOST,)", 'hosts=("other.example.com",)', "asks only its own hosts"),
        ("kpiterm_etsy/__init__.py", 'replaces=("order_id",)', "replaces=()", ""),
        ("kpiterm_etsy/orders.sql", "item.price * item.quantity as item_price", "item.price as prize",
         "has sql that the store can run"),
        ("kpiterm_etsy/__init__.py", 'match="GET /v1/orders"', 'match="/v1/orders"', "declares rates that can match"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(project: Path, tmp_path: Path, file: str, right: str, wrong: str, caught: str) -> None:
    broken = tmp_path / "kpiterm-etsy"
    subprocess.run(["cp", "-r", project, broken], check=True)
    text = (broken / file).read_text()
    assert right in text
    (broken / file).write_text(text.replace(right, wrong))
    found = outcomes(broken, code=8)
    assert any(caught in name for name in found["failed"])


@pytest.mark.parametrize("name", ["Etsy", "my-shop", "9lives", ""])
def test_a_name_that_python_cannot_import_is_refused(name: str, tmp_path: Path) -> None:
    assert "lower-case" in kpiterm("plugins", "new", name, "--into", str(tmp_path), code=2)["error"]["hint"]


def test_a_directory_that_is_no_plugin_is_refused(tmp_path: Path) -> None:
    assert "pyproject.toml" in kpiterm("plugins", "check", str(tmp_path), code=2)["error"]["message"]
