"""The list of workspaces says what each one's last sync came to, and never an old figure as if it were today's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kpiterm.analysis.pages import Nothing
from kpiterm.analysis.pages.clients import Client, ClientsPage, missed_text
from kpiterm.analysis.view import AccountStatusView, Gauge, Span, Target, View
from kpiterm.cli import board, main
from kpiterm.cli.session import Session
from kpiterm.cli.workspaces import Workspaces, for_the_list
from kpiterm.config import Account, save_account
from kpiterm.i18n import named
from kpiterm.paths import Paths, private_dir
from tests.unit.analysis.contract.agreed import SIGNED
from tests.unit.cli.test_kpi_explain import home as stored

__all__ = ["stored"]
NOW = datetime.now(UTC)
LIGHT = {"duckdb", "textual", "httpx", "keyring"}


def gauge(kpi: str, state: str, weight: int | None = None, **values: Any) -> Gauge:
    today = NOW.date()
    fields: dict[str, Any] = {
        "channel": "all", "period": Span(today, today, today), "value": Decimal("0.334"), "numerator": None,
        "denominator": None, "unit": "ratio", "direction": "down", "currency": None,
        "target": Target("<=", Decimal("0.28")), "reason": None, "maturity": "settling",
        "data_through": today - timedelta(days=1), "sources": (), "previous": None, "change": None, "history": (),
        "definition_version": 1, "definition_hash": "sha256:00",
    }  # fmt: skip
    found = fields | {"weight": None if weight is None else Decimal(weight)} | values
    return Gauge(id=kpi, name=named({"en": kpi.upper(), "zh": f"{kpi}率"}), state=state, **found)  # type: ignore[arg-type]


def account(name: str, status: Any = "ok", ago: timedelta = timedelta(minutes=5), error: str | None = None) -> Any:
    return AccountStatusView(
        name=name, connector="amazon", last_sync=NOW - ago, status=status, error=error, streams=()
    )  # fmt: skip


def session(home: Path, name: str) -> Session:
    return Session(paths=Paths(home, name), lang=None, as_of=None, json=False, quiet=True, verbose=False)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Paths]:
    """Makes a workspace whose last sync came to these gauges."""

    def make(name: str, *gauges: Gauge, accounts: tuple[Any, ...] = (account("us-main"),)) -> Paths:
        paths = Paths(tmp_path, name)
        private_dir(paths.store)
        save_account(paths, Account(name="us-main", connector="amazon"))
        paths.current.write_text("snap-1.duckdb")
        view = View(
            workspace=name, as_of=NOW, currency="USD", snapshot="snap-1.duckdb", gauges=gauges, accounts=accounts
        )
        with monkeypatch.context() as patch:
            patch.setattr(Session, "view", lambda *_: view)
            board.refresh_state(session(tmp_path, name))
        return paths

    monkeypatch.setenv("KPITERM_HOME", str(tmp_path))
    return make


def listed(home: Path) -> dict[str, Client]:
    return {client.name: client for client in Workspaces(session(home, "default")).page().sorted()}


def test_a_line_tells_states_the_heaviest_miss_freshness_failures_and_alerts(
    client: Callable[..., Paths], tmp_path: Path
) -> None:
    paths = client(
        "shop", gauge("odr", "breach", 20), gauge("acos", "breach", 30, channel="amazon.com"),
        gauge("acos", "breach", 30, data_through=date(2026, 1, 2)), gauge("gmv", "watch", 40), gauge("net", "ok"),
        gauge("units", "breach", target=None),
        accounts=(account("us-main"), account("jp", "failed", timedelta(days=2), "AuthError: refused")),
    )  # fmt: skip
    alerts = {name: {"severity": level} for name, level in (("a", "critical"), ("b", "warning"), ("c", None))}
    paths.alert_state.write_text(json.dumps({"v": 1, "state": {"alerts": alerts}, "outbox": {}}))
    found = listed(tmp_path)["shop"]
    assert (found.standing, found.counts) == ("breach", {"breach": 3, "watch": 1, "ok": 1})
    assert found.missed is not None
    assert missed_text(found.missed, "en") == "ACOS 33.4 % (≤ 28 %)"
    assert missed_text(found.missed, "zh") == "acos率 33.4% (≤ 28%)"
    assert (found.through, found.computed) == (date(2026, 1, 2), NOW)
    assert [(f.account, f.error) for f in found.failing] == [("jp", "AuthError: refused")]
    assert found.alerts == {"critical": 1, "warning": 1}
    assert found.synced == NOW - timedelta(minutes=5)


def test_what_changed_since_takes_the_figures_away(client: Callable[..., Paths], tmp_path: Path) -> None:
    made = {name: client(name, gauge("acos", "breach")) for name in ("data", "contract", "log", "same")}
    made["data"].current.write_text("snap-2.duckdb")
    private_dir(made["contract"].contracts)
    (made["contract"].contracts / "seller.toml").write_text(SIGNED)
    made["log"].journal.write_text("{}\n")
    found = listed(tmp_path)
    assert found.pop("same").standing == "breach"
    for name, what in (
        ("data", "its data changed"),
        ("contract", "its settings, contract or log"),
        ("log", "its settings"),
    ):
        assert (found[name].standing, found[name].counts, found[name].missed) == ("not_computed", {}, None)
        assert found[name].why.startswith(f"not computed since {NOW:%Y-%m-%d %H:%MZ}: {what}")
        assert found[name].hint == f"kpiterm --workspace {name} status"


def test_another_hour_is_no_change(client: Callable[..., Paths], tmp_path: Path) -> None:
    """Today's figures follow the clock by a little: the line says of when they are."""
    paths = client("shop", gauge("acos", "ok"))
    document = json.loads(paths.state.read_text())
    document["valid"][1] = "2020-01-01T00"
    paths.state.write_text(json.dumps(document))
    assert listed(tmp_path)["shop"].standing == "ok"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "not computed yet"),
        ("", "state.json is damaged"),
        ("{", "state.json is damaged"),
        ("null", "state.json is damaged"),
        ('{"v": 1}', "state.json is damaged"),
        ('{"v": 2, "all": "new"}', "another version of kpiterm: its state has version 2, not 1"),
    ],
)
def test_a_state_that_cannot_be_used_says_so(
    client: Callable[..., Paths], tmp_path: Path, text: str | None, why: str
) -> None:
    paths = client("shop", gauge("acos", "breach"))
    if text is None:
        paths.state.unlink()
    else:
        paths.state.write_text(text)
    paths.alert_state.write_text("{")
    found = listed(tmp_path)["shop"]
    assert (found.standing, found.hint) == ("not_computed", "kpiterm --workspace shop status")
    assert why in found.why


