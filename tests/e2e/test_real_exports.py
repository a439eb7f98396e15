"""`kpiterm import` over real exports as an operator runs it: all at once, twice, older ones after newer ones."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kpiterm.store.read import Reader

if TYPE_CHECKING:
    from tests.e2e.conftest import Done, Home

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs the collection of exports beside the repository"),
]
TABLES = ("order_line", "traffic_day", "ad_day", "settlement_line", "stock_level", "listing", "fee", "cost",
          "keyword_rank", "market_estimate", "payload")  # fmt: skip
PULL = DATA / "amazon_jp/82171019457.txt"
Change = Callable[[dict[str, str]], None]


def records(path: Path, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    """The rows of a text export by their column names, read with other means than kpiterm's."""
    flat = path.suffix == ".txt"
    with path.open(encoding=encoding, newline="") as file:
        quoting: Any = csv.QUOTE_NONE if flat else csv.QUOTE_MINIMAL
        return list(csv.DictReader(file, delimiter="\t" if flat else ",", quoting=quoting))


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, list[Path], Done]:
    from tests.e2e.conftest import Home

    home = Home(tmp_path_factory.mktemp("exports"))
    files = sorted(path for path in DATA.rglob("*") if path.is_file() and path.parent.name != "ads_api_v3_in")
    return home, files, home("import", "--json", *files)


def test_every_targetis_answered_in_its_turn(imported: tuple[Home, list[Path], Done]) -> None:
    _, files, done = imported
    assert done.code == 6, "partial: some of them are no exports"
    answers = done.json["files"]
    assert [answer["path"] for answer in answers] == list(map(str, files))
    for answer in answers:
        assert (answer["kind"] is None) == bool(answer["error"]), answer["path"]
        assert answer["rows"] == answer["loaded"] + answer["quarantined"]
        assert answer["hint"] or not answer["error"] or "which no KPI uses" in answer["error"], answer["path"]


def facts_of(home: Home) -> dict[str, list[tuple[object, ...]]]:
    with Reader(home.paths) as reader:
        return {table: reader.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in TABLES}


def test_a_file_of_every_kind_again_changes_nothing(imported: tuple[Home, list[Path], Done]) -> None:
    home, _, first = imported
    before = facts_of(home)
    of_kinds = {answer["kind"]: answer for answer in first.json["files"]}
    assert len(of_kinds) > 20
    again = home("import", "--json", *(answer["path"] for answer in of_kinds.values()))
    assert again.code == first.code
    counts = {a["path"]: (a["rows"], a["new"], a["superseded"]) for a in again.json["files"]}
    assert counts == {a["path"]: (a["rows"], 0, 0) for a in of_kinds.values()}
    after = facts_of(home)
    assert [table for table in TABLES if after[table] != before[table]] == []


def test_the_month_of_the_japanese_business_reports(imported: tuple[Home, list[Path], Done]) -> None:
    """They carry October 2022 in Japan's own days; the advertising exports carry nothing of it."""
    home, _, _ = imported
    truth = sum(
        Decimal(record["注文商品売上"].lstrip("￥").replace(",", ""))
        for record in records(DATA / "amazon_jp/07BusinessReport-30-10-22.csv")
        if record["日付"].startswith("2022/10")
    )
    board = {(g["id"], g["channel"]): g for g in home("status", "--period", "2022-10", "--json").json["kpis"]}
    gmv, acos = board["gmv", "amazon.co.jp"], board["acos", "all"]
    assert (Decimal(gmv["value"]), gmv["currency"]) == (truth, "JPY")
    assert (acos["state"], acos["value"]) == ("no_data", None)


def test_the_board_of_periods_with_data(imported: tuple[Home, list[Path], Done]) -> None:
    home, _, _ = imported
    march = sum(
        Decimal(record["item-price"] or 0)
        for record in records(PULL, "cp932")
        if record["purchase-date"].startswith("2023-03") and record["order-status"] != "Cancelled"
    )
    board = home("status", "--period", "2023-03", "--json").json["kpis"]
    (gmv,) = [gauge for gauge in board if gauge["id"] == "gmv" and gauge["channel"] == "amazon.co.jp"]
    assert (Decimal(gmv["value"]), gmv["currency"]) == (march, "JPY")
    board = home("status", "--period", "2020-02", "--json").json["kpis"]
    (acos,) = [gauge for gauge in board if gauge["id"] == "acos" and gauge["channel"] == "all"]
    spend, sales = Decimal(acos["numerator"]), Decimal(acos["denominator"])
    assert abs(Decimal(acos["value"]) - spend / sales) < Decimal("0.000001")


