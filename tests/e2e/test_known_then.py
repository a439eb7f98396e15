"""`--as-of` shows the board as it was known, workspaces share nothing, and what people enter is on the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kpiterm.sandbox import Sandbox
    from tests.e2e.conftest import Home

pytestmark = pytest.mark.e2e

CONTACTS = """contact_id,received_at,replied_at,channel
1,2026-10-01T08:00:00Z,2026-10-01T09:30:00Z,amazon.com
2,2026-10-02T08:00:00Z,2026-10-02T12:00:00Z,amazon.com
3,2026-10-03T08:00:00Z,2026-10-03T10:00:00Z,amazon.com
"""


def gauge(home: Home, kpi: str, *options: str) -> dict[str, Any]:
    """The KPI's gauge over all channels in October."""
    done = home("kpi", "show", kpi, "--period", "2026-10", "--json", *options)
    assert done.code == 0, done.err
    return dict(done.json["kpis"][0])


def values(home: Home, *options: str) -> dict[str, Decimal]:
    """All that the board of October has a value for, over all channels."""
    board = home("status", "--period", "2026-10", "--json", *options).json["kpis"]
    return {kpi["id"]: Decimal(kpi["value"]) for kpi in board if kpi["channel"] == "all" and kpi["value"] is not None}


def test_what_was_known_before_a_restatement_stays_known(home: Home, open_box: Callable[..., Sandbox]) -> None:
    """Two days later some orders are paid, shipped or cancelled that were still pending."""
    box = open_box(days=30, orders_per_day=12, now=datetime.now(UTC) - timedelta(days=2))
    home.connect(box, days=30)
    assert home("sync", "--stream", "orders").code == 0
    sums = "SELECT status, count(*), sum(quantity), sum(item_price) FROM order_line GROUP BY 1 ORDER BY 1"
    then = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    before, board = home.rows(sums), home("--as-of", then, "status", "--json").json

    box.clock.move(timedelta(days=2))
    again = home("sync", "--stream", "orders", "--full", "--json")
    assert again.code == 0, again.err
    assert again.runs()["demo-us", "orders"]["superseded"] > 0
    assert home.rows(sums) != before
    assert home.rows(sums, "--as-of", then) == before
    board_again = home("--as-of", then, "status", "--json").json
    known = {"kpis", "as_of", "accounts"}
    assert {key: board_again[key] for key in known} == {key: board[key] for key in known}
    assert home("status", "--json").json["kpis"] != board["kpis"]
    assert home.rows("SELECT count(*) FROM order_line", "--as-of", "2020-01-01") == [[0]]


def orders_file(path: Path, *lines: tuple[str, str, str, str]) -> Path:
    """Amazon's report of all orders; of each line its order, last change, status and price."""
    head = ("amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sales-channel", "sku",
            "quantity", "currency", "item-price")  # fmt: skip
    placed = "2026-10-30T20:00:00+00:00"
    rows = [
        (order, placed, f"2026-{changed}T20:00:00+00:00", status, "Amazon.com", "MUG", "1", "USD", price)
        for order, changed, status, price in lines
    ]
    path.write_text("\n".join("\t".join(row) for row in (head, *rows)) + "\n")
    return path


def test_a_kpi_before_and_after_a_restatement_differs_as_it_did_then(home: Home, tmp_path: Path) -> None:
    """An order is paid at another price, one is cancelled, and one comes late."""
    first = orders_file(
        tmp_path / "october.txt",
        ("A1", "10-30", "Pending", "20.00"), ("A2", "10-30", "Shipped", "35.50"), ("A3", "10-30", "Pending", "8.25"),
    )  # fmt: skip
    assert home("import", first).code == 0
    then = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    again = orders_file(
        tmp_path / "november.txt",
        ("A1", "11-02", "Shipped", "18.00"), ("A2", "10-30", "Shipped", "35.50"), ("A3", "11-01", "Cancelled", "8.25"),
        ("A4", "10-30", "Shipped", "100.00"),
    )  # fmt: skip
    assert home("import", again).code == 0
    before, after = values(home, "--as-of", then), values(home)
    assert {kpi: (before[kpi], after[kpi]) for kpi in ("gmv", "orders", "aov")} == {
        "gmv": (Decimal("63.75"), Decimal("153.50")),
        "orders": (Decimal(3), Decimal(3)),
        "aov": (Decimal("21.25"), Decimal("51.166667")),
    }
    assert gauge(home, "gmv", "--as-of", "2020-01-01")["value"] is None


