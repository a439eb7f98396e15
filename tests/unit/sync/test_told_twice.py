"""Orders that two accounts of a channel tell of count once, from the sums as from the rows, whatever came first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.board import ask
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.config import Config
from kpiterm.paths import Paths
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader
from kpiterm.sync.rollups import refresh
from tests.unit.sync.test_rollups import NOW, ZONE, load

if TYPE_CHECKING:
    import duckdb

    from kpiterm.analysis.view import Gauge

KPIS = ("gmv", "orders", "units", "refunds")
FIRST = date(2026, 11, 1)
Told = tuple[int, int]  # number and day
ORDERS = st.dictionaries(st.integers(0, 9), st.integers(0, 3), max_size=6)


def tell(con: duckdb.DuckDBPyConnection, orders: dict[int, int], account: str, n: int, price: int = 10) -> None:
    """Orders by number and day, each with a refund of 1 on its day."""
    days = {number: FIRST + timedelta(day) for number, day in orders.items()}
    load(con, "order_line", ("order_id",), [
        {"order_id": f"O-{number}", "line_key": "1", "business_day": day, "item_price": Decimal(price), "quantity": 2,
         "status": "shipped", "currency": "USD", "sku": "A",
         "updated_at": datetime(2026, 11, 22) + timedelta(minutes=n)}  # noqa: DTZ001
        for number, day in days.items()], n, account)  # fmt: skip
    load(con, "refund_line", ("order_id",), [
        {"order_id": f"O-{number}", "line_key": "1", "amount": Decimal(1), "currency": "USD",
         "refunded_at": datetime(day.year, day.month, day.day, 20)}  # noqa: DTZ001
        for number, day in days.items()], n, account)  # fmt: skip


def synced(con: duckdb.DuckDBPyConnection, account: str) -> None:
    con.execute("INSERT INTO watermark VALUES (?, 'orders', TIMESTAMP '2026-11-22', TIMESTAMP '2026-11-22')", [account])


def values(paths: Paths, *, sums: bool) -> dict[str, Decimal | None]:
    return {name: gauge.value for name, gauge in gauges(paths, sums=sums).items()}


def gauges(paths: Paths, *, sums: bool = True, **options: Any) -> dict[str, Gauge]:
    with Reader(paths, zone=ZONE, **options) as reader:
        assert reader.rollups or options
        if not sums:
            reader.rollups = {}
        asked = ask(reader, Config(timezone=ZONE), [], period="2026-11-01..2026-11-04", now=NOW, settles={})
        return {kpi: all_gauges(asked, kpi)[0] for kpi in KPIS}


def definitions() -> list[Any]:
    return [load_catalogue()[kpi] for kpi in KPIS]


@settings(max_examples=5, deadline=None)
@given(ORDERS, ORDERS, st.booleans(), st.booleans())
def test_an_order_counts_once_whoever_tells_of_it_and_whoever_came_first(
    tmp_path_factory: pytest.TempPathFactory, real: dict[int, int], own: dict[int, int], first: bool, between: bool
) -> None:
    """What both tell of on the same day is read from the synced account alone; what only one has is kept."""
    imported = own | {number: day for number, day in real.items() if number % 2}
    single = [*real.items(), *(told for told in imported.items() if told not in real.items())]
    paths = Paths(tmp_path_factory.mktemp("twice"))
    with Writer(paths, derive=lambda con: refresh(con, definitions(), ZONE)) as writer:
        pulls = [(real, "us-main", 10), (imported, "by-hand", 99)]
        for n, (orders, account, price) in enumerate(pulls if first else pulls[::-1]):
            tell(writer.con, orders, account, n, price)
            if account == "us-main":
                synced(writer.con, account)
            if between or n:
                writer.dirty = True
                writer.publish()
    found = values(paths, sums=True)
    assert found == values(paths, sums=False)
    by_price = [10 if told in real.items() else 99 for told in single]
    wanted = (sum(by_price), len(single), 2 * len(single))
    assert tuple(found[kpi] or 0 for kpi in KPIS[:3]) == wanted
    assert (found["refunds"] or 0) == len(single)


def test_what_the_better_account_no_longer_has_is_read_from_the_other_again(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    with Writer(paths, derive=lambda con: refresh(con, definitions(), ZONE)) as writer:
        tell(writer.con, {1: 0, 2: 0}, "us-main", 0)
        synced(writer.con, "us-main")
        tell(writer.con, {1: 0, 2: 0}, "by-hand", 1, price=7)
        writer.dirty = True
        writer.publish()
        assert values(paths, sums=True)["gmv"] == 20
        writer.con.execute("DELETE FROM order_line WHERE account = 'us-main' AND order_id = 'O-2'")
        writer.con.execute(f"INSERT INTO changed_day VALUES ('order_line', 'business_day', DATE '{FIRST}')")
        writer.dirty = True
        writer.publish()
    assert values(paths, sums=True) == values(paths, sums=False)
    assert values(paths, sums=True)["gmv"] == 17


def test_before_the_file_was_imported_nothing_was_told_twice(tmp_path: Path) -> None:
    """As of then; and everything that was told stays to be seen."""
    paths = Paths(tmp_path)
    with Writer(paths, derive=lambda con: refresh(con, definitions(), ZONE)) as writer:
        tell(writer.con, {1: 0}, "by-hand", 0, price=7)
        tell(writer.con, {1: 0}, "us-main", 5)
        synced(writer.con, "us-main")
        writer.dirty = True
        writer.publish()
    early = datetime(2026, 11, 22, 0, 1, tzinfo=UTC)
    assert gauges(paths, as_of=early)["gmv"].value == 7
    assert gauges(paths, as_of=early + timedelta(hours=1))["gmv"].value == 10
    with Reader(paths, zone=ZONE) as reader:
        assert reader.twice == (("amazon.com", "by-hand", "us-main"),)
        assert reader.rows("SELECT account FROM order_line_told ORDER BY 1") == [("by-hand",), ("us-main",)]
        assert reader.rows("SELECT account FROM order_line") == [("us-main",)]


def test_an_order_that_both_put_on_another_day_is_told_of_loudly(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    with Writer(paths, derive=lambda con: refresh(con, definitions(), ZONE)) as writer:
        tell(writer.con, {1: 0, 2: 0}, "us-main", 0)
        synced(writer.con, "us-main")
        tell(writer.con, {1: 0, 2: 1}, "by-hand", 1)
        writer.dirty = True
        writer.publish()
    gmv = gauges(paths)["gmv"]
    assert gmv.value == 30
    assert "counted twice: 1 order of by-hand is in us-main too, on another day" in (gmv.reason or "")
