"""What a suggestion says of past sales rests on the days themselves."""

from __future__ import annotations

from datetime import date

import numpy as np

from kpiterm.analysis.inventory.demand.panel import Panel
from kpiterm.analysis.inventory.order.basis import past_sales

LAST = (date(2026, 11, 22) - date(1970, 1, 1)).days
DAYS = 120


def panel(units: list[list[float]]) -> Panel:
    series = len(units)
    return Panel(
        units=np.array(units),
        stock=np.ones((series, DAYS), dtype=bool),
        last_day=np.full(series, LAST),
        price=np.full(series, np.nan),
        pool=np.zeros(series, dtype=np.int64),
    )


def test_a_sale_is_told_where_it_brought_much_and_on_its_own_channels_only() -> None:
    begin = LAST - DAYS + 1
    prime = (date(2026, 10, 6) - date(1970, 1, 1)).days - begin
    usual, busy = [4.0] * DAYS, [4.0] * DAYS
    busy[prime] = busy[prime + 1] = 20.0
    few = [0.0] * DAYS
    few[prime] = 1.0
    found = past_sales(panel([usual, busy, few, busy]), ["amazon.com", "amazon.com", "amazon.com", "shopify"])
    assert [[sale.first for sale in sales] for sales in found] == [[], [date(2026, 10, 6)], [], []]
    assert found[1][0].times == 5


def test_days_without_stock_say_nothing() -> None:
    shown = panel([[4.0] * DAYS])
    shown.stock[:, :] = False
    assert past_sales(shown, ["amazon.com"]) == [()]
