"""A shop in the small store, read to the end of 21 November 2026: `why` compares 1-20 November with 20 days before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kpiterm.analysis.board import ask
from kpiterm.analysis.cause.explain import explain
from kpiterm.analysis.cause.result import Cause
from kpiterm.analysis.cause.settle import shown
from kpiterm.analysis.cause.story import remarks, tell
from kpiterm.analysis.cause.words import quantum
from kpiterm.analysis.kpi.frame import Question
from kpiterm.config import Account, Config
from tests.unit.analysis.conftest import Store

OLD, NEW = date(2026, 10, 16), date(2026, 11, 5)


class Shop:
    """Mostly rows of one day before and one day after."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def question(self, period: str | None = "2026-11-01..2026-11-20", **options: Any) -> Question:
        store = self.store
        config = Config(timezone="America/Los_Angeles", **options)
        declared = [Account(name="us-main", connector="amazon")]
        return ask(store, config, declared, period=period, now=store.now, settles={})

    def why(self, kpi: str = "gmv", by: str | None = "sku", **options: Any) -> Cause:
        known: dict[str, Any] = {key: options.pop(key) for key in ("period", "language") if key in options}
        return explain(self.question(**known), kpi, by=by, **options)  # type: ignore[arg-type]

    def tell(self, cause: Cause, lang: str = "en") -> str:
        rounded = shown(cause, quantum(cause))
        return "\n".join([*tell(rounded, lang), *remarks(rounded, lang)])

    def sold(self, day: date, sku: str, units: int, price: object, **values: Any) -> None:
        """`price` is for the whole line."""
        self.store.order(day, price, sku=sku, item_id=f"B-{sku}", quantity=units, **values)

    def seen(self, day: date, sku: str | None, sessions: int | None, **values: Any) -> None:
        level = {"level": "child", "item_id": f"B-{sku}"} if sku else {}
        self.store.traffic(day, 0, **({"sessions": sessions} | level | values))

    def seen_by_sku(self, day: date, sku: str, sessions: int) -> None:
        self.store.traffic(day, 0, level="sku", sku=sku, item_id=f"B-{sku}", sessions=sessions)

    def stock(self, day: date, sku: str, available: int, **values: Any) -> None:
        taken = datetime(day.year, day.month, day.day, 20)  # noqa: DTZ001 -- naive UTC, noon in the shop
        row = {"account": "us-main", "channel": "amazon.com", "source": "amazon.inventory", "location": "FBA"}
        self.store.add("stock_level", **(row | {"taken_at": taken, "sku": sku, "available": available} | values))

    def began(self, **values: Any) -> None:
        """An early line, so that the data do not seem to begin within the periods."""
        self.store.order(date(2026, 9, 1), 1, sku="EARLY", quantity=1, **values)
        for stream in ("orders", "ads", "traffic", "inventory"):
            self.store.watermark("us-main", stream, datetime(2026, 11, 22, 12, tzinfo=UTC))

    def days(self, first: date, count: int) -> list[date]:
        return [first + timedelta(n) for n in range(count)]


@pytest.fixture
def shop(store: Store) -> Shop:
    made = Shop(store)
    made.began()
    return made


def numbers(*values: Decimal) -> list[float]:
    """Amounts to be compared with figures worked out by hand."""
    return [float(round(value, 9)) for value in values]


def exact(cause: Cause) -> None:
    """Every sum of a cause, to the last digit."""
    rest = cause.rest
    assert cause.before + sum(cause.parts.values()) == cause.after
    assert sum((line.change for line in cause.lines), rest.change if rest else Decimal(0)) == cause.change
    assert cause.rises + cause.falls == cause.change
    for line in cause.lines:
        assert sum(line.parts.values()) == line.change
    for name, amount in cause.parts.items():
        told = sum((line.parts.get(name, Decimal(0)) for line in cause.lines), Decimal(0))
        assert told + (rest.parts.get(name, Decimal(0)) if rest else 0) == amount