def test_a_fault_of_a_file_has_its_remedy(client: Callable[..., Paths], tmp_path: Path) -> None:
    for name in ("config", "contract", "account"):
        client(name, gauge("acos", "ok"))
    Paths(tmp_path, "config").config.write_text('currency = "dollars"\n')
    folder = private_dir(Paths(tmp_path, "contract").contracts)
    (folder / "seller.toml").write_text("[contract\n")
    (Paths(tmp_path, "account").accounts / "us-main.toml").write_text('conector = "amazon"\n')
    found = listed(tmp_path)
    assert {client.standing for client in found.values()} == {"fault"}
    assert found["config"].why.startswith("config.toml: currency: found 'dollars'")
    assert found["contract"].why.startswith("contracts/seller.toml: not valid TOML")
    assert all(client.hint for client in found.values())


def test_one_that_was_never_synced_says_what_comes_next(tmp_path: Path) -> None:
    private_dir(Paths(tmp_path, "empty").root)
    save_account(Paths(tmp_path, "new"), Account(name="us-main", connector="amazon"))
    found = listed(tmp_path)
    assert (found["empty"].why, found["new"].why) == ("no account yet", "never synced")
    assert found["new"].hint == "kpiterm --workspace new sync"
    assert found["empty"].hint.startswith("kpiterm --workspace empty account add")