def test_an_entered_value_is_on_the_board_and_in_the_log(home: Home) -> None:
    entered = home("kpi", "enter", "response_p90_h", "9.5", "--period", "2026-10", "--note", "desk report")
    assert entered.code == 0, entered.err
    shown = gauge(home, "response_p90_h")
    assert Decimal(shown["value"]) == Decimal("9.5")
    assert shown["state"] == "ok"
    assert gauge(home, "acos")["value"] is None
    [entry] = home("log", "--json").json["entries"]
    assert (entry["kind"], entry["detail"]["value"], entry["detail"]["note"]) == ("kpi.enter", "9.5", "desk report")
    assert home("log", "--verify", "--json").json == {"v": 1, "entries": 1, "intact": True}
    assert home("kpi", "enter", "response_p90_h", "11", "--period", "2026-10").code == 0
    assert Decimal(gauge(home, "response_p90_h")["value"]) == 11, "the later entry holds"
    assert home("kpi", "enter", "response_p90_h", "30", "--period", "2026-10").code == 0
    assert gauge(home, "response_p90_h")["state"] == "breach"


def test_a_log_that_was_tampered_with_is_found_out(home: Home) -> None:
    for value in ("9.5", "11", "13"):
        assert home("kpi", "enter", "response_p90_h", value, "--period", "2026-10").code == 0
    lines = home.paths.journal.read_text().splitlines()
    home.paths.journal.write_text("\n".join([lines[0], lines[1].replace('"11"', '"10"'), lines[2]]) + "\n")
    done = home("log", "--verify")
    assert done.code != 0
    assert "2" in done.err
    assert "Traceback" not in done.err


def test_a_log_whose_end_was_cut_off_is_found_out(home: Home, tmp_path: Path) -> None:
    for value in ("9.5", "11"):
        assert home("kpi", "enter", "response_p90_h", value, "--period", "2026-10").code == 0
    file = tmp_path / "desk.csv"
    file.write_text(CONTACTS)
    assert home("import", file).code == 0, "the store takes the log in"
    lines = home.paths.journal.read_text().splitlines()
    home.paths.journal.write_text(lines[0] + "\n")
    done = home("log", "--verify")
    assert done.code != 0
    assert "entry 2" in done.err


def test_contacts_from_a_file_give_the_response_time(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "desk.csv"
    file.write_text(CONTACTS)
    assert home("import", file).code == 0
    assert Decimal(gauge(home, "response_p90_h")["value"]) == 4
    [account] = home("status", "--json").json["accounts"]
    assert (account["name"], account["connector"]) == ("kpiterm-import", "kpiterm")
    again = home("import", file, "--json").json["files"][0]
    assert (again["new"], again["superseded"]) == (0, 0)
    assert home.rows("SELECT count(*) FROM contact") == [[3]]


def test_workspaces_share_nothing(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "desk.csv"
    file.write_text(CONTACTS)
    home.plugin("calm", "CONNECTOR = connector()\n")
    home.declare("one", "calm")
    assert home("sync").code == 0
    assert home("--workspace", "client-b", "import", file).code == 0
    assert home("--workspace", "client-b", "kpi", "enter", "acos", "0.3", "--period", "2026-10").code == 0
    assert home.rows("SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM health_metric) > 0") == [[0, True]]
    counts = "SELECT (SELECT count(*) FROM contact), (SELECT count(*) FROM health_metric)"
    assert home.rows(counts, "--workspace", "client-b") == [[3, 0]]
    assert [a["name"] for a in home("status", "--json").json["accounts"]] == ["one"]
    assert home("--workspace", "client-b", "status", "--json").json["workspace"] == "client-b"
    assert home("log", "--json").json["entries"] == []
    assert home("--workspace", "client-b", "sync").code == 2, "the account belongs to the other workspace"
    environment = home.environment | {"KPITERM_WORKSPACE": "client-b"}
    assert json.loads(home("status", "--json", env=environment).out)["workspace"] == "client-b"
