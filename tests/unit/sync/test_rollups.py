"""The board says the same from the daily sums as from the rows, whatever was added, changed or taken away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpiterm.analysis.board import ask, build_view
from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.config import Config
from kpiterm.paths import Paths
from kpiterm.plugins import Output
from kpiterm.store.engine import Writer
from kpiterm.store.read import Reader
from kpiterm.store.write import Batch, merge
from kpiterm.sync.rollups import refresh

if TYPE_CHECKING:
    from kpiterm.analysis.view import Gauge

ZONE = "America/Los_Angeles"
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
DAYS = st.integers(0, 75).map(lambda n: date(2026, 11, 22) - timedelta(days=n))
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 12), DAYS, st.sampled_from(["amazon.com", "shopify"]), st.decimals(0, 999, places=2),
        st.sampled_from(["shipped", "pending", "cancelled"]), st.sampled_from(["A", "B"]),
    ),
    max_size=12,
)  # fmt: skip
ADS = st.lists(st.tuples(DAYS, st.sampled_from(["campaign", "product"]), st.decimals(0, 99, places=2)), max_size=8)
STOCK = st.lists(st.tuples(DAYS, st.integers(0, 23), st.sampled_from(["A", "B"]), st.integers(0, 9)), max_size=8)
PULLS = st.lists(st.tuples(ORDERS, ADS, STOCK), min_size=1, max_size=4)


def load(
    con: duckdb.DuckDBPyConnection, table: str, keys: tuple[str, ...], rows: list[dict[str, Any]], n: int,
    account: str = "main",
) -> None:  # fmt: skip
    """One pull of a stream, merged as a sync merges it."""
    if not rows:
        return
    con.execute("CREATE OR REPLACE TEMP TABLE payloads AS SELECT 0 AS seq, 'sha' AS sha256")
    values = " UNION ALL ".join(
        "SELECT " + ", ".join(f"{literal(value)} AS {name}" for name, value in row.items()) for row in rows
    )
    output = Output(into=table, select=values, replaces=keys)
    batch = Batch(
        account=account, channel="amazon.com", source=f"amazon.{table}", run_id=f"run-{n}",
        loaded_at=(datetime(2026, 11, 22) + timedelta(minutes=n)), days=(),  # noqa: DTZ001
    )  # fmt: skip
    con.execute("BEGIN")
    merge(con, output, batch)
    con.execute("COMMIT")


def literal(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case datetime():
            return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S}'"
        case date():
            return f"DATE '{value}'"
        case Decimal() | int():
            return str(value)
        case _:
            return f"'{value}'"


def pull(con: duckdb.DuckDBPyConnection, n: int, orders: Any, ads: Any, stock: Any) -> None:
    lines = {
        number: {
            "order_id": str(number), "line_key": "1", "business_day": day, "channel": channel, "sku": sku,
            "item_price": price, "status": status, "quantity": 1, "currency": "USD",
            "updated_at": datetime(2026, 11, 22) + timedelta(minutes=n),  # noqa: DTZ001
        }
        for number, day, channel, price, status, sku in orders
    }  # fmt: skip
    load(con, "order_line", ("order_id",), list(lines.values()), n)
    load(con, "ad_day", ("day", "level"), [
        {"day": day, "last_day": day, "level": level, "ad_product": "SP", "spend": spend, "attributed_sales": spend * 3,
         "currency": "USD", "campaign_id": str(i)} for i, (day, level, spend) in enumerate(ads)], n)  # fmt: skip
    load(con, "stock_level", ("sku", "taken_at"), [
        {"taken_at": datetime(day.year, day.month, day.day, hour), "sku": sku, "location": "fba",  # noqa: DTZ001
         "available": units} for day, hour, sku, units in stock], n)  # fmt: skip


Unit = tuple[str, tuple[str, ...], list[dict[str, Any]]]


def of_orders(number: int, day: date, versions: list[tuple[Decimal, str]]) -> list[Unit]:
    """An order as it was and as it is, each time whole."""
    return [
        ("order_line", ("order_id",), [{
            "order_id": str(number), "line_key": "1", "business_day": day, "channel": "amazon.com", "sku": "A",
            "item_price": price, "quantity": version + 1, "currency": "USD", "status": status,
            "updated_at": datetime(2026, 11, 20) + timedelta(hours=version),  # noqa: DTZ001
        }])
        for version, (price, status) in enumerate(versions)
    ]  # fmt: skip


def of_ads(day: date, spends: list[Decimal]) -> Unit:
    row = {"day": day, "last_day": day, "level": "campaign", "ad_product": "SP", "currency": "USD"}
    sold = [{"campaign_id": str(n), "spend": spend, "attributed_sales": spend * 3} for n, spend in enumerate(spends)]
    return "ad_day", ("day", "level"), [row | found for found in sold]


def of_stock(day: date, units: int) -> Unit:
    noon = datetime(day.year, day.month, day.day, 20)  # noqa: DTZ001
    return "stock_level", ("sku", "taken_at"), [{"taken_at": noon, "sku": "A", "location": "fba", "available": units}]


PRICES = st.decimals(0, 999, places=2)
VERSIONS = st.lists(st.tuples(PRICES, st.sampled_from(["shipped", "pending", "cancelled"])), min_size=1, max_size=3)
PIECES = st.builds(
    lambda orders, ads, stock: [
        *(of_orders(number, day, versions) for number, (day, versions) in orders.items()),
        *([of_ads(day, spends)] for day, spends in ads.items()),
        *([of_stock(day, units)] for day, units in stock.items()),
    ],
    st.dictionaries(st.integers(0, 9), st.tuples(DAYS, VERSIONS), max_size=8),
    st.dictionaries(DAYS, st.lists(st.decimals(0, 99, places=2), min_size=1, max_size=3), max_size=5),
    st.dictionaries(DAYS, st.integers(0, 9), max_size=5),
)


def sums_of(paths: Paths, pieces: list[Unit], *, every: int) -> list[tuple[object, ...]]:
    """The daily sums after a sync in these pieces, which are brought up to date after every so many."""
    with Writer(paths) as writer:
        for n, (table, keys, rows) in enumerate(pieces):
            load(writer.con, table, keys, rows, n)
            if n % every == 0:
                refresh(writer.con, load_catalogue().values(), ZONE)
        refresh(writer.con, load_catalogue().values(), ZONE)
        columns = "key, day, channel, account, source, currency, part, upper, lower, sample, missing"
        return writer.con.execute(
            f"SELECT {columns} FROM kpi_day JOIN kpi_rollup ON number = measure ORDER BY ALL"
        ).fetchall()


@settings(max_examples=4, deadline=None)
@given(PIECES, st.integers(2, 6), st.randoms(use_true_random=False))
def test_a_sync_in_pieces_comes_to_the_same_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, found: list[list[Unit]], every: int, chance: Random
) -> None:
    """Old versions of an order among them: the last one holds, whenever it came."""
    pieces = [piece for versions in found for piece in versions]
    chance.shuffle(pieces)
    whole = sums_of(Paths(tmp_path_factory.mktemp("whole")), [versions[-1] for versions in found], every=1000)
    assert sums_of(Paths(tmp_path_factory.mktemp("pieces")), pieces, every=every) == whole


def gauges(paths: Paths, period: str | None) -> tuple[bool, list[Gauge]]:
    with Reader(paths, zone=ZONE) as reader:
        view = build_view(reader, Config(timezone=ZONE), [], period=period, now=NOW, workspace="w", settles={})
        return bool(reader.rollups), list(view.gauges)


def without_sums(paths: Paths, period: str | None) -> list[Gauge]:
    with Reader(paths, zone=ZONE) as reader:
        reader.rollups = {}
        view = build_view(reader, Config(timezone=ZONE), [], period=period, now=NOW, workspace="w", settles={})
        return list(view.gauges)


@settings(max_examples=4, deadline=None)
@given(PULLS, st.sampled_from([None, "2026-10", "2026-W46", "2026-10-15..2026-11-15"]))
def test_the_sums_say_what_the_rows_say(
    tmp_path_factory: pytest.TempPathFactory, pulls: Any, period: str | None
) -> None:
    paths = Paths(tmp_path_factory.mktemp("rolled"))
    definitions = load_catalogue().values()
    with Writer(paths, derive=lambda con: refresh(con, definitions, ZONE)) as writer:
        for n, (orders, ads, stock) in enumerate(pulls):
            pull(writer.con, n, orders, ads, stock)
            writer.dirty = True
            writer.publish()
    rolled, found = gauges(paths, period)
    assert rolled
    assert found == without_sums(paths, period)


def test_only_the_days_that_changed_are_made_anew(tmp_path: Path) -> None:
    definitions = list(load_catalogue().values())
    paths = Paths(tmp_path)
    first = [(n, date(2026, 10, 1) + timedelta(days=n), "amazon.com", Decimal(10), "shipped", "A") for n in range(30)]
    with Writer(paths) as writer:
        pull(writer.con, 0, first, [], [])
        refresh(writer.con, definitions, ZONE)
        before = dict(writer.con.execute("SELECT rowid, loaded_at FROM kpi_day").fetchall())
        assert refresh(writer.con, definitions, ZONE) == 0
        pull(writer.con, 1, [(3, date(2026, 10, 4), "amazon.com", Decimal(99), "shipped", "A")], [], [])
        refresh(writer.con, definitions, ZONE)
        changed = writer.con.execute("SELECT DISTINCT day FROM kpi_day WHERE loaded_at > ?", [max(before.values())])
        assert changed.fetchall() == [(date(2026, 10, 4),)]
        old = writer.con.execute("SELECT DISTINCT day, upper FROM kpi_day_history WHERE upper = 10").fetchall()
        assert old == [(date(2026, 10, 4), Decimal(10))]


def test_without_sums_for_all_that_changed_the_rows_are_read(tmp_path: Path) -> None:
    """A KPI file with a fault keeps the sums from being made: nothing old is shown for it."""
    paths = Paths(tmp_path)
    with Writer(paths) as writer:
        pull(writer.con, 0, [(1, date(2026, 11, 3), "amazon.com", Decimal(10), "shipped", "A")], [], [])
        refresh(writer.con, load_catalogue().values(), ZONE)
        pull(writer.con, 1, [(2, date(2026, 11, 3), "amazon.com", Decimal(5), "shipped", "A")], [], [])
        writer.dirty = True
        writer.publish()
    rolled, found = gauges(paths, None)
    assert not rolled
    assert next(g.value for g in found if g.id == "gmv") == Decimal(15)


def test_a_board_of_the_past_never_reads_the_sums(tmp_path: Path) -> None:
    """They hold what is known today; the past is read from the rows as they were."""
    paths, definitions = Paths(tmp_path), list(load_catalogue().values())
    with Writer(paths, derive=lambda con: refresh(con, definitions, ZONE)) as writer:
        pull(writer.con, 0, [(1, date(2026, 11, 3), "amazon.com", Decimal(10), "pending", "A")], [], [])
        writer.dirty = True
        writer.publish()
        before = of_kpi(paths, "gmv")
        pull(writer.con, 1, [(1, date(2026, 11, 3), "amazon.com", Decimal(7), "shipped", "A")], [], [])
        writer.dirty = True
        writer.publish()
        writer.con.execute("UPDATE kpi_day SET upper = 999")
        writer.dirty = True
        writer.publish()
    then = datetime(2026, 11, 22, 0, 0, 30, tzinfo=UTC)
    with Reader(paths, as_of=then, zone=ZONE) as reader:
        assert reader.rollups == {}
        with pytest.raises(duckdb.CatalogException):
            reader.rows("SELECT * FROM kpi_day")
    assert (before, of_kpi(paths, "gmv", then)) == (Decimal(10), Decimal(10))
    assert of_kpi(paths, "gmv", datetime(2026, 11, 22, 0, 1, tzinfo=UTC)) == 7
    assert of_kpi(paths, "gmv", datetime(2026, 11, 21, tzinfo=UTC)) is None


def of_kpi(paths: Paths, kpi: str, as_of: datetime | None = None) -> Decimal | None:
    """The value on the board, as it was known at a moment."""
    with Reader(paths, as_of=as_of, zone=ZONE) as reader:
        asked = ask(reader, Config(timezone=ZONE), [], period="2026-11", now=NOW, settles={})
        return all_gauges(asked, kpi)[0].value


def test_a_kpi_of_another_meaning_gets_sums_of_its_own(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    with Writer(paths) as writer:
        pull(writer.con, 0, [(1, date(2026, 11, 3), "amazon.com", Decimal(10), "shipped", "A")], [], [])
        refresh(writer.con, load_catalogue().values(), ZONE)
        kept = writer.con.execute("SELECT count(*) FROM kpi_rollup").fetchone()
        refresh(writer.con, load_catalogue().values(), "Asia/Shanghai")
        assert writer.con.execute("SELECT count(*) FROM kpi_rollup").fetchone() == kept
        orphans = "SELECT count(*) FROM kpi_day WHERE measure NOT IN (SELECT number FROM kpi_rollup)"
        assert writer.con.execute(orphans).fetchone() == (0,)
