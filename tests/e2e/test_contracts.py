"""The JSON that scripts read, key by key. A key may be added to these shapes; none may go or change its type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Home, Shop

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("shop")]

NULL = r"null"
DIGITS = r"-?\d+(\.\d+)?"
DAY = r"\d{4}-\d\d-\d\d"
MOMENT = DAY + r"T\d\d:\d\d:\d\d(\.\d+)?Z"

# A text stands for a pattern that the whole of a string must match, NULL for null, a tuple for one of several, a list
# for any number of such items, a type for any value of it.
GAUGE: dict[str, Any] = {
    "id": r"[a-z0-9_]+", "name": str, "channel": str,
    "period": {"start": DAY, "end": DAY, "through": DAY},
    "value": (DIGITS, NULL), "numerator": (DIGITS, NULL), "denominator": (DIGITS, NULL),
    "unit": "ratio|money|count|hours|days", "direction": "up|down",
    "target": ({"op": "<|<=|>|>=", "value": DIGITS}, NULL), "state": "ok|watch|breach|no_data", "reason": (str, NULL),
    "maturity": "provisional|settling|final", "data_through": (DAY, NULL), "sources": [r"[a-z0-9_-]+:[a-z0-9-]+"],
    "previous": (DIGITS, NULL), "change": (DIGITS, NULL),
    "projection": ({"value": DIGITS, "low": DIGITS, "high": DIGITS, "p_hit": (DIGITS, NULL)}, NULL),
    "budget": ({"allowed": DIGITS, "used": DIGITS, "left": DIGITS}, NULL),
    "definition": {"version": int, "hash": "sha256:[0-9a-f]{64}"},
}  # fmt: skip
ACCOUNT = {
    "name": str, "connector": str, "last_sync": (MOMENT, NULL), "status": "ok|partial|failed|never",
    "error": (str, NULL),
}  # fmt: skip
STATUS = {
    "v": int, "workspace": str, "as_of": MOMENT, "currency": "[A-Z]{3}", "kpis": [GAUGE], "accounts": [ACCOUNT],
}  # fmt: skip
RUN = {
    "account": str, "stream": str, "status": "ok|skipped|failed", "windows": int, "rows": int, "superseded": int,
    "bytes": int, "requests": int, "throttled": int, "seconds": DIGITS, "watermark": (MOMENT, NULL),
    "error": ({"kind": r"\w+", "message": str, "hint": str}, NULL),
}  # fmt: skip
FILE = {
    "path": str, "kind": (r"[a-z0-9_]+\.[a-z0-9_]+", NULL), "encoding": (str, NULL), "rows": int, "loaded": int,
    "quarantined": int, "first": (DAY, NULL), "last": (DAY, NULL), "currencies": ["[A-Z]{3}"], "tables": dict,
    "warnings": [str], "error": (str, NULL),
}  # fmt: skip
IMPORT = {"v": int, "files": [FILE]}
CONTACTS = "contact_id,received_at,replied_at,channel\n1,2026-10-01T08:00:00Z,2026-10-01T09:30:00Z,amazon.com\n"
CONTRACT_KPIS = {"gmv_mom", "acos", "odr", "response_p90_h"}


def faults(shape: Any, value: Any, path: str = "$") -> list[str]:
    """Where `value` is not as the shape says."""
    import re

    match shape:
        case str() if shape == NULL:
            return [] if value is None else [f"{path}: {value!r} is not null"]
        case str():
            return [] if isinstance(value, str) and re.fullmatch(shape, value) else [f"{path}: {value!r}, not {shape}"]
        case type():
            return [] if type(value) is shape else [f"{path}: {value!r} is no {shape.__name__}"]
        case tuple():
            found = [faults(one, value, path) for one in shape]
            return [] if [] in found else found[0]
        case list():
            items = enumerate(value if isinstance(value, list) else [value])
            return [fault for n, item in items for fault in faults(shape[0], item, f"{path}[{n}]")]
    if not isinstance(value, dict):
        return [f"{path}: {value!r} is no object"]
    missing = [f"{path}.{key} is missing" for key in shape if key not in value]
    return missing + [f for key in shape if key in value for f in faults(shape[key], value[key], f"{path}.{key}")]


def test_the_check_itself_finds_faults() -> None:
    assert faults({"a": DIGITS}, {"a": 1.5}) == [r"$.a: 1.5, not -?\d+(\.\d+)?"]
    assert faults({"a": (int, NULL)}, {}) == ["$.a is missing"]
    assert faults([{"a": int}], [{"a": None}]) == ["$[0].a: None is no int"]
    assert faults({"a": (int, NULL), "b": [str]}, {"a": None, "b": ["x"], "more": 1}) == []


def test_status(shop: Shop) -> None:
    board = shop.home("status", "--json").json
    assert faults(STATUS, board) == []
    assert board["v"] == 1
    assert {gauge["id"] for gauge in board["kpis"]} >= CONTRACT_KPIS
    assert [(a["name"], a["connector"], a["status"]) for a in board["accounts"]] == [("demo-us", "amazon", "ok")]
    assert all(gauge["reason"] for gauge in board["kpis"] if gauge["value"] is None)


def test_status_of_an_empty_workspace(home: Home) -> None:
    board = home("status", "--json").json
    assert faults(STATUS, board) == []
    assert {gauge["id"]: gauge["state"] for gauge in board["kpis"]}.items() >= {
        (name, "no_data") for name in CONTRACT_KPIS
    }


@pytest.mark.parametrize("period", ["last", "2026-W40", "2026-09-01..2026-09-20"])
def test_status_of_a_period(shop: Shop, period: str) -> None:
    assert faults(STATUS, shop.home("status", "--json", "--period", period).json) == []


def test_kpi_show(shop: Shop) -> None:
    for name in CONTRACT_KPIS:
        shown = shop.home("kpi", "show", name, "--json").json
        assert faults({"v": int, "kpis": [GAUGE]}, shown) == []
        assert [gauge["id"] for gauge in shown["kpis"]] == [name] * len(shown["kpis"])
        assert shown["kpis"][0]["channel"] == "all"


def test_sync(shop: Shop) -> None:
    assert faults({"v": int, "runs": [RUN]}, shop.first.json) == []
    assert faults({"v": int, "runs": [RUN]}, shop.home("sync", "--json", "--dry-run").json) == []


def test_events_of_a_sync(home: Home) -> None:
    home.plugin("calm", "CONNECTOR = connector()\n")
    home.declare("one", "calm")
    lines = [json.loads(line) for line in home("sync", "--events", "jsonl").out.splitlines()]
    progress = {
        "v": int, "event": "progress", "account": str, "stream": str, "window": int, "windows": int, "bytes": int,
        "rows": int, "requests": int, "note": str, "eta": (float, NULL),
    }  # fmt: skip
    assert {line["event"] for line in lines} == {"progress", "run"}
    assert [f for line in lines if line["event"] == "progress" for f in faults(progress, line)] == []
    assert faults({"v": int, "event": "run", **RUN}, lines[-1]) == []


def test_import(home: Home, tmp_path: Path) -> None:
    good, bad = tmp_path / "contacts.csv", tmp_path / "none.csv"
    good.write_text(CONTACTS)
    bad.write_text("a,b\n1,2\n")
    answer = home("import", "--json", good, bad).json
    assert faults(IMPORT, answer) == []
    assert [(f["kind"], f["loaded"], f["tables"]) for f in answer["files"]] == [
        ("kpiterm.contacts", 1, {"contact": 1}),
        (None, 0, {}),
    ]


def test_query(shop: Shop) -> None:
    sql = "SELECT 3 AS n, 12.5::DECIMAL(18,2) AS s, NULL AS x, DATE '2026-01-02' AS d, true AS t"
    assert shop.home("query", sql, "--json").json == {
        "v": 1, "columns": ["n", "s", "x", "d", "t"], "rows": [[3, "12.50", None, "2026-01-02", True]],
    }  # fmt: skip


def test_an_error_is_json_too(home: Home) -> None:
    done = home("query", "SELEC 1", "--json")
    assert done.code == 2
    assert faults({"v": int, "error": {"kind": str, "message": str, "hint": str}}, done.json) == []


ROW = "account channel currency source"
PROMISED = {
    "order_line": f"{ROW} order_id line_key ordered_at business_day status sku item_id title quantity item_price "
    "discount shipping tax fulfilment run_id loaded_at",
    "refund_line": f"{ROW} order_id line_key sku ordered_at refunded_at quantity amount reason fault",
    "ad_day": f"{ROW} day ad_product campaign_id campaign sku item_id level spend clicks impressions attributed_sales "
    "attributed_orders attribution_days",
    "traffic_day": f"{ROW} day sku item_id level sessions page_views units ordered_sales refunded_units",
    "settlement_line": f"{ROW} settlement_id posted_at kind detail order_id sku quantity amount",
    "stock_level": "account channel source taken_at sku item_id location available inbound reserved unfulfillable",
    "health_metric": "account channel source day metric numerator denominator rate target state",
    "keyword_rank": "account channel source day item_id keyword kind rank bound search_volume",
    "payload": "sha256 account stream kind rows bytes loaded_at",
    "run": "account stream status",
    "event": "seq kind",
}


def test_tables_have_the_columns_that_others_rely_on(home: Home) -> None:
    found: dict[str, set[str]] = {}
    for table, column in home.rows("SELECT table_name, column_name FROM information_schema.columns"):
        found.setdefault(table, set()).add(column)
    lacking = {name: set(columns.split()) - found.get(name, set()) for name, columns in PROMISED.items()}
    assert {name: columns for name, columns in lacking.items() if columns} == {}
