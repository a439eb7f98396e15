"""`kpiterm plugins new` gives a connector that keeps its contract; `kpiterm plugins check` says when one does not."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from kpiterm.cli.main import run

CONNECTORS = Path(__file__).resolve().parents[2] / "connectors"
# A name of kpiterm.plugins that is on its way out warns as the policy says; this stands in for one.
OLD_NAME = """

import warnings
warnings.warn("kpiterm.plugins.Old is deprecated since 0.4 and goes with 1.0: use New", DeprecationWarning)
"""


def kpiterm(*args: str, code: int = 0) -> Any:
    with redirect_stdout(io.StringIO()) as said:
        ended = run([*args, "--json"])
    assert ended == code, said.getvalue()
    return json.loads(said.getvalue())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(kpiterm("plugins", "new", "etsy", "--into", str(tmp_path_factory.mktemp("plugins")))["path"])


def copied(project: Path, directory: Path) -> Path:
    return Path(shutil.copytree(project, directory / "kpiterm-etsy", ignore=shutil.ignore_patterns("__pycache__")))


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
@pytest.mark.parametrize("name", ["helium10", "shopify"])
def test_connectors_that_come_with_kpiterm_keep_it_too(name: str) -> None:
    """Each of the five inherits the contract among its own tests; two of them show that `check` finds it there."""
    found = outcomes(CONNECTORS / name)
    assert "failed" not in found
    assert f"loads as a plugin ({name})" in found["passed"]
    assert [check for check in found["passed"] if check.endswith("asks only its own hosts")]


INIT, SQL = "kpiterm_etsy/__init__.py", "kpiterm_etsy/orders.sql"
KPI_HOOK = """

@hookimpl
def kpiterm_kpi_files() -> Iterable[object]:
    return [files(__package__).joinpath("orders.sql")]
"""


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("file", "right", "wrong", "check", "says"),
    [
        (INIT, "hosts=(HOST,)", 'hosts=("other.example.com",)', "asks only its own hosts",
         "SettingError: connector etsy may not send to https://api.etsy.example.com"),
        (INIT, 'replaces=("order_id",)', "replaces=()", "loads as a plugin (etsy)",
         "ValueError: output into order_line: replaces is empty, so a re-run would double its rows: "),
        (INIT, "@hookimpl\ndef kpiterm_connectors", "@hookimpl\ndef kpiterm_connector", "loads as a plugin (etsy)",
         "unknown hook kpiterm_connector: did you mean kpiterm_connectors?"),
        (INIT, "import httpx", "import httpx_of_old", "loads as a plugin (etsy)",
         "ModuleNotFoundError: No module named 'httpx_of_old': "),
        (INIT, "    return [ETSY]\n", f"    return [ETSY]\n{KPI_HOOK}", "brings kpi files that can be read (etsy)",
         "orders.sql"),
        (INIT, "    return [ETSY]\n", f"    return [ETSY]\n{OLD_NAME}", "loads as a plugin (etsy)",
         "DeprecationWarning: kpiterm.plugins.Old is deprecated"),
        (SQL, "item.price * item.quantity as item_price", "item.price as prize", "has sql that the store can run",
         "stream orders: SQL for order_line: gives prize, which is no column of order_line"),
        (INIT, 'match="GET /v1/orders"', 'match="/v1/orders"', "declares rates that can match",
         "/v1/orders: write 'METHOD /path/with/*'"),
        ("tests/test_contract.py", "import httpx", "import httpx_of_old", "",
         "ModuleNotFoundError: No module named 'httpx_of_old'"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(
    project: Path, tmp_path: Path, file: str, right: str, wrong: str, check: str, says: str
) -> None:
    broken = copied(project, tmp_path)
    text = (broken / file).read_text()
    assert right in text
    (broken / file).write_text(text.replace(right, wrong, 1))
    failed = [c for c in kpiterm("plugins", "check", str(broken), code=8)["checks"] if c["outcome"] == "failed"]
    (found,) = [c for c in failed if check in c["name"] and says in c["detail"]]
    assert "\n" not in found["detail"]


@pytest.mark.e2e
@pytest.mark.parametrize("tests", [None, "def test_something_else() -> None:\n    assert True\n"])
def test_a_project_that_does_not_inherit_the_contract_is_held_to_it_all_the_same(
    project: Path, tmp_path: Path, tests: str | None
) -> None:
    bare = copied(project, tmp_path)
    shutil.rmtree(bare / "tests")
    if tests:
        (bare / "tests").mkdir()
        (bare / "tests/test_other.py").write_text(tests)
    found = outcomes(bare)
    assert {"loads as a plugin (etsy)", "has sql that the store can run"} <= {
        name.removeprefix("TestBareEtsy: ") for name in found["passed"]
    }
    assert "something else" not in found["passed"]
    assert any("asks only its own hosts" in name for name in found["skipped"]), "what a vendor answers is not known"


@pytest.mark.parametrize("name", ["Etsy", "my-shop", "9lives", ""])
def test_a_name_that_python_cannot_import_is_refused(name: str, tmp_path: Path) -> None:
    assert "lower-case" in kpiterm("plugins", "new", name, "--into", str(tmp_path), code=2)["error"]["hint"]


def test_a_directory_that_is_no_plugin_is_refused(tmp_path: Path) -> None:
    assert "pyproject.toml" in kpiterm("plugins", "check", str(tmp_path), code=2)["error"]["message"]
