"""A small store in memory: the canonical tables and the operations' views, filled row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain, groupby
from typing import Any

import duckdb
import pytest

from kpiterm.analysis.board import ask, build_view
from kpiterm.analysis.kpi.gauges import all_gauges
from kpiterm.analysis.view import Gauge, View
from kpiterm.config import Account, Config
from kpiterm.plugins import facts
from kpiterm.plugins.sql import MACROS

OPERATIONS = """
CREATE TABLE run (run_id VARCHAR, account VARCHAR, connector VARCHAR, stream VARCHAR, status VARCHAR,
    started_at TIMESTAMP, finished_at TIMESTAMP, windows BIGINT, rows BIGINT, superseded BIGINT, bytes BIGINT,
    requests BIGINT, throttled BIGINT, watermark TIMESTAMP, error_kind VARCHAR, error VARCHAR, hint VARCHAR,
    note VARCHAR, read_from TIMESTAMP);
CREATE TABLE watermark (account VARCHAR, stream VARCHAR, watermark TIMESTAMP, updated_at TIMESTAMP);
CREATE TABLE entry (kpi VARCHAR, channel VARCHAR, period_start DATE, period_end DATE, value VARCHAR, note VARCHAR,
    author VARCHAR, entered_at TIMESTAMP);
"""


class Store:
    """Rows go in with `add`, together when they are asked for; `board` asks for the view. Days are Pacific, so that
    20:00 UTC is noon there."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._waiting: list[tuple[str, tuple[str, ...], tuple[object, ...]]] = []
        self.as_of = self.now = datetime(2026, 11, 22, 20, tzinfo=UTC)
        self.snapshot: str | None = "snap-7.duckdb"
        self.rollups: Mapping[str, int] = {}
        self.twice: Sequence[tuple[str, str, str]] = ()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        waiting, self._waiting = self._waiting, []
        for (table, columns), found in groupby(waiting, key=lambda row: row[:2]):
            rows = [values for _, _, values in found]
            one = f"({', '.join('?' * len(columns))})"
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([one] * len(rows))}"
            self._connection.execute(sql, list(chain.from_iterable(rows)))
        return self._connection

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[object, ...]]:
        return self.connection.execute(sql, list(params)).fetchall()

    def arrays(self, sql: str, params: Sequence[object] = ()) -> Mapping[str, Any]:
        return self.connection.execute(sql, list(params)).fetchnumpy()

    def add(self, table: str, **values: object) -> None:
        self._waiting.append((table, tuple(values), tuple(values.values())))

    def order(self, day: date, price: object, **values: Any) -> None:
        line = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.orders", "business_day": day,
            "status": "shipped", "item_price": None if price is None else Decimal(str(price)), "currency": "USD",
        }  # fmt: skip
        self.add("order_line", **(line | values))

    def ads(self, day: date, spend: object, sales: object, **values: Any) -> None:
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.ads", "day": day, "last_day": day,
            "level": "campaign", "ad_product": "SP", "spend": Decimal(str(spend)),
            "attributed_sales": None if sales is None else Decimal(str(sales)), "currency": "USD",
        }  # fmt: skip
        self.add("ad_day", **(row | values))

    def traffic(self, day: date, sales: object, **values: Any) -> None:
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.traffic", "day": day, "level": "account",
            "ordered_sales": Decimal(str(sales)), "currency": "USD",
        }  # fmt: skip
        self.add("traffic_day", **(row | values))

    def health(self, day: date, defects: int | None, orders: int | None, **values: Any) -> None:
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.health", "day": day,
            "metric": "order_defect_rate", "segment": "merchant", "numerator": defects, "denominator": orders,
        }  # fmt: skip
        self.add("health_metric", **(row | values))

    def contact(self, received: datetime, hours: float | None, **values: Any) -> None:
        row = {
            "account": "us-main", "channel": "amazon.com", "source": "amazon.contacts", "received_at": received,
            "replied_at": None if hours is None else received + timedelta(hours=hours),
            "business_day": received.date(), "needs_reply": True,
        }  # fmt: skip
        self.add("contact", **(row | values))

    def watermark(self, account: str, stream: str, moment: datetime) -> None:
        self.add("watermark", account=account, stream=stream, watermark=moment.replace(tzinfo=None))

    def board(self, period: str | None = None, *, accounts: Sequence[str] = (), **options: Any) -> View:
        config, declared, options = _asked(accounts, options)
        return build_view(self, config, declared, period=period, now=self.now, workspace="default", **options)

    def gauges(
        self, kpi: str, period: str | None = None, *, accounts: Sequence[str] = (), **options: Any
    ) -> dict[str, Gauge]:
        """The gauges of one KPI by channel, without the rest of the board."""
        config, declared, options = _asked(accounts, options)
        return {
            g.channel: g for g in all_gauges(ask(self, config, declared, period=period, now=self.now, **options), kpi)
        }

    def gauge(self, kpi: str, period: str | None = None, *, channel: str = "all", **options: Any) -> Gauge:
        return self.gauges(kpi, period, **options)[channel]


def _asked(accounts: Sequence[str], options: dict[str, Any]) -> tuple[Config, list[Account], dict[str, Any]]:
    declared = [Account(name=name, connector="amazon") for name in accounts]
    given: dict[str, Any] = {"settles": {}, "config": Config(timezone="America/Los_Angeles")} | options
    return given.pop("config"), declared, given


@pytest.fixture
def store() -> Store:
    connection = duckdb.connect(":memory:", config={"threads": 1})
    for table in facts.TABLES.values():
        connection.execute(facts.ddl(table))
    connection.execute(OPERATIONS)
    connection.execute(f"{MACROS}SET VARIABLE timezone = 'America/Los_Angeles'")
    return Store(connection)