def test_a_running_sync_is_seen_without_touching_its_lock(client: Callable[..., Paths], tmp_path: Path) -> None:
    """While it publishes, its workspace keeps the figures of before."""
    paths = client("shop", gauge("acos", "breach"))
    hold = f"""
        import sys
        from pathlib import Path
        from kpiterm.store.lock import writer_lock
        with writer_lock(Path({str(paths.store)!r})):
            print(flush=True)
            sys.stdin.read()
    """
    argv = [sys.executable, "-c", textwrap.dedent(hold)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        paths.current.write_text("snap-2.duckdb")
        spaces = Workspaces(session(tmp_path, "default"))
        [busy] = spaces.page().clients
        before = spaces.stamp()
        assert (busy.syncing, busy.standing) == (True, "breach")
        assert spaces.stamp() == before
        holder.communicate("")
    assert spaces.stamp() != before
    assert not listed(tmp_path)["shop"].syncing
    paths.store.joinpath("lock").write_text(str(os.getppid()))
    assert not listed(tmp_path)["shop"].syncing, "that number belongs to another program now"


def test_the_stamp_follows_every_publication_and_every_new_workspace(
    client: Callable[..., Paths], tmp_path: Path
) -> None:
    paths = client("shop", gauge("acos", "ok"))
    spaces = Workspaces(session(tmp_path, "default"))
    stamps = [spaces.stamp()]
    assert spaces.stamp() == stamps[0]
    paths.alert_state.write_text("{}")
    stamps.append(spaces.stamp())
    client("shop", gauge("acos", "breach"))
    stamps.append(spaces.stamp())
    client("other", gauge("acos", "ok"))
    stamps.append(spaces.stamp())
    assert all(one != other for one, other in pairwise(stamps))
    assert [(one.name, one.standing) for one in spaces.page().sorted()] == [("shop", "breach"), ("other", "ok")]


def test_status_makes_an_outdated_line_true_again(stored: Path) -> None:
    now = session(stored, "default")
    assert listed(stored)["default"].standing == "not_computed"
    board.current(now, None)
    assert listed(stored)["default"].computed is not None
    now.paths.config.write_text('[targets]\ngmv = ">= 1"\n')
    assert listed(stored)["default"].standing == "not_computed"
    board.current(now, None)
    assert listed(stored)["default"].standing != "not_computed"


def test_a_publication_in_the_meantime_is_not_written_over(
    client: Callable[..., Paths], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow reader computes the board of the snapshot before; what the sync has kept since is the newer one."""
    paths = client("shop", gauge("acos", "ok"))
    kept, view = paths.state.read_text(), board.current(session(tmp_path, "shop"), None)
    paths.state.write_text("{}")

    def slow(*_: object) -> View:
        paths.current.write_text("snap-2.duckdb")
        paths.state.write_text(kept)
        return view

    monkeypatch.setattr(board, "compute", slow)
    board.current(session(tmp_path, "shop"), None)
    assert paths.state.read_text() == kept


def test_near_dates_of_the_contract_are_kept_with_the_figures(stored: Path) -> None:
    """And their titles in every language."""
    now = replace(session(stored, "default"), as_of=datetime(2026, 11, 23, 20, tzinfo=UTC))
    (private_dir(now.paths.contracts) / "seller.toml").write_text(
        SIGNED + '[terms.service]\nscope = ["ads"]\nnotice_days = 30\nreview = { every = "14d", weekday = "Tue" }\n'
    )
    found = for_the_list(now, now.view(None))
    assert found["names"]["acos"] == {"en": "ACoS", "zh": "广告成本占比"}
    first = found["deadlines"][0]
    assert date(2026, 11, 24) <= date.fromisoformat(first["day"]) <= date(2026, 12, 24)
    assert set(first["title"]) == {"en", "zh"}


def test_gravest_first_means_data_that_do_not_come_before_a_watch() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    old, new = now - timedelta(hours=27), now - timedelta(hours=1)
    clients = [
        Client(name="fine", standing="ok", synced=new), Client(name="old", standing="ok", synced=old),
        Client(name="near", standing="watch", counts={"watch": 2}), Client(name="broken", standing="fault"),
        Client(name="bad", standing="breach", counts={"breach": 1}), Client(name="new", standing="never_synced"),
        Client(name="worse", standing="breach", counts={"breach": 4}), Client(name="unknown", standing="not_computed"),
    ]  # fmt: skip
    page = ClientsPage(clients, now)
    names = [client.name for client in page.sorted()]
    assert names == ["broken", "worse", "bad", "old", "near", "unknown", "new", "fine"]
    assert [client.name for client in page.sorted("last sync")][-2:] == ["old", "fine"]
    assert page.sorted("name")[0].name == "bad"


def test_the_command_answers_in_json_and_with_the_house_s_exit_codes(
    client: Callable[..., Paths], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client("fine", gauge("acos", "ok"))
    assert main.run(["workspaces", "--fail-on-breach"]) == 0
    client("bad", gauge("acos", "breach", 30))
    assert main.run(["workspaces"]) == 0
    assert main.run(["workspaces", "--fail-on-breach"]) == 9
    capsys.readouterr()
    assert main.run(["workspaces", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["v"] == 1
    bad, fine = answer["workspaces"]
    assert (bad["name"], bad["state"], bad["kpis"]["breach"]) == ("bad", "breach", 1)
    assert bad["gravest"] | {"target": 0} == {
        "id": "acos", "name": "ACOS", "channel": "all", "value": "0.334", "unit": "ratio", "currency": None,
        "target": 0, "weight": "30",
    }  # fmt: skip
    assert (fine["gravest"], fine["next_deadline"], fine["reason"]) == (None, None, None)
    Paths(tmp_path, "fine").config.write_text("currency = 1\n")
    assert main.run(["workspaces", "--json"]) == 6
    fault, _bad = json.loads(capsys.readouterr().out)["workspaces"]
    assert (fault["state"], fault["kpis"]) == ("fault", None)
    assert fault["reason"].startswith("config.toml: currency")


def test_the_table_tells_troubles_below_it_with_their_remedies(
    client: Callable[..., Paths], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client("jp", gauge("acos", "watch"), accounts=(account("main", "partial"), account("ads", ago=timedelta(days=3))))
    client("late", gauge("acos", "ok"), accounts=(account("main", ago=timedelta(days=3)),))
    private_dir(Paths(tmp_path, "empty").root)
    assert main.run(["workspaces"]) == 0
    out = capsys.readouterr().out
    assert "! 1 watch" in next(line for line in out.splitlines() if " jp " in line)
    assert "jp: sync failing: main\n  → kpiterm --workspace jp runs\n" in out
    assert "late: last sync " in out
    assert "empty: no account yet\n  → kpiterm --workspace empty account add" in out
    assert main.run(["workspaces", "--lang", "zh"]) == 0
    assert "1 关注" in capsys.readouterr().out


def test_a_home_without_clients_says_how_the_first_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KPITERM_HOME", str(tmp_path))
    assert main.run(["workspaces"]) == 0
    assert "kpiterm --workspace NAME init" in capsys.readouterr().out
    assert isinstance(Workspaces(session(tmp_path, "default")).listed(), Nothing)
    private_dir(tmp_path / "workspaces" / ".hidden")
    assert listed(tmp_path) == {}


def test_an_earlier_moment_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["workspaces", "--as-of", "2026-11-01T08:00Z"]) == 2
    assert "--as-of 2026-11-01T08:00Z status" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "chosen", "there", "opened"),
    [
        ([], None, ["acme", "bolt"], ""),
        ([], None, ["acme"], ""),
        ([], None, ["acme", "default"], "default"),
        ([], None, [], "default"),
        ([], "bolt", ["acme", "bolt"], "bolt"),
        (["--workspace", "new"], None, ["acme", "bolt"], "new"),
    ],
)
def test_the_screen_begins_with_the_list_where_nobody_has_named_a_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], chosen: str | None, there: list[str], opened: str
) -> None:
    given: dict[str, Any] = {}

    class Screen:
        def __init__(self, **options: Any) -> None:
            given.update(options)

        def run(self) -> None:
            """Nobody looks."""

    monkeypatch.setattr("kpiterm.tui.app.KpitermApp", Screen)
    monkeypatch.setenv("KPITERM_HOME", str(tmp_path))
    monkeypatch.setenv("TEXTUAL_DRIVER", "anywhere but on this terminal")
    if chosen:
        monkeypatch.setenv("KPITERM_WORKSPACE", chosen)
    for name in there:
        private_dir(Paths(tmp_path, name).root)
    assert main.run(words) == 0
    assert given["workspace"] == opened
    other = given["open_workspace"]("bolt")
    assert other.name == "bolt"
    assert other.headless.command[-2:] == ["--workspace", "bolt"]


def test_it_loads_no_store_and_no_screen(client: Callable[..., Paths], tmp_path: Path) -> None:
    client("fine", gauge("acos", "ok"))
    code = "import sys; from kpiterm.cli.main import run; run(['workspaces']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "KPITERM_HOME": str(tmp_path)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert "✓ ok" in done.stdout
    assert not set(done.stderr.split()) & LIGHT