def test_sums_over_several_days_feed_no_kpi(imported: tuple[Home, list[Path], Done]) -> None:
    """Data Kiosk's weeks are there, as summaries; nothing else is known of January 2025."""
    home, _, _ = imported
    stored = "SELECT count(*), count(last_day) FROM traffic_day WHERE source = 'amazon.kiosk_traffic'"
    assert home.rows(f"{stored} AND level = 'summary'") == home.rows(stored) == [[13, 13]]
    board = home("status", "--period", "2025-01", "--json").json["kpis"]
    assert {(g["state"], g["value"]) for g in board if g["id"] == "ordered_sales"} == {("no_data", None)}


def test_an_archive_of_exports_is_each_of_them(home: Home, tmp_path: Path) -> None:
    path, names = tmp_path / "exports.zip", ("amazon_uk/110793675556020213.txt", "shopify_be/orders_export_1.csv")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(DATA / name, name)
        archive.writestr("inner.zip", b"PK\x05\x06" + bytes(18))
    done = home("import", "--json", path)
    assert done.code == 6, done.err
    answers = {answer["path"]: (answer["kind"], answer["rows"]) for answer in done.json["files"]}
    assert answers == {
        f"{path}/{names[0]}": ("amazon.all_orders", 62),
        f"{path}/{names[1]}": ("shopify.orders", 39),
        f"{path}/inner.zip": (None, 0),
    }
    assert home.rows("SELECT count(*) FROM order_line") == [[62 + 39]]


def unshipped(record: dict[str, str]) -> None:
    """An order of Amazon as it was when it was placed."""
    record |= {"order-status": "Pending", "item-status": "Unshipped", "last-updated-date": record["purchase-date"]}


def unfulfilled(record: dict[str, str]) -> None:
    """An order of Shopify before its parcel went."""
    record |= {"Fulfillment Status": "unfulfilled", "Fulfilled at": "", "Lineitem fulfillment status": "pending"}


def pulls(path: Path, folder: Path, encoding: str, key: str, change: Change) -> list[Path]:
    """Two pulls that overlap by a third: the older one holds two thirds of the orders, as they were before."""
    found = records(path, encoding)
    orders = list(dict.fromkeys(record[key] for record in found))
    third = len(orders) // 3
    old, new = (folder / f"{name}{path.suffix}" for name in ("old", "new"))
    for target, ids in ((old, orders[: 2 * third]), (new, orders[third:])):
        with target.open("w", encoding=encoding, newline="") as file:
            flat = "\t" if path.suffix == ".txt" else ","
            quoting: Any = csv.QUOTE_NONE if flat == "\t" else csv.QUOTE_MINIMAL
            out = csv.DictWriter(
                file, list(found[0]), delimiter=flat, quoting=quoting, quotechar=None if quoting else '"'
            )
            out.writeheader()
            for record in (dict(r) for r in found if r[key] in ids):
                if target is old:
                    change(record)
                out.writerow(record)
    return [old, new]


@pytest.mark.parametrize(
    ("path", "encoding", "key", "change"),
    [
        (PULL, "cp932", "amazon-order-id", unshipped),
        (DATA / "shopify_us_b/orders_export_1.csv", "utf-8-sig", "Name", unfulfilled),
    ],
)
def test_overlapping_pulls_give_each_order_once_in_its_latest_state(
    home: Home, tmp_path: Path, path: Path, encoding: str, key: str, change: Change
) -> None:
    old, new = pulls(path, tmp_path, encoding, key, change)
    for account, files in {"a": [old, new], "b": [new, old], "c": [old, new, old], "whole": [path]}.items():
        done = home("import", "--account", account, *files)
        assert done.code == 0, done.err
    line = "account, order_id, line_key, status, quantity, item_price, discount, shipping, tax"
    rows = home.rows(f"SELECT {line} FROM order_line_told ORDER BY ALL")
    found = {name: [row[1:] for row in rows if row[0] == name] for name in ("a", "b", "c", "whole")}
    assert found["a"] == found["b"] == found["c"]
    assert [row[:2] for row in found["a"]] == [row[:2] for row in found["whole"]], "every order once"
    outdated = {ours[0] for ours, theirs in zip(found["a"], found["whole"], strict=True) if ours != theirs}
    only_old = {record[key] for record in records(old, encoding)} - {record[key] for record in records(new, encoding)}
    assert 0 < len(outdated) <= len(only_old), "only orders that no later pull holds stay as they were"
