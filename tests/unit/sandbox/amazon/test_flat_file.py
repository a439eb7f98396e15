from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from tests.unit.sandbox.conftest import AmazonClient

BY_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"
BY_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
FIRST, LAST = date(2026, 10, 30), date(2026, 11, 23)  # the clocks change on 1 November

Rows = list[dict[str, str]]


def parse(body: bytes) -> Rows:
    header, *lines = body.decode("cp1252").removesuffix("\n").split("\n")
    names = header.split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines]


def pacific(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("America/Los_Angeles"))


@pytest.fixture(scope="module")
def rows(amazon: AmazonClient) -> Rows:
    return parse(amazon.report(BY_DATE, pacific(FIRST), pacific(LAST + timedelta(days=1))))


def test_totals_equal_the_shops_truth(amazon: AmazonClient, rows: Rows) -> None:
    sold = [r for r in rows if r["order-status"] != "Cancelled" and r["sales-channel"] == "Amazon.com"]
    truth = amazon.sandbox.shop.sales(FIRST, LAST, at=amazon.now)
    assert sum(Decimal(r["item-price"] or 0) for r in sold) * 100 == truth.gmv
    assert sum(int(r["quantity"]) for r in sold) == truth.units
    assert len(sold) == truth.lines
    assert len({r["amazon-order-id"] for r in sold}) == truth.orders


def test_the_oddities_of_real_files_are_there(rows: Rows) -> None:
    assert list(rows[0])[-1] == "signature-confirmation-recommended "
    assert len(rows[0]) == 34
    assert any('31" x 19"' in r["product-name"] for r in rows)
    assert any("–" in r["product-name"] for r in rows) or any("é" in r["product-name"] for r in rows)
    foreign = [r for r in rows if r["sales-channel"] == "Non-Amazon"]
    assert {(r["item-price"], r["currency"]) for r in foreign} == {("", "")}
    cancelled = [r for r in rows if r["order-status"] == "Cancelled"]
    assert {bool(r["item-price"]) for r in cancelled} == {True, False}
    assert {int(r["quantity"]) > 0 for r in cancelled} == {True, False}
    pending = [r for r in rows if r["order-status"] == "Pending"]
    assert {bool(r["item-price"]) for r in pending} == {True, False}
    assert all(r["purchase-date"].endswith("+00:00") for r in rows)
    assert len({r["order-item-id"] for r in rows}) == len(rows)


def test_the_charset_is_amazons_own(amazon: AmazonClient) -> None:
    report_id = amazon.create(BY_DATE, amazon.now - timedelta(days=3), amazon.now)
    answer = amazon.download(amazon.document(report_id)["url"])
    assert answer.headers["Content-Type"] == "text/plain; charset=Cp1252"


def test_a_report_by_update_brings_back_older_orders_that_changed(amazon: AmazonClient) -> None:
    start = amazon.now - timedelta(days=1)
    changed = parse(amazon.report(BY_UPDATE, start, amazon.now))
    assert all(datetime.fromisoformat(r["last-updated-date"]) >= start for r in changed)
    assert any(datetime.fromisoformat(r["purchase-date"]) < start for r in changed)


def test_rolling_pulls_show_the_same_order_in_another_state(open_client: Callable[..., AmazonClient]) -> None:
    client = open_client(token_seconds=10**6)
    window = (client.now - timedelta(days=1), client.now)
    before = {r["order-item-id"]: r["order-status"] for r in parse(client.report(BY_DATE, *window))}
    client.sandbox.clock.move(timedelta(days=9))
    after = {r["order-item-id"]: r["order-status"] for r in parse(client.report(BY_DATE, *window))}
    assert before.keys() == after.keys()
    assert {"Pending", "Unshipped", "Shipped"} <= set(before.values())
    assert set(after.values()) <= {"Shipped", "Cancelled"}


def test_the_seed_decides_the_file(open_client: Callable[..., AmazonClient]) -> None:
    one, again, other = (open_client(seed=seed) for seed in (3, 3, 4))
    window = (one.now - timedelta(days=5), one.now)
    assert one.report(BY_DATE, *window) == again.report(BY_DATE, *window) != other.report(BY_DATE, *window)
