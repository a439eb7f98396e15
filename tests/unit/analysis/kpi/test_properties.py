"""What is true of every KPI, whatever the rows are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kpiterm.analysis.kpi.catalogue import load_catalogue
from kpiterm.analysis.kpi.figures import read_parts
from kpiterm.plugins import facts

if TYPE_CHECKING:
    from kpiterm.analysis.kpi.definition import Definition
    from kpiterm.analysis.kpi.outcome import Part
    from kpiterm.analysis.view import Gauge
    from tests.unit.analysis.conftest import Store

Row = tuple[str, dict[str, Any]]
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
CATALOGUE = load_catalogue()
MEASURED = [definition for definition in CATALOGUE.values() if definition.measure]
TABLES = sorted(
    {"order_line", "cost", "stock_level"} | {d.measure.table for d in MEASURED if d.measure} & {*facts.TABLES}
)
WORDS: dict[str, list[str | None]] = {
    "sku": ["MUG", "BAG"],
    "item_id": ["B01", "B02"],
    "order_id": ["O1", "O2", "O3"],
    "status": ["shipped", "pending", "cancelled", None],
    "level": ["campaign", "product", "account", "child"],
    "ad_product": ["SP", "SB"],
    "location": ["fba", "east"],
    "segment": ["all", "merchant", "marketplace"],
    "bound": ["exact", "more_than", None],
    "kind": ["fee", "refund", "seller", "product", "organic"],
    "metric": ["order_defect_rate", "late_shipment_rate", "listing_policy_violations", "market_tracker_revenue_week"],
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    facts.TEXT: st.just("x"),
    facts.MONEY: st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100),
    facts.COUNT: st.none() | st.integers(0, 4),
    facts.RATE: st.none() | st.integers(0, 1000).map(lambda n: Decimal(n) / 1000),
    facts.FLAG: st.booleans(),
    facts.DAY: st.integers(1, 5).map(lambda n: date(2026, 10, n)),
    facts.MOMENT: st.integers(24, 140).map(lambda hours: datetime(2026, 10, 1) + timedelta(hours=hours)),  # noqa: DTZ001
}
SOURCES = {"settlement_line": ["amazon.finances", "amazon.settlements"]}
few = settings(
    max_examples=4,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a shop of sixty rows takes minutes to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def of_table(table: str) -> st.SearchStrategy[Row]:
    """A row of October, of one account and channel."""
    cells: dict[str, st.SearchStrategy[Any]] = {
        column.name: st.sampled_from(WORDS[column.name]) if column.name in WORDS else VALUES[column.type]
        for column in facts.TABLES[table].columns
    }
    shared = {"account": "us-main", "channel": "amazon.com", "currency": "USD", "loaded_at": datetime(2026, 11, 1)}  # noqa: DTZ001
    cells |= {name: st.just(value) for name, value in shared.items() if name != "currency" or name in cells}
    cells["source"] = st.sampled_from(SOURCES.get(table, [f"amazon.{table}", f"amazon.{table}-too"]))
    return st.fixed_dictionaries(cells).map(lambda row: (table, row))


rows = st.one_of([of_table(table) for table in TABLES])
shops = st.lists(rows, min_size=20, max_size=60)


def elsewhere(row: Row, where: str) -> Row:
    """The same row in another month, channel or currency. That of a currency is another account's: an account sells on
    a channel in one. Costs hold everywhere and for ever, an item that was ever ordered is the shop's own, and what
    sold out is missed by all who sell it on the channel."""
    table, cells = row
    cells = dict(cells)
    if table == "cost":
        return table, cells | {"valid_from": date(2027, 1, 1)}
    if table == "order_line":
        cells |= {"item_id": None, "sku": "MAT"}
    if where == "channel":
        return table, cells | {"channel": "walmart.com"}
    if where == "currency":
        return table, cells | {"account": "eu-main"} | ({"currency": "EUR"} if "currency" in cells else {})
    days = {c.name for c in facts.TABLES[table].columns if c.type in {facts.DAY, facts.MOMENT}}
    return table, {name: value - timedelta(120) if name in days else value for name, value in cells.items()}


def fill(store: Store, found: list[Row]) -> None:
    for table in (*TABLES, "watermark"):
        store.rows(f"DELETE FROM {table}")
    for table, row in found:
        store.add(table, **row)


def of_october(store: Store, definition: Definition) -> list[Part]:
    """What the account's rows of October come to."""
    found = read_parts(store, definition, [OCTOBER], store.as_of, by_month=True).get(OCTOBER, [])
    return [
        p for p in found
        if (p.account, p.channel) == ("us-main", "amazon.com") and p.currency in {None, "USD"}
        and p.month in {None, OCTOBER[0]}
    ]  # fmt: skip


@few
@given(shops, st.lists(rows, min_size=10, max_size=30))
def test_rows_of_another_month_channel_or_currency_change_no_kpi(
    store: Store, here: list[Row], others: list[Row]
) -> None:
    fill(store, here)
    before = {d.id: of_october(store, d) for d in MEASURED}
    places = ("month", "channel", "currency")
    fill(store, [*here, *(elsewhere(row, places[n % 3]) for n, row in enumerate([*others, *here]))])
    assert {d.id: of_october(store, d) for d in MEASURED} == before


def of_channels(store: Store, kpi: str) -> dict[str, Gauge]:
    return store.gauges(kpi, "2026-10", accounts=["us-main"])


def fill_channels(store: Store, here: list[Row]) -> None:
    """The rows on three channels in turn, all sources read up to now."""
    channels = ("amazon.com", "amazon.ca", "walmart.com")
    fill(store, [(table, row | {"channel": channels[n % 3]}) for n, (table, row) in enumerate(here)])
    for stream in {row["source"].partition(".")[2] for _, row in here}:
        store.watermark("us-main", stream, store.now)


@few
@given(shops)
def test_the_channels_of_a_ratio_add_up(store: Store, here: list[Row]) -> None:
    fill_channels(store, here)
    for definition in MEASURED:
        if definition.kind not in {"ratio", "weighted", "last_ratio"} or definition.apart:
            continue
        found = of_channels(store, definition.id)
        whole = found.pop("all")
        for side in ("numerator", "denominator") if found else ():
            parts = [getattr(gauge, side) for gauge in found.values()]
            assert (getattr(whole, side) or 0) == sum(part or 0 for part in parts), (definition.id, side)


@few
@given(shops)
def test_shares_and_nets_are_the_arithmetic_of_their_parts(store: Store, here: list[Row]) -> None:
    fill_channels(store, here)
    derived = [d for d in CATALOGUE.values() if d.kind in {"share", "net"}]
    found = {kpi: of_channels(store, kpi) for kpi in {name for d in derived for name in (d.id, *d.refers)}}
    for definition in derived:
        for channel, gauge in found[definition.id].items():
            parts = [found[name].get(channel) for name in definition.refers]
            if gauge.value is None or None in parts:  # a KPI that only one channel has is shown for all of them alone
                continue
            known = [(part.value if part else None) or Decimal(0) for part in parts]
            if definition.kind == "share":
                assert gauge.value == known[0] / known[1], definition.id
            if definition.kind == "net":
                plus = len(definition.plus)
                assert gauge.value == sum(known[:plus]) - sum(known[plus:]), definition.id
