"""`status` answers from a small file that the writer keeps, so that a shell prompt may ask; never with old news."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

HEAVY = {
    "duckdb",
    "textual",
    "httpx",
    "keyring",
    "msgspec",
    "rich",
    "pluggy",
    "kpiterm.plugins.manager",
    "kpiterm.sync",
}
WRAPPER = """
import sys
from kpiterm.cli.main import run
code = run(sys.argv[1:])
sys.stderr.write("\\n".join(sys.modules))
sys.exit(code)
"""


def imported(home: Home, *args: str) -> set[str]:
    """The modules that the command has imported in the end."""
    done = subprocess.run(
        [sys.executable, "-c", WRAPPER, *args], env=home.environment, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a home that was synced once, and a copy of it: what is looked at has its place in state.json."""
    path = tmp_path_factory.mktemp("once")
    home = Home(path / "home")
    home.plugin("calm", "CONNECTOR = connector()\n")
    home.declare("one", "calm")
    assert home("sync").code == 0
    shutil.copytree(path / "home", path / "kept")
    return path


@pytest.fixture
def synced(once: Path) -> Home:
    """The home as its first sync has left it."""
    shutil.rmtree(once / "home")
    return Home(shutil.copytree(once / "kept", once / "home"))


def from_state(home: Home) -> bool:
    """Whether the board came from state.json: a mark is left in there, and shows."""
    document = json.loads(home.paths.state.read_text())
    home.paths.state.write_text(json.dumps(document | {"currency": "XXX"}))
    return bool(home("status", "--json").json["currency"] == "XXX")


def test_the_default_board_needs_no_library(synced: Home) -> None:
    assert from_state(synced)
    for options in ([], ["--json"]):
        assert imported(synced, "status", *options) & HEAVY == set()
    assert "duckdb" in imported(synced, "status", "--period", "2026-10")


def test_both_ways_say_the_same(synced: Home) -> None:
    quick = synced("status", "--json").json
    synced.paths.state.unlink()
    slow = synced("status", "--json").json
    assert quick | {"as_of": None} == slow | {"as_of": None}


def test_a_new_snapshot_is_looked_at(synced: Home) -> None:
    assert from_state(synced)
    synced.paths.current.write_text("snap-1.duckdb" if "snap-1." not in synced.paths.current.read_text() else "gone")
    assert not from_state(synced)


def test_a_changed_configuration_counts_at_once(synced: Home) -> None:
    synced.configure('[targets]\nacos = "<= 0.11"\n')
    targets = {g["id"]: g["target"] for g in synced("status", "--json").json["kpis"]}
    assert targets["acos"] == {"op": "<=", "value": "0.11"}
    synced.configure('currency = "dollars"\n')
    assert synced("status").code == 2


def test_a_new_contract_counts_at_once(synced: Home) -> None:
    assert synced("init").code == 0
    synced.paths.contracts.mkdir(exist_ok=True)
    (synced.paths.contracts / "broken.toml").write_text("[contract\n")
    done = synced("status")
    assert done.code == 2
    assert "broken.toml" in done.err


def test_a_new_account_counts_at_once(synced: Home) -> None:
    synced.declare("two", "calm")
    names = [account["name"] for account in synced("status", "--json").json["accounts"]]
    assert names == ["one", "two"]


def test_an_entry_counts_at_once(synced: Home) -> None:
    month = synced("status", "--json").json["kpis"][0]["period"]["start"][:7]
    assert synced("kpi", "enter", "response_p90_h", "9.5", "--period", month).code == 0
    values = {g["id"]: g["value"] for g in synced("status", "--json").json["kpis"]}
    assert values["response_p90_h"] == "9.5"


def test_an_older_hour_is_computed_anew(synced: Home) -> None:
    document = json.loads(synced.paths.state.read_text())
    document["valid"][1] = "2020-01-01T00"
    synced.paths.state.write_text(json.dumps(document))
    assert not from_state(synced)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"v": 2}', '{"valid": 1}'])
def test_a_damaged_state_is_no_obstacle(synced: Home, text: str) -> None:
    synced.paths.state.write_text(text)
    done = synced("status", "--json")
    assert done.code == 0, done.err
    assert done.json["accounts"][0]["status"] == "ok"


def test_options_that_it_cannot_answer_are_computed(synced: Home) -> None:
    assert from_state(synced)
    assert synced("status", "--json", "--lang", "zh").json["currency"] == "USD"
    assert synced("--as-of", "2020-01-01", "status", "--json").json["accounts"][0]["status"] == "never"


def test_a_broken_contract_stops_no_sync(synced: Home) -> None:
    synced.paths.contracts.mkdir(exist_ok=True)
    (synced.paths.contracts / "broken.toml").write_text("[contract\n")
    done = synced("sync", "--force", "--json")
    assert done.code == 0
    assert done.runs()["one", "days"]["status"] == "ok"
    assert "broken.toml" in done.err
