"""A small store, and October 2026 of a US shop in it: every figure can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from kpiterm.analysis.bridge.reconcile import reconcile
from kpiterm.analysis.bridge.result import Bridge, Tolerance
from kpiterm.analysis.clock import Clock
from kpiterm.plugins import facts

OCTOBER = [date(2026, 10, n) for n in range(1, 32)]


def noon(day: date) -> datetime:
    """Noon of a Pacific summer day, as the store keeps moments."""
    return datetime(day.year, day.month, day.day, 19)  # noqa: DTZ001 -- naive UTC


@dataclass
class Shop:
    """Rows go in by `order`, `report` and the like; `bridges` asks for what comes of them. Days are Pacific."""

    connection: duckdb.DuckDBPyConnection
    as_of: datetime = datetime(2026, 12, 20, 20, tzinfo=UTC)
    snapshot: str | None = None
    rollups: Mapping[str, int] = field(default_factory=dict)
    twice: Sequence[tuple[str, str, str]] = ()

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, list(params)).fetchall()

    def add(self, table: str, **values: object) -> None:
        marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        self.connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))

    def order(self, name: str, day: date, price: str | None, **values: Any) -> None:
        """A line, ordered at noon Pacific daylight time of its day."""
        line = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.orders", "order_id": name, "line_key": "1",
            "ordered_at": noon(day), "business_day": day, "status": "shipped",
            "quantity": 1, "item_price": price and Decimal(price), "currency": "USD",
        }  # fmt: skip
        self.add("order_line", **(line | values))

    def report(self, sales: dict[date, str], days: Sequence[date] = OCTOBER, **values: Any) -> None:
        """A daily report with a row for each of `days`."""
        for day in days:
            row = {
                "account": "us-main", "channel": "amazon.com", "source": "amazon.traffic", "day": day,
                "level": "account", "ordered_sales": Decimal(sales.get(day, "0")), "currency": "USD",
            }  # fmt: skip
            self.add("traffic_day", **(row | values))

    def booked(self, name: str | None, day: date, amount: str, **values: Any) -> None:
        """A statement line, booked at noon; goods of an order where nothing else is said."""
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.settlements", "settlement_id": "S1",
            "posted_at": noon(day), "kind": "order", "detail": "Principal",
            "order_id": name, "amount": Decimal(amount), "currency": "USD",
        }  # fmt: skip
        self.add("settlement_line", **(row | values))

    def refund(self, name: str, day: date, amount: str, **values: Any) -> None:
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.refunds", "order_id": name,
            "refunded_at": noon(day), "amount": Decimal(amount), "currency": "USD",
        }  # fmt: skip
        self.add("refund_line", **(row | values))

    def ads(self, day: date, spend: str, **values: Any) -> None:
        """A day of a campaign."""
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.ads-campaigns", "day": day,
            "last_day": day, "level": "campaign", "ad_product": "SP", "spend": Decimal(spend), "currency": "USD",
        }  # fmt: skip
        self.add("ad_day", **(row | values))

    def bridges(
        self, kpi: str | None = None, period: str = "2026-10", *, channel: str | None = None, **tolerance: Decimal
    ) -> list[Bridge]:
        clock = Clock(self.as_of, "UTC")
        return reconcile(self, clock, kpi=kpi, period=period, channel=channel, tolerance=Tolerance(**tolerance))

    def bridge(self, kpi: str, source: str, period: str = "2026-10", **options: Any) -> Bridge:
        """The one bridge from `source`."""
        (found,) = [b for b in self.bridges(kpi, period, **options) if b.source.name == source and b.currency != "EUR"]
        return found


def new_shop() -> Shop:
    connection = duckdb.connect(":memory:", config={"threads": 1})
    for table in facts.TABLES.values():
        connection.execute(facts.ddl(table))
    connection.execute(
        "CREATE TABLE watermark (account VARCHAR, stream VARCHAR, watermark TIMESTAMP, updated_at TIMESTAMP)"
    )
    shop = Shop(connection)
    shop.add("watermark", account="us-main", stream="orders", watermark=datetime(2026, 12, 20))  # noqa: DTZ001 -- as stored
    return shop


@pytest.fixture
def empty() -> Shop:
    return new_shop()


@pytest.fixture
def shop() -> Shop:
    """Five orders that count, 245.00 in all, a cancelled one and one in euros."""
    shop = new_shop()
    shop.order(
        "A", date(2026, 10, 5), "100", discount=Decimal(10), tax=Decimal(8), shipping=Decimal(5), quantity=2
    )  # fmt: skip
    shop.order("F", date(2026, 10, 10), "30")
    shop.order("C", date(2026, 10, 20), "25", status="pending")
    shop.order("D", date(2026, 10, 21), "60", status="cancelled")
    shop.order("E", date(2026, 10, 22), "70", currency="EUR")
    shop.order("H", date(2026, 10, 28), "50")
    # Half past eleven in the evening of the 31st, which is the 1st in UTC.
    shop.order("B", date(2026, 10, 31), "40", ordered_at=datetime(2026, 11, 1, 6, 30))  # noqa: DTZ001 -- as stored
    return shop


@pytest.fixture
def true_days() -> dict[date, str]:
    """What a report says of that October which counts as we do."""
    return {
        date(2026, 10, 5): "100", date(2026, 10, 10): "30", date(2026, 10, 20): "25", date(2026, 10, 28): "50",
        date(2026, 10, 31): "40",
    }  # fmt: skip
