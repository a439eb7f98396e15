"""The doctor reads every file that people write, and says of each fault which file and key, and what to do."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.cli import board
from kpiterm.cli.main import run
from kpiterm.cli.session import Session
from kpiterm.paths import Paths
from kpiterm.store.engine import Writer
from kpiterm.sync.rollups import refresh


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    found = Paths(tmp_path)
    for folder in (found.root, found.notify, found.store):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return found


def doctor(paths: Paths, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    capsys.readouterr()
    run(["doctor", "--json", "--home", str(paths.home)])
    return {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}


def test_faults_of_every_file_are_named_at_once(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = doctor(paths, capsys)
    assert sound["exchange rates"]["ok"]
    assert "7 rules, the built-in ones" in sound["alert rules"]["detail"]
    paths.rates.write_text('base = "USD"\n["2026-10"]\nCNY = "-1"\n', encoding="utf-8")
    paths.alerts.write_text('[[rule]]\nkpi = "gmvv"\nwhen = "breach"\nseverity = "info"\n', encoding="utf-8")
    (paths.notify / "boss.toml").write_text('service = "mail"\nlanguage = "fr"\n', encoding="utf-8")
    (paths.notify / "desk.toml").write_text('service = "mail"\nquiet = "9-5"\n', encoding="utf-8")
    (paths.notify / "ops.toml").write_text('service = "mail"\n', encoding="utf-8")
    monkeypatch.setenv("KPITERM_SECRET_NOTIFY_OPS", "mailto://example")
    found = doctor(paths, capsys)
    for name, where, remedy in (
        ("exchange rates", "fx.toml: 2026-10.CNY", "what one unit is worth"),
        ("alert rules", "alerts.toml: rule[1].kpi", "did you mean 'gmv'?"),
        ("notify channel boss", "boss.toml: language", "en, zh"),
        ("notify channel desk", "desk.toml: quiet", "22:00-08:00"),
    ):
        assert not found[name]["ok"]
        assert where in found[name]["detail"]
        assert remedy in found[name]["remedy"]
    assert found["notify channel ops"]["ok"]


def test_a_channel_without_its_address_says_how_to_give_it(
    paths: Paths, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPITERM_SECRET_NOTIFY_OPS", "")
    (paths.notify / "ops.toml").write_text('service = "mail"\n', encoding="utf-8")
    found = doctor(paths, capsys)["notify channel ops"]
    assert not found["ok"]
    assert found["remedy"]


def test_orders_of_two_accounts_are_told_of(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    with Writer(paths, derive=lambda con: refresh(con, [load_catalogue()["gmv"]], "UTC")) as writer:
        for account, days in (("us-main", (1, 1)), ("by-hand", (1, 2))):
            for number, day in enumerate(days):
                writer.con.execute(
                    "INSERT INTO order_line (account, channel, source, order_id, business_day, item_price, currency, "
                    "run_id, loaded_at, payload) VALUES (?, 'amazon.com', 'amazon.orders', ?, ?, 10, 'USD', 'r', ?, 0)",
                    [account, f"O-{number}", datetime(2026, 11, day).date(), datetime(2026, 11, 20)],  # noqa: DTZ001
                )
        writer.dirty = True
        writer.publish()
    found = doctor(paths, capsys)["orders told twice on amazon.com"]
    assert not found["ok"]
    assert "orders of us-main are in by-hand too: of an order and day, by-hand is read; 1 have" in found["detail"]
    assert "import the file again" in found["remedy"]


def test_a_plugin_s_changed_kpi_file_is_seen_at_once(paths: Paths, tmp_path: Path) -> None:
    """And not only when the hour is over, for which the board is kept."""
    file = tmp_path / "own.toml"
    (paths.store / "plugins.json").write_text(json.dumps({"settles": {}, "kpi_files": {"own": [str(file)]}}))
    session = Session(paths=paths, lang=None, as_of=None, json=False, quiet=True, verbose=False)
    for name in ("Lines", "Order lines"):
        file.write_text(
            f'[kpi.lines]\nversion = 1\nkind = "sum"\nunit = "count"\ndirection = "up"\n'
            f'name = {{ en = "{name}", zh = "行数" }}\nsentence = {{ en = "L.", zh = "行。" }}\nbasis = "date"\n'
            'table = "order_line"\nday = "business_day"\nnumerator = "1"\n',
            encoding="utf-8",
        )
        if name == "Lines":
            board.refresh_state(session)
        assert name in {gauge.name for gauge in board.current(session, None).gauges}
